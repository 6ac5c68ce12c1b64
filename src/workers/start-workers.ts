import { UnrecoverableError, Worker, type Job, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { FatalError, PermanentError, RetryableError, UsageError } from '../domain/errors.js';
import type { Logger } from '../platform/logger.js';
import { crawlJobSchema, type CrawlJob, type CrawlPart, type CrawlSummary } from '../queue/crawl-jobs.js';
import { CRAWL_QUEUE, newRunId, PAGE_QUEUE } from '../queue/open-queues.js';
import { pageJobSchema, type PageJob } from '../queue/page-jobs.js';
import { processJob, type JobValue, type PageWorkerDependencies } from './process-page-job.js';

/** What both workers are started with. */
export interface WorkerSettings {
  readonly connection: Redis;
  readonly prefix: string;
  /** Jobs worked on at a time; pages that wait for the disk share one commit. */
  readonly concurrency: number;
}

/** A job whose process died is taken up again this often; then its capture is found again at the next start. */
const STALLED_MAX = 10;
/** What a dead process had in hand is taken up by another one after this and a look of theirs. */
const PAGE_TIMES = { lockDuration: 30_000, stalledInterval: 15_000 };
const CRAWL_TIMES = { lockDuration: 15_000, stalledInterval: 5_000 };

/**
 * Starts the worker of queue `page`.
 *
 * @param onFatal  Called when the store cannot go on: the process is to stop.
 * @returns        The worker; `close()` waits for the jobs in hand.
 */
export function startPageWorker(
  deps: PageWorkerDependencies,
  settings: WorkerSettings,
  onFatal: (error: FatalError) => void,
): Worker<PageJob> {
  const work = (job: Job<PageJob>): Promise<JobValue> =>
    givingUp(async () => {
      try {
        return await processJob(payloadOf(job, pageJobSchema), job.attemptsMade + 1, deps);
      } catch (error) {
        if (error instanceof FatalError) onFatal(error);
        throw error;
      }
    });
  const worker = new Worker<PageJob, JobValue>(PAGE_QUEUE, work, optionsOf(settings, PAGE_TIMES));
  logTroubles(worker, PAGE_QUEUE, deps.log);
  worker.on('completed', () => {
    deps.crashPoint('page.acknowledged');
  });
  worker.on('failed', (job, error) => {
    const fields = { event: 'page.error', jobId: job?.id ?? '', attempt: job?.attemptsMade ?? 0, err: error };
    deps.log.error(fields, 'page job failed');
  });
  return worker;
}

/** A crawl as it was taken from the queue. */
export interface TakenCrawl {
  readonly crawl: CrawlJob & { readonly runId: string };
  readonly job: Job<CrawlJob>;
  /** Says to the queue that the job is ours. */
  readonly token: string;
  readonly onProgress: (progress: object) => void;
}

/**
 * A crawl as its worker performs it; given by whoever knows the crawlers.
 *
 * @returns  Its summary, or that of a part; null where there was nothing to be done.
 */
export type PerformCrawl = (taken: TakenCrawl) => Promise<CrawlSummary | CrawlPart | null>;

/** Starts the worker of queue `crawl`. */
export function startCrawlWorker(perform: PerformCrawl, settings: WorkerSettings, log: Logger): Worker<CrawlJob> {
  const work = (job: Job<CrawlJob>, token = ''): ReturnType<PerformCrawl> =>
    givingUp(() => {
      const payload = payloadOf(job, crawlJobSchema);
      // Taken up again after a crash: a run of its own, so that no page of the first try is counted twice.
      const again = job.attemptsStarted > 1 ? `-${job.attemptsStarted}` : '';
      const crawl = { ...payload, runId: `${payload.runId ?? newRunId()}${again}` };
      const onProgress = (progress: object): void => {
        job.updateProgress(progress).catch(() => undefined); // a lost progress line harms nobody
      };
      return perform({ crawl, job, token, onProgress });
    });
  const worker = new Worker<CrawlJob, Awaited<ReturnType<PerformCrawl>>>(
    CRAWL_QUEUE,
    work,
    optionsOf(settings, CRAWL_TIMES),
  );
  logTroubles(worker, CRAWL_QUEUE, log);
  worker.on('failed', (job, error) => {
    log.error({ event: 'crawl.error', jobId: job?.id ?? '', err: error }, 'crawl failed');
  });
  return worker;
}

function optionsOf(
  settings: WorkerSettings,
  times: Pick<WorkerOptions, 'lockDuration' | 'stalledInterval'>,
): WorkerOptions {
  return { ...settings, ...times, maxStalledCount: STALLED_MAX };
}

function logTroubles(worker: Pick<Worker, 'on'>, queue: string, log: Logger): void {
  worker.on('error', (error) => {
    log.warn({ event: 'queue.error', reason: queue, err: error }, 'queue cannot be reached');
  });
}

/** @throws {UnrecoverableError} where the payload is not of its schema: no further try would make it so. */
function payloadOf<Payload>(
  job: Job<unknown>,
  schema: { safeParse(data: unknown): { success: true; data: Payload } | { success: false; error: Error } },
): Payload {
  const payload = schema.safeParse(job.data);
  if (payload.success) return payload.data;
  throw new UnrecoverableError(`payload of job ${job.id ?? '?'}: ${payload.error.message}`);
}

/** @throws {UnrecoverableError} in place of errors that further tries would not mend; its message begins with the code. */
async function givingUp<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PermanentError || error instanceof UsageError)
      throw new UnrecoverableError(`${error.code}: ${error.message}`);
    // What could not be kept ends the crawl; whoever waits for it learns the code, as with the others.
    if ((error instanceof RetryableError || error instanceof FatalError) && error.code.startsWith('capture.'))
      throw new Error(`${error.code}: ${error.message}`, { cause: error });
    throw error;
  }
}
