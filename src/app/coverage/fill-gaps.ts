import { addDays, withDashes, withoutDashes } from '../../sputnik/urls/calendar-days.js';
import type { DiscoveryRoute, Edition } from '../../domain/edition.js';
import { DAY_MS } from '../../domain/units.js';
import type { Config } from '../../config/config.js';
import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import { UNDIVIDED_DAYS_MAX } from '../../queue/backfill-jobs.js';
import { crawlsOfPages, ORDINARY_CRAWL, type CrawlJob } from '../../queue/crawl-jobs.js';
import { newRunId, queueCrawl, type Queues } from '../../queue/open-queues.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { readListDays, type ListGap } from './list-ledger.js';
import { windowOf, type EditionCoverage } from './read-coverage.js';

const ASKED = { requestedBy: 'fill', attached: true } as const;

/**
 * @returns the crawls that close the gaps, and nothing else: days whose lists failed are read again first (they may announce
 *          pages), one crawl for each stretch of days; then the pages without an answer, by URL. Quarantined pages are
 *          left alone: asking the site again does not decide about them.
 */
export function crawlsForGaps(coverage: readonly Pick<EditionCoverage, 'edition' | 'gaps'>[]): CrawlJob[] {
  const days = coverage.flatMap(({ edition, gaps }) =>
    stretchesOf(gaps.lists).map(({ from, to, via }): CrawlJob => {
      return { ...ORDINARY_CRAWL, ...ASKED, editions: [edition], since: from, until: to, via: [...via] };
    }),
  );
  const pages = coverage.flatMap(({ gaps }) => gaps.pages.filter(({ endState }) => endState !== 'quarantined'));
  return [...days, ...crawlsOfPages(pages, ASKED).map(({ job }) => job)];
}

/**
 * @returns crawls that read from the sitemap the days for which no complete list was read, without the days of failed
 * lists.
 */
export function crawlsForUnread(coverage: readonly EditionCoverage[]): CrawlJob[] {
  return crawlsForGaps(coverage.map((edition) => withLists(edition, edition.gaps.unread?.days ?? [])));
}

/** The coverage with nothing but these days as gaps. */
function withLists(edition: EditionCoverage, days: readonly string[]): EditionCoverage {
  const failed = new Set(edition.gaps.lists.map(({ day }) => day));
  const lists = days.filter((day) => !failed.has(day)).map(unreadList);
  return { ...edition, gaps: { pages: [], lists, unread: null } };
}

function unreadList(day: string): ListGap {
  return { day, route: 'sitemap', reason: 'unread', url: '', failedAt: '', failures: 0 };
}

function daysFrom(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
}

interface Stretch {
  readonly from: string;
  readonly to: string;
  readonly via: readonly DiscoveryRoute[];
}

/** Consecutive days to be read by the same routes, as many as one list can cover. */
function stretchesOf(gaps: readonly ListGap[]): Stretch[] {
  const routes = new Map<string, Set<DiscoveryRoute>>();
  for (const { day, route } of gaps) {
    const via = routes.get(day) ?? new Set();
    for (const filling of routesThatFill(route)) via.add(filling);
    routes.set(day, via);
  }
  const stretches: Stretch[] = [];
  for (const [day, set] of [...routes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const via = [...set].sort();
    const last = stretches.at(-1);
    const isNext = last !== undefined && addDays(withoutDashes(last.to), 1) === withoutDashes(day);
    const isRoom = last !== undefined && daysFrom(last.from, day) <= UNDIVIDED_DAYS_MAX;
    if (isNext && isRoom && last.via.join() === via.join()) stretches[stretches.length - 1] = { ...last, to: day };
    else stretches.push({ from: day, to: day, via });
  }
  return stretches;
}

/**
 * A feed shows only the newest articles; earlier ones are in the sitemap. A day page continues at URLs that robots.txt
 * disallows, so it alone may not close a gap.
 */
function routesThatFill(route: ListGap['route']): readonly DiscoveryRoute[] {
  if (route === 'tag') return ['tag'];
  return route === 'day' ? ['day', 'sitemap'] : ['sitemap'];
}

export interface GapDependencies {
  readonly config: Config;
  readonly clock: Clock;
  readonly queues: Queues;
  readonly log: Logger;
}

/**
 * Queues crawls for days of the last month whose lists could not be fetched or which were not read because the service
 * was off. Pages without an answer have their own schedule.
 *
 * @param editions The editions to check.
 * @returns         The number of crawls queued.
 */
export async function queueGapCrawls(
  deps: GapDependencies,
  queries: CatalogueQueries,
  editions: readonly string[],
): Promise<number> {
  const wanted = deps.config.editions.filter(({ id }) => editions.includes(id));
  const jobs = crawlsForGaps(wanted.map((edition) => missedLists(edition, { ...deps, queries })));
  for (const job of jobs) await queueCrawl(deps.queues, { ...job, runId: newRunId(), attached: false });
  if (jobs.length > 0) deps.log.info({ event: 'gaps.queued', count: jobs.length }, 'queued crawls that fill gaps');
  return jobs.length;
}

/** Unread days count from the first day that was read; earlier ones are left to a back-fill. */
function missedLists(
  edition: Edition,
  deps: GapDependencies & { readonly queries: CatalogueQueries },
): Pick<EditionCoverage, 'edition' | 'gaps'> {
  const { since, until } = windowOf({ since: null, until: null }, edition, deps.clock);
  const window = { since: withDashes(since), until: withDashes(until) };
  const { gaps, unreadDays } = readListDays(edition.id, window, deps);
  const unread = new Set(unreadDays.map(withoutDashes));
  let firstRead = since;
  while (unread.has(firstRead)) firstRead = addDays(firstRead, 1);
  const missed = unreadDays.filter((day) => withoutDashes(day) > firstRead).map(unreadList);
  return { edition: edition.id, gaps: { pages: [], lists: [...gaps, ...missed], unread: null } };
}
