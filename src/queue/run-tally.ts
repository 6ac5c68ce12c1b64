import type { Redis } from 'ioredis';
import { OUTCOMES, type Outcome } from '../domain/outcome.js';
import type { PageId } from '../domain/page.js';

/** Tallies of finished runs are kept this long for whoever still waits for them. */
const TALLY_TTL_SECONDS = 7 * 24 * 3600;
/** How often a waiting crawl looks at its tally. */
const POLL_MS = 20;

/**
 * What became of each page of a run, in Redis, so that crawl and page workers may be different processes.
 * The first outcome of a page in a run stands: a job delivered twice is counted once.
 */
export class RunTally {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async record(runId: string, pageId: PageId, outcome: Outcome): Promise<void> {
    const key = this.#key(runId);
    await this.#redis.multi().hsetnx(key, pageId, outcome).expire(key, TALLY_TTL_SECONDS).exec();
  }

  /** @returns the outcome of each page so far. */
  async outcomes(runId: string): Promise<Map<PageId, Outcome>> {
    const outcomes = new Map<PageId, Outcome>();
    for (const [pageId, outcome] of Object.entries(await this.#redis.hgetall(this.#key(runId)))) {
      if (isOutcome(outcome)) outcomes.set(pageId as PageId, outcome);
    }
    return outcomes;
  }

  /** Resolves when `pages` pages of the run have an outcome; rejects when `signal` is aborted. */
  async waitFor(runId: string, pages: () => number, signal: AbortSignal): Promise<void> {
    while ((await this.#redis.hlen(this.#key(runId))) < pages()) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async forget(runId: string): Promise<void> {
    await this.#redis.del(this.#key(runId));
  }

  #key(runId: string): string {
    return `${this.#prefix}:run:${runId}`;
  }
}

function isOutcome(value: string): value is Outcome {
  return (OUTCOMES as readonly string[]).includes(value);
}
