import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { DISCOVERY_ROUTES } from '../../domain/edition.js';
import { UsageError } from '../../domain/errors.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { CrawlJob } from '../../queue/crawl-jobs.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import { crawlDocument, crawlExitCode, describeCrawl } from '../describe-crawl.js';
import { collectList, parseChoices, parseCount, parseDay } from '../parse-options.js';
import { runVerb, withCommonOptions, type VerbAction } from '../run-verb.js';

interface CrawlOptions {
  readonly edition?: readonly string[];
  readonly topic?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly via?: readonly string[];
  readonly url?: readonly string[];
  readonly limit?: string;
  readonly refetch?: boolean;
  readonly detach?: boolean;
}

export function addCrawlVerb(program: Command): void {
  withCommonOptions(program.command('crawl'))
    .summary('one crawl now')
    .description(
      'Discovers, fetches, queues, waits until every page has reached its end state, and prints the sum.\n' +
        'Goes through a running service when there is one for this data directory.\n' +
        'More than a week is done day by day: interrupted and given again, it goes on where it was.',
    )
    .option('--edition <id>', 'only these editions (repeated, or with commas)', collectList)
    .option('--topic <id>', 'look for these topics (repeated, or with commas)', collectList)
    .option('--since <date>', 'from this day on, 2023-04-12')
    .option('--until <date>', 'up to and with this day')
    .option('--via <routes>', DISCOVERY_ROUTES.join(','), collectList)
    .option('--url <url...>', 'these articles only')
    .option('--limit <n>', 'fetch at most so many articles')
    .option('--refetch', 'visit every known article of the window again, due or not')
    .option('--detach', 'leave it to the running service and return at once')
    .action(runVerb(crawl, { quietByDefault: process.stderr.isTTY }));
}

const crawl: VerbAction<CrawlOptions> = async ({ config, runtime, output, progress, signal }, options) => {
  const job = crawlJobOf(options, config);
  // Loaded when needed: the crawler's libraries take half a second to load.
  const { requestCrawl } = await import('../../app/request-crawl.js');
  const result = await requestCrawl(job, {
    ...runtime,
    signal,
    detach: options.detach === true,
    onProgress: ({ found, skipped, fetched, waiting }) => {
      progress.show(`found ${found}  skipped ${skipped}  fetched ${fetched}  waiting ${waiting}`);
    },
  });
  progress.clear();
  if (result.kind === 'detached') {
    output.line(`Queued as run ${result.runId}; \`sputnik status\` shows how it goes.`);
    output.document({ runId: result.runId, detached: true });
    return EXIT.done;
  }
  for (const line of describeCrawl(result.summary)) output.line(line);
  output.document(crawlDocument(result.summary));
  return crawlExitCode(result.summary, result.quarantined);
};

function crawlJobOf(options: CrawlOptions, config: Config): CrawlJob {
  const since = options.since === undefined ? null : parseDay(options.since, '--since');
  const until = options.until === undefined ? null : parseDay(options.until, '--until');
  if (since !== null && until !== null && since > until) {
    throw new UsageError(`--since ${since} is after --until ${until}`, { code: 'usage.date' });
  }
  return {
    v: 1,
    runId: null,
    requestedBy: 'cli',
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
    since,
    until,
    via: parseChoices(options.via, DISCOVERY_ROUTES, '--via'),
    urls: knownAddresses(options.url ?? [], config),
    limit: options.limit === undefined ? null : parseCount(options.limit, '--limit'),
    refetch: options.refetch === true,
    revisitOnly: false,
    attached: options.detach !== true,
  };
}

function knownAddresses(urls: readonly string[], config: Config): string[] {
  const addresses = createUrlRules(config.editions);
  return urls.map((url) => {
    const address = addresses.parse(url);
    if (address !== null) return address.url;
    throw new UsageError(`--url ${url} is no article address of a configured edition`, {
      code: 'usage.unknownAddress',
      hint: 'expected for example https://big5.sputniknews.cn/20230412/1049499304.html',
    });
  });
}
