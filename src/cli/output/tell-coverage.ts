import { DAY_MS } from '../../domain/units.js';
import type { EditionCoverage, UnreadGap } from '../../app/coverage/read-coverage.js';
import type { LedgerDay } from '../../store/catalogue/coverage-queries.js';
import type { Cell, Heading, Output } from './text-output.js';

/** Gap pages named to people per edition; `--json` has them all. */
const PAGES_SHOWN = 20;
const LISTS_SHOWN = 5;

/** By which kind of list pages were announced: only where days are told. */
const ROUTES: readonly Heading[] = ['feed', 'map', 'tag', 'day'].map((title, at) => ({ title, drop: 9 - at }));

const COUNTS: readonly Heading[] = [
  'pages',
  { title: 'read', drop: 4 },
  'stored',
  { title: 'off', drop: 3 },
  { title: 'none', drop: 6 },
  { title: 'gone', drop: 5 },
  'lost',
  'quar',
  { title: 'wait', drop: 2 },
];

const LEGEND =
  'pages: announced. read: answered at least once. Each page ends in one of: stored, off topic, no article (none), gone, ' +
  'unreachable (lost), quarantined (quar), waiting (wait).';
const ROUTES_LEGEND = 'feed, map, tag, day: announced by feed, sitemap, tag page, day page.';

/** The ledger for people: the sum of each edition, every gap by name; the days only where they are asked for. */
export function tellCoverage(
  coverage: readonly EditionCoverage[],
  gaps: number,
  withDays: boolean,
  output: Output,
): void {
  const [first] = coverage;
  if (first !== undefined) output.line(`${first.since} to ${first.until}`);
  const unread = coverage.filter(isUnread);
  const others = unread.length > 1 ? coverage.filter((edition) => !isUnread(edition)) : coverage;
  if (others.length > 0) output.table([[{ title: 'edition', cutTo: 12 }, ...COUNTS], ...others.flatMap(sumRows)]);
  const told = [...others.flatMap(describeGaps), ...(unread.length > 1 ? unreadLines(unread) : [])];
  output.lines([...told, ...(told.length === 0 ? [] : ['']), gapWords(gaps)]);
  for (const { edition, days } of withDays ? coverage : []) {
    output.line();
    output.line(edition);
    if (days.length === 0) output.line('  no page is known');
    else output.table([['day', 'topic', ...ROUTES, ...COUNTS], ...days.map(dayRow)]);
  }
  output.line();
  output.prose([LEGEND, withDays ? ROUTES_LEGEND : '--all shows each day.']);
}

/** Nothing is known of the edition but that it was not read. */
function isUnread({ days, gaps, givenUp, unreadEntries }: EditionCoverage): boolean {
  const known = [days, gaps.lists, gaps.pages, givenUp, unreadEntries];
  return gaps.unread?.reason === 'neverRead' && known.every((part) => part.length === 0);
}

/** Editions of which nothing was read, in one paragraph for each cause. */
function unreadLines(editions: readonly EditionCoverage[]): string[] {
  const alike = new Map<string, string[]>();
  for (const { edition, gaps } of editions) {
    const words = gaps.unread === null ? '' : unreadWords(gaps.unread);
    alike.set(words, [...(alike.get(words) ?? []), edition]);
  }
  return [...alike].flatMap(([words, names]) => ['', `gap: ${words}: ${names.join(', ')}`]);
}

function gapWords(gaps: number): string {
  if (gaps === 0) return 'No gaps.';
  return `${gaps === 1 ? '1 gap' : `${gaps} gaps`}; --fill crawls exactly what is missing.`;
}

/** One row for the edition as a whole, and one for each topic, set in. */
function sumRows({ edition, days }: EditionCoverage): Cell[][] {
  const topics = [...new Set(days.map(({ topic }) => topic))];
  return (topics.length === 0 ? [null] : topics).map((topic) => {
    const lines = days.filter((line) => line.topic === topic).map(countsOf);
    const sums = COUNTS.map((_, at) => lines.reduce((sum, line) => sum + (line[at] ?? 0), 0));
    return [topic === null ? edition : `  ${topic}`, ...sums];
  });
}

function topicOf({ topic }: Pick<LedgerDay, 'topic'>): string {
  return topic ?? '(all)';
}

function dayRow(line: LedgerDay): Cell[] {
  const { feed, sitemap, tag, day } = line.announced;
  return [line.day, topicOf(line), feed, sitemap, tag, day, ...countsOf(line)];
}

function countsOf({ pages, fetched, endStates }: LedgerDay): number[] {
  const { stored, offTopic, notArticle, gone, unreachable, quarantined, pending } = endStates;
  return [pages, fetched, stored, offTopic, notArticle, gone, unreachable, quarantined, pending];
}

function describeGaps({ edition, gaps, givenUp, unreadEntries }: EditionCoverage): string[] {
  const lines = listGapLines(gaps.lists);
  for (const { url, day, endState, reason } of gaps.pages.slice(0, PAGES_SHOWN))
    lines.push(`  gap: ${day}  ${endState}${reason === null ? '' : ` (${reason})`} ${url}`);
  if (gaps.pages.length > PAGES_SHOWN) lines.push(`  … and ${gaps.pages.length - PAGES_SHOWN} more pages`);
  if (gaps.pages.some(({ endState }) => endState === 'quarantined')) {
    lines.push('  quarantined pages wait for a decision: `sputnik failed list`');
  }
  if (givenUp.length > 0) lines.push(`  ${givenUp.length} quarantined pages were given up`);
  for (const { url, entries } of unreadEntries.slice(0, LISTS_SHOWN))
    lines.push(`  ${entries === 1 ? '1 entry leads' : `${entries} entries lead`} to no known article: ${url}`);
  if (unreadEntries.length > LISTS_SHOWN)
    lines.push(`  … and entries of ${unreadEntries.length - LISTS_SHOWN} more lists`);
  if (gaps.unread !== null) lines.push(`  gap: ${unreadWords(gaps.unread)}`);
  return lines.length === 0 ? [] : ['', edition, ...lines];
}

/** What failed alike is one line, however many days it holds back. */
function listGapLines(gaps: EditionCoverage['gaps']['lists']): string[] {
  const alike = new Map<string, string[]>();
  for (const { day, route, reason, failures, failedAt } of gaps) {
    const what = route === 'robots' ? 'robots.txt, and so everything' : `list by ${route}`;
    const times = failures === 1 ? `once, ${failedAt}` : `${failures} times, last ${failedAt}`;
    const words = `${what} could not be had: ${reason} (${times})`;
    alike.set(words, [...(alike.get(words) ?? []), day]);
  }
  return [...alike].map(([words, days]) => `  gap: ${stretches(days)}  ${words}`);
}

function unreadWords({ reason, failure, days }: UnreadGap): string {
  const why = failure === null ? '' : ` (last failure: ${failure})`;
  return reason === 'neverRead'
    ? `no list was read${why}`
    : `days not read whole since they ended${why}: ${stretches(days)}`;
}

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
