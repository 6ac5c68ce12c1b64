import { daysOf, withDashes, withoutDashes } from '../sputnik/urls/calendar-days.js';
import { crawlJobSchema, type BackfillProgress, type CrawlJob } from '../queue/crawl-jobs.js';
import type { Queues } from '../queue/open-queues.js';

/** What one job of a back-fill reads. */
export interface BackfillPart {
  readonly edition: string;
  readonly since: string | null;
  readonly until: string;
}

/** The parts of a back-fill, always the same and in the same order: archives that tell no days in one piece, then days, newest first. */
export function partsOfBackfill(
  backfill: Pick<CrawlJob, 'since'>,
  { archives, lastDay }: BackfillProgress,
): BackfillPart[] {
  const whole: BackfillPart[] = [];
  const days: BackfillPart[] = [];
  for (const [edition, firstDay] of Object.entries(archives).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (firstDay === null) whole.push({ edition, since: backfill.since, until: lastDay });
    else {
      const from = backfill.since !== null && backfill.since > firstDay ? backfill.since : firstDay;
      if (from > lastDay) continue;
      const range = { from: withoutDashes(from), to: withoutDashes(lastDay) };
      for (const day of daysOf(range)) days.push({ edition, since: withDashes(day), until: withDashes(day) });
    }
  }
  days.sort((a, b) => (a.until === b.until ? 0 : a.until > b.until ? -1 : 1));
  return [...whole, ...days];
}

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

const BACKFILLS_SHOWN = 20;

/** Reads the back-fills that are under way; one that has not yet read where the archives begin is left out. */
export async function readOpenBackfills({ crawl }: Queues): Promise<BackfillStatus[]> {
  // Their parts have a priority, and wait elsewhere.
  const jobs = await crawl.getJobs(['waiting-children', 'active', 'waiting'], 0, BACKFILLS_SHOWN - 1);
  const backfills: BackfillStatus[] = [];
  for (const job of jobs) {
    const { division, since, runId, requestedBy } = crawlJobSchema.safeParse(job.data).data ?? {};
    if (division?.part !== 'order') continue;
    const { processed = 0, ignored = 0 } = await job.getDependenciesCount({ processed: true, ignored: true });
    backfills.push({
      runId: runId ?? '',
      requestedBy: requestedBy ?? '',
      editions: Object.keys(division.archives).sort(),
      since: since ?? null,
      until: division.lastDay,
      done: processed + ignored,
      parts: partsOfBackfill({ since: since ?? null }, division).length,
    });
  }
  return backfills;
}
