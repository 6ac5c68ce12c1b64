import type { CaptureWriter } from '../captures/capture-writer.js';
import type { Config } from '../config/config.js';
import { withDashes } from '../sputnik/urls/calendar-days.js';
import type { HostThrottle } from '../crawlers/politeness/host-throttle.js';
import {
  isLoss,
  runCrawl,
  type CrawlProgress,
  type CrawlTally,
  type KnownPages,
  type RobotsCache,
} from '../crawlers/crawl.js';
import type { Edition } from '../domain/edition.js';
import { FatalError, UsageError } from '../domain/errors.js';
import type { FetchResult } from '../domain/fetched.js';
import type { ArticleUrl, ArticleKey, PageId } from '../domain/page.js';
import { zeroOutcomes, type Outcome, type OutcomeCounts } from '../domain/outcome.js';
import { toUtcInstant, type Clock } from '../platform/clock.js';
import { noCrash, type CrashPoint } from '../platform/crash-points.js';
import type { Logger } from '../platform/logger.js';
import type { CrawlJob, CrawlSummary } from '../queue/crawl-jobs.js';
import type { Queues } from '../queue/open-queues.js';
import { pageJobFor } from '../queue/page-jobs.js';
import type { RunTally } from '../queue/run-tally.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';

/** What a crawl is performed with. */
export interface CrawlJobDependencies {
  readonly config: Config;
  readonly addresses: UrlRules;
  readonly captures: CaptureWriter;
  readonly queues: Queues;
  readonly tally: RunTally;
  readonly known: KnownPages;
  /** Whether a stored article repeats another, as the store says now. */
  readonly isDuplicateArticle: (key: ArticleKey) => boolean;
  readonly throttle: HostThrottle;
  readonly robotsCache?: RobotsCache;
  readonly clock: Clock;
  readonly log: Logger;
  readonly crashPoint?: CrashPoint;
}

/** Lists that a sum names. */
const UNREAD_LISTS_MAX = 100;
/** After a stop signal, pages that were already handed over get this long to reach their end state. */
const PAGES_IN_HAND_MS = 4_000;

/**
 * Performs one crawl: discover → fetch → capture → queue, then waits until every page has its outcome.
 *
 * @param job     Checked payload; `runId` set.
 * @param signal  Aborting it stops fetching; pages in hand are finished and the summary is marked `aborted`.
 * @throws {UsageError} `crawl.unknownEdition`, `crawl.unknownTopic`, `crawl.unknownAddress`
 */
