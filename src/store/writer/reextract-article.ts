import { isDeepStrictEqual } from 'node:util';
import type { Article } from '../../domain/article.js';
import { READ_FIELDS, SAMPLE_CHARACTERS_MAX, type ExtractorChange, type FieldChange } from '../../domain/extraction.js';
import type { ArticleKey } from '../../domain/page.js';
import type { PageResult } from '../../domain/page-result.js';
import { foldObservations, tellsEveryState, withWhatOthersTell } from '../../records/fold-observations.js';
import {
  ABOUT_NO_PAGE,
  journalOf,
  type ArticleJournal,
  type JournalReading,
  type Reading,
} from '../catalogue/captures-table.js';
import type { PageRow } from '../catalogue/pages-table.js';
import { toSeconds, toSecondsOrNull } from '../catalogue/database.js';
import type { Batch } from './batch.js';
import { asStored, type NotedChange, type ReadPageResult } from './capture-interpreter.js';
import { firstMonth, refreshPage, withPageTimes } from './fold-article.js';
import { rememberTagPages, readingOf, validatorsOf } from './store-page.js';

/** One capture of the journal, and what today's extractor makes of it. */
interface ReextractedCapture {
  readonly known: JournalReading;
  readonly result: PageResult;
}

/**
 * Why a record is left as it is although its captures were extracted again.
 * `captureLost`: it holds states whose captures are not there any more; `unreadable`: today's extractor cannot read one of them;
 * `notStoredToday`: today's extractor and topics would store nothing, and no record is ever deleted.
 */
export type KeptReason = 'captureLost' | 'unreadable' | 'notStoredToday';

/** What extracting all captures of one article again comes to. */
export type Reextraction =
  /** Record and journal are what today's extractor makes of the captures. */
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
      /** Who had extracted the state on top of the stored record. */
      readonly from: Article['extractor'] | null;
      /** Present for `changed` only. */
      readonly fields: readonly FieldChange[];
    };

/**
 * Extracts every capture of one article again and folds its record from the start: the record is a function of what its captures show, so no
 * state is added because the extractor changed. Writes nothing.
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
    const today = await read(reading.location);
    const result = today && reading.kind === 'article' ? asStored(today) : today;
    if (result === null) return { kind: 'kept', captures, reason: 'captureLost' };
    if (result.kind === 'quarantined' && reading.kind !== 'quarantined') {
      return { kind: 'kept', captures, reason: 'unreadable' };
    }
    reextracted.push({ known: reading, result });
  }
  const observations = reextracted.map(({ result }) => result).filter((result) => result.kind === 'article');
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

/**
 * Says in which fields two extractions of the same captures differ.
 *
 * @param before  The record as stored.
 * @param after   The record that another extractor makes of the same captures.
 * @returns       The fields in the order of the contract, each with a sample of the first difference. Pure.
 */
function compareReadings(before: Article, after: Article): FieldChange[] {
  return READ_FIELDS.flatMap((field) => {
    const [was, is] = [before[field], after[field]];
    return isDeepStrictEqual(was, is) ? [] : [{ field, ...sampleOf(was, is) }];
  });
}

/** For a list, the first item that differs, since it would be lost among whole bodies. */
function sampleOf(before: unknown, after: unknown): Pick<FieldChange, 'before' | 'after'> {
  if (Array.isArray(after) && Array.isArray(before)) {
    const [was, is]: [unknown[], unknown[]] = [before, after];
    const at = Array.from({ length: Math.max(was.length, is.length) }).findIndex(
      (_, index) => !isDeepStrictEqual(was[index], is[index]),
    );
    return { before: shown(was[at]), after: shown(is[at]) };
  }
  return { before: shown(before), after: shown(after) };
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const characters = Array.from(typeof value === 'string' ? value : JSON.stringify(value));
  // Counted in UTF-16 units, as the schema does.
  let text = '';
  for (const character of characters) {
    if (text.length + character.length >= SAMPLE_CHARACTERS_MAX) return `${text}…`;
    text += character;
  }
  return text;
}

