import type { ArticleKey } from '../../domain/page.js';
import { journalOf } from '../catalogue/article-journal.js';
import type { Batch } from './batch.js';
import { toSeconds, toSecondsOrNull } from '../catalogue/instants.js';
import type { NotedChange, ReadPageResult } from './capture-interpreter.js';
import { refreshPage, withPageTimes } from './refresh-page.js';
import { rememberTagPages } from './store-list.js';
import { validatorsOf } from './store-page.js';
import { reextract, readingOf, type Reextraction } from './reextract-article.js';

/** What reading an article anew came to; `repeat`: the note was settled before, and nothing was done. */
export type ReextractOutcome = Reextraction['kind'] | 'repeat';

type Different = Extract<Reextraction, { reextracted: unknown }>;

/**
 * Brings record, journal, pages and index of one article to what today's reader makes of its captures.
 *
 * @param noted  The note of it; null where no record changes. It counts as settled afterwards.
 *
 * Idempotent: a kill at any moment leaves the note unsettled, and settling it again comes to the same end.
 */
export async function applyReextraction(
  batch: Batch,
  key: ArticleKey,
  noted: NotedChange | null,
  read: ReadPageResult,
): Promise<() => ReextractOutcome> {
  const { tables } = batch;
  if (noted !== null) {
    if (tables.captures.settled(noted.place)) return () => 'repeat';
    noteExtractorChange(batch, noted);
  }
  const row = tables.articles.get(key);
  const stored = batch.load(key, row);
  const found = await reextract(stored?.record ?? null, journalOf(tables, key), read);
  if (found.kind === 'same' || found.kind === 'kept') return () => found.kind;
  rewriteJournal(batch, found);
  if (found.record !== null) {
    const record = withPageTimes(tables, found.record);
    const month = found.month ?? stored?.month ?? '';
    batch.put({ record, month, onDisk: stored?.onDisk ?? null }, row, true, 'anew');
  }
  return () => found.kind;
}

/** Keeps the note, and that it is settled. Idempotent. */
export function noteExtractorChange({ tables }: Batch, { place, notedAt, change }: NotedChange): void {
  if (tables.captures.settled(place)) return;
  const entry = {
    kind: 'readerChange',
    page: null,
    stateKey: null,
    onTopic: null,
    outcome: null,
    reason: null,
  } as const;
  tables.captures.add({ capture: { ...place, sha256: '', fetchedAt: notedAt }, ...entry });
  tables.extractorChanges.add(place, toSeconds(notedAt), change);
}

/** The journal tells what was read; what the pages are follows from it. */
function rewriteJournal({ tables }: Batch, { reextracted, pages }: Different): void {
  for (const { id } of pages) tables.pages.forgetReadings(id);
  for (const { known, result } of reextracted) {
    const { page, place } = known;
    const at = toSeconds(result.capture.fetchedAt);
    tables.captures.setReading(result.capture, readingOf(result));
    if (known.kind === 'quarantined' && result.kind !== 'quarantined') tables.quarantine.release(place);
    const validators = validatorsOf(result);
    if (validators !== null) tables.pages.setValidators(page, at, validators);
    if (result.kind !== 'article') continue;
    tables.pages.notePublished(page, toSecondsOrNull(result.article.publishedAt));
    if (result.tagPages) rememberTagPages({ tables }, result.tagPages);
  }
  for (const { id } of pages) refreshPage(tables, id, false);
}
