import type { CrawlPlan } from '../../crawlers/requests/crawl-run.js';
import { isLoss, type CrawlTally } from '../../crawlers/requests/crawl-tally.js';
import type { OutcomeCounts } from '../../domain/outcome.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { CrawlJob, CrawlSummary } from '../../queue/crawl-jobs.js';
import { withDashes } from '../../sputnik/urls/calendar-days.js';

/** Lists that a summary names. */
const UNREAD_LISTS_MAX = 100;

interface FinishedCrawl {
  readonly plan: Pick<CrawlPlan, 'editions'>;
  readonly tally: CrawlTally;
  readonly outcomes: OutcomeCounts;
  readonly started: { readonly atMs: number; readonly tick: number };
  readonly isOverlong: boolean;
}

/**
 * @param isOverlong  The crawl was ended at its deadline: whoever has not answered by then is out of reach, failed attempts or none.
 * @param started     When, and at which tick of the machine's clock, which only goes forward: the other may have been set meanwhile.
 */
export function summariseCrawl(
  job: CrawlJob & { readonly runId: string },
  { plan, tally, outcomes, started, isOverlong }: FinishedCrawl,
): CrawlSummary {
  return {
    runId: job.runId,
    startedAt: toUtcInstant(started.atMs),
    durationMs: Math.round(performance.now() - started.tick),
    editions: plan.editions.map(({ id }) => id),
    requests: tally.requests,
    found: tally.found,
    skipped: tally.skipped,
    fetched: tally.fetched,
    outcomes,
    requestedBy: job.requestedBy,
    aborted: tally.aborted,
    unreachable: unreachableOf(tally, isOverlong),
    unreadLists: tally.problems
      .filter(isLoss)
      .slice(0, UNREAD_LISTS_MAX)
      .map(({ edition, url, reason }) => ({ edition, url, reason })),
    ...(job.archiveOnly === true ? { archives: archivesOf(tally) } : {}),
    ...(tally.browser.tried + tally.browser.missed > 0 ? { browser: tally.browser } : {}),
    ...(isOverlong ? { overlong: true } : {}),
    ...(job.division?.part === 'piece' ? { piece: true } : {}),
  };
}

function unreachableOf({ editions }: CrawlTally, isOverlong: boolean): CrawlSummary['unreachable'] {
  const missing = editions.filter(({ reachable, hasAnswered }) => (isOverlong ? !hasAnswered : !reachable));
  return missing.map(({ id, reason }) => ({ edition: id, reason: reason ?? (isOverlong ? 'timeout' : 'unknown') }));
}

/** First days of the editions that could be asked. */
function archivesOf({ editions }: CrawlTally): Record<string, string | null> {
  const reached = editions.filter(({ reachable }) => reachable);
  return Object.fromEntries(
    reached.map(({ id, archiveFrom }) => [id, archiveFrom === null ? null : withDashes(archiveFrom)]),
  );
}
