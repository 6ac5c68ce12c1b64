import type { Command } from 'commander';
import type { BackfillStatus } from '../../app/crawl/backfill-pace.js';
import type { Config } from '../../config/config.js';
import { DISCOVERY_ROUTES } from '../../domain/edition.js';
import { UsageError } from '../../domain/errors.js';
import { HOUR_MS } from '../../domain/units.js';
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
import { examples, runVerb, type VerbAction, type VerbContext } from '../arguments/run-verb.js';
import {
  crawlDocument,
  crawlExitCode,
  crawlWork,
  describeCrawl,
  NO_SERVICE,
  waitingWork,
} from '../output/describe-crawl.js';
import { backfillNote, describeEstimate, estimateTable } from '../output/describe-schedules.js';
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
  readonly estimate?: boolean;
}

export function addCrawlVerb(command: Command): void {
  command
    .description(
      'Finds and fetches articles, waits until each is processed, and prints a summary. Without --since, it ' +
        'reads the current feeds and tag pages and the last two days of the sitemap. If a service runs for ' +
        'this data directory, the crawl goes through it. A crawl of more than a week is done day by day; if ' +
        'it is interrupted, run the same command again to go on where it stopped.',
    )
    .option('--edition <id>', 'only these editions (repeat, or use commas)', collectList)
    .option('--topic <id>', 'only these topics (repeat, or use commas)', collectList)
    .option('--since <date>', 'from this day, such as 2023-04-12')
    .option('--until <date>', 'to this day, inclusive')
    .option('--via <routes>', `find articles only through these: ${DISCOVERY_ROUTES.join(', ')}`, collectList)
    .option('--url <url...>', 'fetch only these articles')
    .option('--limit <n>', 'fetch at most n articles')
    .option('--refetch', 'fetch every known article of these days again, due or not')
    .option('--detach', 'hand the crawl to the running service and return at once')
    .option(
      '--estimate',
      'with --since or --until: only estimate how long it would take; fetches lists, but no articles',
    )
    .addHelpText(
      ...examples(
        'sputnik crawl --edition big5.sputniknews.cn',
        'sputnik crawl --since 2023-04-01 --until 2023-04-05 --via sitemap',
        'sputnik crawl --since 2020-01-01 --estimate',
        'sputnik crawl --url https://big5.sputniknews.cn/20230412/1049499304.html',
      ),
    )
    .action(runVerb(crawl, { quietByDefault: process.stderr.isTTY }));
}

const crawl: VerbAction<CrawlOptions> = async ({ config, runtime, output, progress, signal }, options) => {
  const job = crawlJobOf(options, config);
  refuseFuture(job, runtime.clock.now());
  if (options.estimate === true) return estimate(job, options, { runtime, output, progress, signal });
  // Loaded when needed: the crawler's libraries take half a second to load.
  const { requestCrawl } = await import('../../app/crawl/request-crawl.js');
  let backfill: BackfillStatus | null = null;
  const result = await requestCrawl(job, {
    ...runtime,
    signal,
    detach: options.detach === true,
    onProgress: (state) => {
      progress.show({ ...crawlWork(state), ...(backfill === null ? {} : { at: backfillNote(backfill) }) });
    },
    onBackfill: (status) => {
      backfill = status;
    },
    onWaiting: (ahead) => {
      progress.show(waitingWork(ahead));
    },
  });
  progress.end();
  if (result.kind === 'detached') {
    output.line(`Queued as run ${result.runId}; \`sputnik status\` shows how it goes.`);
    if (!result.isServed) output.line(NO_SERVICE);
    output.document({ runId: result.runId, detached: true, served: result.isServed } satisfies Documents['crawl']);
    return EXIT.done;
  }
  output.lines(describeCrawl(result.summary));
  output.document(crawlDocument(result.summary) satisfies Documents['crawl']);
  return crawlExitCode(result.summary, result.quarantined);
};

async function estimate(
  job: CrawlJob,
  options: CrawlOptions,
  { runtime, output, progress, signal }: Pick<VerbContext, 'runtime' | 'output' | 'progress' | 'signal'>,
): ReturnType<VerbAction<CrawlOptions>> {
  const { since, until, urls, limit, refetch } = job;
  if ((since ?? until) === null || urls.length > 0 || limit !== null || refetch || options.detach === true) {
    throw new UsageError(
      '--estimate needs --since or --until, and cannot be used with --url, --limit, --refetch or --detach',
      {
        code: 'usage.words',
        hint: 'for example: sputnik crawl --since 2020-01-01 --estimate',
      },
    );
  }
  const { estimateBackfill } = await import('../../app/crawl/estimate-backfill.js');
  const found = await estimateBackfill(job, {
    ...{ ...runtime, signal, detach: false },
    onProgress: (state) => {
      progress.show(crawlWork(state, 'estimate'));
    },
  });
  progress.end();
  output.table(estimateTable(found));
  output.lines(describeEstimate(found));
  output.document(found satisfies Documents['crawl-estimate']);
  const lost = found.editions.filter(({ unreachable }) => unreachable !== null).length;
  return lost === 0 ? EXIT.done : lost === found.editions.length ? EXIT.unreachable : EXIT.incomplete;
}

/** The day begins first 14 hours before UTC. */
const EARLIEST_ZONE_MS = 14 * HOUR_MS;

/** @throws {UsageError} `usage.date` where nothing can have been published since. */
function refuseFuture({ since }: CrawlJob, nowMs: number): void {
  const last = new Date(nowMs + EARLIEST_ZONE_MS).toISOString().slice(0, 10);
  if (since !== null && since > last) throw new UsageError(`--since ${since} is after today`, { code: 'usage.date' });
}

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
