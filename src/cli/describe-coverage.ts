import { countGaps, type EditionCoverage } from '../app/read-coverage.js';
import type { LedgerDay } from '../store/catalogue/ledger.js';
import { layOutTable } from './output.js';
import { wrapText } from './wrap-text.js';

const HEADING = [
  'day',
  'topic',
  'pages',
  'feed',
  'map',
  'tag',
  'day',
  'read',
  'stored',
  'off',
  'none',
  'gone',
  'lost',
  'quar',
  'wait',
] as const;

const LEGEND = [
  'pages: announced; by feed, sitemap (map), tag page, day page. read: answered at least once.',
  'Each page ends in one of: stored, off topic, no article (none), gone, unreachable (lost),',
  'quarantined (quar), waiting (wait).',
];

/** Gap pages named to people per edition; `--json` has them all. */
const PAGES_SHOWN = 20;

/** The ledger in lines for people: a table for each edition, then the gaps by name. */
export function describeCoverage(coverage: readonly EditionCoverage[]): string[] {
  const lines = coverage.flatMap((edition) => [...describeEdition(edition), '']);
  const gaps = countGaps(coverage);
  return [...lines, ...LEGEND, gaps === 0 ? 'No gaps.' : `${gaps} gaps.`];
}

function describeEdition({ edition, since, until, days, gaps, givenUp, unreadDays }: EditionCoverage): string[] {
  const lines = [`${edition}, ${since} to ${until}`];
  if (days.length === 0) lines.push('  no page is known');
  else lines.push(...layOutTable([HEADING, ...days.map(rowOf)]));
  for (const { day, route, reason, failures, failedAt } of gaps.lists) {
    const what = route === 'robots' ? 'robots.txt, and so everything' : `list by ${route}`;
    const times = failures === 1 ? `once, ${failedAt}` : `${failures} times, last ${failedAt}`;
    lines.push(...wrapText(`${what} could not be had: ${reason} (${times})`, `  gap: ${day}  `, '    '));
  }
  for (const { url, day, endState, reason } of gaps.pages.slice(0, PAGES_SHOWN)) {
    lines.push(...wrapText(`${endState}${reason === null ? '' : ` (${reason})`} ${url}`, `  gap: ${day}  `, '    '));
  }
  if (gaps.pages.length > PAGES_SHOWN) lines.push(`  … and ${gaps.pages.length - PAGES_SHOWN} more pages`);
  if (gaps.pages.some(({ endState }) => endState === 'quarantined')) {
    lines.push('  quarantined pages wait for a decision: `sputnik failed list`');
  }
  if (givenUp.length > 0) lines.push(`  ${givenUp.length} quarantined pages were given up`);
  if (unreadDays.length > 0) {
    lines.push(...wrapText(`not read whole since they ended: ${stretches(unreadDays)}`, '  ', '    '));
  }
  return lines;
}

function rowOf({ day, topic, pages, announced, fetched, endStates }: LedgerDay): (string | number)[] {
  const { feed, sitemap, tag, day: dayPage } = announced;
  const { stored, offTopic, notArticle, gone, unreachable, quarantined, pending } = endStates;
  return [
    day,
    topic ?? '(all)',
    pages,
    ...[feed, sitemap, tag, dayPage, fetched],
    ...[stored, offTopic, notArticle, gone, unreachable, quarantined, pending],
  ];
}

const DAY_MS = 86_400_000;

/** `2023-04-01 to 2023-04-09, 2023-04-12` */
function stretches(days: readonly string[]): string {
  const found: { from: string; to: string }[] = [];
  for (const day of days) {
    const last = found.at(-1);
    if (last !== undefined && Date.parse(day) - Date.parse(last.to) === DAY_MS) last.to = day;
    else found.push({ from: day, to: day });
  }
  return found.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ');
}
