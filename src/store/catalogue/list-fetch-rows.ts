import type { ListFailure, ListPageKind, ListFetch } from '../../domain/page-result.js';
import { toInstant } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';

/** In `meta` once the visits of all settled captures are noted. */
export const LIST_VISITS_NOTED = 'listVisitsNoted';

/** One visit as it is written. */
export interface ListFetchRow extends Pick<ListFetch, 'kind' | 'days' | 'isWhole' | 'failure'> {
  readonly edition: number;
  readonly url: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** How often a list was asked for with one result, by the days that it is about. */
export interface ListFetches extends Pick<ListFetch, 'days' | 'isWhole' | 'failure'> {
  readonly kind: ListPageKind;
  readonly url: string;
  /** UTC instants. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly visits: number;
}

export interface ListFetchRows {
  /** Adds one visit; the order does not show. */
  add(visit: ListFetchRow): void;
  /** Forgets all, and that all were noted. */
  clear(): void;
  /** Says that the fetches of all processed captures are noted. */
  markNoted(): void;
  /** Whether they are; not so after an older form of the catalogue. */
  areNoted(): boolean;
}

export function listFetchRows(database: Database, names: NameRows): ListFetchRows {
  const add = database.prepare(`
    INSERT INTO list_visits (edition, to_day, from_day, list, kind, is_whole, failure, first_at, last_at, visits)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1)
    ON CONFLICT DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
      visits = visits + 1`);
  const mark = database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, '1')");
  const noted = database.prepare('SELECT 1 FROM meta WHERE name = ?');
  const unmark = database.prepare('DELETE FROM meta WHERE name = ?');
  return {
    add: ({ edition, url, kind, days, isWhole, failure, at }) => {
      add.run(edition, Number(days.to), Number(days.from), names.list(url), kind, Number(isWhole), failure ?? '', at);
    },
    clear: () => {
      database.exec('DELETE FROM list_visits');
      unmark.run(LIST_VISITS_NOTED);
    },
    areNoted: () => noted.get(LIST_VISITS_NOTED) !== undefined,
    markNoted: () => {
      mark.run(LIST_VISITS_NOTED);
    },
  };
}

interface Row {
  readonly url: string;
  readonly kind: ListPageKind;
  readonly to_day: number;
  readonly from_day: number;
  readonly is_whole: number;
  readonly failure: ListFailure | '';
  readonly first_at: number;
  readonly last_at: number;
  readonly visits: number;
}

/**
 * @param since  Day, `YYYYMMDD`.
 * @returns      Visits to the edition's lists of that day and of later ones. A range of the table's key.
 */
export function readListFetches(database: Database, edition: string, since: string): ListFetches[] {
  const rows = database
    .prepare(
      `SELECT l.url, v.kind, v.to_day, v.from_day, v.is_whole, v.failure, v.first_at, v.last_at, v.visits
       FROM list_visits v JOIN lists l ON l.id = v.list
       WHERE v.edition = (SELECT id FROM editions WHERE name = ?) AND v.to_day >= ?`,
    )
    .all(edition, Number(since)) as Row[];
  return rows.map((row) => ({
    url: row.url,
    kind: row.kind,
    days: { from: String(row.from_day), to: String(row.to_day) },
    isWhole: row.is_whole === 1,
    failure: row.failure === '' ? null : row.failure,
    firstAt: toInstant(row.first_at),
    lastAt: toInstant(row.last_at),
    visits: row.visits,
  }));
}
