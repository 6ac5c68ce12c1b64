import type { Queue } from 'bullmq';
import type { Config } from '../../config/config.js';
import { toUtcInstant } from '../../platform/clock.js';
import { Closers } from '../../platform/closers.js';
import { readLockHolder, type LockHolder } from '../../platform/data-dir-lock.js';
import type { RedisLocation } from '../../redis/connection.js';
import { findRedis } from '../../redis/find-redis.js';
import { readNotify, type NotifyStatus } from '../../notify/outbox/read-notify.js';
import { readHostPaces, type HostPace } from '../../redis/redis-host-throttle.js';
import { crawlSummarySchema, type CrawlSummary } from '../../queue/crawl-jobs.js';
import { everyQueue, openQueues } from '../../queue/open-queues.js';
import { type CatalogueQueries, openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { CorpusQueries } from '../../store/catalogue/corpus-queries.js';
import type { FailingPage } from '../../store/catalogue/failed-pages.js';
import { judgeFreshness, type Freshness } from '../../store/catalogue/judge-freshness.js';
import { hasRecords } from '../../store/files/record-folders.js';
import type { DriftReport } from '../../store/drift/drift-report.js';
import { readRunCounts, type RunCounts } from '../crawl/queue-edition-runs.js';
import { readOpenBackfills, type BackfillStatus } from '../crawl/backfill-pace.js';
import { commandPrefix, servicePrefix, type Runtime } from '../harvester/runtime.js';
import { pausedSchedules } from './schedules.js';

export interface ScheduleStatus {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly state: 'active' | 'paused' | 'disabled' | 'notRunning';
  /** UTC instant of the next run, null if none is planned. */
  readonly nextAt: string | null;
}

interface QueueStatus {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly isPaused: boolean;
  /** Age of the job that has waited longest, in milliseconds; 0: none waits. */
  readonly oldestWaitingMs: number;
}

/** How things stand; printed by `status --json`. */
export interface Status {
  readonly dataDir: string;
  /** Who works in the data directory, null if nobody does. */
  readonly holder: Omit<LockHolder, 'redisUrl'> | null;
  /** Null: no Redis is running. */
  readonly queues: readonly QueueStatus[] | null;
  /** How fast the hosts are asked that were asked within the last hour; those of a command not among them. */
  readonly hosts: readonly HostPace[];
  readonly schedules: readonly ScheduleStatus[];
  /** Scheduled runs that were skipped, because the last one still went on, or ended at their deadline. */
  readonly runCounts: readonly RunCounts[];
  /** Pages whose newest attempt failed, the longest in a row first; the first hundred of `count`. */
  readonly failingPages: { readonly count: number; readonly pages: readonly FailingPage[] };
  /** Back-fills under way, those of a command among them. */
  readonly orders: readonly BackfillStatus[];
  readonly runs: readonly CrawlSummary[];
  /** There are article files, and no catalogue of them. */
  readonly isCatalogueMissing: boolean;
  /** Null: nothing is stored yet, or there is no catalogue. */
  readonly corpus: ReturnType<CorpusQueries['counts']> | null;
  /** Every edition as a whole, then each topic in it. */
  readonly freshness: readonly Freshness[];
  readonly notify: NotifyStatus;
  /** How well pages are read: alarms, and on how many pages the sources of a field contradict each other. */
  readonly reading: Omit<DriftReport, 'rates'>;
}

const RUNS_SHOWN = 5;
const FAILING_SHOWN = 100;
/** Runs that are asked which editions were out of reach. */
const RUNS_JUDGED = 100;

/**
 * Reads the status beside a running service; changes nothing.
 *
 * @param asksRedis If false, queues are null.
 */
export async function readStatus(
  { config, clock, log }: Pick<Runtime, 'config' | 'clock' | 'log'>,
  asksRedis = true,
): Promise<Status> {
  const holder = readLockHolder(config.dataDir);
  const catalogue = openCatalogueQueries(config.dataDir);
  try {
    const queries = catalogue?.queries ?? null;
    return {
      dataDir: config.dataDir,
      holder: holder === null ? null : withoutRedis(holder),
      ...(await readQueues({ config, clock, log }, asksRedis ? findRedis(config) : null)),
      runs: (queries?.runs.newest(RUNS_SHOWN, true) ?? []).flatMap(
        (run) => crawlSummarySchema.safeParse(run).data ?? [],
      ),
      isCatalogueMissing: queries === null && (await hasRecords(config.dataDir)),
      corpus: queries?.corpus.counts() ?? null,
      freshness: freshnessOf(config, queries, clock.now()),
      notify: readNotify(config),
      reading: readingOf(queries),
      failingPages: queries?.failedPages.list(config.crawl.retryMinutes, FAILING_SHOWN) ?? { count: 0, pages: [] },
    };
  } finally {
    catalogue?.close();
  }
}

/** How every configured edition and topic stands, and the pages whose newest attempt failed, the longest in a row first, at most a hundred. */
export function readHealth({ config, clock }: Runtime): {
  readonly freshness: readonly Freshness[];
  readonly failingPages: readonly FailingPage[];
} {
  const catalogue = openCatalogueQueries(config.dataDir);
  try {
    const queries = catalogue?.queries ?? null;
    return {
      freshness: freshnessOf(config, queries, clock.now()),
      failingPages: queries?.failedPages.list(config.crawl.retryMinutes, FAILING_SHOWN).pages ?? [],
    };
  } finally {
    catalogue?.close();
  }
}

function freshnessOf(
  { editions, topics, lateness }: Config,
  queries: CatalogueQueries | null,
  nowMs: number,
): Freshness[] {
  const runs = (queries?.runs.newestOutages(RUNS_JUDGED) ?? []).flatMap(
    (run) => crawlSummarySchema.safeParse(run).data ?? [],
  );
  return judgeFreshness(queries?.freshness() ?? [], { editions, topics, runs, limits: lateness, nowMs });
}

function readingOf(queries: CatalogueQueries | null): Status['reading'] {
  if (queries === null) return { alarms: [], disagreements: [], pages: 0 };
  const { alarms, disagreements, pages } = queries.drift();
  return { alarms, disagreements, pages };
}

function withoutRedis({ redisUrl: _redisUrl, ...holder }: LockHolder): Omit<LockHolder, 'redisUrl'> {
  return holder;
}

async function readQueues(
  { config, log, clock }: Pick<Runtime, 'config' | 'clock' | 'log'>,
  location: RedisLocation | null,
): Promise<Pick<Status, 'queues' | 'hosts' | 'schedules' | 'runCounts' | 'orders'>> {
  if (location === null) {
    const schedules = schedulesOf(config, new Map(), new Set(), false);
    return { queues: null, hosts: [], schedules, runCounts: [], orders: [] };
  }
  const closers = new Closers(log);
  return closers.closeAfter(async () => {
    const queues = await openQueues(location, servicePrefix(config), closers);
    const ofCommand = await openQueues(location, commandPrefix(config), closers);
    const schedulers = await queues.crawl.getJobSchedulers();
    const next = new Map(schedulers.map(({ key, next: at }) => [key, at]));
    return {
      queues: await Promise.all(everyQueue(queues, closers).map((queue) => countsOf(queue, clock.now()))),
      hosts: await readHostPaces(queues.redis, queues.prefix, hostsOf(config), clock.now()),
      schedules: schedulesOf(config, next, await pausedSchedules(queues), true),
      runCounts: await readRunCounts(queues),
      orders: [...(await readOpenBackfills(queues, clock)), ...(await readOpenBackfills(ofCommand, clock))],
    };
  });
}

/** Every host that a crawl may ask, with its port where it is none of the usual. */
function hostsOf({ editions }: Config): string[] {
  return editions.flatMap(({ id, hosts, fetchFrom }) =>
    fetchFrom === null ? [id, ...hosts] : new URL(fetchFrom).host,
  );
}

async function countsOf(queue: Queue, nowMs: number): Promise<QueueStatus> {
  const { name } = queue;
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
  const [oldest] = await queue.getJobs(['waiting'], 0, 0, true);
  const oldestWaitingMs = oldest === undefined ? 0 : Math.max(0, nowMs - oldest.timestamp);
  const isPaused = await queue.isPaused();
  return { name, waiting: waiting + prioritized, active, delayed, failed, isPaused, oldestWaitingMs };
}

function schedulesOf(
  config: Config,
  next: ReadonlyMap<string, number | undefined>,
  paused: ReadonlySet<string>,
  isRunning: boolean,
): ScheduleStatus[] {
  return Object.entries(config.schedules).map(([name, { cron, timeZone, enabled }]) => {
    const at = next.get(name);
    const state = !enabled
      ? 'disabled'
      : paused.has(name)
        ? 'paused'
        : isRunning && at !== undefined
          ? 'active'
          : 'notRunning';
    return { name, cron, timeZone, state, nextAt: at === undefined ? null : toUtcInstant(at) };
  });
}
