import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { PermanentError, UsageError } from '../domain/errors.js';
import type { Logger } from '../platform/logger.js';
import { crawlJobSchema, type CrawlJob, type CrawlSummary } from '../queue/crawl-jobs.js';
import { newRunId } from '../queue/open-queues.js';
import { CRAWL_QUEUE } from '../queue/queue-names.js';

/** A crawl as its worker performs it; given by whoever knows the crawlers. */
export type PerformCrawl = (
  job: CrawlJob & { readonly runId: string },
  onProgress: (progress: object) => void,
) => Promise<CrawlSummary | null>;

export interface CrawlWorkerSettings {
  readonly connection: Redis;
  readonly prefix: string;
  /** Crawls at a time. */
  readonly concurrency: number;
  readonly log: Logger;
}

/** A crawl that its process did not finish is taken up again this often. */
const STALLED_MAX = 3;
const LOCK_MS = 30_000;

/** Starts the worker of queue `crawl`. */
export function startCrawlWorker(perform: PerformCrawl, settings: CrawlWorkerSettings): Worker<CrawlJob> {
  const { log } = settings;
  const worker = new Worker<CrawlJob, CrawlSummary | null>(CRAWL_QUEUE, (job) => workOff(job, perform), {
    connection: settings.connection,
    prefix: settings.prefix,
    concurrency: settings.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS / 2,
    maxStalledCount: STALLED_MAX,
  });
  worker.on('error', (error) => {
    log.warn({ event: 'queue.error', reason: CRAWL_QUEUE, err: error }, 'queue cannot be reached');
  });
  worker.on('failed', (job, error) => {
    log.error({ event: 'crawl.error', jobId: job?.id ?? '', err: error }, 'crawl failed');
  });
  return worker;
}

async function workOff(job: Job<CrawlJob>, perform: PerformCrawl): Promise<CrawlSummary | null> {
  const payload = crawlJobSchema.safeParse(job.data);
  if (!payload.success) throw new UnrecoverableError(`payload of job ${job.id ?? '?'}: ${payload.error.message}`);
  // Taken up again after a crash: a tally of its own, so that no page of the first try is counted twice.
  const again = job.attemptsStarted > 1 ? `-${job.attemptsStarted}` : '';
  const runId = `${payload.data.runId ?? newRunId()}${again}`;
  try {
    return await perform({ ...payload.data, runId }, (progress) => {
      job.updateProgress(progress).catch(() => undefined); // a lost progress line harms nobody
    });
  } catch (error) {
    if (error instanceof PermanentError || error instanceof UsageError)
      throw new UnrecoverableError(`${error.code}: ${error.message}`);
    throw error;
  }
}
