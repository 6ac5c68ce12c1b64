import { Closers } from '../../platform/closers.js';
import type { Job } from 'bullmq';
import { toUtcInstant } from '../../platform/clock.js';
import { crawlsOfPages, type CrawlJob } from '../../queue/crawl-jobs.js';
import { everyQueue, newRunId, openQueues, queueCrawl, type Queues } from '../../queue/open-queues.js';
import { readNotify } from '../../notify/outbox/read-notify.js';
import { findRedis } from '../../redis/find-redis.js';
import { openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import type { Decided, JobList, JobsAsked, JobView, WebActions } from '../../web/sources/views.js';
import { WebRefusal } from '../../web/web-refusal.js';
import { crawlsForGaps, crawlsForUnread } from '../coverage/fill-gaps.js';
import { readCoverage } from '../coverage/read-coverage.js';
import { isServed, servicePrefix, type Runtime } from '../harvester/runtime.js';
import { decideUndelivered } from '../notify/decide-undelivered.js';
import { decideQuarantined, splitQuarantined } from '../maintenance/decide-quarantined.js';

/** So long an answer waits for the pages that were decided about; they stay queued beyond it. */
const DECISION_MS = 8_000;

/** What the pages may ask for: always by the queues of the service that works in the data directory. */
export function createWebActions(runtime: Runtime): WebActions {
  return {
    decide: async (action, pages) => {
      requireService(runtime);
      const { unanswered, captured } = splitQuarantined(action, pages);
      const crawls = crawlsOfPages(unanswered, { requestedBy: 'web', attached: false });
      await queueCrawls(
        runtime,
        crawls.map(({ job }) => job),
      );
      const decided = await decideCaptured(runtime, action, captured);
      return { ...decided, queued: decided.queued + unanswered.length };
    },
    decideMessages: async (action, ids) => {
      requireService(runtime);
      const open = readNotify(runtime.config).undelivered.messages.map(({ id }) => id);
      // Pages that were decided in the meantime are left out.
      const chosen = ids === null ? null : ids.filter((id) => open.includes(id));
      return (await decideUndelivered(runtime, action, chosen)).messages.length;
    },
    fill: async (edition, day) => {
      requireService(runtime);
      const catalogue = openCatalogueQueries(runtime.config.dataDir);
      if (catalogue === null) return 0;
      try {
        const question = { editions: [edition], topics: null, since: day, until: day };
        const coverage = readCoverage(question, { ...runtime, queries: catalogue.queries });
        const jobs = [...crawlsForGaps(coverage), ...crawlsForUnread(coverage)];
        await queueCrawls(runtime, jobs);
        return jobs.length;
      } finally {
        catalogue.close();
      }
    },
  };
}

function requireService({ config }: Runtime): void {
  if (isServed(config)) return;
  throw new WebRefusal(503, 'web.noService', 'no service is at work that could do it: start sputnik serve');
}

async function queueCrawls(runtime: Runtime, jobs: readonly CrawlJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await withQueues(runtime, async (queues) => {
    for (const job of jobs) await queueCrawl(queues, { ...job, runId: newRunId(), attached: false });
  });
}

async function decideCaptured(
  runtime: Runtime,
  action: 'retry' | 'drop',
  pages: readonly QuarantinedPage[],
): Promise<Decided> {
  const signal = AbortSignal.timeout(DECISION_MS);
  try {
    const outcomes = await decideQuarantined({ ...runtime, action, pages, signal, onProgress: () => undefined });
    const kept = action === 'retry' ? [...outcomes.values()].filter((outcome) => outcome === 'failed').length : 0;
    return { done: outcomes.size - kept, kept, queued: 0 };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { done: 0, kept: 0, queued: pages.length };
  }
}

/** @throws {WebRefusal} `web.noService` where no Redis is known; what connecting throws. */
export function withQueues<T>(
  { config, log }: Runtime,
  work: (queues: Queues, closers: Closers) => Promise<T>,
): Promise<T> {
  const location = findRedis(config);
  if (location === null) throw new WebRefusal(503, 'web.noService', 'no Redis answers: start sputnik serve');
  const closers = new Closers(log);
  return closers.closeAfter(async () => work(await openQueues(location, servicePrefix(config), closers), closers));
}

const JOB_STATES = ['active', 'failed', 'delayed', 'waiting', 'prioritized', 'waiting-children'] as const;
/** Those of BullMQ that people need not tell apart: both wait, the last for its parts. */
const WAITING: ReadonlySet<string> = new Set(['prioritized', 'waiting-children']);
const JOBS_SHOWN = 20;
/** What a payload says of its job, whatever its queue. */
const ABOUT = ['url', 'requestedBy', 'editions', 'since', 'until', 'file', 'host'];

/** The first jobs of each queue and state. */
export function readJobs(runtime: Runtime): Promise<JobView[]> {
  return withQueues(runtime, async (queues, closers) => {
    const views: JobView[] = [];
    for (const queue of everyQueue(queues, closers)) {
      for (const state of JOB_STATES) {
        const jobs = await queue.getJobs([state], 0, JOBS_SHOWN - 1);
        views.push(...jobs.map((job) => jobView(queue.name, state, job)));
      }
    }
    return views;
  });
}

/** @returns jobs of one queue in one state, those first that have been in it longest; null: no queue is called so. */
export function readJobList(runtime: Runtime, { queue: name, state, from, limit }: JobsAsked): Promise<JobList | null> {
  return withQueues(runtime, async (queues, closers) => {
    const queue = everyQueue(queues, closers).find((one) => one.name === name);
    if (queue === undefined) return null;
    const jobs: JobView[] = [];
    let total = 0;
    for (const one of state === 'waiting' ? (['waiting', 'prioritized'] as const) : [state]) {
      const count = await queue.getJobCountByTypes(one);
      const first = Math.max(0, from + jobs.length - total);
      const wanted = limit - jobs.length;
      if (wanted > 0 && first < count) {
        const found = await queue.getJobs([one], first, first + wanted - 1, true);
        jobs.push(...found.map((job) => jobView(name, one, job)));
      }
      total += count;
    }
    return { jobs, total };
  });
}

function jobView(queue: string, state: (typeof JOB_STATES)[number], job: Job<unknown>): JobView {
  const { id = '', name, data, attemptsMade, timestamp } = job;
  const about = data as Readonly<Record<string, unknown>>;
  const told = ABOUT.map((key) => (Array.isArray(about[key]) ? about[key].join(', ') : about[key]));
  return {
    ...{ queue, id },
    state: WAITING.has(state) ? 'waiting' : state,
    name: [name, ...told.filter((one) => typeof one === 'string')].join(' · '),
    attempts: attemptsMade,
    addedAt: toUtcInstant(timestamp),
    failure: state === 'failed' ? job.failedReason : null,
  };
}
