import type { CaptureWriter } from '../captures/capture-writer.js';
import { connectRedis, type RedisLocation } from '../queue/connection.js';
import type { Queues } from '../queue/open-queues.js';
import { RedisHostThrottle } from '../queue/redis-host-throttle.js';
import type { RunTally } from '../queue/run-tally.js';
import type { AddressBook } from '../sputnik/address-book.js';
import type { CatalogueReader } from '../store/catalogue/catalogue-reader.js';
import { startCrawlWorker } from '../workers/start-crawl-worker.js';
import type { Closers } from '../platform/closers.js';
import { SERVICE_PREFIX, type Surroundings } from './open-harvester.js';
import { findInstalledBrowser } from './find-installed-browser.js';
import { knownPagesOf } from './known-pages-of.js';
import { performCrawl } from './perform-crawl.js';

/** What a crawl worker works with, in the writer's process or in one of its own. */
export interface CrawlWorkerBench extends Surroundings {
  readonly redis: RedisLocation;
  readonly prefix: string;
  readonly addresses: AddressBook;
  readonly captures: CaptureWriter;
  readonly queues: Queues;
  readonly tally: RunTally;
  readonly closers: Closers;
}

/** A stopped crawl finishes the pages in hand. */
const CRAWL_CLOSE_MS = 7_000;

/**
 * Starts working off queue `crawl`.
 *
 * @param reader  What the catalogue knows, live.
 * @param signal  Stops crawls in progress; they end in order.
 */
export async function openCrawlWorker(
  bench: CrawlWorkerBench,
  reader: CatalogueReader,
  signal: AbortSignal,
): Promise<void> {
  const { redis, prefix, queues, config, log, closers } = bench;
  const connection = await connectRedis(redis, 'worker');
  closers.push('crawl connection', () => {
    connection.disconnect();
  });
  const throttle = new RedisHostThrottle(queues.redis, SERVICE_PREFIX);
  const active = new Set<string>();
  const executablePath = await findInstalledBrowser(config, bench.environment);
  const crawlBench = {
    ...bench,
    config: { ...config, browser: { ...config.browser, executablePath } },
    throttle,
    known: knownPagesOf(reader, config),
    isDuplicateArticle: reader.isDuplicate.bind(reader),
  };
  const worker = startCrawlWorker(
    async (job, onProgress) => {
      const schedule = job.requestedBy in config.schedules ? job.requestedBy : null;
      if (schedule !== null && active.has(schedule)) {
        log.warn(
          { event: 'schedule.overlap', reason: schedule },
          'the last run of this schedule still goes on; skipped',
        );
        return null;
      }
      if (schedule !== null) active.add(schedule);
      try {
        return await performCrawl(job, crawlBench, signal, onProgress);
      } finally {
        if (schedule !== null) active.delete(schedule);
      }
    },
    { connection, prefix, concurrency: config.workers.crawlConcurrency, log },
  );
  closers.push('crawl worker', () => worker.close(), CRAWL_CLOSE_MS);
}
