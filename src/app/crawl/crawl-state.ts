import type { CrawlPlan } from '../../crawlers/requests/crawl-run.js';
import { lossesOf, type CrawlProgress, type CrawlTally } from '../../crawlers/requests/crawl-tally.js';
import type { CaptureReference } from '../../domain/article.js';
import type { Outcome, OutcomeCounts } from '../../domain/outcome.js';
import type { PageId } from '../../domain/page.js';
import { toUtcInstant } from '../../platform/clock.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import type { Logger } from '../../platform/logger.js';
import type { CrawlJob, CrawlPart, CrawlState, CrawlSummary, PagesState } from '../../queue/crawl-jobs.js';
import type { HandOver } from '../../queue/hand-over.js';
import { queuePage, type DeliverCapture, type PageJob } from '../../queue/page-jobs.js';
import { withDashes } from '../../sputnik/urls/calendar-days.js';

/** Outcomes that leave the page in a record. */
const STORED: ReadonlySet<Outcome> = new Set<Outcome>(['new', 'revised', 'unchanged', 'rendition', 'duplicate']);
const TELL_MS = 500;

/** Joins what the crawler says of its pages with what became of those that were processed, and tells it twice a second. */
export class CrawlStateReporter {
  readonly #tell: (state: CrawlState) => void;
  readonly #timer: NodeJS.Timeout;
  #crawl: CrawlProgress = { requests: 0, editions: {}, trying: [], pause: null };
  readonly #ends = new Map<string, { stored: number; failed: number }>();

  constructor(tell: (state: CrawlState) => void) {
    this.#tell = tell;
    this.#timer = setInterval(() => {
      tell(this.#state());
    }, TELL_MS);
  }

  readonly crawled = (progress: CrawlProgress): void => {
    this.#crawl = progress;
  };

  readonly processed = (pageId: PageId, outcome: Outcome): void => {
    const edition = pageId.slice(0, pageId.lastIndexOf('/'));
    const ends = this.#ends.get(edition) ?? { stored: 0, failed: 0 };
    if (STORED.has(outcome)) ends.stored += 1;
    if (outcome === 'failed') ends.failed += 1;
    this.#ends.set(edition, ends);
  };

  end(): void {
    clearInterval(this.#timer);
    this.#tell(this.#state());
  }

  #state(): CrawlState {
    const editions: Record<string, PagesState> = {};
    for (const [id, { found, known, taken, fetched }] of Object.entries(this.#crawl.editions)) {
      const { stored, failed } = this.#ends.get(id) ?? { stored: 0, failed: 0 };
      editions[id] = { found, toFetch: taken - fetched, fetched, stored, failed, skipped: known };
    }
    const { requests, trying, pause } = this.#crawl;
    const told = trying.map(({ failed, ...page }) => ({ ...page, failed: [...failed] }));
    return { requests, editions, trying: told, ...(pause === null ? {} : { pause }) };
  }
}

/** Lists that a summary names. */
const UNREAD_LISTS_MAX = 100;
/** Editions that a log line names. */
const EDITIONS_NAMED_MAX = 3;

interface FinishedCrawl {
  readonly plan: Pick<CrawlPlan, 'editions'>;
  readonly tally: CrawlTally;
  readonly outcomes: OutcomeCounts;
  readonly started: { readonly atMs: number; readonly tick: number };
  readonly isOverlong: boolean;
}

