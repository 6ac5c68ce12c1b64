import type { Command } from 'commander';
import { crawlsForGaps } from '../../app/fill-gaps.js';
import { countGaps, readCoverage, type CoverageQuestion, type EditionCoverage } from '../../app/read-coverage.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import { describeCoverage } from '../describe-coverage.js';
import { crawlDocument, describeCrawl } from '../describe-crawl.js';
import { parseDayRange } from '../parse-day-range.js';
import { collectList, parseChoices } from '../parse-options.js';
import { runVerb, withCommonOptions, type VerbAction, type VerbContext } from '../run-verb.js';
import { withCatalogue } from '../with-catalogue.js';

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
        'gaps: pages without a good end, days of which a list could not be had. Exit code 3 while there are gaps.',
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
  for (const line of describeCoverage(found)) context.output.line(line);
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
    editions: parseChoices(
      options.edition,
      config.editions.map(({ id }) => id),
      '--edition',
    ),
    topics: parseChoices(
      options.topic,
      config.topics.map(({ id }) => id),
      '--topic',
    ),
    since: options.since ?? null,
    until: options.until ?? null,
  };
}

function look(question: CoverageQuestion, { config, runtime }: VerbContext): Promise<EditionCoverage[]> {
  return withCatalogue(config, (reader) => readCoverage(question, { config, clock: runtime.clock, queries: reader }));
}

/** One crawl after the other: each goes through the queue, and a running service if there is one. */
async function fill(found: readonly EditionCoverage[], context: VerbContext): Promise<CrawlSummary[]> {
  const { runtime, signal, progress, output } = context;
  // Loaded when needed: the crawler's libraries take half a second to load.
  const { requestCrawl } = await import('../../app/request-crawl.js');
  const summaries: CrawlSummary[] = [];
  const jobs = crawlsForGaps(found);
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
  for (const summary of summaries) for (const line of describeCrawl(summary)) output.line(line);
  if (summaries.length > 0) output.line();
  return summaries;
}
