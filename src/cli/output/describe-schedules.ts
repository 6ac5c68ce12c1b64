import type { BackfillEstimate, EditionEstimate } from '../../app/crawl/estimate-backfill.js';
import type { BackfillStatus } from '../../app/crawl/backfill-pace.js';
import type { Output } from './text-output.js';
import type { ScheduleStatus } from '../../app/service/read-status.js';

export const BACKFILLS_PAUSED = 'Back-fills are paused; `sputnik schedule resume backfill` lets them go on.';

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

/** What a back-fill will take, edition by edition, as rows of a table. */
export function estimateTable({
  editions,
  listRequests,
  pages,
  hours,
}: BackfillEstimate): Parameters<Output['table']>[0] {
  const days = editions.reduce((sum, one) => sum + one.days, 0);
  return [
    ['edition', 'from', 'days', 'list requests', 'pages', 'hours'],
    ...editions.map((one) => [one.edition, one.from ?? '?', one.days, one.listRequests, one.pages, hoursOf(one.hours)]),
    ['all', '', days, listRequests, pages, hoursOf(hours)],
  ];
}

/** Hours are rounded: nothing takes none. */
function hoursOf(hours: number): string {
  return hours === 0 ? '<0.01' : String(hours);
}

const BEGIN_WORDS: Readonly<Record<EditionEstimate['beginKnownFrom'], string | null>> = {
  index: null,
  asked: 'its index does not tell where the archive begins: the day that was asked for is taken',
  corpus: 'its index does not tell where the archive begins: the first known page is taken',
  nothing: 'nobody knows where its archive begins: name a day with --since',
};
const RATE_WORDS: Readonly<Record<EditionEstimate['pagesPerDayFrom'], string>> = {
  history: 'as on the days that were read to their end',
  otherEditions: 'as other editions have, since no day of it was read yet',
  assumption: 'assumed, since no day of any edition was read yet',
};

/** On what the figures rest. */
export function describeEstimate({ editions, delayMs, places }: BackfillEstimate): string[] {
  const ofEditions = editions.flatMap(({ edition, pagesPerDay, pagesPerDayFrom, unreachable, beginKnownFrom }) => {
    const begin = unreachable === null ? BEGIN_WORDS[beginKnownFrom] : `it is out of reach (${unreachable})`;
    const rate = `${pagesPerDay === 1 ? '1 page' : `${pagesPerDay} pages`} a day, ${RATE_WORDS[pagesPerDayFrom]}`;
    return [`  ${edition}: ${rate}`, ...(begin === null ? [] : [`  ${edition}: ${begin}`])];
  });
  return [
    '',
    `Assumed: a request every ${delayMs} ms to each host (politeness.delayMs), ${places} days at a time ` +
      '(workers.backfillConcurrency), no Crawl-delay, no failures. Pages that were fetched before are not counted. ' +
      'Scheduled crawls go first and are not in the hours.',
    ...ofEditions,
  ];
}

/** The schedules of the service as a table for people. */
export function scheduleTable(schedules: readonly ScheduleStatus[]): Parameters<Output['table']>[0] {
  return [
    ['schedule', { title: 'cron', drop: 1 }, { title: 'zone', cutTo: 6, drop: 2 }, 'state', 'next run'],
    ...schedules.map(({ name, cron, timeZone, state, nextAt }) => [
      name,
      cron,
      timeZone,
      state === 'notRunning' ? 'not running' : state,
      nextAt ?? '',
    ]),
  ];
}
