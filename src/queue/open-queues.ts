import { Queue, QueueEvents, type Job, type JobsOptions, type Telemetry, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import type { Closers } from '../platform/closers.js';
import type { Logger } from '../platform/logger.js';
import { VERSION } from '../platform/package-dir.js';
import { refuseOldRedis } from '../redis/check-redis.js';
import { connectRedis, type RedisLocation } from '../redis/connection.js';
import { crawlJobSchema, type CrawlJob } from './crawl-jobs.js';
import { HandOver } from './hand-over.js';
import type { HostJob } from './host-jobs.js';
import type { NotifyJob } from './notify-jobs.js';
import type { PageJob } from './page-jobs.js';

/**
 * The two queues that another program may use (CONTRACT §7). Another program may enqueue into them: payload schemas stand in `crawl-jobs.ts` and
 * `page-jobs.ts`; the key prefix is the setting `redis.prefix`.
 */
export const CRAWL_QUEUE = 'crawl';
export const PAGE_QUEUE = 'page';
/** Parts of back-fills: apart from the crawls, so that they never take their places, and can be paused without them. */
export const BACKFILL_QUEUE = 'backfill';
/** Between crawl hosts and the writer (`host-jobs.ts`); of no use to other programs. */
export const HOST_QUEUE = 'host';
/** Messages on their way to people (`notify-jobs.ts`). */
export const NOTIFY_QUEUE = 'notify';

/** Completed jobs vanish (the store is the memory); failed ones stay as evidence: at most 25 MB, were all of them batches. */
const PAGE_JOB_OPTIONS: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: { count: 1_000 },
  attempts: 5,
  backoff: { type: 'exponential', delay: 500 },
};
/** A finished crawl's result is read by the command that waits for it. */
const CRAWL_JOB_OPTIONS: JobsOptions = {
  removeOnComplete: { age: 3_600, count: 200 },
  removeOnFail: { age: 7 * 24 * 3_600, count: 200 },
  attempts: 1,
};
/**
 * Events are kept for processes that wait for the ends of jobs and were disconnected for a moment: the events of some
 * 2,000 jobs.
 */
const EVENTS_MAX = 10_000;
/** Nobody waits for the jobs of these for long. */
const FEW_EVENTS_MAX = 1_000;

let telemetry: Telemetry | undefined;

/**
 * From now on the queues of this process open spans for each job that is added or worked off, and a job carries the context of who
 * added it. They go to whichever OpenTelemetry SDK the process was started with (docs/operations.md); without one to nobody.
 */
export async function traceQueues(): Promise<void> {
  const { BullMQOtel } = await import('bullmq-otel');
  telemetry = new BullMQOtel({ tracerName: 'sputnik-harvester', version: VERSION });
}

/** @returns the options of a queue or worker of BullMQ that is opened now. */
export function tracingOptions(): { telemetry?: Telemetry } {
  return telemetry === undefined ? {} : { telemetry };
}

/** The producers' side of the queues. */
export interface Queues {
  readonly location: RedisLocation;
  readonly redis: Redis;
  /** Key prefix of both queues and of what belongs to them. */
  readonly prefix: string;
  readonly crawl: Queue<CrawlJob>;
  readonly backfill: Queue<CrawlJob>;
  readonly page: Queue<PageJob>;
}

/**
 * Opens both queues for adding jobs; adding fails at once while Redis is away.
 *
 * @param prefix   Key prefix, the setting `redis.prefix`.
 * @param closers  The queues and their connection are pushed here.
 * @throws {FatalError} `redis.unreachable`, `redis.denied`, `redis.tooOld` …
 */
export async function openQueues(location: RedisLocation, prefix: string, closers: Closers): Promise<Queues> {
  const redis = await connectRedis(location, 'producer');
  closers.push('producer connection', () => {
    redis.disconnect();
  });
  await refuseOldRedis({ redis, location });
  const options = { connection: redis, prefix, ...tracingOptions(), streams: { events: { maxLen: EVENTS_MAX } } };
  const crawl = new Queue<CrawlJob>(CRAWL_QUEUE, { ...options, defaultJobOptions: CRAWL_JOB_OPTIONS });
  const backfill = new Queue<CrawlJob>(BACKFILL_QUEUE, { ...options, defaultJobOptions: CRAWL_JOB_OPTIONS });
  const page = new Queue<PageJob>(PAGE_QUEUE, { ...options, defaultJobOptions: PAGE_JOB_OPTIONS });
  closers.push('queues', async () => {
    await Promise.all([crawl.close(), backfill.close(), page.close()]);
  });
  return { location, redis, prefix, crawl, backfill, page };
}

/** Opens queue `notify`: what became of its messages stands in the data directory. @param closers  It is pushed here. */
export function openNotifyQueue(queues: Queues, closers: Closers): Queue<NotifyJob> {
  return openSmallQueue(NOTIFY_QUEUE, queues, closers);
}