export async function performCrawl(
  job: CrawlJob & { readonly runId: string },
  deps: CrawlJobDependencies,
  signal: AbortSignal,
  onProgress?: (progress: CrawlProgress) => void,
): Promise<CrawlSummary> {
  const started = { atMs: deps.clock.now(), tick: performance.now() };
  const urls = job.urls.map((url) => parseArticleUrl(url, deps.addresses));
  const editions = editionsFor(job, urls, deps.config);
  const handed = { pages: 0 };
  const allProcessed = (): Promise<void> => waitForPages(deps, job.runId, handed, signal);
  const tally = await runCrawl(
    {
      runId: job.runId,
      editions,
      topics: topicsFor(job, deps.config),
      via: job.via ?? deps.config.crawl.via,
      since: job.since,
      until: job.until,
      urls,
      refetch: job.refetch,
      revisitOnly: job.revisitOnly,
      archiveOnly: job.archiveOnly === true,
      limit: job.limit,
    },
    {
      known: deps.known,
      sink: createSink(deps, handed),
      allProcessed,
      throttle: deps.throttle,
      clock: deps.clock,
      log: deps.log,
      settings: deps.config,
      ...(deps.robotsCache === undefined ? {} : { robotsCache: deps.robotsCache }),
      urlRules: deps.addresses,
      signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  );
  await waitForOutcomes(deps, job.runId, handed, signal);
  return summarise(job, editions, tally, deps, started);
}

/** Captures each answer, then queues it: what is queued is on disk. */
function createSink(deps: CrawlJobDependencies, handed: { pages: number }): (result: FetchResult) => Promise<void> {
  const { crashPoint = noCrash } = deps;
  return async (result) => {
    const capture = await deps.captures.append(result);
    crashPoint('capture.appended');
    const job = pageJobFor(result, capture);
    if (job === null) return;
    if (job.kind === 'article') handed.pages += 1;
    await deps.queues.addPage(job);
    crashPoint('capture.queued');
  };
}

/** How often, while pages are waited for, the queue is asked whether it still holds any. */
const QUEUE_LOOK_MS = 5_000;
/** The page queue has been empty so often in a row while outcomes were missing: they will not come. */
const EMPTY_LOOKS_MAX = 3;

/** @throws {FatalError} `crawl.pagesLost` where the queue has lost pages, as when somebody empties Redis. */
async function waitForPages(
  { queues, tally }: CrawlJobDependencies,
  runId: string,
  handed: { pages: number },
  signal: AbortSignal,
): Promise<void> {
  const lost = new AbortController();
  let emptyLooks = 0;
  const look = async (): Promise<void> => {
    const queued = await queues.page.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
    emptyLooks = queued === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks >= EMPTY_LOOKS_MAX) lost.abort(pagesLost());
  };
  const timer = setInterval(() => {
    look().catch(() => undefined); // whether Redis answers is watched elsewhere
  }, QUEUE_LOOK_MS);
  try {
    await tally.waitFor(runId, () => handed.pages, AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(timer);
  }
}

function pagesLost(): FatalError {
  return new FatalError('pages of this crawl vanished from the queue while it ran', {
    code: 'crawl.pagesLost',
    hint: 'does something else empty this Redis, or evict from it? Their captures are processed by the next start',
  });
}

async function waitForOutcomes(
  deps: CrawlJobDependencies,
  runId: string,
  handed: { pages: number },
  signal: AbortSignal,
): Promise<void> {
  try {
    await waitForPages(deps, runId, handed, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const grace = AbortSignal.timeout(PAGES_IN_HAND_MS);
    // What is not finished by then stays queued, and is finished by the next start.
    await deps.tally.waitFor(runId, () => handed.pages, grace).catch(() => undefined);
  }
}

async function summarise(
  job: CrawlJob & { readonly runId: string },
  editions: readonly Edition[],
  tally: CrawlTally,
  deps: CrawlJobDependencies,
  started: { readonly atMs: number; readonly tick: number },
): Promise<CrawlSummary> {
  const outcomes = countOutcomes(await deps.tally.outcomes(job.runId), deps);
  const summary: CrawlSummary = {
    runId: job.runId,
    startedAt: toUtcInstant(started.atMs),
    // The clock may have been set meanwhile; this one only goes forward.
    durationMs: Math.round(performance.now() - started.tick),
    editions: editions.map(({ id }) => id),
    requests: tally.requests,
    found: tally.found,
    skipped: tally.skipped,
    fetched: tally.fetched,
    outcomes,
    requestedBy: job.requestedBy,
    aborted: tally.aborted,
    unreachable: tally.editions.flatMap((edition) =>
      edition.reachable ? [] : [{ edition: edition.id, reason: edition.reason ?? 'unknown' }],
    ),
    unreadLists: tally.problems
      .filter(isLoss)
      .slice(0, UNREAD_LISTS_MAX)
      .map(({ edition, url, reason }) => ({ edition, url, reason })),
    ...(job.archiveOnly === true ? { archives: archivesOf(tally) } : {}),
    ...(tally.browser.tried + tally.browser.missed > 0 ? { browser: tally.browser } : {}),
  };
  // The journal first, as with pages: the sum outlives a queue that is lost, and a catalogue that is rebuilt.
  await deps.captures.appendRun({ ...summary });
  deps.crashPoint?.('run.summed');
  await deps.queues.addPage({ v: 1, kind: 'run', summary });
  return summary;
}

/** First days of the editions that could be asked. */
function archivesOf({ editions }: CrawlTally): Record<string, string | null> {
  const reached = editions.filter(({ reachable }) => reachable);
  return Object.fromEntries(
    reached.map(({ id, archiveFrom }) => [id, archiveFrom === null ? null : withDashes(archiveFrom)]),
  );
}

/**
 * An article that was new when it came may have turned out to repeat one that came later in the same run (the original is
 * the one published first): the sum says what the store says at the end.
 */
function countOutcomes(outcomes: ReadonlyMap<PageId, Outcome>, deps: CrawlJobDependencies): OutcomeCounts {
  const counts = zeroOutcomes();
  for (const [pageId, outcome] of outcomes)
    counts[outcome === 'new' && isDuplicate(pageId, deps) ? 'duplicate' : outcome] += 1;
  return counts;
}

function isDuplicate(pageId: PageId, { config, isDuplicateArticle }: CrawlJobDependencies): boolean {
  const [editionId = '', articleId = ''] = pageId.split('/');
  const family = config.editions.find(({ id }) => id === editionId)?.family ?? editionId;
  return isDuplicateArticle(`${family}/${articleId}`);
}

function parseArticleUrl(url: string, addresses: UrlRules): ArticleUrl {
  const address = addresses.parse(url);
  if (address !== null) return address;
  throw new UsageError(`${url} is no article address of a configured edition`, { code: 'crawl.unknownAddress' });
}

function editionsFor(job: CrawlJob, urls: readonly ArticleUrl[], config: Config): Edition[] {
  const named = job.editions ?? (urls.length > 0 ? [...new Set(urls.map(({ edition }) => edition))] : null);
  if (named === null) return config.editions.filter(({ enabled }) => enabled);
  return named.map((id) => {
    const edition = config.editions.find((candidate) => candidate.id === id);
    if (edition !== undefined) return edition;
    throw new UsageError(`no edition ${id} is configured`, { code: 'crawl.unknownEdition' });
  });
}

function topicsFor(job: CrawlJob, config: Config): Config['topics'] {
  if (job.topics === null) return config.topics.filter(({ enabled }) => enabled);
  return job.topics.map((id) => {
    const topic = config.topics.find((candidate) => candidate.id === id);
    if (topic !== undefined) return topic;
    throw new UsageError(`no topic ${id} is configured`, { code: 'crawl.unknownTopic' });
  });
}
