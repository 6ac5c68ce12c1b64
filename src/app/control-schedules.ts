import { existsSync } from 'node:fs';
import { Closers } from '../platform/closers.js';
import { readLockHolder } from '../platform/data-dir-lock.js';
import { crawlJobSchema } from '../queue/crawl-jobs.js';
import { newRunId, type Queues } from '../queue/open-queues.js';
import type { Surroundings } from './open-harvester.js';
import { openServiceQueues } from './open-service-queues.js';
import { readStatus, type ScheduleStatus } from './read-status.js';
import { crawlOfSchedule, pausedSchedules, setSchedulePaused, type ScheduleName } from './schedules.js';

/** Where a command on schedules found itself. */
export interface ScheduleControl {
  /** Whether a service works in the data directory now. */
  readonly isServed: boolean;
}

/**
 * @returns every schedule with its state. Where no service runs, pauses that were ordered are read from the Redis that
 *          keeps them, which is started for the moment; a data directory that does not exist yet is not created.
 */
export async function listSchedules(
  surroundings: Surroundings,
): Promise<ScheduleControl & { readonly schedules: readonly ScheduleStatus[] }> {
  const { config } = surroundings;
  const { schedules } = await readStatus(config);
  if (isServed(surroundings)) return { isServed: true, schedules };
  if (readLockHolder(config.dataDir) !== null || !existsSync(config.dataDir)) return { isServed: false, schedules };
  const paused = await withServiceQueues(surroundings, 'sputnik schedule list', pausedSchedules);
  return {
    isServed: false,
    schedules: schedules.map((schedule) => ({
      ...schedule,
      state: schedule.state === 'disabled' ? 'disabled' : paused.has(schedule.name) ? 'paused' : 'notRunning',
      nextAt: null,
    })),
  };
}

/** Queues what the schedule asks for, now. @returns the run's id. */
export async function runSchedule(
  surroundings: Surroundings,
  name: ScheduleName,
): Promise<ScheduleControl & { readonly runId: string }> {
  const runId = newRunId();
  await withServiceQueues(surroundings, 'sputnik schedule run', async (queues) => {
    const job = crawlJobSchema.parse({ ...crawlOfSchedule(name), runId });
    // The job's name is the schedule's, as with those that the scheduler makes.
    await queues.crawl.add(name, job, { jobId: `run-${runId}` });
  });
  return { isServed: isServed(surroundings), runId };
}

/** A pause outlives restarts; a service that runs takes a resumed schedule up within a minute. */
export async function pauseSchedule(
  surroundings: Surroundings,
  name: ScheduleName,
  paused: boolean,
): Promise<ScheduleControl> {
  const command = `sputnik schedule ${paused ? 'pause' : 'resume'}`;
  await withServiceQueues(surroundings, command, (queues) => setSchedulePaused(queues, name, paused));
  return { isServed: isServed(surroundings) };
}

function isServed({ config }: Surroundings): boolean {
  return readLockHolder(config.dataDir)?.purpose === 'serve';
}

async function withServiceQueues<T>(
  surroundings: Surroundings,
  command: string,
  work: (queues: Queues) => Promise<T>,
): Promise<T> {
  const closers = new Closers(surroundings.log);
  try {
    return await work(await openServiceQueues(surroundings, command, closers));
  } finally {
    await closers.closeAll();
  }
}
