/**
 * The crawler: a Crawlee `BasicCrawler` with one handler per label. Three things are our own, where Crawlee provides for
 * it: the request manager (`requests/request-manager.ts`) keeps the pace of each host by the throttle that it is given,
 * the handlers fetch through a client of ours (`http/`) behind the network guard, and every result goes to the sink.
 */
import { setMaxListeners } from 'node:events';
import type { BasicCrawlingContext } from '@crawlee/basic';
import type { FetchResult, FetchedFailure } from '../domain/page.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { robotsUrl } from '../sputnik/urls/site-urls.js';
import { readReceivedList } from '../sputnik/lists/parse-list.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { BrowserTurns } from './browser/browser-turns.js';
import { createPageFetcher } from './http/fetch-page.js';
import type { ResolveAll } from './http/network-guard.js';
import { createHttpClient } from './http/http-client.js';
import { createNetworkGuard } from './http/network-guard.js';
import { createHostHealth } from './politeness/host-health.js';
import type { HostLimits, HostThrottle } from './politeness/host-throttle.js';
import { RobotsRulesCache, type RobotsCache, type SharedRobots } from './politeness/robots-rules.js';
import { CrawlCounts, type CrawlProgress, type CrawlTally } from './requests/crawl-tally.js';
import {
  createEditionCrawl,
  type CrawlPlan,
  type CrawlRun,
  type CrawlSettings,
  type EditionCrawl,
  type ParseList,
} from './requests/crawl-run.js';
import type { RouteData } from './requests/request-data.js';
import { attemptTimeoutMs, hostWaitMsMax, isTriedAgain, placesPerHost } from './requests/page-retries.js';
import { PacedRequestManager } from './requests/request-manager.js';
import { FetchFailedError, RequestFetcher, type BrowserFetcher } from './requests/request-fetcher.js';
import { ArticleSelection, type KnownPages } from './requests/select-articles.js';
import { handleArticle, handleArticleFailure, handleRevisit } from './routes/article.js';
import { handleDay } from './routes/day.js';
import { handleFeed } from './routes/feed.js';
import { handleListFailure, readList, robotsRequest } from './routes/read-list.js';
import { editionRequests, handleRobots, handleRobotsFailure } from './routes/robots.js';
import { handleSitemapIndex, handleSitemapIndexFailure } from './routes/sitemap-index.js';
import { handleSitemap, handleSitemapFailure } from './routes/sitemap.js';
import { handleTag, handleTagPages } from './routes/tag.js';

export type { CrawlPlan, ParseList } from './requests/crawl-run.js';
export { isLoss, type CrawlProgress, type CrawlTally } from './requests/crawl-tally.js';
export type { DuePage, KnownPages } from './requests/select-articles.js';
export type { RobotsCache, SharedRobots } from './politeness/robots-rules.js';

/** What a crawl is given; it opens nothing but connections, and closes what it opened. */
export interface CrawlDependencies {
  readonly known: KnownPages;
  /** Takes every result, lists and failures among them, once; durable when resolved; its slowness slows the crawl. */
  readonly sink: (result: FetchResult) => Promise<void>;
  /** Resolves when every article handed to the sink so far is processed. */
  readonly allProcessed: () => Promise<void>;
  readonly throttle: HostThrottle;
  /** Dates and times of day; waits are measured on the machine's own monotonic clock. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: CrawlSettings;
  /** Of every configured edition, also those that are not crawled: a redirect may lead to them. */
  readonly urlRules: UrlRules;
  /** Aborted: nothing further is asked for, pages in hand are finished, the tally says so. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CrawlProgress) => void;
  /** Parses a list, perhaps on a thread; default: at once. */
  readonly parseList?: ParseList;
  /** Shared by the runs of one process, so that they need not each ask for the same robots.txt; default: none. */
  readonly robotsCache?: RobotsCache;
  /** Shared by all processes that crawl; default: none. */
  readonly sharedRobots?: SharedRobots;
  /** Shared by the runs of one process; default: one of its own. */
  readonly browserTurns?: BrowserTurns;
  /** 0 to 1, spreads retries; default `Math.random`. */
  readonly random?: () => number;
  /** Replaces the system's DNS in tests. */
  readonly resolveAll?: ResolveAll;
  /** Folders in which a browser is looked for, in the form of PATH; default: where browsers usually are. */
  readonly browserFolders?: string;
}

/** Requests under way at a time in one run, all hosts together. */
const CONCURRENCY_MAX = 128;
const PROGRESS_MS = 500;

