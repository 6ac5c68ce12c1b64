import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { OUTCOMES, type Outcome } from '../domain/outcome.js';
import type { PageId } from '../domain/page.js';
import { type ArticleJob, articleJobSchema } from './page-jobs.js';

/** Longer than any job is tried again. */
const KEPT_SECONDS = 7 * 24 * 3_600;

const entrySchema = z.union([z.enum(OUTCOMES), articleJobSchema]);

/**
 * The pages that a run has captured so far: what became of each, or its job while that is not known. It stands in Redis from the first page
 * to the run's own end. Where it is found by the next try of the same crawl, the one before was cut off: its process died, or was frozen
 * until its lock was lost. Then these pages are counted, and not asked for again.
 */
export class RunPages {
  readonly #redis: Redis;
  readonly #key: string;
  #noting: { readonly entries: Map<PageId, string>; readonly done: Promise<void> } | null = null;

  /** @param jobId  Of the crawl; its tries share it. */
  constructor({ redis, crawl }: { readonly redis: Redis; readonly crawl: Queue }, jobId: string) {
    this.#redis = redis;
    this.#key = `${crawl.toKey(jobId)}:pages`;
  }

  async read(): Promise<Map<PageId, Outcome | ArticleJob>> {
    const found = await this.#redis.hgetall(this.#key);
    return new Map(
      Object.entries(found).map(([pageId, entry]) => [pageId as PageId, entrySchema.parse(JSON.parse(entry))]),
    );
  }

  /** To be told of a page before its job is queued, and of its outcome. What is told in the same turn travels together. */
  note(pageId: PageId, entry: Outcome | ArticleJob): Promise<void> {
    if (this.#noting === null) {
      const entries = new Map<PageId, string>();
      this.#noting = { entries, done: this.#keep(entries) };
    }
    this.#noting.entries.set(pageId, JSON.stringify(entry));
    return this.#noting.done;
  }

  async #keep(entries: ReadonlyMap<PageId, string>): Promise<void> {
    await new Promise(setImmediate);
    this.#noting = null;
    await this.#redis.pipeline().hset(this.#key, entries).expire(this.#key, KEPT_SECONDS).exec();
  }

  /** The run has ended in order, whatever came of it. */
  async forget(): Promise<void> {
    await this.#redis.unlink(this.#key);
  }
}
