import type { EndState, KnownPage } from '../../domain/known-page.js';
import { KNOWN_PAGE_COLUMNS, knownPage } from './known-pages.js';
import type { Database } from './open-database.js';

/** Articles younger than `ageMaxMs` are visited again `everyMs` after the last answer. */
export interface RecheckRule {
  /** null: of any age. */
  readonly ageMaxMs: number | null;
  readonly everyMs: number;
}

export interface DueQuery {
  readonly edition: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Youngest first; an article older than every rule is not visited again. */
  readonly rules: readonly RecheckRule[];
  /** Which pages are asked about; default: those that are stored. */
  readonly endStates?: readonly EndState[];
  /** At most so many, those waiting longest first; default 10,000. */
  readonly limit?: number;
}

const LIMIT = 10_000;
const DAY_MS = 86_400_000;
/** A stored page that is suspected to be gone is asked again this soon, so that it is confirmed or cleared. */
const CONFIRM_AFTER_MS = 10 * 60_000;

/** @returns pages whose time has come, by age of the article (its publication, else the day in its address). */
export function readDuePages(database: Database, query: DueQuery): KnownPage[] {
  const { edition, nowMs, endStates = ['stored'], limit = LIMIT } = query;
  const dueBefore = query.rules.map((rule) => `WHEN ${ageCondition(rule)} THEN ${seconds(nowMs - rule.everyMs)}`);
  const due = dueBefore.length === 0 ? '-1' : `CASE ${dueBefore.join(' ')} ELSE -1 END`;
  const ages = query.rules.map(({ ageMaxMs }) => ageMaxMs ?? Infinity);
  const firstDay = dayBefore(nowMs - Math.max(0, ...ages));
  const rows = database
    .prepare(
      `SELECT * FROM (
        SELECT ${KNOWN_PAGE_COLUMNS}, p.gone_suspected_at, p.gone_at,
          ${seconds(nowMs)} - coalesce(p.published_at, unixepoch(
            substr(p.day, 1, 4) || '-' || substr(p.day, 5, 2) || '-' || substr(p.day, 7, 2))) AS age
        FROM pages p JOIN editions e ON e.id = p.edition
        WHERE e.name = ?1 AND p.end_state IN (SELECT value FROM json_each(?2))
          AND (p.day >= ?4 OR p.gone_suspected_at IS NOT NULL))
      WHERE coalesce(last_fetched_at, 0) <= ${due}
        OR (gone_suspected_at IS NOT NULL AND gone_at IS NULL AND last_fetched_at <= ${seconds(nowMs - CONFIRM_AFTER_MS)})
      ORDER BY coalesce(last_fetched_at, 0), article_id LIMIT ?3`,
    )
    .all(edition, JSON.stringify(endStates), limit, firstDay);
  return rows.map(knownPage);
}

/** @returns the day before an instant as the number YYYYMMDD, whatever the time zone; 0 where there is none. */
function dayBefore(atMs: number): number {
  if (!Number.isFinite(atMs) || atMs < DAY_MS) return 0;
  return Number(new Date(atMs - DAY_MS).toISOString().slice(0, 10).replaceAll('-', ''));
}

function ageCondition({ ageMaxMs }: RecheckRule): string {
  return ageMaxMs === null ? 'true' : `age < ${seconds(ageMaxMs)}`;
}

/** Whole numbers only: they stand in the statement's text. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
