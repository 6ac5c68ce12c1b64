import { existsSync } from 'node:fs';
import { Closers } from '../../platform/closers.js';
import { readLockHolder } from '../../platform/data-dir-lock.js';
import { crawlJobSchema } from '../../queue/crawl-jobs.js';
import { BACKFILL_QUEUE, newRunId, openQueues } from '../../queue/open-queues.js';
import { commandPrefix, isServed, type Runtime } from '../harvester/runtime.js';
import { readStatus, type ScheduleStatus } from './read-status.js';
import { withServiceQueues } from '../harvester/with-harvester.js';
import { readOpenBackfills, type BackfillStatus } from '../crawl/backfill-pace.js';
import { crawlOfSchedule, type ScheduleName } from '../crawl/queue-edition-runs.js';
import { pausedSchedules, setSchedulePaused } from './schedules.js';

interface ScheduleControl {
  /** Whether a service works in the data directory now. */
  readonly isServed: boolean;
}

/**
 * @returns every schedule with its state. Where no service runs, pauses that were asked for are read from the Redis that
 *          keeps them, which is started for the moment; a data directory that does not exist yet is not created.
 */
export async function listSchedules(runtime: Runtime): Promise<
  ScheduleControl & {
    readonly schedules: readonly ScheduleStatus[];
    /** Those under way. */
    readonly backfills: readonly BackfillStatus[];
    readonly areBackfillsPaused: boolean;
  }
> {
  const { config, clock } = runtime;
  const { schedules, orders: backfills, queues } = await readStatus(runtime);
  const areBackfillsPaused = queues?.some(({ name, isPaused }) => name === BACKFILL_QUEUE && isPaused) ?? false;
  const found = { schedules, backfills, areBackfillsPaused };
  if (isServed(runtime.config)) return { isServed: true, ...found };
  if (readLockHolder(config.dataDir) !== null || !existsSync(config.dataDir)) return { isServed: false, ...found };
  const { paused, ...kept } = await withServiceQueues(runtime, 'sputnik schedule list', async (queues) => ({
    paused: await pausedSchedules(queues),
    backfills: await readOpenBackfills(queues, clock),
    areBackfillsPaused: await queues.backfill.isPaused(),
  }));
  return {
    isServed: false,
    ...kept,
    schedules: schedules.map((schedule) => ({
      ...schedule,
      state: schedule.state === 'disabled' ? 'disabled' : paused.has(schedule.name) ? 'paused' : 'notRunning',
      nextAt: null,
    })),
  };
}

/** Queues what the schedule asks for, now. @returns the id that those of its runs begin with. */
export async function runSchedule(
  runtime: Runtime,
  name: ScheduleName,
): Promise<ScheduleControl & { readonly runId: string }> {
  const runId = newRunId();
  await withServiceQueues(runtime, 'sputnik schedule run', async (queues) => {
    const job = crawlJobSchema.parse({ ...crawlOfSchedule(name), runId });
    // The job's name is the schedule's, as with those that the scheduler makes.
    await queues.crawl.add(name, job, { jobId: `run-${runId}` });
  });
  return { isServed: isServed(runtime.config), runId };
}

/**
 * No further day of any back-fill is begun until they are resumed, restarts included; those under way are finished. A command's own
 * back-fills are meant as well, while it is at work.
 */
export async function pauseBackfills(runtime: Runtime, paused: boolean): Promise<ScheduleControl> {
  const { config, log } = runtime;
  const command = `sputnik schedule ${paused ? 'pause' : 'resume'}`;
  await withServiceQueues(runtime, command, async (queues) => {
    const closers = new Closers(log);
    await closers.closeAfter(async () => {
      const ofCommand = await openQueues(queues.location, commandPrefix(config), closers);
      for (const { backfill } of [queues, ofCommand]) await (paused ? backfill.pause() : backfill.resume());
    });
  });
  return { isServed: isServed(config) };
}

/** A pause outlives restarts; a service that runs takes a resumed schedule up within a minute. */
export async function pauseSchedule(runtime: Runtime, name: ScheduleName, paused: boolean): Promise<ScheduleControl> {
  const command = `sputnik schedule ${paused ? 'pause' : 'resume'}`;
  await withServiceQueues(runtime, command, (queues) => setSchedulePaused(queues, name, paused));
  return { isServed: isServed(runtime.config) };
}
