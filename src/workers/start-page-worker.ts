import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { FatalError, PermanentError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import { pageJobSchema, type PageJob } from '../queue/page-jobs.js';
import { PAGE_QUEUE } from '../queue/queue-names.js';
import { processPageJob, type PageWorkerDependencies } from './process-page-job.js';

export interface PageWorkerSettings {
  readonly connection: Redis;
  readonly prefix: string;
  /** Pages worked on at a time; those that wait for the disk share one commit. */
  readonly concurrency: number;
  /** Called once when the store cannot go on: the process is to stop. */
  readonly onFatal: (error: FatalError) => void;
}

/** A job that stalls this often (its process died) is given up; its capture is found again at the next start. */
const STALLED_MAX = 10;
const LOCK_MS = 30_000;

/** Starts the worker of queue `page`. @returns it; `close()` waits for the jobs in hand. */
export function startPageWorker(deps: PageWorkerDependencies, settings: PageWorkerSettings): Worker<PageJob> {
  const worker = new Worker<PageJob>(PAGE_QUEUE, (job) => workOff(job, deps, settings), {
    connection: settings.connection,
    prefix: settings.prefix,
    concurrency: settings.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS / 2,
    maxStalledCount: STALLED_MAX,
  });
  worker.on('error', (error) => {
    deps.log.warn({ event: 'queue.error', reason: PAGE_QUEUE, err: error }, 'queue cannot be reached');
  });
  worker.on('completed', () => {
    deps.crashPoint('page.acknowledged');
  });
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    const isLast = job.attemptsMade >= (job.opts.attempts ?? 1) || error instanceof UnrecoverableError;
    deps.log.error(
      { event: 'page.error', jobId: job.id ?? '', attempt: job.attemptsMade, err: error },
      'page job failed',
    );
    const counted = isLast ? countedAs(job.data) : null;
    if (counted !== null) settleTally(deps, counted, 'failed');
  });
  return worker;
}

async function workOff(job: Job<PageJob>, deps: PageWorkerDependencies, settings: PageWorkerSettings): Promise<void> {
  const payload = pageJobSchema.safeParse(job.data);
  if (!payload.success) throw new UnrecoverableError(`payload of job ${job.id ?? '?'}: ${payload.error.message}`);
  try {
    await processPageJob(payload.data, job.attemptsMade + 1, deps);
  } catch (error) {
    if (error instanceof FatalError) settings.onFatal(error);
    if (error instanceof PermanentError) throw new UnrecoverableError(`${error.code}: ${error.message}`);
    throw error;
  }
}

type Counted = Parameters<PageWorkerDependencies['recordOutcome']>[0];

/** Under which name somebody waits for the job's outcome; null: nobody does, or it says so itself. */
function countedAs(data: PageJob): Counted | null {
  const job = pageJobSchema.safeParse(data).data;
  if (job?.kind === 'article') return job;
  return job?.kind === 'reextract' ? { runId: job.runId, pageId: job.article } : null;
}

function settleTally(deps: PageWorkerDependencies, job: Counted, outcome: Outcome): void {
  deps.recordOutcome(job, outcome).catch((error: unknown) => {
    deps.log.error({ event: 'run.tally', runId: job.runId, err: error }, 'outcome could not be counted');
  });
}
