import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import { contentHashOf } from '../../dedupe/comparable-text.js';
import { articlePath, folderOf, type RecordLocation } from '../files/article-files.js';
import { isCanonical, parseArticle } from '../files/article-json.js';
import { dayOf } from '../catalogue/page-rows.js';
import type { FaultCode, FaultList } from './fault.js';

/**
 * Checks what one record file tells by itself: form, place, hashes.
 *
 * @returns the record; null if it cannot be read.
 */
export function checkRecord(text: string, place: RecordLocation, faults: FaultList): Article | null {
  const path = articlePath(place);
  let record: Article;
  try {
    record = parseArticle(text, path);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    faults.add(error.code as FaultCode, path, error.message);
    return null;
  }
  if (!isCanonical(text, record)) faults.add('record.notCanonical', path, 'key order, indent or end of file differ');
  if (record.id !== place.key) faults.add('record.otherIdentity', path, `it says it is ${record.id}`);
  if (folderOf(record) !== place.folder) faults.add('record.wrongFolder', path, `belongs under ${folderOf(record)}/`);
  const months = monthsOf(record);
  if (!months.includes(place.month)) {
    faults.add('record.wrongMonth', path, `its addresses are of ${months.join(', ')}`);
  }
  checkHashes(record, path, faults);
  return record;
}

/** @returns the months `YYYYMM` of every address of the record, sorted. */
export function monthsOf(record: Article): string[] {
  const urls = [record.url, ...record.aliases, ...record.renditions.map((rendition) => rendition.url)];
  return [...new Set(urls.map((url) => String(dayOf(url)).slice(0, 6)))].sort();
}

type HashedText = Pick<Article, 'title' | 'lead' | 'body' | 'contentHash'>;

function checkHashes(record: Article, path: string, faults: FaultList): void {
  const { dateline, language } = record;
  if (contentHashOf(record) !== record.contentHash) faults.add('record.wrongHash', path, 'of the text on top');
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
  for (const [what, text, of] of earlier) {
    if (!isHashOf(text, of, dateline)) faults.add('record.wrongHash', path, what);
  }
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
