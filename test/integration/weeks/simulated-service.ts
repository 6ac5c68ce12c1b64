import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import type { Harvester } from '../../../src/app/harvester/open-harvester.js';
import type { EditionCoverage } from '../../../src/app/coverage/read-coverage.js';
import type { ScheduleName } from '../../../src/app/crawl/queue-edition-runs.js';
import type { TestSite } from '../../../testsite/start-test-site.js';
import type { Clock } from '../../../src/platform/clock.js';
import { Closers } from '../../../src/platform/closers.js';
import type { Logger, LogFields } from '../../../src/platform/logger.js';
import { crawlSummarySchema, type CrawlJob, type CrawlSummary } from '../../../src/queue/crawl-jobs.js';
import type { Queues } from '../../../src/queue/open-queues.js';
import * as app from './built-app.js';
import { createFastThrottle, type Pace } from './fast-throttle.js';

/** What every host is promised. */
export const DELAY_MS = 1_000;
export const CONCURRENCY = 2;

/** A clock that stands still until it is set. */
export class SetClock implements Clock {
  #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }
}

/** The real service on a real store and a real Redis, whose time is the test's. */
export interface SimulatedService {
  readonly dataDir: string;
  readonly harvester: Harvester;
  /** What was logged as a warning or worse. */
  readonly warnings: readonly LogFields[];
  /** What each host was made to bear. */
  readonly paces: () => ReadonlyMap<string, Pace>;
  /** Queues what the schedule would queue now, and waits for it and whatever it queued itself. @returns the summary of each edition's run. */
  tick(schedule: ScheduleName): Promise<CrawlSummary[]>;
  crawl(job: CrawlJob): Promise<CrawlSummary>;
  coverage(): Promise<EditionCoverage[]>;
  /** Queues crawls for all gaps, as `coverage --fill` does. @returns how many. */
  fill(): Promise<number>;
  /** Resolves when no page job is left. */
  processed(): Promise<void>;
  close(): Promise<void>;
}

function rememberWarnings(warnings: LogFields[]): Logger {
  const keep = (fields: LogFields): void => {
    if (warnings.length < 10_000) warnings.push(fields);
  };
  return { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
}

/** Resolves when the queue holds nothing to do, now or later; a schedule's next run is no job of the simulation. */
async function drained(queue: Pick<Queues['page'] | Queues['crawl'], 'getJobCountByTypes'>): Promise<void> {
  while ((await queue.getJobCountByTypes('waiting', 'prioritized', 'active', 'delayed')) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** @param settings  Laid over those of the simulation. */
export async function startSimulatedService(
  testSite: TestSite,
  clock: Clock,
  settings: object = {},
): Promise<SimulatedService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sputnik-weeks-'));
  const all = app.loadConfig({ variables: {} }).editions.map(({ id }) => [id, { enabled: false }] as const);
  const config = app.loadConfig({
    variables: {},
    overrides: {
      dataDir,
      politeness: { delayMs: DELAY_MS, concurrencyPerHost: CONCURRENCY, timeoutMs: 10_000, retries: 0 },
      browser: { mode: 'never' },
      editions: { ...Object.fromEntries(all), ...testSite.editionConfig() },
      ...settings,
    },
  });
  const warnings: LogFields[] = [];
  const fatal: Error[] = [];
  const { throttle, paces } = createFastThrottle();
  const runtime = {
    config,
    clock,
    environment: app.loadEnvironment(),
    log: rememberWarnings(warnings),
    throttle,
  };
  const closers = new Closers(runtime.log);
  const onFatal = (error: Error): void => void fatal.push(error);
  const harvester = await app.openHarvester(runtime, {
    ...{ purpose: 'serve', onFatal, closers },
  });
  const stop = new AbortController();
  await app.openCrawlWorker(harvester, app.knowledgeOf(harvester.queries, harvester), stop.signal);
  const { queues } = harvester;
  const { location, prefix } = queues;
  if (location.kind !== 'socket') throw new Error('the simulation brings its own Redis');
  const listening = new Redis(location.path, { maxRetriesPerRequest: null });
  const events = new QueueEvents('crawl', { connection: listening, prefix });
  await events.waitUntilReady();

  let ticks = 0;
  async function perform(name: string, payload: CrawlJob): Promise<CrawlSummary | null> {
    const job = await queues.crawl.add(name, payload);
    const result: unknown = await job.waitUntilFinished(events);
    await drained(queues.crawl);
    if (fatal[0] !== undefined) throw fatal[0];
    return result === null ? null : crawlSummarySchema.parse(result);
  }

  async function crawl(payload: CrawlJob): Promise<CrawlSummary> {
    const summary = await perform('crawl', payload);
    if (summary === null) throw new Error('a crawl gave no summary');
    return summary;
  }

  const question = { editions: null, topics: null, since: null, until: null };
  async function coverage(): Promise<EditionCoverage[]> {
    await drained(queues.page);
    return app.readCoverage(question, { config, clock, queries: harvester.queries });
  }

  return {
    dataDir,
    harvester,
    warnings,
    paces,
    tick: async (schedule) => {
      ticks += 1;
      const runId = `tick-${ticks}`;
      await perform(schedule, { ...app.crawlOfSchedule(schedule), runId });
      await drained(queues.page);
      const runs = harvester.queries.runs.newest().map((run) => crawlSummarySchema.parse(run));
      return runs.filter((run) => run.runId.startsWith(`${runId}-`));
    },
    crawl,
    coverage,
    fill: async () => {
      const found = await coverage();
      const jobs = [...app.crawlsForGaps(found), ...app.crawlsForUnread(found)];
      for (const job of jobs) await crawl(job);
      return jobs.length;
    },
    processed: () => drained(queues.page),
    close: async () => {
      stop.abort();
      await events.close();
      listening.disconnect();
      await harvester.closers.closeAll();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
