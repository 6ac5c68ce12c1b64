import { createHash } from 'node:crypto';
import type { DiscoveryRoute } from '../domain/edition.js';
import { OUTCOMES, zeroOutcomes } from '../domain/outcome.js';
import { DAY_MS } from '../domain/units.js';
import type { CrawlJob, CrawlPart, CrawlSummary } from './crawl-jobs.js';

/** A window up to this long is crawled in one go; a longer one is divided into days. */
export const UNDIVIDED_DAYS_MAX = 7;
/** Routes that can be read day by day; the others show only the newest articles. */
const ROUTES_BY_DAY: readonly DiscoveryRoute[] = ['sitemap', 'day'];
/** Lists that a summary names. */
const UNREAD_LISTS_MAX = 100;

/**
 * Whether a crawl is divided into days, so that finished days survive the end of its process. A crawl with a limit or a
 * refetch is not divided: a limit applies to the whole crawl, and a refetch reads the catalogue, not lists. Pure.
 *
 * @param viaDefault  The routes if the job names none.
 * @param today       `YYYY-MM-DD`, the last day if the job names none.
 */
export function isBackfill(job: CrawlJob, viaDefault: readonly DiscoveryRoute[], today: string): boolean {
  const { since, until, urls, limit, refetch, revisitOnly, archiveOnly, division } = job;
  if (division !== undefined) return division.part === 'order';
  if (urls.length > 0 || limit !== null || refetch || revisitOnly || archiveOnly === true) return false;
  if (since === null && until === null) return false;
  if (!(job.via ?? viaDefault).some((route) => ROUTES_BY_DAY.includes(route))) return false;
  return since === null || Date.parse(until ?? today) - Date.parse(since) >= UNDIVIDED_DAYS_MAX * DAY_MS;
}

/** @returns the routes of a crawl that are read day by day, and the rest. */
export function splitRoutes(via: readonly DiscoveryRoute[]): { byDay: DiscoveryRoute[]; now: DiscoveryRoute[] } {
  return {
    byDay: via.filter((route) => ROUTES_BY_DAY.includes(route)),
    now: via.filter((route) => !ROUTES_BY_DAY.includes(route)),
  };
}

/** @returns the job id of a back-fill: the same for the same request, so that it is not queued twice. Pure. */
export function backfillJobId({ editions, topics, since, until, via }: CrawlJob): string {
  const request = [editions, topics, via].map((names) => (names === null ? null : [...names].sort()));
  const digest = createHash('sha256').update(JSON.stringify([...request, since, until]));
  return `order-${digest.digest('hex').slice(0, 16)}`;
}

/** @returns what a back-fill keeps of the summary of one of its parts. */
export function partOf(summary: CrawlSummary): CrawlPart {
  const { editions, requests, found, skipped, fetched, unreachable, unreadLists = [] } = summary;
  const outcomes: CrawlPart['outcomes'] = {};
  for (const outcome of OUTCOMES) if (summary.outcomes[outcome] > 0) outcomes[outcome] = summary.outcomes[outcome];
  return { editions, requests, found, skipped, fetched, outcomes, unreachable, unreadLists };
}

/**
 * Adds up the parts of a back-fill.
 *
 * @param editions  Every edition that was asked for: one is out of reach where each of its parts found it so.
 */
export function sumOfParts(
  parts: readonly CrawlPart[],
  editions: readonly string[],
): Omit<CrawlPart, 'outcomes'> & { readonly outcomes: CrawlSummary['outcomes'] } {
  const sum = { requests: 0, found: 0, skipped: 0, fetched: 0 };
  const outcomes = zeroOutcomes();
  const reached = new Set<string>();
  const reasons = new Map<string, string>();
  for (const part of parts) {
    for (const key of ['requests', 'found', 'skipped', 'fetched'] as const) sum[key] += part[key];
    for (const outcome of OUTCOMES) outcomes[outcome] += part.outcomes[outcome] ?? 0;
    const lost = new Set(part.unreachable.map(({ edition }) => edition));
    for (const edition of part.editions) if (!lost.has(edition)) reached.add(edition);
    for (const { edition, reason } of part.unreachable) if (!reasons.has(edition)) reasons.set(edition, reason);
  }
  const unreachable = [...reasons].flatMap(([edition, reason]) => (reached.has(edition) ? [] : [{ edition, reason }]));
  const unreadLists = parts.flatMap((part) => part.unreadLists).slice(0, UNREAD_LISTS_MAX);
  return { editions: [...editions], ...sum, outcomes, unreachable, unreadLists };
}
