import type { KnownPage } from '../../domain/page.js';
import { MINUTE_MS } from '../../domain/units.js';
import { toUtcInstant } from '../../platform/clock.js';
import { query, readRows, instantOf, PAGE_URL, type Database } from './database.js';
import { KNOWN_PAGE } from './page-queries.js';
import { IS_GIVEN_UP } from './quarantine-table.js';

/** The setting `crawl.retryMinutes`: minutes until the next attempt after the first failure, the second …; the last holds for all further ones. */
type RetryMinutes = readonly number[];

/**
 * @param failures  Attempts in a row without an answer, at least 1.
 * @param failedAt  UTC instant of the newest.
 * @returns         UTC instant from which on the page is tried again: a whole minute, the nearest, as the schedule that tries is for each minute.
 *                  Pure.
 */
export function nextTryAt(failures: number, failedAt: string, retryMinutes: RetryMinutes): string {
  const minutes = retryMinutes[Math.min(failures, retryMinutes.length) - 1] ?? 0;
  return toUtcInstant(Math.round(Date.parse(failedAt) / MINUTE_MS + minutes) * MINUTE_MS);
}

/** Pages that one run tries again; more wait for the next one, a minute later. */
const RETRIED_MAX = 200;
/** Given up by somebody; or closed by robots.txt, which every crawl asks about anyway. */
const IS_RETRIED = `coalesce(p.last_failure, '') <> 'robots' AND NOT ${IS_GIVEN_UP}`;

/** A page whose newest attempt failed. */
export interface FailingPage {
  readonly pageId: string;
  readonly edition: string;
  readonly url: string;
  /** As with every failed fetch: `serverError`, `challenge`, `timeout`. */
  readonly reason: string;
  /** Attempts in a row without an answer. */
  readonly failures: number;
  /** UTC instant of the newest. */
  readonly failedAt: string;
  /** UTC instant; null: closed by robots.txt, or given up by somebody. */
  readonly nextTryAt: string | null;
}

/** Pages whose newest attempt failed. */
export class FailedPageQueries {
  constructor(private readonly database: Database) {}

  /** @returns pages whose newest attempt failed and whose time has come, those that waited longest first. A range of an index of failed pages. */
  retriable(edition: string, nowMs: number, retryMinutes: RetryMinutes): KnownPage[] {
    const now = Math.floor(nowMs / 1000);
    return readRows<KnownPage>(
      this.database,
      `SELECT ${KNOWN_PAGE} FROM pages p JOIN editions e ON e.id = p.edition
       WHERE p.edition = (SELECT id FROM editions WHERE name = ?1) AND p.failed_at <= ?2
         AND (p.failed_at + 30) / 60 * 60 <= ?3 - 60 * coalesce(json_extract(?4, '$[' || (p.failures - 1) || ']'), json_extract(?4, '$[#-1]'))
         AND ${IS_RETRIED}
       ORDER BY p.failed_at, p.article_id LIMIT ${RETRIED_MAX}`,
      edition,
      now + 30 - 60 * Math.min(...retryMinutes),
      now,
      JSON.stringify(retryMinutes),
    );
  }

  /** @returns the pages whose newest attempt failed, longest in a row first, at most `limit`, and how many there are in all. */
  list(retryMinutes: RetryMinutes, limit: number): { readonly count: number; readonly pages: FailingPage[] } {
    type Row = Omit<FailingPage, 'nextTryAt'> & { readonly isRetried: number };
    const rows = readRows<Row>(
      this.database,
      `SELECT e.name || '/' || p.article_id AS pageId, e.name AS edition, ${PAGE_URL} AS url, coalesce(p.last_failure, '') AS reason,
         p.failures, ${instantOf('p.failed_at')} AS failedAt, (${IS_RETRIED}) AS isRetried
       FROM pages p JOIN editions e ON e.id = p.edition WHERE p.failed_at IS NOT NULL
       ORDER BY p.failures DESC, p.failed_at DESC, p.article_id LIMIT ?`,
      limit,
    );
    const pages = rows.map(({ isRetried, ...page }) => ({
      ...page,
      nextTryAt: isRetried === 1 ? nextTryAt(page.failures, page.failedAt, retryMinutes) : null,
    }));
    const all = 'SELECT count(*) AS count FROM pages WHERE failed_at IS NOT NULL';
    return { count: query<{ count: number }>(this.database, all).one().count, pages };
  }
}
