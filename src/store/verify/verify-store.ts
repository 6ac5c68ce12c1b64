import { checkDataDir } from '../../platform/check-data-dir.js';
import { silentLogger, type Logger } from '../../platform/logger.js';
import { DEFAULT_DEDUPE_SETTINGS, type DedupeSettings } from '../../dedupe/neighbour-index.js';
import { CATALOGUE_FILE } from '../catalogue/database.js';
import { observationReader, type InterpretCapture } from '../writer/capture-interpreter.js';
import { migrateRecords } from '../files/migrate-records.js';
import { checkCaptures } from './check-captures.js';
import { checkLinks, checkRecords, checkRows, openToCheck } from './check-records.js';
import { FaultList, type Fault, type FaultCode } from './fault.js';
import { mendRecords } from './mend-records.js';
import { rebuildCatalogue, type Rebuilt } from './rebuild-catalogue.js';

export interface VerifyOptions {
  readonly dataDir: string;
  /** Mends what can be derived; the caller holds the lock of the directory, and has no store open. */
  readonly repair: boolean;
  /** How the page worker reads a capture; needed for `repair`. Without it the catalogue is rebuilt from the records alone. */
  readonly interpret?: InterpretCapture;
  readonly dedupe?: DedupeSettings;
  /** Longest decoded body of a capture, in bytes. */
  readonly bodyBytesMax: number;
  readonly log?: Logger;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** How much was read. */
export interface VerifyProgress {
  readonly step: 'check' | 'repair' | 'check again';
  readonly records: number;
  readonly captures: number;
}

/** What was found. */
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
  /** What is still wrong after the repair; without one, the same as `faultCount`. */
  readonly remainingCount: number;
  readonly remaining: readonly Fault[];
}

/**
 * Reads every record and every capture, and compares them with each other and with the catalogue. Does not write unless told to repair.
 *
 * A repair never deletes a record: one that cannot be read moves to `damaged/`, and is made again from its captures where they are there; so
 * does one whose text is not the one that was captured.
 *
 * @throws {FatalError} `disk.…`; `record.tooNew`, `record.tooOld`: records of another form are none that are damaged.
 */
export async function verifyStore(options: VerifyOptions): Promise<VerifyReport> {
  const { dataDir, interpret = null, log = silentLogger, dedupe = DEFAULT_DEDUPE_SETTINGS } = options;
  checkDataDir(dataDir);
  const readObservation = interpret && observationReader(dataDir, interpret);
  if (options.repair) await migrateRecords(dataDir, log, readObservation);
  const found = await check(options, 'check');
  const { faults, records, captures, temporaryFiles } = found;
  const report = {
    records,
    captures,
    temporaryFiles,
    faultCount: faults.total,
    faultsByCode: faults.byCode(),
    faults: faults.faults,
  };
  if (!options.repair) return { ...report, repaired: null, remainingCount: faults.total, remaining: faults.faults };
  options.onProgress?.({ step: 'repair', records, captures });
  await mendRecords(dataDir, log, readObservation);
  const repaired = await rebuildCatalogue({ dataDir, interpret, log, dedupe });
  const { faults: left } = await check(options, 'check again');
  return { ...report, repaired, remainingCount: left.total, remaining: left.faults };
}

interface Checked {
  readonly faults: FaultList;
  readonly records: number;
  readonly captures: number;
  readonly temporaryFiles: number;
}

async function check(
  { dataDir, bodyBytesMax, onProgress }: VerifyOptions,
  step: VerifyProgress['step'],
): Promise<Checked> {
  const faults = new FaultList();
  const database = openToCheck(dataDir, faults);
  try {
    const survey = await checkRecords(dataDir, database, faults, (records) => {
      onProgress?.({ step, records, captures: 0 });
    });
    checkLinks(survey, faults);
    if (database) checkRows(database, survey.keys, faults);
    else if (survey.count > 0 && faults.byCode()['catalogue.damaged'] === undefined) {
      faults.add('catalogue.missing', CATALOGUE_FILE, `${survey.count} records are in no catalogue`);
    }
    const captures = await checkCaptures(dataDir, survey, bodyBytesMax, faults, (count) => {
      onProgress?.({ step, records: survey.count, captures: count });
    });
    return { faults, records: survey.count, captures, temporaryFiles: survey.temporaryFiles };
  } finally {
    database?.close();
  }
}
