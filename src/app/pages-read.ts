import type { Queues } from '../queue/open-queues.js';

/** How often the queue is looked at. */
const LOOK_MS = 50;
/** A backlog that takes longer than this to read no longer holds crawls up. */
const PATIENCE_MS = 600_000;

/**
 * Resolves when the page queue has been empty once: every page that was captured before has its end state, and is known to
 * a crawl that begins now. Also where that takes too long, or `signal` is aborted.
 *
 * @throws whatever ioredis throws while Redis is away.
 */
export async function pagesRead({ page }: Queues, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!signal.aborted && performance.now() < until) {
    const left = await page.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
    if (left === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
