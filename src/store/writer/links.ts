import type { ArticleKey } from '../../domain/page.js';
import type { ComparableText } from '../../dedupe/comparable-text.js';
import { decideLinksInSteps } from '../../dedupe/decide-links.js';
import type { Entry, NeighbourIndex } from '../../dedupe/neighbour-index.js';
import type { Batch, WriterContext } from './batch.js';

/**
 * Besides the links of its own members, one commit decides this many links again, which takes about a tenth of a
 * second. Later commits do the rest, and as soon as none waits.
 */
const DECIDED_AGAIN_MAX = 32;

/**
 * Decides every link that the batch's changes can affect, and brings rows and records to it: `duplicateOf` of those that repeat,
 * `duplicates` of those that are repeated.
 *
 * The records of changed articles are brought in line with the rows even where no decision changed: a batch whose commit was lost may have
 * left links in the files that are decided otherwise now.
 */
export async function relinkArticles(batch: Batch): Promise<void> {
  if (batch.changed.size === 0 && !hasPostponed(batch.context)) return;
  const previous = [...batch.changed.values()].filter((entry) => entry !== null);
  const changed = [...batch.changed.keys()];
  const index = catalogueNeighbours(batch);
  const work = decideLinksInSteps({ changed, previous }, index, batch.context.dedupe, DECIDED_AGAIN_MAX);
  const changes = await batch.turns.perform(work);
  const affected = new Set<ArticleKey>(changed);
  for (const key of changed) {
    const record = batch.records.get(key)?.record;
    if (record?.duplicateOf) affected.add(record.duplicateOf.id);
    for (const duplicate of record?.duplicates ?? []) affected.add(duplicate);
  }
  for (const { key, before, duplicateOf } of changes) {
    affected.add(key);
    if (before) affected.add(before.id);
    if (duplicateOf) affected.add(duplicateOf.id);
  }
  for (const key of affected) {
    showLinks(batch, key);
    await batch.turns.next();
  }
}

/** Whether links are to be decided again by further batches, whether these write anything else or not. */
export function hasPostponed(context: WriterContext): boolean {
  return postponed(context, 1).length > 0;
}

/** Without those that wait for a text out of reach: the next start tries them again. */
function postponed({ tables, outOfReach }: WriterContext, limit: number): Entry[] {
  const entries = tables.articles.postponed(limit + outOfReach.size);
  return entries.filter(({ key }) => !outOfReach.has(key)).slice(0, limit);
}

/** Writes the links of the rows into the record. */
export function showLinks(batch: Batch, key: ArticleKey): void {
  const row = batch.tables.articles.get(key);
  const working = row && batch.loadNeighbour(key, row);
  if (!row || !working) return;
  const duplicates = batch.tables.articles.duplicatesOf(key);
  batch.keep({ ...working, record: { ...working.record, duplicates, duplicateOf: row.entry.link } });
}

/**
 * A text that is similar to nothing. It replaces a record whose file is missing or damaged, so that its neighbours can
 * still be decided.
 */
const NO_TEXT: ComparableText = { title: '', lead: null, body: [], dateline: null, language: '' };

/** The set of all articles as a batch sees it: rows of the catalogue, texts of the article files. */
export function catalogueNeighbours(batch: Batch): NeighbourIndex {
  const { context } = batch;
  const { articles, neighbours } = batch.tables;
  return {
    ...neighbours,
    entry: (key) => articles.get(key)?.entry ?? null,
    originalsBefore: (entry) => neighbours.originalsBefore(entry, context.dedupe),
    meetersAfter: (entry, sketch) => neighbours.meetersAfter(entry, context.dedupe, sketch),
    textOf: (key) =>
      batch.records.get(key)?.record ??
      context.recentTexts.get(key, () => {
        const row = articles.get(key);
        return (row && batch.reachNeighbour(key, row))?.record ?? NO_TEXT;
      }),
    /** A link stands in the records on both sides, so each that changes is within reach. */
    link: (key, link) => {
      const before = articles.get(key)?.entry.link ?? null;
      for (const id of before?.id === link?.id ? [] : [key, before?.id, link?.id]) {
        const row = id === undefined ? null : articles.get(id);
        if (id !== undefined && row !== null) batch.reachNeighbour(id, row);
      }
      articles.setLink(key, link);
    },
    postpone: (key, why) => {
      if (why === 'outOfReach') context.outOfReach.add(key);
      articles.postpone(key);
    },
    postponed: (limit) => postponed(context, limit),
  };
}
