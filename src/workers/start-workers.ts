import { UnrecoverableError, WaitingError, Worker, type Job, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { FatalError, PermanentError, RetryableError, UsageError } from '../domain/errors.js';
import type { Logger } from '../platform/logger.js';
import { crawlJobSchema, type CrawlJob, type CrawlPart, type CrawlSummary } from '../queue/crawl-jobs.js';
import type { BACKFILL_QUEUE, CRAWL_QUEUE } from '../queue/open-queues.js';
import { newRunId, PAGE_QUEUE, tracingOptions } from '../queue/open-queues.js';
import { pageJobSchema, type PageJob } from '../queue/page-jobs.js';
import { processJob, type JobValue, type PageWorkerDependencies } from './process-page-job.js';

/** What both workers are started with. */
export interface WorkerSettings {
  readonly connection: Redis;
  readonly prefix: string;
  /** Jobs worked on at a time; pages that wait for the disk share one commit. */
  readonly concurrency: number;
  /** In place of the usual ones: how long a job is this process's own without a sign of life, and how often others look for lost ones. */
  readonly times?: Pick<WorkerOptions, 'lockDuration' | 'stalledInterval'> | undefined;
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
  /** Aborted when this process has lost the job: another process performs it, or will. */
  readonly lost: AbortSignal;
  readonly onProgress: (progress: object) => void;
}

/**
 * Performs a crawl for its worker; provided by the room that knows the crawlers.
 *
 * @returns Its summary, or that of a part; null if there was nothing to do.
 */
export type PerformCrawl = (taken: TakenCrawl) => Promise<CrawlSummary | CrawlPart | null>;

/** Starts the worker of queue `crawl`, or of that of the parts of back-fills. */
export function startCrawlWorker(
  queue: typeof CRAWL_QUEUE | typeof BACKFILL_QUEUE,
  perform: PerformCrawl,
  settings: WorkerSettings,
  log: Logger,
): Worker<CrawlJob> {
  const times = { ...CRAWL_TIMES, ...settings.times };
  const locks = new CrawlLocks(times.lockDuration, log);
  const work = (job: Job<CrawlJob>, token = ''): ReturnType<PerformCrawl> =>
    givingUp(() =>
      locks.hold(job.id ?? '', (lost) => {
        const payload = payloadOf(job, crawlJobSchema);
        // Taken up again after a crash: a run of its own in the journal.
        const again = job.attemptsStarted > 1 ? `-${job.attemptsStarted}` : '';
        const crawl = { ...payload, runId: `${payload.runId ?? newRunId()}${again}` };
        const onProgress = (progress: object): void => {
          if (!lost.aborted) job.updateProgress(progress).catch(() => undefined); // a lost progress line harms nobody
        };
        return perform({ crawl, job, token, lost, onProgress });
      }),
    );
  const worker = new Worker<CrawlJob, Awaited<ReturnType<PerformCrawl>>>(queue, work, optionsOf(settings, times));
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) locks.lose(jobId);
  });
  logTroubles(worker, queue, log);
  worker.on('failed', (job, error) => {
    log.error({ event: 'crawl.error', jobId: job?.id ?? '', err: error }, 'crawl failed');
  });
  return worker;
}

/** How often this process looks whether it was frozen. */
const FREEZE_LOOK_MS = 500;

/** The crawls that this process performs, as long as they are its own. */
class CrawlLocks {
  readonly #held = new Map<string, { readonly lost: AbortController; readonly ended: Promise<unknown> }>();

  constructor(
    readonly lockMs: number,
    readonly log: Logger,
  ) {}

  /**
   * Performs a crawl, after an earlier try of it in this process has ended.
   *
   * @throws {WaitingError} once the crawl is lost: the queue is left as it is.
   */
  async hold<Result>(jobId: string, perform: (lost: AbortSignal) => Promise<Result>): Promise<Result> {
    this.lose(jobId);
    await this.#held.get(jobId)?.ended.catch(() => undefined); // the function that performed it has already been told
    const lost = new AbortController();
    const watch = this.#watchForFreeze(jobId);
    const work = perform(lost.signal);
    const entry = { lost, ended: work };
    this.#held.set(jobId, entry);
    try {
      const result = await work;
      lost.signal.throwIfAborted();
      return result;
    } catch (error) {
      throw lost.signal.aborted ? lost.signal.reason : error;
    } finally {
      clearInterval(watch);
      if (this.#held.get(jobId) === entry) this.#held.delete(jobId);
    }
  }

  lose(jobId: string): void {
    const held = this.#held.get(jobId);
    if (held === undefined || held.lost.signal.aborted) return;
    this.log.warn({ event: 'crawl.lost', jobId }, 'this process was away too long and its crawl is performed again');
    held.lost.abort(new WaitingError());
  }

  /** A process that was stopped for longer than a lock lasts has lost it, whatever it would do next: timers come first. */
  #watchForFreeze(jobId: string): NodeJS.Timeout {
    let lookedAt = performance.now();
    return setInterval(() => {
      const awayMs = performance.now() - lookedAt;
      lookedAt += awayMs;
      if (awayMs > this.lockMs) this.lose(jobId);
    }, FREEZE_LOOK_MS);
  }
}

function optionsOf(
  { connection, prefix, concurrency }: WorkerSettings,
  times: Pick<WorkerOptions, 'lockDuration' | 'stalledInterval'>,
): WorkerOptions {
  return { connection, prefix, concurrency, ...times, ...tracingOptions(), maxStalledCount: STALLED_MAX };
}

export function logTroubles(worker: Pick<Worker, 'on'>, queue: string, log: Logger): void {
  worker.on('error', (error) => {
    log.warn({ event: 'queue.error', reason: queue, err: error }, 'queue cannot be reached');
  });
}

/** @throws {UnrecoverableError} where the payload is not of its schema: no further try would make it so. */
export function payloadOf<Payload>(
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
    // A capture that could not be kept ends the crawl; the process that waits for it receives the code, as for other
    // errors.
    if ((error instanceof RetryableError || error instanceof FatalError) && error.code.startsWith('capture.'))
      throw new Error(`${error.code}: ${error.message}`, { cause: error });
    throw error;
  }
}
