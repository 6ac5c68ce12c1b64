import { FatalError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import type { PageId } from '../domain/page.js';
import type { Queues } from '../queue/open-queues.js';
import type { PageJob } from '../queue/page-jobs.js';
import type { RunTally } from '../queue/run-tally.js';

/** Who works the jobs off, and when to stop waiting. */
export interface PageBatchDependencies {
  readonly queues: Queues;
  readonly tally: RunTally;
  readonly signal: AbortSignal;
}

const POLL_MS = 20;
/** How often the queue is asked whether it still holds any job. */
const QUEUE_LOOK_MS = 5_000;
/** The queue has been empty so often in a row while outcomes were missing: they will not come. */
const EMPTY_LOOKS_MAX = 3;

/**
 * Jobs of queue `page` that one command hands over and then waits for, wave after wave, so that neither the queue nor what the
 * command remembers grows with the work.
 */
export class PageBatch {
  readonly #deps: PageBatchDependencies;
  readonly #runId: string;
  readonly #waiting = new Set<PageId>();

  constructor(runId: string, deps: PageBatchDependencies) {
    this.#runId = runId;
    this.#deps = deps;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether an outcome under this name is waited for: a second one under it has to wait for the next wave. */
  isWaitingFor(name: PageId): boolean {
    return this.#waiting.has(name);
  }

  /** @param name  Under which the worker counts the job's outcome: a page's id, or an article's key, which is of the same form. */
  async hand(job: PageJob, name: PageId): Promise<void> {
    await this.#deps.queues.addPage(job);
    this.#waiting.add(name);
  }

  /**
   * Waits until every job of the wave has its outcome.
   *
   * @throws {FatalError} `jobs.lost`; the signal's reason when it is aborted. What was captured or noted is finished by the next start.
   */
  async settle(): Promise<ReadonlyMap<PageId, Outcome>> {
    const { tally, signal } = this.#deps;
    let lookedAt = performance.now();
    let emptyLooks = 0;
    for (; this.#waiting.size > 0;) {
      signal.throwIfAborted();
      const outcomes = await tally.outcomes(this.#runId);
      if ([...this.#waiting].every((name) => outcomes.has(name))) {
        this.#waiting.clear();
        await tally.forget(this.#runId);
        return outcomes;
      }
      if (performance.now() - lookedAt > QUEUE_LOOK_MS) {
        lookedAt = performance.now();
        emptyLooks = (await countQueued(this.#deps.queues)) === 0 ? emptyLooks + 1 : 0;
        if (emptyLooks >= EMPTY_LOOKS_MAX) throw jobsLost(this.#waiting.size);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return new Map();
  }
}

/** The same count has been seen for so long: nobody works the queue off. */
const STALLED_MS = 10 * 60_000;

/**
 * Waits until queue `page` is empty: what an earlier process left is worked off then.
 *
 * @throws {FatalError} `jobs.stalled`; the signal's reason when it is aborted.
 */
export async function waitForQuietQueue({
  queues,
  signal,
}: Pick<PageBatchDependencies, 'queues' | 'signal'>): Promise<void> {
  let last = -1;
  let movedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const queued = await countQueued(queues);
    if (queued === 0) return;
    if (queued !== last) movedAt = performance.now();
    last = queued;
    if (performance.now() - movedAt > STALLED_MS) {
      throw new FatalError(`${queued} jobs have stood in the queue for ${STALLED_MS / 60_000} minutes`, {
        code: 'jobs.stalled',
        hint: '`sputnik status` shows whether anybody works on them',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function countQueued(queues: Queues): Promise<number> {
  return queues.page.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
}

function jobsLost(count: number): FatalError {
  return new FatalError(`${count} jobs vanished from the queue while this command waited for them`, {
    code: 'jobs.lost',
    hint: 'does something else empty this Redis, or evict from it? What was captured is processed by the next start',
  });
}
