import type { DiscoveryRoute } from '../../domain/edition.js';
import type { EndState } from '../../domain/page.js';
import { withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { ROUTES_OF_PAGE, TOPICS_OF_PAGE, type ListedPage } from './coverage-queries.js';
import { allOf, instantOf, PAGE_URL, query, readRows, when, type Condition, type Database } from './database.js';
import { ALL_DAYS } from './kept-counts.js';

/**
 * Pages of an edition. Filters other than `state` and `day` are checked page by page, which is cheap only for a single
 * day.
 */
export interface PageFilters {
  readonly edition: string;
  readonly state?: EndState | undefined;
  /** `YYYY-MM-DD`, in their URLs. */
  readonly day?: string | undefined;
  /** That a list of this kind announced. */
  readonly route?: DiscoveryRoute | undefined;
  /** Whose record is on the topic, or that a tag page of it announced. */
  readonly topic?: string | undefined;
  /** Whether they were answered at least once. */
  readonly fetched?: boolean | undefined;
  /** Why they came to their end; null: no reason is noted. */
  readonly reason?: string | null | undefined;
}

/** Where a page stands in a list: the latest day first. */
export interface PagePosition {
  /** `YYYYMMDD` as a number. */
  readonly day: number;
  readonly row: number;
}

/** After every day that a URL can bear. */
const LAST_DAY = 99_999_999;

/** @returns some pages of an edition, the latest day in their URLs first. */
export function listPages(
  database: Database,
  filters: PageFilters,
  after: PagePosition | null,
  limit: number,
): (ListedPage & { readonly position: PagePosition })[] {
  const { text, values } = allOf(conditionsOf(filters));
  const { day = LAST_DAY, row = 0 } = after ?? {};
  const rows = readRows<ListedPage & PagePosition>(
    database,
    `SELECT p.day, p.id AS row, e.name || '/' || p.article_id AS pageId, e.family, ${PAGE_URL} AS url, p.end_state AS endState, p.reason,
       ${instantOf('p.last_fetched_at')} AS lastFetchedAt
     FROM pages p JOIN editions e ON e.id = p.edition WHERE ${text} AND (p.day < ? OR (p.day = ? AND p.id < ?))
     ORDER BY p.day DESC, p.id DESC LIMIT ?`,
    ...[...values, day, day, row, limit],
  );
  return rows.map(({ day: of, row: id, ...page }) => ({ ...page, position: { day: of, row: id } }));
}

/** @returns how many pages the filters let through; of one end state on all days from the kept counts. */
export function countPages(database: Database, filters: PageFilters): number {
  const { edition, state, day } = filters;
  const isKept = Object.keys(filters).every((key) => ['edition', 'state', 'day'].includes(key));
  if (isKept && state !== undefined) {
    const text = `SELECT coalesce(sum(pages), 0) AS count FROM page_counts
      WHERE edition = (SELECT id FROM editions WHERE name = ?) AND state = ? AND day = ?`;
    const of = day === undefined ? ALL_DAYS : Number(withoutDashes(day));
    return query<{ count: number }>(database, text).one(edition, state, of).count;
  }
  const { text, values } = allOf(conditionsOf(filters));
  const sql = `SELECT count(*) AS count FROM pages p JOIN editions e ON e.id = p.edition WHERE ${text}`;
  return query<{ count: number }>(database, sql).one(...values).count;
}

function conditionsOf({ edition, state, day, route, topic, fetched, reason }: PageFilters): Condition[] {
  return [
    ['p.edition = (SELECT id FROM editions WHERE name = ?)', edition],
    ...when(state, (of) => ['p.end_state = ?', of]),
    ...when(day, (of) => ['p.day = ?', Number(withoutDashes(of))]),
    ...when(route, (of) => [holds(ROUTES_OF_PAGE), of]),
    ...when(topic, (of) => [holds(TOPICS_OF_PAGE), of]),
    ...when(fetched, (is) => [`p.last_fetched_at IS ${is ? 'NOT NULL' : 'NULL'}`]),
    ...when(reason, (of) => (of === null ? ['p.reason IS NULL'] : ['p.reason = ?', of])),
  ];
}

/** That a text of words holds one. */
function holds(words: string): string {
  return `' ' || ${words} || ' ' LIKE '% ' || ? || ' %'`;
}