/**
 * Performs one crawl: discovers what is published, decides what is to be fetched, fetches it politely, and hands every
 * result to the sink. Extracts nothing and keeps nothing.
 *
 * @returns  The tally; also of a run that was stopped, or found nothing reachable.
 * @throws   Whatever the sink or the catalogue threw.
 */
export async function runCrawl(plan: CrawlPlan, deps: CrawlDependencies): Promise<CrawlTally> {
  const startedAtMs = performance.now();
  const { signal, onProgress } = deps;
  // Every request under way listens to it; so many are no leak.
  setMaxListeners(0, signal);
  const network = openNetwork(plan, deps);
  const parts = assemble(plan, deps, network);
  const { run, fetcher, requests } = parts;
  const stop = (): void => {
    requests.stop();
    void fetcher.close();
  };
  signal.addEventListener('abort', stop, { once: true });
  const progress = setInterval(() => onProgress?.(progressOf(parts)), PROGRESS_MS);
  try {
    if (!signal.aborted) await crawl(parts);
  } finally {
    clearInterval(progress);
    signal.removeEventListener('abort', stop);
    await Promise.all([network.client.close(), fetcher.close()]);
  }
  onProgress?.(progressOf(parts));
  return {
    runId: plan.runId,
    durationMs: Math.round(performance.now() - startedAtMs),
    aborted: signal.aborted,
    requests: fetcher.exchanges,
    ...run.counts.tally(),
    browser: await fetcher.browserCounts(),
  };
}

/** Steps fetch nothing, and so cannot fail. */
type FailingRoutes = Omit<RouteData, 'tagPages' | 'revisit'>;
type Context = BasicCrawlingContext & { readonly run: CrawlRun };
type FailureContext = Context & { readonly failure: FetchedFailure };

/** One handler for each label. */
const ROUTES = {
  robots: handleRobots,
  feed: handleFeed,
  sitemapIndex: handleSitemapIndex,
  sitemap: handleSitemap,
  tagPages: handleTagPages,
  tag: handleTag,
  day: handleDay,
  revisit: handleRevisit,
  article: handleArticle,
};

/** What follows when a request has failed for good. */
const FAILURE_ROUTES = {
  robots: handleRobotsFailure,
  feed: handleListFailure,
  sitemapIndex: handleSitemapIndexFailure,
  sitemap: handleSitemapFailure,
  tag: handleListFailure,
  day: handleListFailure,
  article: handleArticleFailure,
};

interface CrawlParts {
  readonly run: CrawlRun;
  readonly fetcher: RequestFetcher;
  readonly requests: PacedRequestManager;
}

/** Runs the crawler over all editions of the plan, until nothing is left to ask for. */
async function crawl({ run, fetcher, requests }: CrawlParts): Promise<void> {
  // Crawlee takes half a second to load: only those that crawl pay for it.
  const { createBasicRouter, PacedCrawler } = await import('./paced-crawler.js');
  const { plan, signal, log, settings } = run;
  const { retries, concurrencyPerHost } = settings.politeness;
  const router = createBasicRouter<Context, RouteData>(ROUTES);
  const failureRouter = createBasicRouter<FailureContext, FailingRoutes>(FAILURE_ROUTES);
  const fatal: unknown[] = [];
  const crawler = new PacedCrawler({
    requests,
    concurrency: Math.min(CONCURRENCY_MAX, placesPerHost(plan, concurrencyPerHost) * Math.max(1, plan.editions.length)),
    requestHandler: async (context) => {
      if (!isDiscovery(context.request.label) || !run.isOver()) await router({ ...context, run });
      await requests.finish(context.request);
    },
    maxRequestRetries: retries,
    errorHandler: ({ request }, error) => {
      const isRetried = error instanceof FetchFailedError && !signal.aborted && isTriedAgain(error, plan.failedPages);
      if (!isRetried) request.noRetry = true;
      else log.debug({ event: 'fetch.retry', url: request.url, reason: error.message }, 'fetch will be tried again');
    },
    failedRequestHandler: async (context, error) => {
      try {
        if (!(error instanceof FetchFailedError)) throw error;
        const failure = await fetcher.fail(error);
        if (failure !== null) await failureRouter({ ...context, run, failure });
      } catch (cause) {
        fatal.push(cause);
        requests.stop();
      }
      await requests.finish(context.request);
    },
    log,
  });
  const editions = plan.editions.map(({ id }) => run.edition(id));
  const first = async (one: EditionCrawl) =>
    (await run.robots.isDue(one.edition)) ? [robotsRequest(run, one)] : editionRequests(run, one);
  await crawler.run((await Promise.all(editions.map(first))).flat());
  if (fatal.length > 0) throw fatal[0];
}