/**
 * Makes the summary of a crawl that has ended.
 *
 * @param isOverlong  The crawl was ended at its deadline: hosts that have not answered by then count as unreachable,
 * even without failed attempts.
 *
 * @param started The time of the start, and the tick of the monotonic clock, since the time of day may have been set
 * meanwhile.
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
    unreadLists: lossesOf(tally)
      .slice(0, UNREAD_LISTS_MAX)
      .map(({ edition, url, reason }) => ({ edition, url, reason })),
    ...(job.archiveOnly === true ? { archives: archivesOf(tally) } : {}),
    ...(tally.browser.tried + tally.browser.missed > 0 ? { browser: tally.browser } : {}),
    ...(isOverlong ? { overlong: true } : {}),
    ...(job.division?.part === 'piece' ? { piece: true } : {}),
  };
}

interface RunRecording {
  readonly captures: { readonly appendRun: (summary: CrawlSummary) => Promise<CaptureReference> };
  readonly pages: Pick<HandOver<PageJob>, 'queue'>;
  readonly deliver: DeliverCapture | null;
  readonly log: Pick<Logger, 'info' | 'debug'>;
  readonly crashPoint?: CrashPoint;
}

/**
 * Keeps the summary in the captures, then queues it: as with pages, it survives the loss of the queue and a rebuild of
 * the catalogue.
 */
export async function recordRun(
  summary: CrawlSummary,
  { captures, pages, deliver, log, crashPoint = noCrash }: RunRecording,
): Promise<void> {
  const capture = await captures.appendRun(summary);
  crashPoint('run.summed');
  if (deliver === null) await queuePage(pages.queue, { v: 1, kind: 'run', summary });
  else await deliver(capture);
  logRun(summary, log);
}

/** Says in the log what a run came to; a run that found all as it knew it is told at level debug. */
export function logRun(summary: CrawlSummary, log: Pick<Logger, 'info' | 'debug'>): void {
  const { runId, editions, requestedBy, fetched, durationMs, aborted, unreachable, unreadLists = [] } = summary;
  const parts = Object.entries(summary.outcomes).flatMap(([outcome, pages]) =>
    pages > 0 ? [`${outcome} ${pages}`] : [],
  );
  const edition = editions.length > EDITIONS_NAMED_MAX ? `${editions.length} editions` : editions.join(', ');
  const outcome = [
    ...parts,
    ...(aborted ? ['stopped'] : []),
    ...unreachable.map((lost) => `no answer: ${lost.reason}`),
    ...(unreadLists.length > 0 ? [`lists not read ${unreadLists.length}`] : []),
  ];
  const fields = { event: 'crawl.finished', runId, edition, reason: requestedBy, count: fetched, durationMs };
  log[outcome.length > 0 ? 'info' : 'debug']({ ...fields, outcome: outcome.join(', ') }, 'crawl finished');
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

/** @returns the state of a part of a back-fill that is done. */
export function stateOfPart({ editions, requests, found, skipped, fetched, outcomes }: CrawlPart): CrawlState {
  const stored = [...STORED].reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
  const state = { found, toFetch: 0, fetched, stored, failed: outcomes.failed ?? 0, skipped };
  return { requests, editions: editions.length === 1 ? { [editions[0] ?? '']: state } : {} };
}

/** Adds states up, edition by edition. */
export function sumOfStates(states: readonly CrawlState[]): CrawlState {
  const editions: Record<string, PagesState> = {};
  let requests = 0;
  for (const state of states) {
    requests += state.requests;
    for (const [id, pages] of Object.entries(state.editions)) {
      const before = editions[id];
      editions[id] = before === undefined ? pages : sumOfPages([before, pages]);
    }
  }
  const pause = pauseOf(states);
  return { requests, editions, ...(pause === undefined ? {} : { pause }) };
}

/** Where all that is under way waits, it goes on when the first of it does. */
function pauseOf(states: readonly CrawlState[]): CrawlState['pause'] {
  const pauses = states.flatMap(({ pause }) => pause ?? []);
  const isUnderWay = states.some(({ pause, trying }) => pause === undefined && trying !== undefined);
  return isUnderWay ? undefined : pauses.sort((a, b) => a.waitMs - b.waitMs)[0];
}

export function sumOfPages(states: readonly PagesState[]): PagesState {
  const sum = { found: 0, toFetch: 0, fetched: 0, stored: 0, failed: 0, skipped: 0 };
  for (const state of states) for (const key of Object.keys(sum) as (keyof PagesState)[]) sum[key] += state[key];
  return sum;
}
