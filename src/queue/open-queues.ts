import { Queue, type Job, type JobsOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { crawlJobSchema, type CrawlJob } from './crawl-jobs.js';
import { pageJobId, pageJobSchema, type PageJob } from './page-jobs.js';
import { CRAWL_QUEUE, PAGE_QUEUE } from './queue-names.js';

/** Completed jobs vanish (the store is the memory); failed ones stay as evidence, bounded. */
const PAGE_JOB_OPTIONS: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: { count: 10_000 },
  attempts: 5,
  backoff: { type: 'exponential', delay: 500 },
};
/** A finished crawl's result is read by the command that waits for it. */
const CRAWL_JOB_OPTIONS: JobsOptions = {
  removeOnComplete: { age: 3_600, count: 200 },
  removeOnFail: { age: 7 * 24 * 3_600, count: 200 },
  attempts: 1,
};
/** The event streams are for waiting commands only. */
const EVENTS_MAX = 1_000;

export type CrawlQueue = Queue<CrawlJob>;
export type PageQueue = Queue<PageJob>;

/** The producers' side of both queues. */
export interface Queues {
  readonly redis: Redis;
  /** Key prefix of both queues and of what belongs to them. */
  readonly prefix: string;
  readonly crawl: CrawlQueue;
  readonly page: PageQueue;
  /**
   * Checks and adds a crawl.
   *
   * @param jobId  Of an order: one that is queued or under way already stays, and one that has ended makes room.
   * @returns      The ids of the run and of its job.
   */
  addCrawl(job: CrawlJob, jobId?: string): Promise<{ readonly runId: string; readonly jobId: string }>;
  /** Checks and adds a page job; the same capture is queued once. */
  addPage(job: PageJob): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param connection  Shared connection; the caller closes it after the queues.
 * @param prefix      Key prefix, the setting `redis.prefix`.
 */
export function openQueues(connection: Redis, prefix: string): Queues {
  const streams = { events: { maxLen: EVENTS_MAX } };
  const crawl: CrawlQueue = new Queue(CRAWL_QUEUE, {
    connection,
    prefix,
    streams,
    defaultJobOptions: CRAWL_JOB_OPTIONS,
  });
  const page: PageQueue = new Queue(PAGE_QUEUE, { connection, prefix, streams, defaultJobOptions: PAGE_JOB_OPTIONS });
  return {
    redis: connection,
    prefix,
    crawl,
    page,
    addCrawl: async (job, backfillId) => {
      const runId = job.runId ?? newRunId();
      const jobId = backfillId ?? `run-${runId}`;
      const earlier =
        backfillId === undefined ? undefined : ((await crawl.getJob(backfillId)) as Job<CrawlJob> | undefined);
      if (earlier !== undefined && ((await earlier.isCompleted()) || (await earlier.isFailed())))
        await earlier.remove();
      else if (earlier !== undefined) return { runId: earlier.data.runId ?? runId, jobId };
      await crawl.add('crawl', crawlJobSchema.parse({ ...job, runId }), { jobId });
      return { runId, jobId };
    },
    addPage: async (job) => {
      await page.add(job.kind, pageJobSchema.parse(job), { jobId: pageJobId(job) });
    },
    close: async () => {
      await Promise.all([crawl.close(), page.close()]);
    },
  };
}

/** @returns a fresh run id, sortable by time to the second: `20261122T141500-1f2e3d4c`. */
export function newRunId(now: Date = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${stamp}-${randomUUID().slice(0, 8)}`;
}