/** Opens queue `host` for a crawl host. @param closers  It is pushed here. */
export function openHostQueue(queues: Queues, closers: Closers): Queue<HostJob> {
  return openSmallQueue(HOST_QUEUE, queues, closers);
}

function openSmallQueue<Payload>(name: string, { redis, prefix }: Queues, closers: Closers): Queue<Payload> {
  const queue = new Queue<Payload>(name, {
    connection: redis,
    prefix,
    ...tracingOptions(),
    streams: { events: { maxLen: FEW_EVENTS_MAX } },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  });
  closers.push(`${name} queue`, () => queue.close());
  return queue;
}

/**
 * @returns every queue, for inspection.
 *
 * @param closers Receives the closers of the connections.
 */
export function everyQueue(queues: Queues, closers: Closers): readonly Queue[] {
  return [queues.crawl, queues.backfill, queues.page, openHostQueue(queues, closers), openNotifyQueue(queues, closers)];
}

/** Opens what waits for the ends of jobs in a queue, on a connection of its own. @param closers  It is pushed here. */
export async function openHandOver<Payload extends PageJob | CrawlJob | HostJob>(
  queue: Queue<Payload>,
  { location, prefix, redis }: Queues,
  { closers, log }: { readonly closers: Closers; readonly log: Logger },
): Promise<HandOver<Payload>> {
  const connection = await connectRedis(location, 'worker');
  closers.push('event connection', () => {
    connection.disconnect();
  });
  // From the newest event on: what ends before the first look at the events is told all the same.
  const [newest] = await redis.xrevrange(queue.toKey('events'), '+', '-', 'COUNT', 1);
  const events = new QueueEvents(queue.name, { connection, prefix, lastEventId: newest?.[0] ?? '0-0' });
  events.on('error', (error) => {
    log.warn({ event: 'queue.error', reason: queue.name, err: error }, 'queue cannot be reached');
  });
  const handOver = new HandOver(queue, events);
  closers.push('queue events', () => handOver.close());
  await events.waitUntilReady();
  return handOver;
}

/**
 * Checks and adds a crawl.
 *
 * @param job         `runId` set.
 * @param backfillId  Job id of a back-fill: one that is queued or under way already stays, and one that has ended makes room.
 * @returns           The job as it is queued; its id is `run-<runId>`, or that of the back-fill.
 */
export async function queueCrawl(
  { crawl }: Queues,
  job: CrawlJob & { readonly runId: string },
  backfillId?: string,
): Promise<Job<CrawlJob>> {
  const earlier = backfillId === undefined ? undefined : await crawl.getJob(backfillId);
  if (earlier !== undefined && earlier.finishedOn === undefined) return earlier;
  await earlier?.remove();
  return crawl.add('crawl', crawlJobSchema.parse(job), { jobId: backfillId ?? `run-${job.runId}` });
}

/**
 * Resolves when a queue holds nothing to do.
 *
 * @param patience  `totalMs`: goes on after so long. `idleMs`: goes on when the number of jobs has stood still for so long.
 * @returns         The jobs that are left: 0, or more where the patience ended or the signal was aborted.
 */
export async function untilEmpty(
  queue: Pick<Queue, 'getJobCountByTypes'>,
  signal: AbortSignal,
  patience: { readonly totalMs: number } | { readonly idleMs: number },
): Promise<number> {
  let last = -1;
  let since = performance.now();
  for (;;) {
    const left = await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
    if ('idleMs' in patience && left !== last) since = performance.now();
    last = left;
    const waitedMs = performance.now() - since;
    const isOver = waitedMs > ('idleMs' in patience ? patience.idleMs : patience.totalMs);
    if (left === 0 || signal.aborted || isOver) return left;
    await new Promise((resolve) => setTimeout(resolve, EMPTY_LOOK_MS));
  }
}

const EMPTY_LOOK_MS = 50;

/**
 * Lets jobs that a dead process had in hand be taken up within seconds, not after their lock has run out. Only for who
 * knows that nobody is at work on this queue.
 */
export async function releaseDeadJobs({ redis }: Queues, queue: Pick<Queue, 'toKey'>): Promise<void> {
  const ids = await redis.lrange(queue.toKey('active'), 0, -1);
  if (ids.length > 0) await redis.unlink(...ids.map((id) => `${queue.toKey(id)}:lock`));
}

/** Without Redis nobody can be told of the end of a job, and a worker that waits for it does not end. */
const CLOSE_WITHOUT_REDIS_MS = 1_000;

/** Closes a worker: waits for the jobs in hand; where Redis is away, for a second at most. */
export async function closeWorker(worker: Pick<Worker, 'close'>, connection: Redis): Promise<void> {
  if (connection.status === 'ready') {
    await worker.close();
    return;
  }
  const closed = worker.close(true).catch(() => undefined); // it says that Redis is away
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHOUT_REDIS_MS))]);
}

/** @returns a fresh run id, sortable by time to the second: `20261122T141500-1f2e3d4c`. */
export function newRunId(now: Date = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${stamp}-${randomUUID().slice(0, 8)}`;
}
