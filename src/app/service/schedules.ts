import type { Config } from '../../config/config.js';
import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import type { Queues } from '../../queue/open-queues.js';
import { crawlOfSchedule, type ScheduleName } from '../crawl/queue-edition-runs.js';

/** How often the watchdog compares the schedules with what Redis holds. */
const WATCHDOG_MS = 60_000;
/** A next run this far in the past means that the scheduler's job was lost. */
const OVERDUE_MS = 5 * 60_000;

interface Schedules {
  /** Puts Redis in step with the configuration. Idempotent. */
  register(): Promise<void>;
  stop(): void;
}

/** The one owner of BullMQ's job schedulers, and their watchdog. */
export function createSchedules(config: Config, queues: Queues, clock: Clock, log: Logger): Schedules {
  let timer: NodeJS.Timeout | undefined;
  const watch = async (): Promise<void> => {
    for (const name of await overdueSchedules(queues, clock.now())) {
      log.warn({ event: 'schedule.overdue', reason: name }, 'schedule lost its next run; registering it again');
      await queues.crawl.removeJobScheduler(name);
    }
    await upsertAll(config, queues);
  };
  return {
    register: async () => {
      await upsertAll(config, queues);
      timer = setInterval(() => {
        watch().catch((error: unknown) => {
          log.error({ event: 'schedule.watchdog', err: error }, 'watchdog of the schedules failed');
        });
      }, WATCHDOG_MS);
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

async function upsertAll(config: Config, queues: Queues): Promise<void> {
  const paused = await pausedSchedules(queues);
  for (const [name, schedule] of Object.entries(config.schedules) as [
    ScheduleName,
    Config['schedules'][ScheduleName],
  ][]) {
    if (!schedule.enabled || paused.has(name)) {
      await queues.crawl.removeJobScheduler(name);
      continue;
    }
    await queues.crawl.upsertJobScheduler(
      name,
      { pattern: schedule.cron, tz: schedule.timeZone },
      { name, data: crawlOfSchedule(name), opts: { removeOnComplete: true, removeOnFail: { count: 50 } } },
    );
  }
  await removeForeign(config, queues);
}

async function removeForeign(config: Config, queues: Queues): Promise<void> {
  for (const { key } of await queues.crawl.getJobSchedulers()) {
    if (!(key in config.schedules)) await queues.crawl.removeJobScheduler(key);
  }
}

async function overdueSchedules(queues: Queues, now: number): Promise<string[]> {
  const schedulers = await queues.crawl.getJobSchedulers();
  return schedulers.filter(({ next }) => next !== undefined && next < now - OVERDUE_MS).map(({ key }) => key);
}

/** Names of paused schedules live beside the queue, so that a pause outlives a restart. */
export async function pausedSchedules(queues: Queues): Promise<Set<string>> {
  return new Set(await queues.redis.smembers(pausedKey(queues)));
}

export async function setSchedulePaused(queues: Queues, name: ScheduleName, paused: boolean): Promise<void> {
  if (paused) {
    await queues.redis.sadd(pausedKey(queues), name);
    await queues.crawl.removeJobScheduler(name);
  } else await queues.redis.srem(pausedKey(queues), name);
}

function pausedKey(queues: Queues): string {
  return `${queues.prefix}:paused-schedules`;
}
