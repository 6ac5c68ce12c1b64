import { setMaxListeners } from 'node:events';
import type { FetchResult } from '../domain/fetched.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { openBrowserFetcher } from './browser-fetcher.js';
import { crawlEdition, type CrawlRun } from './crawl-edition.js';
import type { CrawlPlan } from './crawl-plan.js';
import { daysOfLists } from './crawl-window.js';
import type { CrawlSettings } from './crawl-settings.js';
import type { CrawlProgress, CrawlTally } from './crawl-tally.js';
import { FetchEngine } from './fetch-engine.js';
import { createPageFetcher } from './fetch-page.js';
import type { ResolveAll } from './guarded-lookup.js';
import type { HostLimits, HostThrottle } from './host-throttle.js';
import { createHttpClient } from './http-client.js';
import type { KnownPages } from './known-pages.js';
import { createListReader } from './list-fetcher.js';
import { createNetworkGuard, type NetworkGuard } from './network-guard.js';
import { createRobotsRulesCache, type RobotsCache, type RobotsRulesCache } from './robots-cache.js';
import { RunRecord } from './run-record.js';
import { FetchPlanner } from './fetch-planner.js';
import { dayIn } from '../sputnik/urls/calendar-days.js';

export type { CrawlPlan } from './crawl-plan.js';
export { isLoss, type CrawlProgress, type CrawlTally } from './crawl-tally.js';
export type { RobotsCache } from './robots-cache.js';
export type { KnownPages } from './known-pages.js';

/** What a crawl is given; it opens nothing but connections, and closes what it opened. */
export interface CrawlDependencies {
  readonly known: KnownPages;
  /** Takes every result, lists and failures among them, once; durable when resolved; its slowness slows the crawl. */
  readonly sink: (result: FetchResult) => Promise<void>;
  /** Resolves when every article handed to the sink so far has its end state. */
  readonly settled: () => Promise<void>;
  readonly throttle: HostThrottle;
  /** Dates and times of day; waits are measured on the machine's own monotonic clock. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: CrawlSettings;
  /** Of every configured edition, also those that are not crawled: a redirect may lead to them. */
  readonly addresses: UrlRules;
  /** Aborted: nothing further is asked for, pages in hand are finished, the tally says so. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CrawlProgress) => void;
  /** Shared by the runs of one process, so that they need not each ask for the same robots.txt; default: none. */
  readonly robotsCache?: RobotsCache;
  /** 0 to 1, spreads retries; default `Math.random`. */
  readonly random?: () => number;
  /** Replaces the system's DNS in tests. */
  readonly resolveAll?: ResolveAll;
  /** Folders in which a browser is looked for, in the form of PATH; default: where browsers usually are. */
  readonly browserFolders?: string;
}

/** Fetches under way at a time in one run, all hosts together. */
const CONCURRENCY_MAX = 128;
const PROGRESS_MS = 500;

/**
 * Performs one crawl: discovers what is published, decides what is to be fetched, fetches it politely, and hands every
 * result to the sink. Extracts nothing and keeps nothing.
 *
 * @returns  The sum; also of a run that was stopped, or found nothing reachable.
 * @throws   Whatever the sink or the catalogue threw.
 */
export async function runCrawl(plan: CrawlPlan, deps: CrawlDependencies): Promise<CrawlTally> {
  const startedAtMs = performance.now();
  // Every request under way listens to it; so many are no leak.
  setMaxListeners(0, deps.signal);
  const { run, engine, browser, closeClient } = assemble(plan, deps);
  const stop = (): void => {
    engine.stop();
    void browser?.close();
  };
  if (deps.signal.aborted) stop();
  else deps.signal.addEventListener('abort', stop, { once: true });
  const progress = deps.onProgress && setInterval(() => deps.onProgress?.(progressOf(run.record, engine)), PROGRESS_MS);
  try {
    // All are heard out before the first error is thrown, so that nothing goes on behind it.
    const ends = await Promise.allSettled(plan.editions.map((edition) => crawlEdition(run, edition)));
    await engine.close();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  } finally {
    clearInterval(progress);
    deps.signal.removeEventListener('abort', stop);
    engine.stop();
    await engine.close().finally(() => Promise.all([closeClient(), browser?.close()]));
  }
  deps.onProgress?.(progressOf(run.record, engine));
  return {
    ...tallyOf(plan, run.record, engine),
    durationMs: Math.round(performance.now() - startedAtMs),
    aborted: deps.signal.aborted,
    browser: browser?.counts ?? { tried: 0, helped: 0, missed: 0 },
  };
}

