import { daysOf, withDashes, withoutDashes } from '../sputnik/urls/calendar-days.js';
import type { CrawlJob, BackfillProgress } from '../queue/crawl-jobs.js';

/** What one job of a back-fill reads. */
export interface BackfillPart {
  readonly edition: string;
  readonly since: string | null;
  readonly until: string;
}

/** The parts of an order, always the same and in the same order: archives that tell no days in one piece, then days, newest first. */
export function partsOfBackfill(
  order: Pick<CrawlJob, 'since'>,
  { archives, lastDay }: BackfillProgress,
): BackfillPart[] {
  const whole: BackfillPart[] = [];
  const days: BackfillPart[] = [];
  for (const [edition, firstDay] of Object.entries(archives).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (firstDay === null) whole.push({ edition, since: order.since, until: lastDay });
    else {
      const from = order.since !== null && order.since > firstDay ? order.since : firstDay;
      if (from > lastDay) continue;
      const range = { from: withoutDashes(from), to: withoutDashes(lastDay) };
      for (const day of daysOf(range)) days.push({ edition, since: withDashes(day), until: withDashes(day) });
    }
  }
  days.sort((a, b) => (a.until === b.until ? 0 : a.until > b.until ? -1 : 1));
  return [...whole, ...days];
}
