import { hash } from 'node:crypto';
import { readCapture } from '../../captures/read-capture.js';
import type { Article, CaptureReference } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { PermanentError, RetryableError } from '../../domain/errors.js';
import { contentHashOf } from '../../dedupe/comparable-text.js';
import { query, readRows, dayOf } from '../catalogue/database.js';
import { openForReading } from '../catalogue/open-database.js';
import { articlePath, folderOf, readRecord, RECORD_FOLDERS, type RecordLocation } from '../files/article-files.js';
import { isCanonical, parseArticle } from '../files/article-json.js';
import { FaultList, type FaultCode } from './fault.js';

/**
 * Checks what one record file tells by itself: form, location, hashes.
 *
 * @returns the record; null if it cannot be read.
 */
export function checkRecord(text: string, location: RecordLocation, faults: FaultList): Article | null {
  const path = articlePath(location);
  let record: Article;
  try {
    record = parseArticle(text, path);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    faults.add(error.code as FaultCode, path, error.message);
    return null;
  }
  if (!isCanonical(text, record)) faults.add('record.notCanonical', path, 'key order, indent or end of file differ');
  if (record.id !== location.key) faults.add('record.otherIdentity', path, `it says it is ${record.id}`);
  if (folderOf(record) !== location.folder)
    faults.add('record.wrongFolder', path, `belongs under ${folderOf(record)}/`);
  const months = monthsOf(record);
  if (!months.includes(location.month)) {
    faults.add('record.wrongMonth', path, `its URLs are of ${months.join(', ')}`);
  }
  for (const what of wrongHashesOf(record)) faults.add('record.wrongHash', path, what);
  return record;
}

/** @returns the months `YYYYMM` of every URL of the record, sorted. */
export function monthsOf(record: Article): string[] {
  const urls = [record.url, ...record.aliases, ...record.renditions.map((rendition) => rendition.url)];
  return [...new Set(urls.map((url) => String(dayOf(url)).slice(0, 6)))].sort();
}

type HashedText = Pick<Article, 'title' | 'lead' | 'body' | 'contentHash'>;

/** @returns the states of a record whose text is not that of their hash, in words. */
export function wrongHashesOf(record: Article): string[] {
  const { dateline, language } = record;
  const earlier: [string, HashedText, string][] = [
    ...record.revisions.map((state): [string, HashedText, string] => [
      `of revision ${state.revision}`,
      state,
      language,
    ]),
    ...record.renditions.flatMap((rendition): [string, HashedText, string][] => [
      [`of the rendition in ${rendition.edition}`, rendition, rendition.language],
      ...(rendition.revisions ?? []).map((state): [string, HashedText, string] => [
        `of revision ${state.revision} in ${rendition.edition}`,
        state,
        rendition.language,
      ]),
    ]),
  ];
  return [
    ...(contentHashOf(record) === record.contentHash ? [] : ['of the text on top']),
    ...earlier.filter(([, text, of]) => !isHashOf(text, of, dateline)).map(([what]) => what),
  ];
}

const DATELINE_CHARACTERS_MAX = 80;

/**
 * The dateline is left out of the hash, and a record keeps that of its top only. So any beginning of the first paragraph that makes the
 * hash right is taken for the dateline of an earlier state.
 */
function isHashOf(text: HashedText, language: string, dateline: string | null): boolean {
  const hasHash = (candidate: string | null): boolean =>
    contentHashOf({ ...text, language, dateline: candidate }) === text.contentHash;
  if (hasHash(dateline) || hasHash(null)) return true;
  const first = (text.lead ?? text.body[0]?.text ?? '').slice(0, DATELINE_CHARACTERS_MAX);
  for (let length = 1; length <= first.length; length += 1) {
    if (hasHash(first.slice(0, length))) return true;
  }
  return false;
}

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
  recordsMax: number,
  bodyBytesMax: number,
): Promise<{ readonly records: number; readonly faults: FaultList }> {
  const faults = new FaultList();
  const database = openForReading(dataDir);
  if (database === null) return { records: 0, faults };
  try {
    const text = 'SELECT key FROM articles ORDER BY random() LIMIT ?';
    const rows = readRows<{ key: ArticleKey }>(database, text, recordsMax);
    const monthOf = query<{ month: number }>(database, 'SELECT month FROM articles WHERE key = ?');
    for (const [index, { key }] of rows.entries()) {
      if (index % IN_ONE_GO === 0) await new Promise(setImmediate);
      const row = monthOf.get(key);
      const record = row && readChecked(dataDir, key, String(row.month), faults);
      if (record?.capture) checkCaptureOf(dataDir, record.id, record.capture, bodyBytesMax, faults);
    }
    return { records: rows.length, faults };
  } finally {
    database.close();
  }
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
  const location = `${capture.file}@${capture.offset}`;
  try {
    const read = readCapture(dataDir, capture, { bodyBytesMax });
    if (read.kind !== 'response') faults.add('record.captureDiffers', id, `${location} holds no page`);
    else if (hash('sha256', read.body) !== capture.sha256)
      faults.add('capture.damaged', location, 'the body does not fit its digest');
  } catch (error) {
    if (!(error instanceof PermanentError || error instanceof RetryableError)) throw error;
    faults.add('record.captureMissing', id, `${location}: ${error.message}`);
  }
}
