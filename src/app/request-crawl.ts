import { QueueEvents, type Job } from 'bullmq';
import type { CrawlProgress } from '../crawlers/crawl.js';
import { FatalError, PermanentError, UsageError } from '../domain/errors.js';
import { withDashes, dayIn } from '../sputnik/urls/calendar-days.js';
import { toUtcInstant } from '../platform/clock.js';
import { Closers } from '../platform/closers.js';
import { readLockHolder } from '../platform/data-dir-lock.js';
import { connectRedis, type RedisLocation } from '../redis/connection.js';
import { crawlSummarySchema, type CrawlJob, type CrawlSummary } from '../queue/crawl-jobs.js';
import { isBackfill, backfillJobId } from '../queue/backfill-jobs.js';
import { newRunId, openQueues, type CrawlQueue } from '../queue/open-queues.js';
import { CRAWL_QUEUE } from '../queue/queue-names.js';
import { openCatalogueQueries } from '../store/catalogue/open-catalogue-queries.js';
import { openCrawlWorker } from './open-crawl-worker.js';
import { FatalStop } from './fatal-stop.js';
import { commandPrefix, openHarvester, SERVICE_PREFIX, type Runtime } from './open-harvester.js';
import { findRedis } from './open-redis.js';
import { BackfillWatch } from './backfill-watch.js';
import { openServiceQueues } from './open-service-queues.js';
import { pagesRead } from './pages-read.js';
import { watchRedis } from './watch-redis.js';

export interface CrawlRequest extends Runtime {
  /** Leave the crawl to a service, running now or later, and return at once. */
  readonly detach: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CrawlProgress) => void;
}

export type CrawlAnswer =
  | { readonly kind: 'finished'; readonly summary: CrawlSummary; readonly quarantined: number }
  | { readonly kind: 'detached'; readonly runId: string };

/**
 * Has one crawl performed: by the service that works in the data directory if there is one, else by this process.
 * Either way the job goes through queue `crawl` and its pages through queue `page`.
 *
 * @throws {FatalError} `lock.held` when another command works there; `crawl.failed`; what opening throws.
 */
export async function requestCrawl(job: CrawlJob, request: CrawlRequest): Promise<CrawlAnswer> {
  const { config, clock } = request;
  const today = withDashes(dayIn('UTC', clock.now()));
  const backfillId = isBackfill(job, config.crawl.via, today) ? backfillJobId(job) : undefined;
  const isServed = readLockHolder(request.config.dataDir)?.purpose === 'serve';
  if (request.detach) return { kind: 'detached', runId: await leaveToService(job, backfillId, request) };
  const summary = isServed
    ? await crawlThroughService(job, backfillId, request)
    : await crawlAlone(job, backfillId, request);
  return { kind: 'finished', summary, quarantined: countQuarantined(request.config.dataDir) };
}

async function crawlAlone(job: CrawlJob, backfillId: string | undefined, request: CrawlRequest): Promise<CrawlSummary> {
  const stop = new FatalStop(request.signal);
  const harvester = await openHarvester(request, 'crawl', commandPrefix(request.config.dataDir), stop.stop);
  return harvester.closers.closeAfter(async () => {
    const { redis: location, prefix, queues, queries } = harvester;
    // What an earlier command left behind when it died is of no use to anyone, but for the same back-fill: it goes on.
    if (!(await isUnderWay(queues.crawl, backfillId))) await queues.crawl.obliterate({ force: true });
    await openCrawlWorker(harvester, queries, stop.signal, pagesRead(queues, stop.signal));
    return queueAndWait(job, request, { location, prefix, backfillId, stop, patienceMs: STOPPED_CRAWL_MS });
  });
}

async function isUnderWay(queue: CrawlQueue, backfillId: string | undefined): Promise<boolean> {
  const order = backfillId === undefined ? undefined : ((await queue.getJob(backfillId)) as Job<CrawlJob> | undefined);
  return order !== undefined && !(await order.isCompleted()) && !(await order.isFailed());
}

