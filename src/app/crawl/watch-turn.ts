import type { Job } from 'bullmq';
import type { CrawlJob } from '../../queue/crawl-jobs.js';
import type { Queues } from '../../queue/open-queues.js';

/** What a queued crawl waits for. */
export interface QueuedAhead {
  /** Crawls that are under way or were queued before it. */
  readonly crawls: number;
  /** Pages that were captured earlier and are processed first. */
  readonly pages: number;
}

const LOOK_MS = 1_000;

/** Reports what a crawl waits for, at once and at every change, until the crawl itself reports progress. */
export function watchTurn(
  job: Job<CrawlJob>,
  queues: Queues,
  onWaiting: (ahead: QueuedAhead) => void,
): { stop(): void } {
  let told = '';
  const timer = setInterval(look, LOOK_MS);
  const stop = (): void => {
    clearInterval(timer);
  };
  function look(): void {
    aheadOf(job, queues)
      .then((ahead) => {
        const words = JSON.stringify(ahead);
        if (ahead === null) stop();
        else if (words !== told) onWaiting(ahead);
        told = words;
      })
      .catch(() => undefined); // whether Redis answers is watched elsewhere
  }
  look();
  return { stop };
}

/** @returns null once the crawl has begun, or ended. */
async function aheadOf({ id = '' }: Job<CrawlJob>, { crawl, page }: Queues): Promise<QueuedAhead | null> {
  const waiting = await crawl.getWaiting();
  const place = waiting.findIndex((job) => job.id === id);
  if (place >= 0) return { crawls: place + (await crawl.getActiveCount()), pages: 0 };
  const job = await crawl.getJob(id);
  if (job?.finishedOn !== undefined || typeof job?.progress === 'object') return null;
  const pages = await page.getJobCountByTypes('waiting', 'prioritized', 'active', 'delayed');
  return pages > 0 ? { crawls: 0, pages } : null;
}
