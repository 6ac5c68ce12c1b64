import type { ArticleKey } from '../../domain/page.js';
import { matchExpression } from '../../search/match-expression.js';
import { parseQuery, type KnownIds } from '../../search/parse-query.js';
import { query, readRows, type Database } from './database.js';
import { instantOf, toSeconds } from './row-values.js';

/** That an article came, was edited or withdrawn, as the records tell it, whenever that was noted. */
export interface DatedHappening {
  readonly kind: 'stored' | 'edited' | 'withdrawn';
  readonly key: ArticleKey;
  /** UTC instant at which it was seen. */
  readonly at: string;
}

/** Of more only the oldest are told. */
const HAPPENINGS_MAX = 100_000;

/** @returns what was seen since an instant, oldest first: for whoever has lost the cursor of the log of changes. */
export function readHappeningsSince(database: Database, since: string): DatedHappening[] {
  return readRows<DatedHappening>(
    database,
    `SELECT kind, key, ${instantOf('at')} AS at FROM (
       SELECT 'stored' AS kind, key, first_seen_at AS at FROM articles WHERE first_seen_at >= ?1
       UNION ALL SELECT e.kind, a.key, e.at FROM edits e JOIN articles a ON a.id = e.article
         WHERE e.kind IN ('edited', 'withdrawn') AND e.at >= ?1
     ) ORDER BY at LIMIT ${HAPPENINGS_MAX}`,
    toSeconds(since),
  );
}

/**
 * @param text  A query, as for a search.
 * @returns     A function that tells whether the query finds an article. Cost of a call: a look at that article's terms.
 * @throws {QueryError} `search.syntax`
 */
export function articleMatcher(database: Database, text: string, known: KnownIds): (key: ArticleKey) => boolean {
  const expression = matchExpression(parseQuery(text, known), {});
  const rowOf = query<{ id: number }>(database, 'SELECT id FROM articles WHERE key = ?');
  const found = query(database, 'SELECT 1 FROM full_text WHERE full_text MATCH ? AND rowid = ?');
  return (key) => {
    // Not in one statement: FTS5 takes a rowid that is NULL for none that is wanted, and finds any.
    const row = rowOf.get(key);
    return row !== null && found.get(expression, row.id) !== null;
  };
}

/** @returns when an article was published; null: not known. */
export function readPublishedAt(database: Database, key: ArticleKey): string | null {
  type Row = { readonly at: string | null };
  return (
    query<Row>(database, `SELECT ${instantOf('published_at')} AS at FROM articles WHERE key = ?`).get(key)?.at ?? null
  );
}
