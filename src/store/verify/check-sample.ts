import { createHash } from 'node:crypto';
import { readCapture } from '../../captures/read-capture.js';
import type { Article, CaptureReference } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { readRecord, RECORD_FOLDERS, type RecordLocation } from '../files/article-files.js';
import type { Database } from '../catalogue/open-database.js';
import { checkRecord } from './check-record.js';
import { FaultList, type FaultCode } from './fault.js';

/** Records read in one go, while nothing else of this process runs. */
const IN_ONE_GO = 20;

/**
 * Reads some records, taken by lot, with the captures of their newest states, beside a writer at work: what `verify`
 * would say of them by themselves.
 *
 * @param recordsMax  Most records that are read.
 */
export async function checkSample(
  dataDir: string,
  database: Database,
  recordsMax: number,
  bodyBytesMax: number,
): Promise<{ readonly records: number; readonly faults: FaultList }> {
  const faults = new FaultList();
  const rows = database.prepare('SELECT key FROM articles ORDER BY random() LIMIT ?').all(recordsMax) as {
    key: ArticleKey;
  }[];
  const placeOf = database.prepare('SELECT folder, month FROM articles WHERE key = ?');
  for (const [index, { key }] of rows.entries()) {
    if (index % IN_ONE_GO === 0) await new Promise(setImmediate);
    const row = placeOf.get(key) as { folder: RecordLocation['folder']; month: number } | undefined;
    if (row === undefined) continue;
    const record = readChecked(dataDir, key, String(row.month), faults);
    if (record?.capture) checkCaptureOf(dataDir, record.id, record.capture, bodyBytesMax, faults);
  }
  return { records: rows.length, faults };
}

function readChecked(dataDir: string, key: ArticleKey, month: string, faults: FaultList): Article | null {
  try {
    // The writer may be moving it: it stands in one of both folders.
    for (const folder of RECORD_FOLDERS) {
      const file = readRecord(dataDir, { folder, key, month });
      if (file !== null) return checkRecord(file.text, { folder, key, month }, faults);
    }
    faults.add('catalogue.noRecord', key, 'the catalogue names a record that has no file');
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    faults.add(error.code as FaultCode, key, error.message);
  }
  return null;
}

function checkCaptureOf(
  dataDir: string,
  id: string,
  capture: CaptureReference,
  bodyBytesMax: number,
  faults: FaultList,
): void {
  const place = `${capture.file}@${capture.offset}`;
  try {
    const read = readCapture(dataDir, capture, { bodyBytesMax });
    if (read.kind !== 'response') faults.add('record.captureDiffers', id, `${place} holds no page`);
    else if (createHash('sha256').update(read.body).digest('hex') !== capture.sha256)
      faults.add('capture.damaged', place, 'the body does not fit its digest');
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    faults.add('record.captureMissing', id, `${place}: ${error.message}`);
  }
}
