import type { Edition } from '../domain/edition.js';
import type { FetchResult } from '../domain/page.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { addDays, dayIn, withoutDashes, type DayRange } from '../sputnik/urls/calendar-days.js';
import { robotsUrl } from '../sputnik/urls/site-urls.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import type { SharedTurns } from '../platform/in-turns.js';
import { PageFetcher } from './http/fetch-page.js';
import { HttpClient } from './http/http-client.js';
import { createGuardedLookup, NetworkGuard, type ResolveAll } from './http/network-guard.js';
import type { HostLimits, HostThrottle } from './politeness/host-throttle.js';
import { HostHealth } from './http/fetch-fault.js';
import { RobotsRulesCache, type RobotsCache, type SharedRobots } from './politeness/robots-rules.js';
import {
  FIRST_DAY,
  type CrawlPlan,
  type CrawlRun,
  type CrawlSettings,
  type EditionCrawl,
  type ParseList,
} from './requests/crawl-run.js';
import { CrawlCounts, type CrawlProgress } from './requests/crawl-tally.js';
import { attemptTimeoutMs } from './requests/page-retries.js';
import { RequestFetcher, type BrowserFetcher } from './requests/request-fetcher.js';
import { PacedRequestManager } from './requests/request-manager.js';
import { ArticleSelection, type KnownPages } from './requests/select-articles.js';
import { readList } from './routes/lists.js';

/** What a crawl is given. It opens nothing but connections (and a browser), and closes them when it ends. */
export interface CrawlDependencies {
  readonly known: KnownPages;
  /** Takes each result once, including lists and failures. The result is durable when it resolves; a slow sink slows the crawl down. */
  readonly sink: (result: FetchResult) => Promise<void>;
  /** Resolves when every article handed to the sink so far is processed. */
  readonly allProcessed: () => Promise<void>;
  readonly throttle: HostThrottle;
  /** Dates and times of day; waits are measured on the machine's own monotonic clock. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: CrawlSettings;
  /** The hosts of every configured edition, even of those that are not crawled, because a redirect may lead there. */
  readonly urlRules: UrlRules;
  /** Once it is aborted nothing further is asked for; pages in hand are finished, and the tally says `aborted`. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CrawlProgress) => void;
  /** Decodes and parses a list, on a thread. */
  readonly parseList: ParseList;
  /** Shared by the runs of one process, so that they need not each ask for the same robots.txt. */
  readonly robotsCache: RobotsCache;
  /** Shared by all processes that crawl; default: none. */
  readonly sharedRobots?: SharedRobots;
  /** Shared by the runs of one process. */
  readonly browserTurns: SharedTurns;
  /** 0 to 1, spreads retries; default `Math.random`. */
  readonly random?: () => number;
  /** Replaces the system's DNS in tests. */
  readonly resolveAll?: ResolveAll;
  /** Folders in which a browser is looked for, in the form of PATH; default: where browsers usually are. */
  readonly browserFolders?: string;
}

export interface OpenedCrawl {
  readonly run: CrawlRun;
  readonly fetcher: RequestFetcher;
  readonly requests: PacedRequestManager;
  readonly client: HttpClient;
}

