import type { KnownPage } from '../../domain/page.js';
import { readRows, type Database } from './database.js';
import { KNOWN_PAGE } from './page-queries.js';
import { instantOf, PAGE_URL } from './row-values.js';

const MINUTE_MS = 60_000;

/** The setting `crawl.retryMinutes`: minutes until the next attempt after the first failure, the second …; the last holds for all further ones. */
export type RetryMinutes = readonly number[];

/**
 * @param failures  Attempts in a row without an answer, at least 1.
 * @param failedAt  UTC instant of the newest.
 * @returns         UTC instant from which on the page is tried again: a whole minute, the nearest, as the schedule that tries is for each minute.
 *                  Pure.
 */
export function nextTryAt(failures: number, failedAt: string, retryMinutes: RetryMinutes): string {
  const minutes = retryMinutes[Math.min(failures, retryMinutes.length) - 1] ?? 0;
  const atMs = Math.round(Date.parse(failedAt) / MINUTE_MS + minutes) * MINUTE_MS;
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** Pages that one run tries again; more wait for the next one, a minute later. */
const RETRIED_MAX = 200;
/** Given up by somebody; or closed by robots.txt, which every crawl asks about anyway. */
const IS_RETRIED = `coalesce(p.last_failure, '') <> 'robots'
  AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.page = p.id AND q.code = 'unreachable' AND q.dropped_at IS NOT NULL)`;

/** @returns pages whose newest attempt failed and whose time has come, those that waited longest first. A range of an index of failed pages. */
export function readRetriablePages(
  database: Database,
  {
    edition,
    nowMs,
    retryMinutes,
  }: { readonly edition: string; readonly nowMs: number; readonly retryMinutes: RetryMinutes },
): KnownPage[] {
  const now = Math.floor(nowMs / 1000);
  return readRows<KnownPage>(
    database,
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

/** @returns the pages whose newest attempt failed, longest in a row first, at most `limit`. */
export function readFailingPages(database: Database, retryMinutes: RetryMinutes, limit: number): FailingPage[] {
  type Row = Omit<FailingPage, 'nextTryAt'> & { readonly isRetried: number };
  const rows = readRows<Row>(
    database,
    `SELECT e.name || '/' || p.article_id AS pageId, e.name AS edition, ${PAGE_URL} AS url, coalesce(p.last_failure, '') AS reason,
       p.failures, ${instantOf('p.failed_at')} AS failedAt, (${IS_RETRIED}) AS isRetried
     FROM pages p JOIN editions e ON e.id = p.edition WHERE p.failed_at IS NOT NULL
     ORDER BY p.failures DESC, p.failed_at DESC, p.article_id LIMIT ?`,
    limit,
  );
  return rows.map(({ isRetried, ...page }) => ({
    ...page,
    nextTryAt: isRetried === 1 ? nextTryAt(page.failures, page.failedAt, retryMinutes) : null,
  }));
}

/** @returns how many pages there are whose newest attempt failed. */
export function countFailingPages(database: Database): number {
  const [row] = readRows<{ pages: number }>(
    database,
    'SELECT count(*) AS pages FROM pages WHERE failed_at IS NOT NULL',
  );
  return row?.pages ?? 0;
}
