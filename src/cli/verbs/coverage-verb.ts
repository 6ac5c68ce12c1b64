import type { Command } from 'commander';
import type { CoverageQuestion, EditionCoverage } from '../../app/coverage/read-coverage.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import { collectList, parseDayRange, parseEditions, parseTopics } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction, type VerbContext } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import { crawlDocument, crawlWork, describeCrawl, waitingWork } from '../output/describe-crawl.js';
import type { Documents } from '../output/documents.js';
import { tellCoverage } from '../output/tell-coverage.js';

interface CoverageOptions {
  readonly edition?: readonly string[];
  readonly topic?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly all?: boolean;
  readonly fill?: boolean;
}

export function addCoverageVerb(command: Command): void {
  command
    .description(
      'Compares what the site announced with what was stored, over the last 30 days or the days you give ' +
        '(by the clock of the edition), and lists the gaps: pages that were never read, days for which a list ' +
        'could not be fetched, and enabled editions that were never read, or not to the end of a day. The ' +
        'exit code is 3 while there are gaps.',
    )
    .option('--edition <id>', 'only these editions (repeat, or use commas)', collectList)
    .option(
      '--topic <id>',
      'show only these topics; gaps are shown for all, since an unread page may be on any topic',
      collectList,
    )
    .option('--since <date>', 'from this day, such as 2023-04-12')
    .option('--until <date>', 'to this day, inclusive')
    .option('--all', 'list every day as well')
    .option('--fill', 'crawl only what is missing, wait, and compare again')
    .addHelpText(
      ...examples(
        'sputnik coverage --edition big5.sputniknews.cn --all',
        'sputnik coverage --since 2023-04-10 --until 2023-04-12 --fill',
      ),
    )
    .action(runVerb(coverage));
}

const coverage: VerbAction<CoverageOptions> = async (context, options) => {
  const question = questionOf(options, context);
  let found = await look(question, context);
  const filled = options.fill === true ? await fill(found, context) : [];
  if (filled.length > 0) found = await look(question, context);
  const { countGaps } = await import('../../app/coverage/read-coverage.js');
  const gaps = countGaps(found);
  tellCoverage(found, gaps, options.all === true, context.output);
  context.output.document({
    gaps,
    editions: found,
    ...(options.fill === true ? { filled: filled.map(crawlDocument) } : {}),
  } satisfies Documents['coverage']);
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

async function look(question: CoverageQuestion, { config, runtime }: VerbContext): Promise<EditionCoverage[]> {
  const { readCoverage } = await import('../../app/coverage/read-coverage.js');
  return withCatalogue(config, (queries) => readCoverage(question, { config, clock: runtime.clock, queries }));
}

/** One crawl after the other: each goes through the queue, and a running service if there is one. */
async function fill(found: readonly EditionCoverage[], context: VerbContext): Promise<CrawlSummary[]> {
  const { runtime, signal, progress, output } = context;
  // Loaded when needed: the crawler's libraries take half a second to load.
  const { requestCrawl } = await import('../../app/crawl/request-crawl.js');
  const { crawlsForGaps, crawlsForUnread } = await import('../../app/coverage/fill-gaps.js');
  const summaries: CrawlSummary[] = [];
  const jobs = [...crawlsForUnread(found), ...crawlsForGaps(found)];
  for (const [at, job] of jobs.entries()) {
    if (signal.aborted) break;
    const title = `gap ${at + 1} of ${jobs.length}`;
    const answer = await requestCrawl(job, {
      ...runtime,
      signal,
      detach: false,
      onProgress: (state) => {
        progress.show(crawlWork(state, title));
      },
      onWaiting: (ahead) => {
        progress.show(waitingWork(ahead, title));
      },
    });
    progress.end();
    if (answer.kind === 'finished') summaries.push(answer.summary);
  }
  for (const summary of summaries) output.lines(describeCrawl(summary));
  if (summaries.length > 0) output.line();
  return summaries;
}