/** Puts together what a crawl is made of; opens nothing but the client, which is the caller's to close. */
export function openCrawl(plan: CrawlPlan, deps: CrawlDependencies): OpenedCrawl {
  const { settings, clock, log, signal, throttle } = deps;
  const { politeness } = settings;
  const { guard, client, robots, hostOf } = openNetwork(deps);
  const limitsOf = (host: string): HostLimits => ({
    delayMs: Math.max(politeness.delayMs, robots.crawlDelayMs(host)),
    concurrency: politeness.concurrencyPerHost,
    isPatient: plan.isPatient,
  });
  const { fetch: fetchPage } = new PageFetcher({
    guard,
    client,
    userAgent: politeness.userAgent,
    timeoutMsOf: (target) => attemptTimeoutMs(target, plan.failedPages, politeness.timeoutMs),
    bodyBytesMax: politeness.bodyBytesMax,
    robotsAllow: (editionId, realUrl) => robots.allows(editionId, realUrl),
    stopSignal: signal,
    now: () => clock.now(),
  });
  const openBrowser = async (): Promise<BrowserFetcher> => {
    const { RecycledBrowser } = await import('./browser/browser-fetcher.js');
    const { browserFolders, browserTurns: turns } = deps;
    return new RecycledBrowser({ settings, guard, fetchPage, throttle, limitsOf, log, browserFolders, turns });
  };
  const health = new HostHealth(() => performance.now());
  const requests = new PacedRequestManager({
    throttle,
    limitsOf,
    hostOf: ({ edition, url }) => hostOf(edition, url),
    refusalOf: (host) => health.refusalOf(host),
    failedPages: plan.failedPages,
    tellSilence: (host, durationMs) => {
      log.warn({ event: 'host.silence', reason: host, durationMs }, 'a host wants no request for so long');
    },
    now: () => performance.now(),
    random: deps.random ?? Math.random,
  });
  const fetcher = new RequestFetcher({
    plan,
    fetchPage,
    browserMode: settings.browser.mode,
    openBrowser,
    requests,
    health,
    sink: deps.sink,
    clock,
    log,
    signal,
  });
  return { run: createRun(plan, deps, { robots, fetcher }), fetcher, requests, client };
}

/** Makes the network guard, the client behind it, and what remembers each host's robots.txt. */
function openNetwork({ settings, urlRules, resolveAll, robotsCache, sharedRobots }: CrawlDependencies) {
  const { obeyRobots, userAgent, timeoutMs, concurrencyPerHost } = settings.politeness;
  const guard = new NetworkGuard(urlRules.editions);
  const client = new HttpClient({
    lookup: createGuardedLookup(guard, resolveAll),
    connectionsPerHost: concurrencyPerHost,
    timeoutMs,
    proxyUrls: settings.proxy.urls,
  });
  const hostOf = (editionId: string, url: string): string | null =>
    guard.endpointOf(editionId, url)?.networkUrl.host ?? null;
  const robots = new RobotsRulesCache({
    obey: obeyRobots,
    userAgent,
    earlier: robotsCache,
    shared: sharedRobots ?? null,
    hostOf: (edition) => hostOf(edition.id, robotsUrl(edition)) ?? '',
  });
  return { guard, client, robots, hostOf };
}

/** Makes what the routes share, with a part for each edition of the plan. */
function createRun(
  plan: CrawlPlan,
  { settings, known, urlRules, parseList, allProcessed, clock, log, signal }: CrawlDependencies,
  { robots, fetcher }: Pick<CrawlRun, 'robots' | 'fetcher'>,
): CrawlRun {
  const { sitemapDays, itemsMax } = settings.crawl;
  const nowMs = clock.now();
  const editions = new Map(
    plan.editions.map((edition) => [edition.id, createEditionCrawl(plan, edition, { nowMs, sitemapDays })]),
  );
  const counts = new CrawlCounts([...editions.keys()], log);
  for (const pageId of plan.fetchedBefore) counts.fetchedBefore(pageId);
  const articles = new ArticleSelection({ plan, known, robots, counts, clock, pagesMax: itemsMax });
  return {
    plan,
    settings,
    known,
    urlRules,
    robots,
    articles,
    counts,
    fetcher,
    readList,
    parseList,
    allProcessed,
    log,
    nowMs,
    signal,
    edition(id) {
      const edition = editions.get(id);
      if (edition === undefined) throw new Error(`${id} is not crawled`);
      return edition;
    },
    isOver: () => signal.aborted || articles.isFull,
  };
}

function createEditionCrawl(
  plan: CrawlPlan,
  edition: Edition,
  { nowMs, sitemapDays }: { readonly nowMs: number; readonly sitemapDays: number },
): EditionCrawl {
  const today = dayIn(edition.timeZone, nowMs);
  const window = windowOf(plan, today);
  const listDays = window ?? { from: addDays(today, 1 - sitemapDays), to: today };
  return { edition, today, window, listDays, tagPagesRead: new Set(), hasBegun: false, due: null };
}

/** @returns the days of the plan; null if it covers the newest articles. */
function windowOf({ since, until }: CrawlPlan, today: string): DayRange | null {
  if (since === null && until === null) return null;
  const from = since === null ? FIRST_DAY : withoutDashes(since);
  const to = until === null ? today : withoutDashes(until);
  return { from, to: to < from ? from : to };
}
