import { existsSync } from 'node:fs';
import { readLockHolder } from '../../platform/data-dir-lock.js';
import { crawlJobSchema } from '../../queue/crawl-jobs.js';
import { newRunId } from '../../queue/open-queues.js';
import { isServed, type Runtime } from '../harvester/runtime.js';
import { readStatus, type ScheduleStatus } from './read-status.js';
import { withServiceQueues } from '../harvester/with-harvester.js';
import { crawlOfSchedule, type ScheduleName } from '../crawl/queue-edition-runs.js';
import { pausedSchedules, setSchedulePaused } from './schedules.js';

/** Where a command on schedules found itself. */
export interface ScheduleControl {
  /** Whether a service works in the data directory now. */
  readonly isServed: boolean;
}

/**
 * @returns every schedule with its state. Where no service runs, pauses that were asked for are read from the Redis that
 *          keeps them, which is started for the moment; a data directory that does not exist yet is not created.
 */
export async function listSchedules(
  runtime: Runtime,
): Promise<ScheduleControl & { readonly schedules: readonly ScheduleStatus[] }> {
  const { config } = runtime;
  const { schedules } = await readStatus(runtime);
  if (isServed(runtime.config)) return { isServed: true, schedules };
  if (readLockHolder(config.dataDir) !== null || !existsSync(config.dataDir)) return { isServed: false, schedules };
  const paused = await withServiceQueues(runtime, 'sputnik schedule list', pausedSchedules);
  return {
    isServed: false,
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

/** A pause outlives restarts; a service that runs takes a resumed schedule up within a minute. */
export async function pauseSchedule(runtime: Runtime, name: ScheduleName, paused: boolean): Promise<ScheduleControl> {
  const command = `sputnik schedule ${paused ? 'pause' : 'resume'}`;
  await withServiceQueues(runtime, command, (queues) => setSchedulePaused(queues, name, paused));
  return { isServed: isServed(runtime.config) };
}