/** @returns the note to keep before a record is changed by this; null where none is. */
export function extractorChangeOf(key: ArticleKey, runId: string, found: Reextraction): ExtractorChange | null {
  if ((found.kind !== 'changed' && found.kind !== 'stored') || found.record === null) return null;
  const { kind, from, fields, record } = found;
  return { runId, article: key, kind, from, to: record.extractor, fields: [...fields] };
}

function isSame(a: Reading, b: Reading): boolean {
  return a.kind === b.kind && a.stateKey === b.stateKey && a.onTopic === b.onTopic && a.reason === b.reason;
}

/** Whether each state of the record has its capture in the journal, however that was read: otherwise text would be lost. */
function isCovered(stored: Article, reextracted: readonly ReextractedCapture[], pages: readonly PageRow[]): boolean {
  const editionOf = new Map(pages.map(({ id, edition }) => [id, edition]));
  return tellsEveryState(stored, (edition) => {
    const ofEdition = reextracted.filter(({ known }) => editionOf.get(known.page) === edition);
    return new Set(ofEdition.map(({ known }) => known.fetchedAt));
  });
}

/** What extracting an article again came to; `repeat`: the note was processed before, and nothing was done. */
export type ReextractOutcome = Reextraction['kind'] | 'repeat';

type Different = Extract<Reextraction, { reextracted: unknown }>;

/**
 * Updates record, journal, pages and index of one article to the result of today's extractor for its captures.
 *
 * @param noted The note of the change; null if no record changes. It counts as processed afterwards.
 *
 * Idempotent: a kill at any moment leaves the note pending, and applying it again comes to the same end.
 */
export async function applyReextraction(
  batch: Batch,
  key: ArticleKey,
  noted: NotedChange | null,
  read: ReadPageResult,
): Promise<ReextractOutcome> {
  const { tables } = batch;
  if (noted !== null) {
    if (tables.captures.processed(noted.location)) return 'repeat';
    noteExtractorChange(batch, noted);
  }
  const row = tables.articles.get(key);
  const stored = batch.load(key, row);
  const found = await reextract(stored?.record ?? null, journalOf(tables, key), read);
  if (found.kind === 'same' || found.kind === 'kept') return found.kind;
  rewriteJournal(batch, found);
  const hasLostTopic = stored?.record.topics.some((topic) => found.record?.topics.includes(topic) !== true) ?? false;
  if (hasLostTopic && batch.context.topicsAway !== null) tables.topics.noteUnjudged(batch.context.topicsAway, key);
  if (found.record !== null) {
    const record = withPageTimes(tables, found.record);
    const month = found.month ?? stored?.month ?? '';
    const working = { record, month, onDisk: stored?.onDisk ?? null };
    batch.put(working, { row, journalWhole: true, isReextracted: true });
  }
  return found.kind;
}

/** Keeps the note, and that it is processed. Idempotent. */
export function noteExtractorChange({ tables }: Batch, { location, notedAt, change }: NotedChange): void {
  if (tables.captures.processed(location)) return;
  const capture = { ...location, sha256: '', fetchedAt: notedAt };
  tables.captures.add({ capture, kind: 'readerChange', ...ABOUT_NO_PAGE });
  tables.extractorChanges.add(location, toSeconds(notedAt), change);
}

/** The journal records what was read; the state of the pages follows from it. */
function rewriteJournal({ tables }: Batch, { reextracted, pages }: Different): void {
  for (const { id } of pages) tables.pages.forgetReadings(id);
  for (const { known, result } of reextracted) {
    const { page, location } = known;
    const at = toSeconds(result.capture.fetchedAt);
    tables.captures.setReading(result.capture, readingOf(result));
    if (known.kind === 'quarantined' && result.kind !== 'quarantined') tables.quarantine.release(location);
    const validators = validatorsOf(result);
    if (validators !== null) tables.pages.setValidators(page, at, validators);
    if (result.kind !== 'article') continue;
    tables.pages.notePublished(page, toSecondsOrNull(result.article.publishedAt));
    if (result.tagPages) rememberTagPages({ tables }, result.tagPages);
  }
  for (const { id } of pages) refreshPage(tables, id, false);
}
