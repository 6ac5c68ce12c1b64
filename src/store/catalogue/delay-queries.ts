import type { ArticleKey } from '../../domain/page.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { dayNumberOf, instantOf, nameOfDay, query, readRows, type Database } from './database.js';
import { isOfSpans, PROMPT_SECONDS, SPAN_DAYS } from './kept-counts.js';

/** How long after their publication the articles of one day were first seen, in seconds. */
export interface DayDelay {
  readonly day: string;
  readonly median: number;
  /** 95 of 100 were seen sooner. */
  readonly slow: number;
  readonly articles: number;
}

/** An article, and how long after its publication it was first seen. */
export interface DelayedArticle {
  readonly key: ArticleKey;
  readonly seconds: number;
  readonly firstSeenAt: string;
}

const DELAYS_MAX = 200_000;
/** Of articles that were published no longer than a week before they were first seen. */
const PROMPT = `first_seen_at - published_at BETWEEN 0 AND ${PROMPT_SECONDS}`;

/**
 * @param stepDays  How many days are told as one, counted from `since` on.
 * @returns         For each of them, told by its first day, articles by when they were first seen; those older than a week then are left out.
 *                  Of whole {@link SPAN_DAYS}, where `since` begins such a span, delays are rounded: see `kept-counts.ts`.
 */
export function readDelays(database: Database, since: string, stepDays: number): DayDelay[] {
  const first = dayNumberOf(since);
  const delays = isOfSpans(first, stepDays)
    ? `SELECT (span * ${SPAN_DAYS} - ?1) / ?2 AS step, delay, sum(articles) AS articles FROM delay_spans
       WHERE span >= ?1 / ${SPAN_DAYS} AND articles > 0 GROUP BY 1, 2`
    : `SELECT (first_seen_at / ${DAY_SECONDS} - ?1) / ?2 AS step, first_seen_at - published_at AS delay, 1 AS articles
       FROM articles WHERE first_seen_at >= ?1 * ${DAY_SECONDS} AND ${PROMPT} LIMIT ${DELAYS_MAX}`;
  const rows = readRows<{ step: number; delays: string; articles: string }>(
    database,
    `SELECT step, json_group_array(delay) AS delays, json_group_array(articles) AS articles FROM (${delays}) GROUP BY step ORDER BY step`,
    ...[first, stepDays],
  );
  return rows.map(({ step, delays, articles }) =>
    delayOf(nameOfDay(first + step * stepDays), JSON.parse(delays) as number[], JSON.parse(articles) as number[]),
  );
}

/** @returns some of the articles whose delay {@link readDelays} tells for so many days from this one on, those first that took longest. */
export function readDelayed(
  database: Database,
  day: string,
  days: number,
  limit: number,
  offset: number,
): DelayedArticle[] {
  return readRows<DelayedArticle>(
    database,
    `SELECT key, first_seen_at - published_at AS seconds, ${instantOf('first_seen_at')} AS firstSeenAt FROM articles
     WHERE first_seen_at >= ?1 AND first_seen_at < ?2 AND ${PROMPT} ORDER BY seconds DESC, key LIMIT ?3 OFFSET ?4`,
    ...[...secondsOfDays(day, days), limit, offset],
  );
}

/** @returns how many those are. */
export function countDelayed(database: Database, day: string, days: number): number {
  const text = `SELECT count(*) AS count FROM articles WHERE first_seen_at >= ?1 AND first_seen_at < ?2 AND ${PROMPT}`;
  return query<{ count: number }>(database, text).one(...secondsOfDays(day, days)).count;
}

/** @param delays  In any order; so many articles have each. */
function delayOf(day: string, delays: readonly number[], counts: readonly number[]): DayDelay {
  const order = Uint32Array.from(delays.keys()).sort((a, b) => (delays[a] ?? 0) - (delays[b] ?? 0));
  const articles = counts.reduce((sum, count) => sum + count, 0);
  const at = (share: number): number => {
    let left = Math.floor(articles * share);
    return delays[order.find((index) => (left -= counts[index] ?? 0) < 0) ?? 0] ?? 0;
  };
  return { day, median: at(0.5), slow: at(0.95), articles };
}

function secondsOfDays(day: string, days: number): [from: number, to: number] {
  const from = dayNumberOf(day) * DAY_SECONDS;
  return [from, from + days * DAY_SECONDS];
}
