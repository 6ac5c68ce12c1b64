import { crawlJobSchema } from '../queue/crawl-jobs.js';
import type { Queues } from '../queue/open-queues.js';
import { partsOfBackfill } from './backfill-parts.js';

/** How far a back-fill has come. */
export interface BackfillStatus {
  readonly runId: string;
  readonly requestedBy: string;
  /** Editions whose archives could be asked how far they go back. */
  readonly editions: readonly string[];
  /** First day asked for; null: as far as the archives go back. */
  readonly since: string | null;
  readonly until: string;
  /** Days of editions that are finished, or were given up. */
  readonly done: number;
  /** All of them; an archive that does not tell its days counts as one. */
  readonly parts: number;
}

const ORDERS_SHOWN = 20;

/** Reads the back-fills that are under way; one that has not yet read where the archives begin is left out. */
export async function readOpenBackfills({ crawl }: Queues): Promise<BackfillStatus[]> {
  // Their parts have a priority, and wait elsewhere.
  const jobs = await crawl.getJobs(['waiting-children', 'active', 'waiting'], 0, ORDERS_SHOWN - 1);
  const orders: BackfillStatus[] = [];
  for (const job of jobs) {
    const { division, since, runId, requestedBy } = crawlJobSchema.safeParse(job.data).data ?? {};
    if (division?.part !== 'order') continue;
    const { processed = 0, ignored = 0 } = await job.getDependenciesCount({ processed: true, ignored: true });
    orders.push({
      runId: runId ?? '',
      requestedBy: requestedBy ?? '',
      editions: Object.keys(division.archives).sort(),
      since: since ?? null,
      until: division.lastDay,
      done: processed + ignored,
      parts: partsOfBackfill({ since: since ?? null }, division).length,
    });
  }
  return orders;
}
