import { listCaptureFiles } from '../../captures/capture-files.js';
import { checkDataDir } from '../../platform/check-data-dir.js';
import { silentLogger, type Logger } from '../../platform/logger.js';
import { DEFAULT_DEDUPE_SETTINGS, type DedupeSettings } from '../../dedupe/neighbour-index.js';
import { CATALOGUE_FILE, type Database } from '../catalogue/database.js';
import type { InterpretCapture } from '../writer/capture-interpreter.js';
import { catalogueDigest, checkCaptureFiles, openToCheck } from './check-catalogue.js';
import { checkCaptures, readCaptures, type CaptureFindings } from './check-captures.js';
import { checkLinks, checkRecords, checkRows, type FoundRecord, type RecordSurvey } from './check-records.js';
import { FaultList, type Fault, type FaultCode } from './fault.js';
import type { CatalogueRebuild, Rebuilt } from './rebuild-catalogue.js';

interface VerifyOptions {
  readonly dataDir: string;
  /** Mends what can be derived; the caller holds the lock of the directory, and has no store open. */
  readonly repair: boolean;
  /** How the page worker reads a capture; needed for `repair`. Without it the catalogue is rebuilt from the records alone. */
  readonly interpret?: InterpretCapture;
  readonly dedupe?: DedupeSettings;
  /** Longest decoded body of a capture, in bytes. */
  readonly bodyBytesMax: number;
  /** Reads all captures beside the records, as `readCaptures` does; default: on this thread. Ends early when the signal does. */
  readonly readAllCaptures?: ReadAllCaptures;
  readonly log?: Logger;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

type ReadAllCaptures = (onRead: (count: number) => void, signal: AbortSignal) => Promise<CaptureFindings>;

/** How much was read. */
export interface VerifyProgress {
  readonly step: 'check' | 'repair' | 'check again';
  readonly records: number;
  readonly captures: number;
}

/** The faults that were found. */
export interface VerifyReport {
  /** Record files and captures that were read. */
  readonly records: number;
  readonly captures: number;
  /** Left by a killed writer; removed at the next start. No fault. */
  readonly temporaryFiles: number;
  readonly faultCount: number;
  readonly faultsByCode: Partial<Record<FaultCode, number>>;
  /** At most ten thousand. */
  readonly faults: readonly Fault[];
  /** What the repair did; null without one. */
  readonly repaired: Rebuilt | null;
  /** The faults that remain after the repair; without a repair, the same as `faultCount`. */
  readonly remainingCount: number;
  readonly remaining: readonly Fault[];
  /** SHA-256 of each table that the catalogue derives from files and captures, lower-case hex; null: no catalogue that can be read. */
  readonly catalogueDigest: Readonly<Record<string, string>> | null;
}

/**
 * Reads every record and every capture, and compares them with each other and with the catalogue. Does not write unless
 * told to repair.
 *
 * A repair never deletes a record. One that cannot be read is moved to `damaged/` and rebuilt from its captures if they
 * exist; so is one whose text differs from the captured one.
 *
 * @throws {FatalError} `disk.…`; `record.tooNew`, `record.tooOld`, and `catalogue.tooNew`, `catalogue.tooOld` without a
 *         repair: what is of another form is none that is damaged.
 */
export async function verifyStore(options: VerifyOptions): Promise<VerifyReport> {
  checkDataDir(options.dataDir);
  if (options.repair) return repairStore(options);
  const found = await check(options, null);
  const { faults, digest: catalogueDigest } = found;
  const report = reportOf(found);
  return { ...report, repaired: null, remainingCount: faults.total, remaining: faults.faults, catalogueDigest };
}

async function repairStore(options: VerifyOptions): Promise<VerifyReport> {
  const { dataDir, interpret = null, log = silentLogger, dedupe = DEFAULT_DEDUPE_SETTINGS } = options;
  // The writer and its modules, which a check does not need.
  const [{ observationReader }, { migrateRecords }, { mendRecords }, { CatalogueRebuild }] = await Promise.all([
    import('../writer/capture-interpreter.js'),
    import('../files/migrate-records.js'),
    import('./mend-records.js'),
    import('./rebuild-catalogue.js'),
  ]);
  const readObservation = interpret && observationReader(dataDir, interpret);
  await migrateRecords(dataDir, log, readObservation);
  const rebuild = new CatalogueRebuild({ dataDir, interpret, log, dedupe });
  try {
    const found = await check(options, rebuild);
    const { survey, findings, bytesOf } = found;
    options.onProgress?.({ step: 'repair', records: survey.count, captures: findings.count });
    await mendRecords(dataDir, survey, log, readObservation);
    const left = new FaultList();
    const { rebuilt: repaired, survey: mended } = await rebuild.finish(survey, left, (records) =>
      options.onProgress?.({ step: 'check again', records, captures: findings.count }),
    );
    // Captures are as they were: a repair writes none.
    checkCaptures(dataDir, mended, findings, bytesOf, left);
    const catalogueDigest = digestOf(dataDir, left);
    return { ...reportOf(found), repaired, remainingCount: left.total, remaining: left.faults, catalogueDigest };
  } finally {
    rebuild.close();
  }
}

function reportOf({ faults, survey, findings }: Checked) {
  return {
    records: survey.count,
    captures: findings.count,
    temporaryFiles: survey.temporaryFiles,
    faultCount: faults.total,
    faultsByCode: faults.byCode(),
    faults: faults.faults,
  };
}

interface Checked {
  readonly faults: FaultList;
  readonly survey: RecordSurvey;
  readonly findings: CaptureFindings;
  /** Length of each capture file before any was read. */
  readonly bytesOf: ReadonlyMap<string, number>;
  readonly digest: Readonly<Record<string, string>> | null;
}

/** @param rebuild  Receives sound records; null: nothing is to be repaired. */
async function check(options: VerifyOptions, rebuild: CatalogueRebuild | null): Promise<Checked> {
  const { dataDir, bodyBytesMax, onProgress } = options;
  const readHere: ReadAllCaptures = (onRead) => readCaptures(dataDir, { bodyBytesMax }, null, onRead);
  const { readAllCaptures = readHere } = options;
  const faults = new FaultList();
  const read = { records: 0, captures: 0 };
  const bytesOf = new Map((await listCaptureFiles(dataDir)).map(({ file, bytes }) => [file, bytes]));
  const database = openToCheck(dataDir, faults, rebuild !== null);
  const stop = new AbortController();
  const reading = readAllCaptures((captures) => {
    read.captures = captures;
    onProgress?.({ step: 'check', ...read });
  }, stop.signal);
  reading.catch(() => undefined); // reported below, unless another error is reported first
  try {
    const note = (records: number, found: FoundRecord | null): void => {
      read.records = records;
      if (found?.isSound === true) rebuild?.add(found.record, found.location);
      onProgress?.({ step: 'check', ...read });
    };
    const survey = await checkRecords(dataDir, database, faults, note, rebuild?.sound ?? null);
    checkCatalogue(dataDir, database, survey, faults);
    const digest = database && rebuild === null ? catalogueDigest(database) : null;
    const findings = await reading;
    checkCaptures(dataDir, survey, findings, bytesOf, faults);
    return { faults, survey, findings, bytesOf, digest };
  } finally {
    stop.abort();
    database?.close();
  }
}

function checkCatalogue(dataDir: string, database: Database | null, survey: RecordSurvey, faults: FaultList): void {
  checkLinks(survey, faults);
  if (database) {
    checkRows(dataDir, database, survey.keys, faults);
    checkCaptureFiles(dataDir, database, faults);
  } else if (survey.count > 0 && faults.byCode()['catalogue.damaged'] === undefined) {
    faults.add('catalogue.missing', CATALOGUE_FILE, `${survey.count} records are in no catalogue`);
  }
}

/** Digest of a rebuilt catalogue, as read from the disk. */
function digestOf(dataDir: string, faults: FaultList): Readonly<Record<string, string>> | null {
  const database = openToCheck(dataDir, faults, true);
  try {
    return database && catalogueDigest(database);
  } finally {
    database?.close();
  }
}
