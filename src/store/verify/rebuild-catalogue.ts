import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ScannedRecord } from '../../captures/decode-record.js';
import { scanCaptures } from '../../captures/scan-captures.js';
import type { DedupeSettings } from '../../dedupe/settings.js';
import type { Logger } from '../../platform/logger.js';
import { runLimited } from '../../platform/run-limited.js';
import { CATALOGUE_FILE } from '../catalogue/open-database.js';
import { commitBatch, type CommitContext, type Member } from '../writer/commit-batch.js';
import { decideAllLinks } from '../writer/decide-all-links.js';
import { noteBasis } from '../writer/dedupe-basis.js';
import { indexRecords } from '../writer/index-records.js';
import { observationReader, type CaptureMeaning, type InterpretCapture } from '../writer/capture-interpreter.js';
import { openWriter } from '../writer/open-writer.js';
import { noteRecordForm } from '../writer/ready-records.js';
import { noteExtractorChange } from '../writer/apply-reextraction.js';
import { storePage } from '../writer/store-page.js';
import { rememberRun, storeList } from '../writer/store-list.js';
import { carryOver } from './carry-over.js';
import { confirmJournals } from './confirm-journals.js';

export interface RebuildOptions {
  readonly dataDir: string;
  readonly interpret: InterpretCapture | null;
  readonly log: Logger;
  readonly dedupe: DedupeSettings;
}

/** What a rebuild did. */
export interface Rebuilt {
  readonly records: number;
  /** Captures that were settled again. */
  readonly settled: number;
  /** Captures that could not be settled; they are queued again at the next start. */
  readonly pending: number;
}

const NEW_FILE = 'catalogue.rebuilt.db';
const BATCH = 64;
const READ_AT_ONCE = 4;

/**
 * Makes the catalogue anew beside the old one, then puts it in its place: articles from the record files, links decided from nothing, pages,
 * journal and lists from the captures. Records follow where links were not as they should be; articles whose record is missing are
 * made anew from their captures. What only people decided (pages dropped from quarantine) is taken over from the old catalogue where
 * that can be read.
 */
export async function rebuildCatalogue(options: RebuildOptions): Promise<Rebuilt> {
  const { dataDir, interpret, log, dedupe } = options;
  removeDatabase(dataDir, NEW_FILE);
  const context = openWriter({ dataDir, dedupe, log, catalogueFile: NEW_FILE });
  const { database } = context;
  try {
    // Rows are made for the first time and synced at the end, so that nothing is waited for in between.
    database.exec('PRAGMA synchronous = OFF');
    const records = await indexRecords(context);
    await decideAllLinks(context);
    const sums = interpret ? await settleAgain(context, dataDir, interpret, log) : { settled: 0, pending: 0 };
    confirmJournals(context);
    noteBasis(database, dedupe);
    carryOver(database, join(dataDir, CATALOGUE_FILE), log);
    noteRecordForm(database);
    database.exec("INSERT OR REPLACE INTO meta (name, value) VALUES ('closed', '1')");
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    removeLogs(dataDir, CATALOGUE_FILE);
    renameSync(join(dataDir, NEW_FILE), join(dataDir, CATALOGUE_FILE));
    return { records, ...sums };
  } finally {
    if (database.isOpen) database.close();
    removeDatabase(dataDir, NEW_FILE);
  }
}

async function settleAgain(
  context: CommitContext,
  dataDir: string,
  interpret: InterpretCapture,
  log: Logger,
): Promise<Pick<Rebuilt, 'settled' | 'pending'>> {
  const options = { readObservation: observationReader(dataDir, interpret), isRebuilding: true };
  const sums = { settled: 0, pending: 0 };
  const settle = async (records: readonly ScannedRecord[]): Promise<void> => {
    const meanings = await runLimited(records, READ_AT_ONCE, (record) => interpretOrNull(record, interpret, log));
    const members = meanings.filter((meaning) => meaning !== null).map((meaning) => memberFor(meaning, options));
    sums.pending += meanings.filter((meaning) => meaning === null).length;
    for (const result of await commitBatch(context, members)) {
      if (result.status === 'fulfilled') sums.settled += 1;
      else {
        sums.pending += 1;
        log.warn({ err: result.reason }, 'could not settle a capture again');
      }
    }
  };
  let waiting: ScannedRecord[] = [];
  for await (const record of scanCaptures(dataDir)) {
    if (record.kind === 'foreign' || record.kind === 'damaged') continue;
    waiting.push(record);
    if (waiting.length < BATCH) continue;
    await settle(waiting);
    waiting = [];
  }
  await settle(waiting);
  return sums;
}

async function interpretOrNull(
  record: ScannedRecord,
  interpret: InterpretCapture,
  log: Logger,
): Promise<CaptureMeaning | null> {
  try {
    return await interpret(record);
  } catch (error) {
    log.warn({ file: record.file, err: error }, 'could not read a capture again');
    return null;
  }
}

function memberFor(meaning: CaptureMeaning, options: Parameters<typeof storePage>[2]): Member<unknown> {
  if (meaning.kind === 'page') return (batch) => storePage(batch, meaning.result, options);
  return (batch) => {
    if (meaning.kind === 'list') storeList(batch, meaning.list);
    else if (meaning.kind === 'readerChange') noteExtractorChange(batch, meaning.noted);
    else rememberRun(batch, meaning.run);
    return Promise.resolve(() => undefined);
  };
}

function removeDatabase(dataDir: string, name: string): void {
  removeLogs(dataDir, name);
  rmSync(join(dataDir, name), { force: true });
}

/** Those of another database would be taken for its own. */
function removeLogs(dataDir: string, name: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(join(dataDir, `${name}${suffix}`), { force: true });
}