/** Labels whose requests are not carried out once nothing further is wanted. */
function isDiscovery(label: string | undefined): boolean {
  return label !== 'article' && label !== 'robots';
}

/** What asks for pages: over HTTP, and through a browser where the settings want that. */
function openNetwork(plan: CrawlPlan, deps: CrawlDependencies) {
  const { clock, log, settings, throttle, browserFolders, resolveAll, signal } = deps;
  const { politeness } = settings;
  const { userAgent, timeoutMs, bodyBytesMax } = politeness;
  const guard = createNetworkGuard(deps.urlRules.editions);
  const hostOf = (editionId: string, url: string): string | null =>
    guard.endpointOf(editionId, url)?.networkUrl.host ?? null;
  const robots = new RobotsRulesCache({
    obey: politeness.obeyRobots,
    userAgent,
    earlier: deps.robotsCache ?? (new Map<string, never>() satisfies RobotsCache),
    shared: deps.sharedRobots ?? null,
    hostOf: (edition) => hostOf(edition.id, robotsUrl(edition)) ?? '',
  });
  const client = createHttpClient({
    guard,
    connectionsPerHost: politeness.concurrencyPerHost,
    timeoutMs,
    proxyUrls: settings.proxy.urls,
    ...(resolveAll === undefined ? {} : { resolveAll }),
  });
  const fetchPage = createPageFetcher({
    guard,
    client,
    userAgent,
    timeoutMsOf: (target) => attemptTimeoutMs(target, plan.failedPages, timeoutMs),
    bodyBytesMax,
    robotsAllow: (editionId, realUrl) => robots.allows(editionId, realUrl),
    stopSignal: signal,
    now: () => clock.now(),
  });
  const limitsOf = (host: string): HostLimits => ({
    delayMs: Math.max(politeness.delayMs, robots.crawlDelayMs(host)),
    concurrency: politeness.concurrencyPerHost,
    isPatient: plan.isPatient,
  });
  const openBrowser = async (): Promise<BrowserFetcher> => {
    const { RecycledBrowser } = await import('./browser/browser-fetcher.js');
    const turns = deps.browserTurns ?? new BrowserTurns();
    return new RecycledBrowser({ settings, guard, fetchPage, throttle, limitsOf, log, browserFolders, turns });
  };
  return { hostOf, robots, client, fetchPage, limitsOf, openBrowser };
}

function assemble(plan: CrawlPlan, deps: CrawlDependencies, network: ReturnType<typeof openNetwork>): CrawlParts {
  const { settings, clock, log, known, urlRules, sink, signal, throttle } = deps;
  const { robots, limitsOf, hostOf, fetchPage, openBrowser } = network;
  const health = createHostHealth(() => performance.now());
  const requests = new PacedRequestManager({
    throttle,
    limitsOf,
    hostOf: ({ edition, url }) => hostOf(edition, url),
    refusalOf: (host) => health.refusalOf(host),
    hostWaitMsMaxOf: (data) => hostWaitMsMax(data, plan.failedPages),
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
    sink,
    clock,
    log,
    signal,
  });
  const counts = new CrawlCounts(
    plan.editions.map(({ id }) => id),
    log,
  );
  const articles = new ArticleSelection({ plan, known, robots, counts, clock, pagesMax: settings.crawl.itemsMax });
  const editions = new Map(
    plan.editions.map((edition) => [edition.id, createEditionCrawl(plan, edition, clock.now())]),
  );
  const run: CrawlRun = {
    plan,
    settings,
    known,
    urlRules,
    robots,
    articles,
    counts,
    fetcher,
    readList,
    parseList: deps.parseList ?? ((task) => Promise.resolve(readReceivedList(task, urlRules))),
    allProcessed: deps.allProcessed,
    log,
    nowMs: clock.now(),
    signal,
    edition(id) {
      const edition = editions.get(id);
      if (edition === undefined) throw new Error(`${id} is not crawled`);
      return edition;
    },
    isOver: () => signal.aborted || articles.isFull,
  };
  return { run, fetcher, requests };
}

function progressOf({ run: { counts }, fetcher }: CrawlParts): CrawlProgress {
  return { requests: fetcher.exchanges, editions: counts.progress(), trying: fetcher.trying };
}
