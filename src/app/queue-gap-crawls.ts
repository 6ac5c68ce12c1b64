import { addDays, withoutDashes } from '../sputnik/urls/calendar-days.js';
import type { Config } from '../config/config.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Queues } from '../queue/open-queues.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { crawlsForGaps } from './fill-gaps.js';
import { readCoverage, type EditionCoverage } from './read-coverage.js';

export interface GapDependencies {
  readonly config: Config;
  readonly clock: Clock;
  readonly queues: Queues;
  readonly log: Logger;
}

/**
 * Has the days of the last month read whose lists could not be had, and those on which nobody looked (the service was off).
 * Pages without an answer are asked for by every crawl anyway.
 *
 * @returns the number of crawls queued.
 */
export async function queueGapCrawls(deps: GapDependencies, reader: CatalogueQueries): Promise<number> {
  const question = { editions: null, topics: null, since: null, until: null };
  const coverage = readCoverage(question, { ...deps, reader });
  const jobs = crawlsForGaps(coverage.map(onlyLists));
  for (const job of jobs) await deps.queues.addCrawl({ ...job, attached: false });
  if (jobs.length > 0) deps.log.info({ event: 'gaps.queued', count: jobs.length }, 'queued crawls that fill gaps');
  return jobs.length;
}

/** Days that nobody read count from the first one on that somebody did: what lies before is a back-fill's. */
function onlyLists(edition: EditionCoverage): EditionCoverage {
  const { since, unreadDays, gaps } = edition;
  const unread = new Set(unreadDays.map(withoutDashes));
  let firstRead = withoutDashes(since);
  while (unread.has(firstRead)) firstRead = addDays(firstRead, 1);
  const missed = unreadDays
    .filter((day) => withoutDashes(day) > firstRead)
    .map((day) => ({ day, route: 'sitemap' as const, reason: 'unread', url: '', failedAt: '', failures: 0 }));
  return { ...edition, gaps: { pages: [], lists: [...gaps.lists, ...missed] } };
}
