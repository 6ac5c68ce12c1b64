import { compareText, type ArticleKey } from '../../domain/page.js';
import { readRows, toInstant, toSeconds, type Database } from './database.js';

/** That an article was edited, or withdrawn. */
export interface ArticleChange {
  readonly key: ArticleKey;
  readonly what: 'edited' | 'withdrawn';
  /** UTC instant at which it was first seen. */
  readonly at: string;
}

export interface ChangeFilters {
  readonly topic?: string;
  readonly edition?: string;
  /** Default: both. */
  readonly what?: ArticleChange['what'];
  /** UTC instants of the change; `since` included, `until` not. */
  readonly since?: string;
  readonly until?: string;
}

/** Within the same second, edits come before withdrawals. */
const KINDS = ['edited', 'withdrawn'] as const;

/**
 * @param after  The last one of the page before; null: begin with the newest.
 * @returns      The next edits and withdrawals of all articles, newest first, at most `limit`. Cost: that of the page, by one index.
 */
export function readChanges(
  database: Database,
  filters: ChangeFilters,
  after: ArticleChange | null,
  limit: number,
): ArticleChange[] {
  const kinds = filters.what === undefined ? KINDS : [filters.what];
  return kinds
    .flatMap((what) => readKind(database, what, filters, after, limit))
    .sort(
      (a, b) => compareText(b.at, a.at) || KINDS.indexOf(a.what) - KINDS.indexOf(b.what) || compareText(b.key, a.key),
    )
    .slice(0, limit);
}

function readKind(
  database: Database,
  what: ArticleChange['what'],
  { topic, edition, since, until }: ChangeFilters,
  after: ArticleChange | null,
  limit: number,
): ArticleChange[] {
  // Of the second of the last one: nothing more of a kind that stands before it, all of one that stands after it.
  const side = after === null ? 1 : KINDS.indexOf(what) - KINDS.indexOf(after.what);
  const rows = readRows<{ key: ArticleKey; at: number }>(
    database,
    `SELECT a.key, m.at FROM edits m CROSS JOIN articles a ON a.id = m.article
     WHERE m.kind = ?1 AND m.at <= ?2 AND (?3 > 0 OR m.at < ?2 OR (?3 = 0 AND a.key < ?4))
       AND (?5 IS NULL OR ' ' || a.topics || ' ' LIKE '% ' || ?5 || ' %')
       AND (?6 IS NULL OR a.edition = (SELECT id FROM editions WHERE name = ?6))
       AND m.at >= ?7 AND m.at < ?8
     ORDER BY m.at DESC, a.key DESC LIMIT ?9`,
    what,
    after === null ? Number.MAX_SAFE_INTEGER : toSeconds(after.at),
    side,
    after?.key ?? '',
    topic ?? null,
    edition ?? null,
    since === undefined ? 0 : toSeconds(since),
    until === undefined ? Number.MAX_SAFE_INTEGER : toSeconds(until),
    limit,
  );
  return rows.map(({ key, at }) => ({ key, what, at: toInstant(at) }));
}