/** What is built for one run; `engine` and `robots` need each other, so each asks for the other late. */
function assemble(plan: CrawlPlan, deps: CrawlDependencies) {
  const { settings, clock, log, known, addresses } = deps;
  const guard = createNetworkGuard(addresses.editions);
  const record = new RunRecord(
    plan.editions.map(({ id }) => id),
    log,
  );
  const { obeyRobots, userAgent } = settings.politeness;
  const robots: RobotsRulesCache = createRobotsRulesCache({
    obey: obeyRobots,
    userAgent,
    guard,
    record,
    cache: deps.robotsCache ?? (new Map() as RobotsCache),
    wantedDays: ({ timeZone }) => daysOfLists(plan, dayIn(timeZone, clock.now()), settings.crawl.sitemapDays),
    engine: () => engine,
  });
  const { engine, browser, closeClient } = createEngine(plan, deps, guard, robots);
  const visits = new FetchPlanner({
    engine,
    known,
    robots,
    record,
    log,
    now: () => clock.now(),
    refetch: plan.refetch,
    limit: plan.limit,
    pagesMax: settings.crawl.itemsMax,
  });
  const run: CrawlRun = {
    plan,
    settings,
    known,
    addresses,
    robots,
    visits,
    record,
    readList: createListReader({ engine, robots, record, addresses }),
    settled: deps.settled,
    nowMs: clock.now(),
    signal: deps.signal,
  };
  return { run, engine, browser, closeClient };
}

/** What asks for pages: over HTTP, and through a browser where the settings want that. */
function createEngine(plan: CrawlPlan, deps: CrawlDependencies, guard: NetworkGuard, robots: RobotsRulesCache) {
  const { clock, log, settings, throttle } = deps;
  const { politeness } = settings;
  const client = createHttpClient({
    guard,
    connectionsPerHost: politeness.concurrencyPerHost,
    timeoutMs: politeness.timeoutMs,
    proxyUrls: settings.proxy.urls,
    ...(deps.resolveAll === undefined ? {} : { resolveAll: deps.resolveAll }),
  });
  const fetchPage = createPageFetcher({
    guard,
    client,
    userAgent: politeness.userAgent,
    timeoutMs: politeness.timeoutMs,
    bodyBytesMax: politeness.bodyBytesMax,
    robotsAllow: (editionId, realUrl) => robots.allows(editionId, realUrl),
    stopSignal: deps.signal,
    now: () => clock.now(),
  });
  const limitsOf = (host: string): HostLimits => ({
    delayMs: Math.max(politeness.delayMs, robots.crawlDelayMs(host)),
    concurrency: politeness.concurrencyPerHost,
  });
  const { browserFolders } = deps;
  const browser = openBrowserFetcher({ settings, guard, fetchPage, throttle, limitsOf, log, browserFolders });
  const engine = new FetchEngine({
    runId: plan.runId,
    guard,
    fetchPage,
    browser,
    throttle,
    limitsOf,
    retries: politeness.retries,
    concurrency: Math.min(CONCURRENCY_MAX, politeness.concurrencyPerHost * Math.max(1, plan.editions.length)),
    sink: deps.sink,
    clock,
    log,
    random: deps.random ?? Math.random,
  });
  return { engine, browser, closeClient: () => client.close() };
}

function progressOf(record: RunRecord, engine: FetchEngine): CrawlProgress {
  const { found, fetched } = record;
  return { requests: engine.requests, found, skipped: found - fetched, fetched, waiting: engine.waiting };
}

function tallyOf(
  plan: CrawlPlan,
  record: RunRecord,
  engine: FetchEngine,
): Omit<CrawlTally, 'durationMs' | 'aborted' | 'browser'> {
  const { found, fetched, problems, problemsMore } = record;
  return {
    runId: plan.runId,
    requests: engine.requests,
    found,
    skipped: found - fetched,
    fetched,
    editions: record.editions(),
    problems,
    problemsMore,
  };
}
