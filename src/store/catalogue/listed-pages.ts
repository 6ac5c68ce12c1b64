import type { DiscoveryRoute } from '../../domain/edition.js';
import type { EndState } from '../../domain/page.js';
import { withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { ROUTES_OF_PAGE, TOPICS_OF_PAGE, type ListedPage } from './coverage-queries.js';
import { instantOf, PAGE_URL, query, readRows, type Database } from './database.js';
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

type Condition = readonly [text: string, ...values: (string | number)[]];

/** After every day that a URL can bear. */
const LAST_DAY = 99_999_999;

/** @returns some pages of an edition, the latest day in their URLs first. */
export function listPages(
  database: Database,
  filters: PageFilters,
  after: PagePosition | null,
  limit: number,
): (ListedPage & { readonly position: PagePosition })[] {
  const conditions = conditionsOf(filters);
  const { day = LAST_DAY, row = 0 } = after ?? {};
  const rows = readRows<ListedPage & PagePosition>(
    database,
    `SELECT p.day, p.id AS row, e.name || '/' || p.article_id AS pageId, e.family, ${PAGE_URL} AS url, p.end_state AS endState, p.reason,
       ${instantOf('p.last_fetched_at')} AS lastFetchedAt
     FROM pages p JOIN editions e ON e.id = p.edition WHERE ${textOf(conditions)} AND (p.day < ? OR (p.day = ? AND p.id < ?))
     ORDER BY p.day DESC, p.id DESC LIMIT ?`,
    ...[...valuesOf(conditions), day, day, row, limit],
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
  const conditions = conditionsOf(filters);
  const text = `SELECT count(*) AS count FROM pages p JOIN editions e ON e.id = p.edition WHERE ${textOf(conditions)}`;
  return query<{ count: number }>(database, text).one(...valuesOf(conditions)).count;
}

function conditionsOf({ edition, state, day, route, topic, fetched, reason }: PageFilters): Condition[] {
  const given: (Condition | null)[] = [
    ['p.edition = (SELECT id FROM editions WHERE name = ?)', edition],
    state === undefined ? null : ['p.end_state = ?', state],
    day === undefined ? null : ['p.day = ?', Number(withoutDashes(day))],
    route === undefined ? null : [holds(ROUTES_OF_PAGE), route],
    topic === undefined ? null : [holds(TOPICS_OF_PAGE), topic],
    fetched === undefined ? null : [`p.last_fetched_at IS ${fetched ? 'NOT NULL' : 'NULL'}`],
    reason === undefined ? null : reason === null ? ['p.reason IS NULL'] : ['p.reason = ?', reason],
  ];
  return given.filter((condition) => condition !== null);
}

/** That a text of words holds one. */
function holds(words: string): string {
  return `' ' || ${words} || ' ' LIKE '% ' || ? || ' %'`;
}

function textOf(conditions: readonly Condition[]): string {
  return conditions.map(([text]) => text).join(' AND ');
}

function valuesOf(conditions: readonly Condition[]): (string | number)[] {
  return conditions.flatMap(([, ...values]) => values);
}
