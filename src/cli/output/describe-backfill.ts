import type { BackfillStatus } from '../../app/crawl/read-backfills.js';

/** How far a back-fill has come and how fast it goes, in lines for people. */
export function describeBackfill(backfill: BackfillStatus): string[] {
  const { editions, since, until, done, parts, isPaused } = backfill;
  const whose = editions.length > 4 ? `${editions.length} editions` : editions.join(', ');
  const paused = isPaused ? ', paused' : '';
  return [
    `Back-fill of ${whose}, ${since ?? 'the beginning'} to ${until}: ${done} of ${parts} days done${paused}`,
    ...paceLines(backfill),
  ];
}

/** The same in one line, beside what the crawl counts. */
export function backfillNote({ day, done, parts, pagesPerHour, pagesToGo, etaAt, isPaused }: BackfillStatus): string {
  const pace = pagesPerHour === null ? '' : `, ${pagesPerHour} pages an hour, about ${pagesToGo ?? 0} to go`;
  const end = isPaused ? ', paused' : etaAt === null ? '' : `, done about ${etaAt}`;
  return `${done} of ${parts} days${day === null ? '' : `, last ${day}`}${pace}${end}`;
}

function paceLines({ day, daysPerHour, pagesPerHour, pagesToGo, etaAt }: BackfillStatus): string[] {
  if (daysPerHour === null) return day === null ? [] : [`  last day done ${day}`];
  const end = etaAt === null ? '' : `; done about ${etaAt}`;
  return [
    `  last day done ${day ?? 'whole archive'}; ${daysPerHour} days and ${pagesPerHour ?? 0} pages an hour; about ${pagesToGo ?? 0} pages to go${end}`,
  ];
}
