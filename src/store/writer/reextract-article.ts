import type { Article } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { compareReadings } from '../../records/compare-extractions.js';
import { foldObservations } from '../../records/fold-observations.js';
import { openRecord } from '../../records/record-histories.js';
import { entryOf, type Observation } from '../../records/timeline.js';
import type { FieldChange, ExtractorChange } from '../../domain/extractor-change.js';
import type { JournalReading, Reading } from '../catalogue/capture-log.js';
import type { ArticleJournal } from '../catalogue/article-journal.js';
import type { PageRow } from '../catalogue/page-rows.js';
import type { ReadPageResult } from './capture-interpreter.js';
import { firstMonth } from './store-article.js';
import { reasonOf } from './store-page.js';
import type { PageResult } from '../../domain/page-result.js';

/** One capture of the journal, and what today's reader makes of it. */
export interface ReextractedCapture {
  readonly known: JournalReading;
  readonly result: PageResult;
}

/**
 * Why a record is left as it is although its captures were read again.
 * `captureLost`: it holds states whose captures are not there any more; `unreadable`: today's reader cannot read one of them;
 * `notStoredToday`: today's reader and topics would store nothing, and no record is ever deleted.
 */
export const KEPT_REASONS = ['captureLost', 'unreadable', 'notStoredToday'] as const;
export type KeptReason = (typeof KEPT_REASONS)[number];

/** What reading all captures of one article again comes to. */
export type Reextraction =
  /** Record and journal are what today's reader makes of the captures. */
  | { readonly kind: 'same'; readonly captures: number }
  | { readonly kind: 'kept'; readonly captures: number; readonly reason: KeptReason }
  | {
      /** `changed`, `stored`: the record; `noted`: only what the catalogue says of its pages. */
      readonly kind: 'changed' | 'stored' | 'noted';
      readonly captures: number;
      readonly reextracted: readonly ReextractedCapture[];
      readonly pages: readonly PageRow[];
      /** Links, and what pages tell, as in the stored record; null where there is nothing to store. */
      readonly record: Article | null;
      readonly month: string | null;
      /** Who had read the state on top of the stored record. */
      readonly from: Article['extractor'] | null;
      /** Of `changed` only. */
      readonly fields: readonly FieldChange[];
    };

/**
 * Reads every capture of one article again and folds its record anew: the record is a function of what its captures show, so no state
 * is added because the reader changed. Writes nothing.
 *
 * @param stored  The record as it stands; null: none does.
 */
export async function reextract(
  stored: Article | null,
  { pages, captures: known }: ArticleJournal,
  read: ReadPageResult,
): Promise<Reextraction> {
  const captures = known.length;
  const reextracted: ReextractedCapture[] = [];
  for (const reading of known) {
    const result = await read(reading.place);
    if (result === null) return { kind: 'kept', captures, reason: 'captureLost' };
    if (result.kind === 'quarantined' && reading.kind !== 'quarantined') {
      return { kind: 'kept', captures, reason: 'unreadable' };
    }
    reextracted.push({ known: reading, result });
  }
  const observations = reextracted.flatMap(({ result }) => observationOf(result));
  const folded = foldObservations(observations);
  const isReadOtherwise = reextracted.some(({ known: before, result }) => !isSame(before, readingOf(result)));
  const found = { captures, reextracted, pages, from: stored?.extractor ?? null };
  if (folded === null) {
    if (stored !== null)
      return { kind: 'kept', captures, reason: known.length === 0 ? 'captureLost' : 'notStoredToday' };
    return isReadOtherwise
      ? { ...found, kind: 'noted', record: null, month: null, fields: [] }
      : { kind: 'same', captures };
  }
  if (stored !== null && !isCovered(stored, reextracted, pages))
    return { kind: 'kept', captures, reason: 'captureLost' };
  const record = withWhatOthersTell(folded, stored);
  const fields = stored === null ? [] : compareReadings(stored, record);
  if (stored !== null && fields.length === 0 && !isReadOtherwise) return { kind: 'same', captures };
  const kind = stored === null ? 'stored' : fields.length === 0 ? 'noted' : 'changed';
  return { ...found, kind, record, month: firstMonth(folded, observations), fields };
}

/** @returns the note to keep before a record is changed by this; null where none is. */
export function extractorChangeOf(key: ArticleKey, runId: string, found: Reextraction): ExtractorChange | null {
  if ((found.kind !== 'changed' && found.kind !== 'stored') || found.record === null) return null;
  const { kind, from, fields, record } = found;
  return { runId, article: key, kind, from, to: record.extractor, fields: [...fields] };
}

/** How the journal notes a settlement. */
export function readingOf(result: PageResult): Reading {
  const entry = result.kind === 'article' ? entryOf(result) : null;
  return {
    kind: result.kind,
    stateKey: entry?.stateKey ?? null,
    onTopic: entry?.onTopic ?? null,
    reason: reasonOf(result),
  };
}

function observationOf(result: PageResult): Observation[] {
  return result.kind === 'article' ? [{ article: result.article, capture: result.capture }] : [];
}

function isSame(a: Reading, b: Reading): boolean {
  return a.kind === b.kind && a.stateKey === b.stateKey && a.onTopic === b.onTopic && a.reason === b.reason;
}

/** A 304 is a sight too, and withdrawal and links are told by other things than what a reader reads. */
function withWhatOthersTell(folded: Article, stored: Article | null): Article {
  if (stored === null) return folded;
  const { goneAt, lastSeenAt, duplicates, duplicateOf } = stored;
  return { ...folded, goneAt, lastSeenAt, duplicates, duplicateOf };
}

/** Whether each state of the record has its capture in the journal, however that was read: otherwise text would be lost. */
function isCovered(stored: Article, reextracted: readonly ReextractedCapture[], pages: readonly PageRow[]): boolean {
  const editionOf = new Map(pages.map(({ id, edition }) => [id, edition]));
  for (const [edition, history] of openRecord(stored).editions) {
    const moments = new Set(
      reextracted.filter(({ known }) => editionOf.get(known.page) === edition).map(({ known }) => known.fetchedAt),
    );
    // A rendition that has not changed does not say when it was first seen.
    const isUntimed = edition !== stored.edition && history.states.length === 1;
    if (isUntimed ? moments.size === 0 : !history.states.every(({ seenAt }) => moments.has(seenAt))) return false;
  }
  return true;
}
