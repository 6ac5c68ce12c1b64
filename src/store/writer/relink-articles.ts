import type { ArticleKey } from '../../domain/page.js';
import { decideLinks } from '../../dedupe/decide-links.js';
import type { DedupeSettings } from '../../dedupe/settings.js';
import type { Batch } from './batch.js';
import { CatalogueNeighbours } from './catalogue-neighbours.js';

/**
 * Decides every link that the batch's changes can affect, and brings rows and records to it: `duplicateOf` of those that repeat,
 * `duplicates` of those that are repeated.
 *
 * The records of changed articles are brought in line with the rows even where no decision changed: a batch whose commit was lost may have
 * left links in the files that are decided otherwise now.
 */
export function relinkArticles(batch: Batch, settings: DedupeSettings): void {
  if (batch.changed.size === 0) return;
  const index = new CatalogueNeighbours(batch, settings);
  const previous = [...batch.changed.values()].filter((entry) => entry !== null);
  const changes = decideLinks({ changed: [...batch.changed.keys()], previous }, index, settings);
  const affected = new Set<string>(batch.changed.keys());
  for (const key of batch.changed.keys()) {
    const record = batch.records.get(key)?.record;
    if (record?.duplicateOf) affected.add(record.duplicateOf.id);
    for (const duplicate of record?.duplicates ?? []) affected.add(duplicate);
  }
  for (const { key, before, duplicateOf } of changes) {
    affected.add(key);
    if (before) affected.add(before.id);
    if (duplicateOf) affected.add(duplicateOf.id);
  }
  for (const key of affected) showLinks(batch, key as ArticleKey);
}

/** Writes the links of the rows into the record. */
export function showLinks(batch: Batch, key: ArticleKey): void {
  const row = batch.tables.articles.get(key);
  const working = row && batch.load(key, row);
  if (!row || !working) return;
  const duplicates = batch.tables.articles.duplicatesOf(key);
  batch.keep({ ...working, record: { ...working.record, duplicates, duplicateOf: row.entry.link } });
}
