import type { Command } from 'commander';
import { crawlsForGaps, crawlsForUnread } from '../../app/coverage/fill-gaps.js';
import {
  countGaps,
  readCoverage,
  type CoverageQuestion,
  type EditionCoverage,
  type UnreadGap,
} from '../../app/coverage/read-coverage.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import type { LedgerDay } from '../../store/catalogue/coverage-queries.js';
import { collectList, parseDayRange, parseEditions, parseTopics } from '../arguments/parse-options.js';
import { runVerb, withCommonOptions, type VerbAction, type VerbContext } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import { crawlDocument, describeCrawl } from '../output/describe-crawl.js';
import { layOutTable } from '../output/text-output.js';
import { wrapText } from '../output/wrap-text.js';

interface CoverageOptions {
  readonly edition?: readonly string[];
  readonly topic?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly fill?: boolean;
}

export function addCoverageVerb(program: Command): void {
  withCommonOptions(program.command('coverage'))
    .summary('what was announced and what became of it, per edition, topic and day; the gaps by name')
    .description(
      'Prints the ledger of the last 30 days, or of the days asked for (days as the edition counts them), and names the\n' +
        'gaps: pages without a good end, days of which a list could not be had, enabled editions that were never read\n' +
        'or not to the end of a day. Exit code 3 while there are gaps.',
    )
    .option('--edition <id>', 'only these editions (repeated, or with commas)', collectList)
    .option(
      '--topic <id>',
      'only the lines of these topics; gaps are of all, since an unread page may be on any',
      collectList,
    )
    .option('--since <date>', 'from this day on, 2023-04-12')
    .option('--until <date>', 'up to and with this day')
    .option('--fill', 'crawl exactly the gaps, wait for the end, and look again')
    .addHelpText('after', '\nExample:\n  sputnik coverage --edition big5.sputniknews.cn --since 2023-04-01 --fill')
    .action(runVerb(coverage));
}

const coverage: VerbAction<CoverageOptions> = async (context, options) => {
  const question = questionOf(options, context);
  let found = await look(question, context);
  const filled = options.fill === true ? await fill(found, context) : [];
  if (filled.length > 0) found = await look(question, context);
  context.output.lines(describeCoverage(found));
  const gaps = countGaps(found);
  context.output.document({
    gaps,
    editions: found,
    ...(options.fill === true ? { filled: filled.map(crawlDocument) } : {}),
  });
  return gaps > 0 ? EXIT.incomplete : EXIT.done;
};

function questionOf(options: CoverageOptions, { config }: VerbContext): CoverageQuestion {
  parseDayRange(options.since, options.until);
  return {
    editions: parseEditions(options.edition, config),
    topics: parseTopics(options.topic, config),
    since: options.since ?? null,
    until: options.until ?? null,
  };
}

function look(question: CoverageQuestion, { config, runtime }: VerbContext): Promise<EditionCoverage[]> {
  return withCatalogue(config, (queries) => readCoverage(question, { config, clock: runtime.clock, queries }));
}

/** One crawl after the other: each goes through the queue, and a running service if there is one. */
async function fill(found: readonly EditionCoverage[], context: VerbContext): Promise<CrawlSummary[]> {
  const { runtime, signal, progress, output } = context;
  // Loaded when needed: the crawler's libraries take half a second to load.
  const { requestCrawl } = await import('../../app/crawl/request-crawl.js');
  const summaries: CrawlSummary[] = [];
  const jobs = [...crawlsForUnread(found), ...crawlsForGaps(found)];
  for (const [at, job] of jobs.entries()) {
    if (signal.aborted) break;
    const answer = await requestCrawl(job, {
      ...runtime,
      signal,
      detach: false,
      onProgress: ({ found: pages, fetched, waiting }) => {
        progress.show(`filling ${at + 1} of ${jobs.length}: found ${pages}  fetched ${fetched}  waiting ${waiting}`);
      },
    });
    progress.clear();
    if (answer.kind === 'finished') summaries.push(answer.summary);
  }
  for (const summary of summaries) output.lines(describeCrawl(summary));
  if (summaries.length > 0) output.line();
  return summaries;
}

const HEADING = 'day topic pages feed map tag day read stored off none gone lost quar wait'.split(' ');

const LEGEND = [
  'pages: announced; by feed, sitemap (map), tag page, day page. read: answered at least once.',
  'Each page ends in one of: stored, off topic, no article (none), gone, unreachable (lost),',
  'quarantined (quar), waiting (wait).',
];

/** Gap pages named to people per edition; `--json` has them all. */
const PAGES_SHOWN = 20;

/** The ledger in lines for people: a table for each edition, then the gaps by name. */
function describeCoverage(coverage: readonly EditionCoverage[]): string[] {
  const lines = coverage.flatMap((edition) => [...describeEdition(edition), '']);
  const gaps = countGaps(coverage);
  return [...lines, ...LEGEND, gaps === 0 ? 'No gaps.' : `${gaps} gaps.`];
}

function describeEdition({ edition, since, until, days, gaps, givenUp }: EditionCoverage): string[] {
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
  if (gaps.unread !== null) lines.push(...wrapText(unreadWords(gaps.unread), '  gap: ', '    '));
  return lines;
}

function unreadWords({ reason, failure, days }: UnreadGap): string {
  const why = failure === null ? '' : ` (last failure: ${failure})`;
  return reason === 'neverRead'
    ? `no list was read${why}`
    : `days not read whole since they ended${why}: ${stretches(days)}`;
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
