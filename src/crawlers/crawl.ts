/**
 * The crawler: a Crawlee `BasicCrawler` with one handler per label. Three parts are our own, at points that Crawlee
 * provides for it: the request manager (`requests/request-manager.ts`) keeps the pace of each host by the throttle that
 * it is given, the handlers fetch through our own client (`http/`) behind the network guard, and every result goes to
 * the sink.
 */
import { setMaxListeners } from 'node:events';
import type { BasicCrawlingContext } from '@crawlee/basic';
import type { FetchedFailure } from '../domain/page.js';
import { openCrawl, type CrawlDependencies, type OpenedCrawl } from './open-crawl.js';
import type { CrawlPlan, CrawlRun } from './requests/crawl-run.js';
import type { CrawlProgress, CrawlTally } from './requests/crawl-tally.js';
import { isTriedAgain, placesPerHost } from './requests/page-retries.js';
import type { RouteData } from './requests/request-data.js';
import { FetchFailedError } from './requests/request-fetcher.js';
import { handleArticle, handleArticleFailure, handleRevisit } from './routes/article.js';
import { handleDay, handleFeed, handleTag, handleTagPages, handleListFailure } from './routes/lists.js';
import { firstRequests, handleRobots, handleRobotsFailure } from './routes/robots.js';
import {
  handleSitemapIndex,
  handleSitemapIndexFailure,
  handleSitemap,
  handleSitemapFailure,
} from './routes/sitemap.js';

/** Requests under way at a time in one run, all hosts together. */
const CONCURRENCY_MAX = 128;
const PROGRESS_MS = 500;

/**
 * Performs one crawl: discovers published pages, decides which to fetch, fetches them politely, and hands every result
 * to the sink. It extracts nothing and keeps nothing.
 *
 * @returns The tally, even if the run was stopped or could reach nothing.
 * @throws   Whatever the sink or the catalogue threw.
 */
export async function runCrawl(plan: CrawlPlan, deps: CrawlDependencies): Promise<CrawlTally> {
  const { signal, onProgress } = deps;
  // Every request under way listens to it: Node's warning of a leak would be wrong.
  setMaxListeners(0, signal);
  const opened = openCrawl(plan, deps);
  const { run, fetcher, requests, client } = opened;
  const stop = (): void => {
    requests.stop();
    void fetcher.close();
  };
  signal.addEventListener('abort', stop, { once: true });
  const progress = setInterval(() => onProgress?.(progressOf(opened)), PROGRESS_MS);
  try {
    if (!signal.aborted) await crawl(opened);
  } finally {
    clearInterval(progress);
    signal.removeEventListener('abort', stop);
    await Promise.all([client.close(), fetcher.close()]);
  }
  onProgress?.(progressOf(opened));
  return {
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

/** Loads Crawlee, which takes half a second: a service does so before it is ready, other commands never do. */
export async function loadCrawler(): Promise<void> {
  await import('./paced-crawler.js');
}

/** Runs the crawler over all editions of the plan, until nothing is left to ask for. */
async function crawl({ run, fetcher, requests }: OpenedCrawl): Promise<void> {
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
  await crawler.run(await firstRequests(run));
  if (fatal.length > 0) throw fatal[0];
}

/** Labels whose requests are not carried out once nothing further is wanted. */
function isDiscovery(label: string | undefined): boolean {
  return label !== 'article' && label !== 'robots';
}

function progressOf({ run: { counts }, fetcher, requests }: OpenedCrawl): CrawlProgress {
  const { exchanges, trying } = fetcher;
  return { requests: exchanges, editions: counts.progress(), trying, pause: requests.pause() };
}
