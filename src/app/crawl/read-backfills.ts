import type { Clock } from '../../platform/clock.js';
import { crawlJobSchema } from '../../queue/crawl-jobs.js';
import type { Queues } from '../../queue/open-queues.js';
import { readPace, type BackfillPace } from './backfill-pace.js';
import { partsOfBackfill } from './perform-backfill.js';

/** How far a back-fill has come. */
export interface BackfillStatus extends BackfillPace {
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
  /** No further day is begun until they are resumed. */
  readonly isPaused: boolean;
}

const BACKFILLS_SHOWN = 20;

/** Reads the back-fills that are under way; one that has not yet read where the archives begin is left out. */
export async function readOpenBackfills(queues: Queues, clock: Clock): Promise<BackfillStatus[]> {
  const jobs = await queues.crawl.getJobs(['waiting-children', 'active', 'waiting'], 0, BACKFILLS_SHOWN - 1);
  const isPaused = await queues.backfill.isPaused();
  const backfills: BackfillStatus[] = [];
  for (const job of jobs) {
    const { division, since = null, runId, requestedBy } = crawlJobSchema.safeParse(job.data).data ?? {};
    if (division?.part !== 'order') continue;
    const { processed = 0, ignored = 0 } = await job.getDependenciesCount({ processed: true, ignored: true });
    const parts = partsOfBackfill({ since }, division).length;
    const done = processed + ignored;
    const pace = await readPace(queues, job.id ?? '', { partsToGo: parts - done, nowMs: clock.now() });
    backfills.push({
      ...{ runId: runId ?? '', requestedBy: requestedBy ?? '', editions: Object.keys(division.archives).sort() },
      ...{ since, until: division.lastDay, done, parts, isPaused, ...pace },
      etaAt: isPaused ? null : pace.etaAt,
    });
  }
  return backfills;
}
