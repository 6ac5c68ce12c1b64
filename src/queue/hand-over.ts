import type { Queue, QueueEvents } from 'bullmq';
import { z } from 'zod';
import type { FatalError } from '../domain/errors.js';
import { OUTCOMES, type Outcome } from '../domain/outcome.js';
import type { CrawlJob } from './crawl-jobs.js';
import { pageJobId, queuePage, type PageJob } from './page-jobs.js';

/** How a job ended: with its return value, given up for a reason, or deleted by somebody. */
export type JobEnd =
  | { readonly kind: 'completed'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'lost' };

/** How often the queue is asked about the job that has been waited for longest. */
const LOOK_MS = 5_000;
/** A job that was missing so often in a row, and whose end was not heard of, is lost. */
const MISSING_LOOKS_MAX = 3;

/**
 * Waits for the ends of jobs that this process handed to a queue. It hears of them by the queue's events; since a job that
 * somebody deletes tells no event, it also asks the queue every few seconds about the oldest one. Opened by `openHandOver`,
 * once for each queue and process.
 */
export class HandOver<Payload extends PageJob | CrawlJob> {
  readonly queue: Queue<Payload>;
  readonly events: QueueEvents;
  /** Job id → whoever waits for its end, oldest first. */
  readonly #waiting = new Map<string, (end: JobEnd) => void>();
  readonly #timer: NodeJS.Timeout;
  #missing = { jobId: '', looks: 0 };

  constructor(queue: Queue<Payload>, events: QueueEvents) {
    this.queue = queue;
    this.events = events;
    events.on('completed', ({ jobId, returnvalue }) => {
      this.#end(jobId, { kind: 'completed', value: returnvalue });
    });
    events.on('failed', ({ jobId, failedReason }) => {
      this.#end(jobId, { kind: 'failed', reason: failedReason });
    });
    this.#timer = setInterval(() => {
      this.#look().catch(() => undefined); // whether Redis answers is watched elsewhere
    }, LOOK_MS);
  }

  /** Resolves with the end of a job; to be called before the job is added. Tries before the last are no ends. */
  endOf(jobId: string): Promise<JobEnd> {
    return new Promise((resolve) => this.#waiting.set(jobId, resolve));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.events.close();
  }

  #end(jobId: string, end: JobEnd): void {
    this.#waiting.get(jobId)?.(end);
    this.#waiting.delete(jobId);
  }

  async #look(): Promise<void> {
    const [jobId] = this.#waiting.keys();
    if (jobId === undefined) return;
    const job = await this.queue.getJob(jobId);
    if (job === undefined) {
      const looks = this.#missing.jobId === jobId ? this.#missing.looks + 1 : 1;
      this.#missing = { jobId, looks };
      if (looks >= MISSING_LOOKS_MAX) this.#end(jobId, { kind: 'lost' });
      return;
    }
    this.#missing = { jobId: '', looks: 0 };
    if (job.finishedOn === undefined) return;
    // It ended before anybody listened, or its event was lost.
    const hasFailed = await job.isFailed();
    this.#end(
      jobId,
      hasFailed ? { kind: 'failed', reason: job.failedReason } : { kind: 'completed', value: job.returnvalue },
    );
  }
}

/** What a batch of page jobs does where its jobs do not end. */
export interface BatchOptions<Name> {
  readonly lost: () => FatalError;
  /** No job has ended for so long; default: waits as long as the jobs are queued. */
  readonly stalled?: { readonly afterMs: number; readonly error: (pending: number) => FatalError };
  /** Called once for each name, with what became of it and how many have ended by now. */
  readonly onOutcome?: (name: Name, outcome: Outcome, ended: number) => void;
}

/** Page jobs that are handed over for one purpose and waited for together, each under a name of its own. */
export class PageBatch<Name> {
  /** What became of each job that has ended. */
  readonly outcomes = new Map<Name, Outcome>();
  readonly #pages: HandOver<PageJob>;
  readonly #options: BatchOptions<Name>;
  readonly #names = new Set<Name>();
  /** Job id → resolves when it has ended. */
  readonly #pending = new Map<string, Promise<void>>();
  readonly #broken = new AbortController();
  #movedAt = performance.now();

  constructor(pages: HandOver<PageJob>, options: BatchOptions<Name>) {
    this.#pages = pages;
    this.#options = options;
  }

  get size(): number {
    return this.#names.size;
  }

  has(name: Name): boolean {
    return this.#names.has(name);
  }

  /** Queues a job whose return value is an outcome; one that is given up counts as `failed`. */
  async add(job: PageJob, name: Name): Promise<void> {
    const jobId = pageJobId(job);
    const ended = this.#pages.endOf(jobId).then((end) => {
      this.#note(jobId, name, end);
    });
    this.#names.add(name);
    this.#pending.set(jobId, ended);
    await queuePage(this.#pages.queue, job);
  }

  /**
   * Resolves when every job that was added so far has ended.
   *
   * @throws {FatalError} those of the options; the signal's reason when it is aborted. The jobs stay queued.
   */
  async finish(signal: AbortSignal): Promise<void> {
    const { stalled } = this.#options;
    this.#movedAt = performance.now();
    const timer = setInterval(() => {
      if (stalled !== undefined && performance.now() - this.#movedAt > stalled.afterMs)
        this.#broken.abort(stalled.error(this.#pending.size));
    }, LOOK_MS);
    try {
      await orAborted(Promise.all(this.#pending.values()), AbortSignal.any([signal, this.#broken.signal]));
    } finally {
      clearInterval(timer);
    }
  }

  #note(jobId: string, name: Name, end: JobEnd): void {
    this.#movedAt = performance.now();
    this.#pending.delete(jobId);
    if (end.kind === 'lost') this.#broken.abort(this.#options.lost());
    const outcome = z.enum(OUTCOMES).safeParse(end.kind === 'completed' ? end.value : 'failed');
    // The first outcome under a name stands.
    if (end.kind === 'lost' || this.outcomes.has(name)) return;
    this.outcomes.set(name, outcome.data ?? 'failed');
    this.#options.onOutcome?.(name, outcome.data ?? 'failed', this.outcomes.size);
  }
}

/** @throws the signal's reason once it is aborted; the work is not heard of any more then. */
async function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
  });
  await Promise.race([work, aborted]);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
}