async function crawlThroughService(
  job: CrawlJob,
  backfillId: string | undefined,
  request: CrawlRequest,
): Promise<CrawlSummary> {
  const location = findRedis(request.config);
  if (location === null) {
    throw new FatalError(`the service that works in ${request.config.dataDir} has no Redis yet`, {
      code: 'redis.none',
      hint: 'try again in a moment',
    });
  }
  // Stopping the command does not stop the service's crawl, so there is nothing to wait for.
  const stop = new FatalStop(request.signal);
  return queueAndWait(job, request, { location, prefix: SERVICE_PREFIX, backfillId, stop, patienceMs: 0 });
}

/** A crawl of our own that was stopped has this long to end in order and to tell its sum. */
const STOPPED_CRAWL_MS = 5_500;

/** Where a crawl is queued, and how its waiting ends. */
interface CrawlPlace {
  readonly location: RedisLocation;
  readonly prefix: string;
  /** Job id where the crawl is one that is divided into days. */
  readonly backfillId: string | undefined;
  readonly stop: FatalStop;
  /** How long the sum of a stopped crawl is waited for. */
  readonly patienceMs: number;
}

/** Queues the crawl and waits for its end, at most as long as Redis lives. */
async function queueAndWait(job: CrawlJob, request: CrawlRequest, place: CrawlPlace): Promise<CrawlSummary> {
  const { location, prefix, backfillId, stop, patienceMs } = place;
  const closers = new Closers(request.log);
  return closers.closeAfter(async () => {
    const producer = await connectRedis(location, 'producer');
    closers.push('producer connection', () => {
      producer.disconnect();
    });
    const waiting = await connectRedis(location, 'worker');
    closers.push('event connection', () => {
      waiting.disconnect();
    });
    const queues = openQueues(producer, prefix);
    closers.push('queues', () => queues.close());
    const events = new QueueEvents(CRAWL_QUEUE, { connection: waiting, prefix });
    closers.push('queue events', () => events.close());
    events.on('error', (error) => {
      request.log.warn({ event: 'queue.error', reason: CRAWL_QUEUE, err: error }, 'queue cannot be reached');
    });
    await events.waitUntilReady();
    const newId = newRunId();
    const watch = new BackfillWatch(
      backfillId ?? `run-${newId}`,
      toUtcInstant(request.clock.now()),
      events,
      request.onProgress,
    );
    const { runId, jobId } = await queues.addCrawl({ ...job, runId: newId }, backfillId);
    const queued = (await queues.crawl.getJob(jobId)) as Job<CrawlJob, unknown> | undefined;
    if (queued === undefined) throw new FatalError(`run ${runId} vanished from the queue`, { code: 'crawl.vanished' });
    watchRedis({ redis: producer, prefix, jobKey: queues.crawl.toKey(jobId), onLost: stop.stop }, closers);
    const result = resultOf(queued, events);
    // The rest of a divided crawl waits for the next time: what is done by now is what there is to tell.
    const isDivided = backfillId !== undefined && patienceMs > 0;
    const told = isDivided ? Promise.race([result, watch.sumAtStop(stop.signal, queued.data)]) : result;
    try {
      return await stop.orEnd(told, patienceMs);
    } finally {
      // Why it was stopped says more than how that ended.
      stop.throwIfStopped();
    }
  });
}

async function resultOf(job: Job<CrawlJob, unknown>, events: QueueEvents): Promise<CrawlSummary> {
  try {
    return crawlSummarySchema.parse(await job.waitUntilFinished(events));
  } catch (error) {
    const [, code, message] = /^([a-z]+\.[A-Za-z]+): (.*)$/s.exec(error instanceof Error ? error.message : '') ?? [];
    const text = message ?? code ?? '';
    if (code?.startsWith('crawl.unknown') === true) throw new UsageError(text, { code, cause: error });
    if (code !== undefined) throw new PermanentError(text, { code, cause: error });
    throw new FatalError(`the crawl failed: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'crawl.failed',
      cause: error,
    });
  }
}

/** Puts the crawl into the service's queue. @returns the run's id. */
async function leaveToService(job: CrawlJob, backfillId: string | undefined, request: CrawlRequest): Promise<string> {
  const closers = new Closers(request.log);
  return closers.closeAfter(async () => {
    const queues = await openServiceQueues(request, 'sputnik crawl --detach', closers);
    const { runId } = await queues.addCrawl(job, backfillId);
    return runId;
  });
}

function countQuarantined(dataDir: string): number {
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) return 0;
  try {
    return catalogue.queries.counts().quarantined;
  } finally {
    catalogue.close();
  }
}
