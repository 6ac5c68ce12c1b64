import { WaitingError } from 'bullmq';
import type { CaptureWriter } from '../../captures/capture-writer.js';
import { SharedTurns } from '../../platform/in-turns.js';
import { RetryableError } from '../../domain/errors.js';
import { isBackfill, partOf } from '../../queue/backfill-jobs.js';
import { crawlStateSchema, type CrawlJob, type CrawlPart, type CrawlSummary } from '../../queue/crawl-jobs.js';
import { queuePage, RunPages } from '../../queue/page-jobs.js';
import { BACKFILL_QUEUE, closeWorker, CRAWL_QUEUE, type Queues, untilEmpty } from '../../queue/open-queues.js';
import { toUtcInstant } from '../../platform/clock.js';
import { underAny } from '../../platform/abort-signals.js';
import { connectRedis } from '../../redis/connection.js';
import { RedisHostThrottle } from '../../redis/redis-host-throttle.js';
import { RedisRobots } from '../../redis/redis-robots.js';
import { dayIn, withDashes } from '../../sputnik/urls/calendar-days.js';
import type { AnnouncedPages } from '../../domain/page.js';
import { MINUTE_MS } from '../../domain/units.js';
import { createListParser, type ListParser } from '../../workers/list-parser.js';
import { startCrawlWorker, type PerformCrawl, type TakenCrawl } from '../../workers/start-workers.js';
import { findInstalledBrowser } from '../../crawlers/browser/find-browser.js';
import { isTick, queueEditionRuns, countRun } from './queue-edition-runs.js';
import { notePart } from './backfill-pace.js';
import { recordRun } from './crawl-state.js';
import type { Harvester, QueueClient } from '../harvester/open-harvester.js';
import { performBackfill } from './perform-backfill.js';
import { type CrawlJobDependencies, type CrawlKnowledge, type CrawlTry, performCrawl } from './perform-crawl.js';
import { commandPrefix, servicePrefix } from '../harvester/runtime.js';
import type { Config } from '../../config/config.js';

/** A stopped crawl finishes the pages in hand. */
const CRAWL_CLOSE_MS = 7_000;
/**
 * Earlier captures are processed before the first crawl, so that they are not fetched again; the crawl does not wait
 * longer than this.
 */
export const PAGES_READ_MS = 600_000;

interface CrawlWorkerDependencies extends CrawlJobDependencies {
  readonly captures: CaptureWriter;
  readonly queues: Queues;
}

/**
 * Starts working off queue `crawl`, in the writer's process or in one of its own.
 *
 * @param knowledge  What the catalogue knows, live.
 * @param signal     Stops crawls in progress; they end in order.
 * @param ready      Awaited before the first crawl.
 */
export async function openCrawlWorker(
  client: QueueClient | Harvester,
  knowledge: CrawlKnowledge,
  signal: AbortSignal,
  ready: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const { queues, config, log, closers } = client;
  // It fails when Redis goes while nothing is crawled; a crawl that waits for it hears of that.
  ready.catch(() => undefined);
  const connection = await connectRedis(queues.location, 'worker');
  closers.push('crawl connection', () => {
    connection.disconnect();
  });
  // A configured browser that is not there is not replaced by another one.
  const executablePath = (await findInstalledBrowser(config, client.environment)) ?? config.browser.executablePath;
  const lists = 'interpreter' in client ? client.interpreter.deps.lists : openLists(client);
  const deps: CrawlWorkerDependencies = {
    ...client,
    parseList: (task) => lists.read(task),
    knowledge,
    config: { ...config, browser: { ...config.browser, executablePath } },
    throttle: client.throttle ?? new RedisHostThrottle(queues.redis, servicePrefix(config)),
    robotsCache: new Map(),
    // A command contacts the sites itself, because its user wants the current state.
    ...(queues.prefix === commandPrefix(config) ? {} : { sharedRobots: new RedisRobots(queues.redis, queues.prefix) }),
    browserTurns: new SharedTurns(),
  };
  const work: PerformCrawl = async (taken) => {
    await ready;
    const result = await underAny([signal, taken.lost], (either) => perform(taken, deps, either));
    const { requestedBy, editions } = taken.crawl;
    if (requestedBy === 'reconcile' && editions !== null && result !== null && !signal.aborted)
      await knowledge.fillGaps(editions);
    return result;
  };
  const { crawlConcurrency, backfillConcurrency } = config.workers;
  const settings = { connection, prefix: queues.prefix, times: client.crawlTimes };
  const workers = [
    startCrawlWorker(CRAWL_QUEUE, work, { ...settings, concurrency: crawlConcurrency }, log),
    startCrawlWorker(BACKFILL_QUEUE, work, { ...settings, concurrency: backfillConcurrency }, log),
  ];
  // Jobs that are put back at the end are for the next process, not for this one.
  const pause = (): void => {
    for (const worker of workers) void worker.pause(true);
  };
  signal.addEventListener('abort', pause, { once: true });
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => closeWorker(worker, connection)));
  };
  closers.push('crawl workers', close, CRAWL_CLOSE_MS);
}

