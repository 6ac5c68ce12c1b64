import type { ArticleKey } from '../../domain/page.js';
import type { Batch } from '../batch.js';
import { toSeconds, toSecondsOrNull } from '../catalogue/instants.js';
import type { NotedChange, ReadSettlement } from '../interpret-capture.js';
import { refreshPage, withPageTimes } from '../refresh-page.js';
import { rememberTagPages } from '../settle-list.js';
import { validatorsOf } from '../settle-page.js';
import { readAnew, readingOf, type ReadAnew } from './read-anew.js';

/** What reading an article anew came to; `repeat`: the note was settled before, and nothing was done. */
export type RereadOutcome = ReadAnew['kind'] | 'repeat';

type Different = Extract<ReadAnew, { rereads: unknown }>;

/**
 * Brings record, journal, pages and index of one article to what today's reader makes of its captures.
 *
 * @param noted  The note of it; null where no record changes. It counts as settled afterwards.
 *
 * Idempotent: a kill at any moment leaves the note unsettled, and settling it again comes to the same end.
 */
export async function applyReadAnew(
  batch: Batch,
  key: ArticleKey,
  noted: NotedChange | null,
  read: ReadSettlement,
): Promise<() => RereadOutcome> {
  const { tables } = batch;
  if (noted !== null) {
    if (tables.captures.settled(noted.place)) return () => 'repeat';
    noteReaderChange(batch, noted);
  }
  const row = tables.articles.get(key);
  const stored = batch.load(key, row);
  const found = await readAnew(key, stored?.record ?? null, tables, read);
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
export function noteReaderChange({ tables }: Batch, { place, notedAt, change }: NotedChange): void {
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
  tables.readerChanges.add(place, toSeconds(notedAt), change);
}

/** The journal tells what was read; what the pages are follows from it. */
function rewriteJournal({ tables }: Batch, { rereads, pages }: Different): void {
  for (const { id } of pages) tables.pages.forgetReadings(id);
  for (const { known, settlement } of rereads) {
    const { page, place } = known;
    const at = toSeconds(settlement.capture.fetchedAt);
    tables.captures.setReading(settlement.capture, readingOf(settlement));
    if (known.kind === 'quarantined' && settlement.kind !== 'quarantined') tables.quarantine.release(place);
    const validators = validatorsOf(settlement);
    if (validators !== null) tables.pages.setValidators(page, at, validators);
    if (settlement.kind !== 'article') continue;
    tables.pages.notePublished(page, toSecondsOrNull(settlement.article.publishedAt));
    if (settlement.tagPages) rememberTagPages({ tables }, settlement.tagPages);
  }
  for (const { id } of pages) refreshPage(tables, id, false);
}
