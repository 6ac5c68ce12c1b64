import type { QueueEvents } from 'bullmq';
import type { CrawlProgress } from '../crawlers/crawl.js';
import { crawlPartSchema, type CrawlJob, type CrawlPart, type CrawlSummary } from '../queue/crawl-jobs.js';
import { sumOfParts } from '../queue/backfill-jobs.js';

/** Follows a crawl, or a back-fill and its parts, from outside the process that works on it. */
export class BackfillWatch {
  readonly #jobId: string;
  readonly #startedAt: string;
  readonly #startedAtMs = performance.now();
  readonly #done: CrawlPart[] = [];
  /** Job id → where it stands. */
  readonly #underWay = new Map<string, CrawlProgress>();

  /**
   * @param jobId      Of the crawl; the ids of a back-fill's parts begin with it.
   * @param startedAt  UTC instant of now, for the summary.
   */
  constructor(jobId: string, startedAt: string, events: QueueEvents, onProgress: (progress: CrawlProgress) => void) {
    this.#jobId = jobId;
    this.#startedAt = startedAt;
    events.on('progress', ({ jobId: id, data }) => {
      if (!this.#isOurs(id)) return;
      this.#underWay.set(id, data as unknown as CrawlProgress);
      onProgress(this.#progress());
    });
    events.on('completed', ({ jobId: id, returnvalue }) => {
      const part = this.#isOurs(id) ? crawlPartSchema.safeParse(returnvalue).data : undefined;
      if (part === undefined) return;
      this.#underWay.delete(id);
      this.#done.push(part);
      onProgress(this.#progress());
    });
  }

  /** @returns the summary of the parts that were done when `signal` was aborted. */
  async summaryAtStop(signal: AbortSignal, backfill: CrawlJob): Promise<CrawlSummary> {
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    const editions = new Set(this.#done.flatMap((part) => part.editions));
    const durationMs = Math.round(performance.now() - this.#startedAtMs);
    return {
      ...sumOfParts(this.#done, [...editions]),
      runId: backfill.runId ?? '',
      startedAt: this.#startedAt,
      durationMs,
      requestedBy: backfill.requestedBy,
      aborted: true,
    };
  }

  #isOurs(id: string): boolean {
    return id === this.#jobId || id.startsWith(`${this.#jobId}-`);
  }

  #progress(): CrawlProgress {
    const { requests, found, skipped, fetched } = sumOfParts(this.#done, []);
    const sum = { requests, found, skipped, fetched, waiting: 0 };
    for (const progress of this.#underWay.values())
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += progress[key];
    return sum;
  }
}
