import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { PermanentError, UsageError } from '../domain/errors.js';
import type { Logger } from '../platform/logger.js';
import { crawlJobSchema, type CrawlJob, type CrawlPart, type CrawlSummary } from '../queue/crawl-jobs.js';
import { newRunId } from '../queue/open-queues.js';
import { CRAWL_QUEUE } from '../queue/queue-names.js';

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
 * @returns  Its sum, or that of a part; null where there was nothing to be done.
 */
export type PerformCrawl = (taken: TakenCrawl) => Promise<CrawlSummary | CrawlPart | null>;

export interface CrawlWorkerSettings {
  readonly connection: Redis;
  readonly prefix: string;
  /** Crawls at a time. */
  readonly concurrency: number;
  readonly log: Logger;
}

/** A crawl that its process did not finish is taken up again this often. */
const STALLED_MAX = 10;
/** What a dead process had in hand is taken up by another one after this and a look of theirs. */
const LOCK_MS = 15_000;
const STALLED_LOOK_MS = 5_000;

/** Starts the worker of queue `crawl`. */
export function startCrawlWorker(perform: PerformCrawl, settings: CrawlWorkerSettings): Worker<CrawlJob> {
  const { log } = settings;
  const worker = new Worker<CrawlJob, CrawlSummary | CrawlPart | null>(
    CRAWL_QUEUE,
    (job, token) => workOff(job, token ?? '', perform),
    {
      connection: settings.connection,
      prefix: settings.prefix,
      concurrency: settings.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_LOOK_MS,
      maxStalledCount: STALLED_MAX,
    },
  );
  worker.on('error', (error) => {
    log.warn({ event: 'queue.error', reason: CRAWL_QUEUE, err: error }, 'queue cannot be reached');
  });
  worker.on('failed', (job, error) => {
    log.error({ event: 'crawl.error', jobId: job?.id ?? '', err: error }, 'crawl failed');
  });
  return worker;
}

async function workOff(
  job: Job<CrawlJob>,
  token: string,
  perform: PerformCrawl,
): Promise<CrawlSummary | CrawlPart | null> {
  const payload = crawlJobSchema.safeParse(job.data);
  if (!payload.success) throw new UnrecoverableError(`payload of job ${job.id ?? '?'}: ${payload.error.message}`);
  // Taken up again after a crash: a tally of its own, so that no page of the first try is counted twice.
  const again = job.attemptsStarted > 1 ? `-${job.attemptsStarted}` : '';
  const runId = `${payload.data.runId ?? newRunId()}${again}`;
  try {
    const onProgress = (progress: object): void => {
      job.updateProgress(progress).catch(() => undefined); // a lost progress line harms nobody
    };
    return await perform({ crawl: { ...payload.data, runId }, job, token, onProgress });
  } catch (error) {
    if (error instanceof PermanentError || error instanceof UsageError)
      throw new UnrecoverableError(`${error.code}: ${error.message}`);
    throw error;
  }
}