/** A crawl in the writer's process shares the writer's thread for lists; elsewhere it has its own. */
function openLists({ config, closers }: QueueClient): ListParser {
  const lists = createListParser(config.editions, config.extract);
  closers.push('lists of crawls', () => lists.close());
  return lists;
}

async function perform(
  taken: TakenCrawl,
  deps: CrawlWorkerDependencies,
  signal: AbortSignal,
): Promise<CrawlSummary | CrawlPart | null> {
  const { crawl } = taken;
  const { config, queues, clock } = deps;
  const attempt = tryOf(taken, signal, queues);
  if (signal.aborted) return putBack(taken);
  if (crawl.requestedBy === ('maintenance' satisfies keyof Config['schedules'])) {
    deps.captures.rollOver();
    await queuePage(queues.page, { v: 1, kind: 'maintenance', runId: crawl.runId });
    return null;
  }
  if (isTick(crawl, config)) {
    const isWanted = (edition: string): Promise<boolean> =>
      deps.knowledge.isOfUse(crawl.requestedBy, edition, clock.now());
    await queueEditionRuns(crawl, { ...deps, isByClock: taken.job.repeatJobKey !== undefined, isWanted });
    return null;
  }
  if (isBackfill(crawl, config.crawl.via, withDashes(dayIn('UTC', clock.now())))) {
    const performWhole = async (whole: TakenCrawl['crawl']): Promise<CrawlSummary> => {
      const summary = await performInTime(whole, deps, attempt);
      return summary.aborted ? putBack(taken) : summary;
    };
    const countAnnounced = async (pages: AnnouncedPages): Promise<number> => {
      await untilEmpty(queues.page, signal, { totalMs: PAGES_READ_MS });
      return deps.knowledge.countAnnounced(pages);
    };
    const record = (summary: CrawlSummary): Promise<void> => recordRun(summary, deps);
    return performBackfill(taken, { config, queues, clock, perform: performWhole, record, countAnnounced });
  }
  const summary = await performInTime(crawl, deps, attempt);
  if (crawl.division?.part === 'piece') {
    const part = await endOfPiece(taken, summary);
    await notePart(queues, taken.job.parent?.id ?? '', { ...part, day: crawl.until, at: clock.now() });
    return part;
  }
  if (summary.overlong === true) await countOverlong(crawl, deps);
  const isWaitedFor = crawl.attached || isScheduled(crawl, config);
  return summary.aborted && !isWaitedFor ? putBack(taken) : summary;
}

/** A try before its deadline is set. */
type UntimedTry = Omit<CrawlTry, 'stop' | 'deadline'> & { readonly signal: AbortSignal };

function tryOf({ job, lost, onProgress }: TakenCrawl, signal: AbortSignal, queues: Queues): UntimedTry {
  const before = crawlStateSchema.pick({ requests: true }).safeParse(job.progress);
  const requestsBefore = job.attemptsStarted > 1 ? (before.data?.requests ?? 0) : 0;
  return { signal, lost, requestsBefore, runPages: new RunPages(queues, job.id ?? ''), tell: onProgress };
}

/** A scheduled run ends at its deadline; the next one takes up the rest. */
function performInTime(
  crawl: TakenCrawl['crawl'],
  deps: CrawlWorkerDependencies,
  { signal, ...attempt }: UntimedTry,
): Promise<CrawlSummary> {
  const [, schedule] = Object.entries(deps.config.schedules).find(([name]) => name === crawl.requestedBy) ?? [];
  const minutes = schedule?.deadlineMinutes;
  const deadline = minutes === undefined ? new AbortController().signal : AbortSignal.timeout(minutes * MINUTE_MS);
  return underAny([signal, deadline], (stop) => performCrawl(crawl, deps, { ...attempt, stop, deadline }));
}

/** @throws {RetryableError} `crawl.unreachable`: a piece that nobody waits for has time to try again. */
async function endOfPiece(taken: TakenCrawl, summary: CrawlSummary): Promise<CrawlPart> {
  if (summary.aborted) return putBack(taken);
  const [lost] = summary.unreachable;
  if (lost === undefined || taken.crawl.attached) return partOf(summary);
  throw new RetryableError(`${lost.edition} is out of reach: ${lost.reason}`, { code: 'crawl.unreachable' });
}

/** What a stopped process did not finish is finished by the next one. */
async function putBack({ job, token }: TakenCrawl): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

function isScheduled({ requestedBy }: CrawlJob, { schedules }: CrawlJobDependencies['config']): boolean {
  return requestedBy in schedules;
}

async function countOverlong(
  { requestedBy, editions }: CrawlJob,
  { queues, clock, log }: CrawlWorkerDependencies,
): Promise<void> {
  const edition = editions?.join(',') ?? 'all';
  log.warn({ event: 'schedule.overlong', reason: requestedBy, edition }, 'a run was ended at its deadline');
  await countRun(queues, { schedule: requestedBy, edition, kind: 'overlong', at: toUtcInstant(clock.now()) });
}
