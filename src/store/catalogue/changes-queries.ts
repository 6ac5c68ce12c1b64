import type { ArticleKey } from '../../domain/page.js';
import { readRows, type Database } from './database.js';
import { toInstant, toSeconds } from './row-values.js';

/** That an article was edited, or withdrawn: its newest edit, and the moment at which it was found gone. */
export interface ArticleChange {
  readonly key: ArticleKey;
  readonly what: 'edited' | 'withdrawn';
  /** UTC instant at which it was first seen. */
  readonly at: string;
  readonly position: ChangePosition;
}

/** Where a change stands in the order of time, newest first. */
export interface ChangePosition {
  /** Seconds since 1970. */
  readonly at: number;
  /** Row of the article. */
  readonly id: number;
  readonly what: ArticleChange['what'];
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

const COLUMNS = { edited: 'edited_at', withdrawn: 'gone_at' } as const;
/** Of one second, edits come before withdrawals. */
const KINDS = ['edited', 'withdrawn'] as const;

/**
 * @param after  The last one of the page before; null: begin with the newest.
 * @returns      The next changes, newest first, at most `limit`. Cost: that of the page, by one index for each kind.
 */
export function readChanges(
  database: Database,
  filters: ChangeFilters,
  after: ChangePosition | null,
  limit: number,
): ArticleChange[] {
  const kinds = filters.what === undefined ? KINDS : [filters.what];
  return kinds
    .flatMap((what) => readKind(database, what, filters, after, limit))
    .sort(
      ({ position: a }, { position: b }) => b.at - a.at || KINDS.indexOf(a.what) - KINDS.indexOf(b.what) || b.id - a.id,
    )
    .slice(0, limit);
}

type Row = { readonly key: ArticleKey; readonly at: number; readonly id: number };

function readKind(
  database: Database,
  what: ArticleChange['what'],
  { topic, edition, since, until }: ChangeFilters,
  after: ChangePosition | null,
  limit: number,
): ArticleChange[] {
  const column = COLUMNS[what];
  const isBefore = after === null ? 'true' : beforeOf(column, what, after);
  const rows = readRows<Row>(
    database,
    `SELECT key, ${column} AS at, id FROM articles WHERE ${column} IS NOT NULL AND ${column} <= ?1 AND ${isBefore}
       AND (?2 IS NULL OR ' ' || topics || ' ' LIKE '% ' || ?2 || ' %')
       AND (?3 IS NULL OR edition = (SELECT id FROM editions WHERE name = ?3))
       AND (?4 IS NULL OR ${column} >= ?4) AND (?5 IS NULL OR ${column} < ?5)
     ORDER BY ${column} DESC, id DESC LIMIT ?6`,
    after?.at ?? Number.MAX_SAFE_INTEGER,
    topic ?? null,
    edition ?? null,
    since === undefined ? null : toSeconds(since),
    until === undefined ? null : toSeconds(until),
    limit,
  );
  return rows.map(({ key, at, id }) => ({ key, what, at: toInstant(at), position: { at, id, what } }));
}

/** Whole numbers only: they stand in the statement's text. */
function beforeOf(column: string, what: ArticleChange['what'], after: ChangePosition): string {
  const [at, id] = [Math.trunc(after.at), Math.trunc(after.id)];
  const order = KINDS.indexOf(what) - KINDS.indexOf(after.what);
  if (order === 0) return `(${column}, id) < (${at}, ${id})`;
  return order > 0 ? `${column} <= ${at}` : `${column} < ${at}`;
}
