import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { DISCOVERY_ROUTES } from '../../domain/edition.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { CrawlJob } from '../../queue/crawl-jobs.js';
import { parseArticleUrl } from '../arguments/find-article.js';
import {
  collectList,
  parseChoices,
  parseCount,
  parseDayRange,
  parseEditions,
  parseTopics,
} from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { crawlWork, waitingWork } from '../output/crawl-work.js';
import { crawlDocument, crawlExitCode, describeCrawl } from '../output/describe-crawl.js';
import type { Documents } from '../output/documents.js';

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

export function addCrawlVerb(command: Command): void {
  command
    .description(
      'Discovers, fetches, queues, waits until every page has reached its end state, and prints the summary. ' +
        'Goes through a running service when there is one for this data directory. ' +
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
    .addHelpText(
      'after',
      examples(
        'sputnik crawl --edition big5.sputniknews.cn',
        'sputnik crawl --since 2023-04-01 --until 2023-04-05 --via sitemap',
        'sputnik crawl --url https://big5.sputniknews.cn/20230412/1049499304.html',
      ),
    )
    .action(runVerb(crawl, { quietByDefault: process.stderr.isTTY }));
}

const crawl: VerbAction<CrawlOptions> = async ({ config, runtime, output, progress, signal }, options) => {
  const job = crawlJobOf(options, config);
  // Loaded when needed: the crawler's libraries take half a second to load.
  const { requestCrawl } = await import('../../app/crawl/request-crawl.js');
  const result = await requestCrawl(job, {
    ...runtime,
    signal,
    detach: options.detach === true,
    onProgress: (state) => {
      progress.show(crawlWork(state));
    },
    onWaiting: (ahead) => {
      progress.show(waitingWork(ahead));
    },
  });
  progress.end();
  if (result.kind === 'detached') {
    output.line(`Queued as run ${result.runId}; \`sputnik status\` shows how it goes.`);
    output.document({ runId: result.runId, detached: true } satisfies Documents['crawl']);
    return EXIT.done;
  }
  output.lines(describeCrawl(result.summary));
  output.document(crawlDocument(result.summary) satisfies Documents['crawl']);
  return crawlExitCode(result.summary, result.quarantined);
};

function crawlJobOf(options: CrawlOptions, config: Config): CrawlJob {
  parseDayRange(options.since, options.until);
  return {
    v: 1,
    runId: null,
    requestedBy: 'cli',
    editions: parseEditions(options.edition, config),
    topics: parseTopics(options.topic, config),
    since: options.since ?? null,
    until: options.until ?? null,
    via: parseChoices(options.via, DISCOVERY_ROUTES, '--via'),
    urls: (options.url ?? []).map((url) => parseArticleUrl(url, config).url),
    limit: options.limit === undefined ? null : parseCount(options.limit, '--limit'),
    refetch: options.refetch === true,
    revisitOnly: false,
    attached: options.detach !== true,
  };
}
