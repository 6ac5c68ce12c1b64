import { WaitingError } from 'bullmq';
import type { CaptureWriter } from '../captures/capture-writer.js';
import { withDashes, dayIn } from '../sputnik/urls/calendar-days.js';
import { RetryableError } from '../domain/errors.js';
import { connectRedis, type RedisLocation } from '../redis/connection.js';
import type { CrawlJob, CrawlPart, CrawlSummary } from '../queue/crawl-jobs.js';
import { isBackfill, partOf } from '../queue/backfill-jobs.js';
import type { Queues } from '../queue/open-queues.js';
import { RedisHostThrottle } from '../redis/redis-host-throttle.js';
import type { RunTally } from '../queue/run-tally.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { startCrawlWorker, type TakenCrawl } from '../workers/start-crawl-worker.js';
import type { Closers } from '../platform/closers.js';
import { SERVICE_PREFIX, type Runtime } from './open-harvester.js';
import { findInstalledBrowser } from './find-installed-browser.js';
import { knownPagesOf } from './known-pages-of.js';
import { performCrawl, type CrawlJobDependencies } from './perform-crawl.js';
import type { ScheduleName } from './schedules.js';
import { performBackfill } from './perform-backfill.js';
import { queueGapCrawls } from './queue-gap-crawls.js';

/** What a crawl worker works with, in the writer's process or in one of its own. */
export interface CrawlWorkerDependencies extends Runtime {
  readonly redis: RedisLocation;
  readonly prefix: string;
  readonly addresses: UrlRules;
  readonly captures: CaptureWriter;
  readonly queues: Queues;
  readonly tally: RunTally;
  readonly closers: Closers;
}

/** A stopped crawl finishes the pages in hand. */
const CRAWL_CLOSE_MS = 7_000;

/**
 * Starts working off queue `crawl`.
 *
 * @param reader  What the catalogue knows, live.
 * @param signal  Stops crawls in progress; they end in order.
 * @param ready   Awaited before the first crawl: what was captured earlier is read first, lest it be asked for again.
 */
export async function openCrawlWorker(
  deps: CrawlWorkerDependencies,
  reader: CatalogueQueries,
  signal: AbortSignal,
  ready: Promise<void> = Promise.resolve(),
): Promise<void> {
  const { redis, prefix, queues, config, log, closers } = deps;
  const connection = await connectRedis(redis, 'worker');
  closers.push('crawl connection', () => {
    connection.disconnect();
  });
  // A configured browser that is not there is not replaced by another one.
  const executablePath = (await findInstalledBrowser(config, deps.environment)) ?? config.browser.executablePath;
  const crawlBench: CrawlJobDependencies = {
    ...deps,
    config: { ...config, browser: { ...config.browser, executablePath } },
    throttle: deps.throttle ?? new RedisHostThrottle(queues.redis, SERVICE_PREFIX),
    robotsCache: new Map(),
    known: knownPagesOf(reader, config),
    isDuplicateArticle: reader.isDuplicate.bind(reader),
  };
  const worker = startCrawlWorker(
    async (taken) => {
      await ready;
      const result = await perform(taken, crawlBench, signal);
      if (taken.crawl.requestedBy === 'reconcile' && result !== null && !signal.aborted)
        await queueGapCrawls(deps, reader);
      return result;
    },
    { connection, prefix, concurrency: config.workers.crawlConcurrency, log },
  );
  // What is put back at the end is for whoever comes next, not for this process.
  const pause = (): void => void worker.pause(true);
  signal.addEventListener('abort', pause, { once: true });
  closers.push('crawl worker', () => worker.close(), CRAWL_CLOSE_MS);
}

async function perform(
  taken: TakenCrawl,
  deps: CrawlJobDependencies,
  signal: AbortSignal,
): Promise<CrawlSummary | CrawlPart | null> {
  const { crawl, onProgress } = taken;
  const { config, queues, clock, log } = deps;
  if (signal.aborted) return putBack(taken);
  if (isScheduled(crawl, config) && (await isOverlapping(taken, queues))) {
    const reason = crawl.requestedBy;
    log.warn({ event: 'schedule.overlap', reason }, 'the last run of this schedule still goes on; skipped');
    return null;
  }
  if (crawl.requestedBy === ('maintenance' satisfies ScheduleName)) {
    deps.captures.rollOver();
    await queues.addPage({ v: 1, kind: 'maintenance', runId: crawl.runId });
    return null;
  }
  if (isBackfill(crawl, config.crawl.via, withDashes(dayIn('UTC', clock.now())))) {
    const performWhole = async (whole: TakenCrawl['crawl']): Promise<CrawlSummary> => {
      const summary = await performCrawl(whole, deps, signal, onProgress);
      return summary.aborted ? putBack(taken) : summary;
    };
    return performBackfill(taken, { config, queues, clock, perform: performWhole });
  }
  const summary = await performCrawl(crawl, deps, signal, onProgress);
  if (crawl.division?.part === 'piece') return endOfPiece(taken, summary);
  const isWaitedFor = crawl.attached || isScheduled(crawl, config);
  return summary.aborted && !isWaitedFor ? putBack(taken) : summary;
}

/** @throws {RetryableError} `crawl.unreachable`: a piece that nobody waits for has time to try again. */
async function endOfPiece(taken: TakenCrawl, summary: CrawlSummary): Promise<CrawlPart> {
  if (summary.aborted) return putBack(taken);
  const [lost] = summary.unreachable;
  if (lost === undefined || taken.crawl.attached) return partOf(summary);
  throw new RetryableError(`${lost.edition} is out of reach: ${lost.reason}`, { code: 'crawl.unreachable' });
}

/** What a stopped process did not finish is finished by the next one. */
async function putBack({ job, token }: TakenCrawl): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

function isScheduled({ requestedBy }: CrawlJob, { schedules }: CrawlJobDependencies['config']): boolean {
  return requestedBy in schedules;
}

/** Whether another run of the same schedule, begun earlier, is under way in any process. */
async function isOverlapping({ crawl, job }: TakenCrawl, queues: Queues): Promise<boolean> {
  const others = (await queues.crawl.getActive()).filter(
    ({ id, data }) => id !== job.id && data.requestedBy === crawl.requestedBy,
  );
  return others.some(({ processedOn }) => (processedOn ?? 0) < (job.processedOn ?? 0));
}
