import type { Config } from '../../config/config.js';
import { toUtcInstant, type Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import { crawlJobSchema, ORDINARY_CRAWL, type CrawlJob } from '../../queue/crawl-jobs.js';
import type { Queues } from '../../queue/open-queues.js';

export type ScheduleName = keyof Config['schedules'];

/** What each schedule asks for, by name. */
const CRAWL_OF_SCHEDULE: Readonly<Record<ScheduleName, Partial<CrawlJob>>> = {
  newest: {},
  revisit: { revisitOnly: true },
  // Which pages: those that failed and whose time has come.
  retry: { revisitOnly: true },
  reconcile: { via: ['feed', 'tag', 'sitemap', 'day'] },
  // This is not a crawl: the worker that takes it passes it on to the writer.
  maintenance: {},
};

/** @returns what the schedule queues at each of its times: a crawl of every enabled edition, which becomes a run for each. */
export function crawlOfSchedule(name: ScheduleName): CrawlJob {
  return { ...ORDINARY_CRAWL, ...CRAWL_OF_SCHEDULE[name], requestedBy: name, attached: false };
}

/** The runs of one time of a schedule begin within this share of the time until the next one … */
const SPREAD_SHARE = 0.25;
/** … and within so long. */
const SPREAD_MS_MAX = 150_000;

interface EditionRunDependencies {
  readonly config: Config;
  readonly queues: Queues;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether the schedule fired; if not, somebody asked for the run. */
  readonly isByClock: boolean;
  /** Whether there is anything to do for an edition. */
  readonly isWanted: (edition: string) => Promise<boolean>;
}

/**
 * Turns one firing of a schedule into a run for each edition, so that no edition waits for another one. The runs begin
 * one after the other, always in the same order. For each schedule and edition there is one run at a time: if the last
 * one still waits or runs, the edition is skipped and counted.
 *
 * @param crawl The crawl of the schedule, with the beginning of the run ids.
 */
export async function queueEditionRuns(
  crawl: CrawlJob & { readonly runId: string },
  deps: EditionRunDependencies,
): Promise<void> {
  const { config, queues, clock, log, isByClock, isWanted } = deps;
  const name = crawl.requestedBy as ScheduleName; // asked by `isTick`
  const editions = config.editions.filter(({ enabled }) => enabled);
  const spreadMs = isByClock ? await spreadOf(name, queues, clock.now()) : 0;
  for (const [index, { id }] of editions.entries()) {
    if (!(await isWanted(id))) continue;
    const jobId = `${name}-${id}`;
    const earlier = await queues.crawl.getJob(jobId);
    if (earlier !== undefined && earlier.finishedOn === undefined) {
      await countRun(queues, { schedule: name, edition: id, kind: 'skipped', at: toUtcInstant(clock.now()) });
      log.warn({ event: 'schedule.overlap', reason: name, edition: id }, 'the last run still goes on; skipped');
      continue;
    }
    await earlier?.remove();
    const run = crawlJobSchema.parse({ ...crawl, editions: [id], runId: `${crawl.runId}-${index + 1}` });
    const delay = Math.floor((spreadMs * index) / editions.length);
    await queues.crawl.add(name, run, { jobId, delay, removeOnComplete: true });
  }
}

/** @returns whether a job is one time of a schedule, for all editions. */
export function isTick({ requestedBy, editions }: CrawlJob, { schedules }: Config): boolean {
  return editions === null && requestedBy in schedules;
}

async function spreadOf(name: ScheduleName, { crawl }: Queues, nowMs: number): Promise<number> {
  const { next } = (await crawl.getJobScheduler(name)) ?? {};
  return next === undefined ? 0 : Math.min(Math.max(0, next - nowMs) * SPREAD_SHARE, SPREAD_MS_MAX);
}

/** `skipped`: it was time for a run while the last one still went on. `overlong`: a run was ended at its deadline. */
type Kind = 'skipped' | 'overlong';

/** How often the runs of one schedule and edition did not go as planned. */
export interface RunCounts {
  readonly schedule: string;
  readonly edition: string;
  readonly skipped: number;
  readonly lastSkippedAt: string | null;
  readonly overlong: number;
  readonly lastOverlongAt: string | null;
}

/** Counts one. They stand in Redis beside the queues, and begin at zero where it was emptied. */
export async function countRun(
  { redis, prefix }: Queues,
  run: { readonly schedule: string; readonly edition: string; readonly kind: Kind; readonly at: string },
): Promise<void> {
  const field = `${run.schedule} ${run.edition} ${run.kind}`;
  await redis.multi().hincrby(countsKey(prefix), field, 1).hset(countsKey(prefix), `${field} at`, run.at).exec();
}

/** @returns those that are not zero, by schedule and edition. Bounded: two numbers for each schedule and edition that there ever was. */
export async function readRunCounts({ redis, prefix }: Queues): Promise<RunCounts[]> {
  const fields = await redis.hgetall(countsKey(prefix));
  const names = new Set(Object.keys(fields).map((field) => field.split(' ').slice(0, 2).join(' ')));
  return [...names].sort().map((name) => {
    const [schedule = '', edition = ''] = name.split(' ');
    const countOf = (kind: Kind): number => Number(fields[`${name} ${kind}`] ?? 0);
    const lastOf = (kind: Kind): string | null => fields[`${name} ${kind} at`] ?? null;
    return {
      ...{ schedule, edition, skipped: countOf('skipped'), lastSkippedAt: lastOf('skipped') },
      ...{ overlong: countOf('overlong'), lastOverlongAt: lastOf('overlong') },
    };
  });
}

function countsKey(prefix: string): string {
  return `${prefix}:run-counts`;
}
