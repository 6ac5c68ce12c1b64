import type { ArticleKey } from '../../domain/page.js';
import { toSeconds } from './instants.js';
import type { Database } from './open-database.js';

const KEYS_PER_READ = 1_000;

/**
 * Walks the articles that were edited after they were first seen, in any edition, by the time of the newest edit; those without edits are
 * not read.
 *
 * @param since  UTC instant: only articles whose newest edit was first seen then or later; null: all.
 */
export function* editedArticles(database: Database, since: string | null): Generator<ArticleKey> {
  const page = database.prepare(`
    SELECT key, edited_at AS at FROM articles WHERE edited_at >= ?1 AND (edited_at, key) > (?1, ?2)
    ORDER BY edited_at, key LIMIT ${KEYS_PER_READ}`);
  let last: { readonly key: string; readonly at: number } = { key: '', at: since === null ? 0 : toSeconds(since) };
  for (;;) {
    const rows = page.all(last.at, last.key) as { key: ArticleKey; at: number }[];
    for (const { key } of rows) yield key;
    const end = rows.at(-1);
    if (!end || rows.length < KEYS_PER_READ) return;
    last = end;
  }
}
