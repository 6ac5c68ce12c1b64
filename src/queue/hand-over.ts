import type { Queue, QueueEvents } from 'bullmq';
import { z } from 'zod';
import type { FatalError } from '../domain/errors.js';
import { OUTCOMES, type Outcome } from '../domain/outcome.js';
import { orAborted, underAny } from '../platform/abort-signals.js';
import { BATCH_JOBS_MAX, isBatched, joinJobs, pageJobId, queuePage, type PageJob } from './page-jobs.js';

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
export class HandOver<Payload> {
  /** Job id → those who wait for its end, oldest first. */
  readonly #waiting = new Map<string, (end: JobEnd) => void>();
  /** Those of them that are not queued yet. */
  readonly #coming = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #missing = { jobId: '', looks: 0 };

  constructor(
    readonly queue: Queue<Payload>,
    readonly events: QueueEvents,
  ) {
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

  /**
   * Resolves with the end of a job; call it before the job is added. A failed attempt that is followed by another one
   * is not an end.
   *
   * @param queued Resolves when the job is in the queue; before that, its absence from the queue does not count as
   * lost. If it rejects, the wait ends without a result.
   */
  endOf(jobId: string, queued: Promise<unknown> = Promise.resolve()): Promise<JobEnd> {
    this.#coming.add(jobId);
    void queued
      .catch(() => this.#waiting.delete(jobId))
      .finally(() => {
        this.#coming.delete(jobId);
      });
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
    const jobId = [...this.#waiting.keys()].find((one) => !this.#coming.has(one));
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
interface BatchOptions<Name> {
  readonly lost: () => FatalError;
  /** No job has ended for so long; default: waits as long as the jobs are queued. */
  readonly stalled?: { readonly afterMs: number; readonly error: (pending: number) => FatalError };
  /** Called once for each name, with what became of it and how many have ended by now. */
  readonly onOutcome?: (name: Name, outcome: Outcome, ended: number) => void;
}

/**
 * Maximum number of unfinished jobs of one purpose; beyond it, fetching waits. They take some 2 MB of Redis and are
 * more than enough to keep the writer busy. Their pages are already on disk, so the limit affects only speed.
 */
export const UNDER_WAY_MAX = 1_000;
const ROOM_LOOK_MS = 20;

/** One job of a {@link PageBatch}. */
interface Handed<Name> {
  readonly job: PageJob;
  readonly name: Name;
}

interface Unsent<Name> extends Handed<Name> {
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Page jobs that are handed over for one purpose and awaited together, each under its own name. Jobs that are added
 * while others are being queued are sent together as one batch; a single job is sent at once.
 */
export class PageBatch<Name> {
  /** What became of each job that has ended. */
  readonly outcomes = new Map<Name, Outcome>();
  readonly #names = new Set<Name>();
  /** Jobs that are being queued and jobs that have not ended. None of these promises rejects. */
  readonly #pending = new Set<Promise<void>>();
  readonly #broken = new AbortController();
  readonly #unsent: Unsent<Name>[] = [];
  #isSending = false;
  #movedAt = performance.now();

  constructor(
    private readonly pages: HandOver<PageJob>,
    private readonly options: BatchOptions<Name>,
  ) {}

  /** Counts what became of a job of an earlier try. */
  include(name: Name, outcome: Outcome): void {
    this.#names.add(name);
    this.outcomes.set(name, outcome);
  }

  /**
   * Waits while {@link UNDER_WAY_MAX} jobs have not ended, so that fetching goes no faster than storing.
   *
   * @param signals  When one of these is aborted, nothing is waited for.
   * @throws {FatalError} those of the options.
   */
  async room(...signals: readonly AbortSignal[]): Promise<void> {
    while (this.#names.size - this.outcomes.size >= UNDER_WAY_MAX && !signals.some(({ aborted }) => aborted)) {
      this.#broken.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, ROOM_LOOK_MS));
    }
  }

  /** Queues a job whose return value is an outcome; one that is given up counts as `failed`. */
  add(job: PageJob, name: Name): Promise<void> {
    this.#names.add(name);
    return new Promise((resolve, reject) => {
      this.#unsent.push({ job, name, resolve, reject });
      if (!this.#isSending) this.#follow(this.#sendAll());
    });
  }

  /**
   * Follows a job that another caller queues, as {@link add} does.
   *
   * @param queued Resolves when the job is queued.
   */
  addQueued(job: PageJob, name: Name, queued: Promise<unknown>): void {
    this.#names.add(name);
    const ended = this.pages.endOf(pageJobId(job), queued);
    this.#follow(ended.then((end) => this.#noteEnd([{ job, name }], end)));
  }

  /**
   * Resolves when every job that was added so far has ended.
   *
   * @throws {FatalError} those of the options; the signal's reason when it is aborted. The jobs stay queued.
   */
  async finish(signal: AbortSignal): Promise<void> {
    const { stalled } = this.options;
    this.#movedAt = performance.now();
    const timer = setInterval(() => {
      if (stalled !== undefined && performance.now() - this.#movedAt > stalled.afterMs)
        this.#broken.abort(stalled.error(this.#names.size - this.outcomes.size));
    }, LOOK_MS);
    try {
      await underAny([signal, this.#broken.signal], (either) => orAborted(this.#allEnded(), either));
    } finally {
      clearInterval(timer);
    }
  }

  #follow(ended: Promise<void>): void {
    this.#pending.add(ended);
    void ended.then(() => this.#pending.delete(ended));
  }

  async #allEnded(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Sends batch after batch until nothing waits; never rejects. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    await new Promise(setImmediate);
    for (let some = this.#takeUnsent(); some.length > 0; some = this.#takeUnsent()) {
      try {
        await this.#send(some);
        for (const one of some) one.resolve();
      } catch (error) {
        for (const one of some) one.reject(error);
      }
    }
    this.#isSending = false;
  }

  /** Takes the next jobs that can go together. */
  #takeUnsent(): readonly Unsent<Name>[] {
    const stop = this.#unsent.findIndex(({ job }) => !isBatched(job));
    const count = stop === 0 ? 1 : stop === -1 ? this.#unsent.length : stop;
    return this.#unsent.splice(0, Math.min(count, BATCH_JOBS_MAX));
  }

  /** Queues some jobs as one and follows it to its end. */
  async #send(some: readonly Handed<Name>[]): Promise<void> {
    const job = joined(some);
    const ended = this.pages.endOf(pageJobId(job)).then((end) => this.#noteEnd(some, end));
    this.#follow(ended);
    await queuePage(this.pages.queue, job);
  }

  async #noteEnd(some: readonly Handed<Name>[], end: JobEnd): Promise<void> {
    this.#movedAt = performance.now();
    if (end.kind === 'lost') {
      this.#broken.abort(this.options.lost());
      return;
    }
    if (some.length === 1) this.#note(some[0]?.name, end.kind === 'completed' ? end.value : 'failed');
    else await this.#noteBatch(some, end.kind === 'completed' ? end.value : null);
  }

  /** Whatever of a batch has no outcome goes on by itself, so that one bad page harms no other. */
  async #noteBatch(some: readonly Handed<Name>[], value: unknown): Promise<void> {
    const outcomes = batchOutcomesSchema.safeParse(value).data ?? [];
    const again = some.filter(({ name }, index) => {
      const outcome = outcomes[index] ?? null;
      if (outcome !== null) this.#note(name, outcome);
      return outcome === null;
    });
    try {
      for (const one of again) await this.#send([one]);
    } catch (error) {
      this.#broken.abort(error);
    }
  }

  /** The first outcome under a name stands. */
  #note(name: Name | undefined, value: unknown): void {
    if (name === undefined || this.outcomes.has(name)) return;
    const outcome = z.enum(OUTCOMES).safeParse(value).data ?? 'failed';
    this.outcomes.set(name, outcome);
    this.options.onOutcome?.(name, outcome, this.outcomes.size);
  }
}

const batchOutcomesSchema = z.array(z.enum(OUTCOMES).nullable()).max(BATCH_JOBS_MAX);

function joined<Name>(some: readonly Handed<Name>[]): PageJob {
  const jobs = some.map(({ job }) => job);
  const [first, ...others] = jobs.filter(isBatched);
  const only = jobs.length === 1 ? jobs[0] : first && joinJobs([first, ...others]);
  if (only === undefined) throw new Error('no job to hand over');
  return only;
}
