import { openCaptureWriter } from '../captures/capture-writer.js';
import { FatalError } from '../domain/errors.js';
import { Closers } from '../platform/closers.js';
import { connectRedis } from '../redis/connection.js';
import { openQueues } from '../queue/open-queues.js';
import { RunTally } from '../queue/run-tally.js';
import { createUrlRules } from '../sputnik/urls/url-rules.js';
import { openCatalogueQueries } from '../store/catalogue/open-catalogue-queries.js';
import { openCrawlWorker, type CrawlWorkerDependencies } from './open-crawl-worker.js';
import { FatalStop } from './fatal-stop.js';
import { openHarvester, SERVICE_PREFIX, type Runtime } from './open-harvester.js';
import { requireRedis } from './open-redis.js';
import { pagesRead } from './pages-read.js';
import { createSchedules } from './schedules.js';
import type { ServicePart } from './service-parts.js';
import { SOFTWARE } from './software.js';

export interface ServiceRequest extends Runtime {
  readonly parts: readonly ServicePart[];
  /** Aborted: the service stops in order. */
  readonly signal: AbortSignal;
  readonly onReady: (ready: { readonly origin: string | null }) => void;
}

/**
 * Runs the service until the signal: workers, the schedules, the health page.
 *
 * Stops in this order: schedules → crawls (fetching stops, pages in hand are finished) → page worker → store → queues →
 * its own Redis → lock. What is not finished stays captured and is taken up by the next start.
 *
 * @throws {FatalError} what opening throws; what ended the store.
 */
export async function runService(request: ServiceRequest): Promise<void> {
  const { log } = request;
  const stop = new FatalStop(request.signal);
  const closers = new Closers(log);
  await closers.closeAfter(async () => {
    if (request.parts.some((part) => part !== 'web')) {
      const deps = await openBench(request, closers, stop.stop);
      if (request.parts.includes('page')) await openSchedules(deps);
      if (request.parts.includes('crawl')) await openCrawlPart(deps, request.parts, stop.signal);
    }
    const origin = request.parts.includes('web') ? await openWeb(request, closers) : null;
    log.info({ event: 'service.ready', reason: request.parts.join(',') }, 'service is ready');
    request.onReady({ origin });
    await aborted(stop.signal);
    log.info({ event: 'service.stopping' }, 'service is stopping');
    stop.throwIfStopped();
  });
  log.info({ event: 'service.stopped' }, 'service has stopped');
}

/** The HTTP server is loaded by whoever serves: it takes a sixth of a second. */
async function openWeb(request: ServiceRequest, closers: Closers): Promise<string> {
  const { openWebPart } = await import('./open-web-part.js');
  return openWebPart(request, closers);
}

async function openBench(
  request: ServiceRequest,
  closers: Closers,
  onFatal: (error: FatalError) => void,
): Promise<CrawlWorkerDependencies> {
  if (request.parts.includes('page')) {
    const harvester = await openHarvester(request, 'serve', SERVICE_PREFIX, onFatal);
    closers.push('harvester', () => harvester.closers.closeAll(), 30_000);
    return { ...harvester, closers };
  }
  const redis = requireRedis(request.config);
  const connection = await connectRedis(redis, 'producer');
  closers.push('redis connection', () => {
    connection.disconnect();
  });
  const { dataDir, captures: settings, editions } = request.config;
  const captures = await openCaptureWriter({
    dataDir,
    clock: request.clock,
    fileBytesMax: settings.fileBytesMax,
    software: SOFTWARE,
  });
  closers.push('captures', () => captures.close());
  const queues = openQueues(connection, SERVICE_PREFIX);
  closers.push('queues', () => queues.close());
  return {
    ...request,
    redis,
    prefix: SERVICE_PREFIX,
    addresses: createUrlRules(editions),
    captures,
    queues,
    tally: new RunTally(connection, SERVICE_PREFIX),
    closers,
  };
}

/** Schedules have one owner: the process that holds the lock of the data directory, however many crawl. */
async function openSchedules({ config, queues, clock, log, closers }: CrawlWorkerDependencies): Promise<void> {
  const schedules = createSchedules(config, queues, clock, log);
  await schedules.register();
  closers.push('schedules', () => {
    schedules.stop();
  });
}

async function openCrawlPart(
  deps: CrawlWorkerDependencies,
  parts: readonly ServicePart[],
  signal: AbortSignal,
): Promise<void> {
  const { config, queues, closers } = deps;
  const catalogue = openCatalogueQueries(config.dataDir);
  if (catalogue === null) {
    throw new FatalError(`no catalogue in ${config.dataDir} yet`, {
      code: 'catalogue.missing',
      hint: 'start the part `page` of the service first',
    });
  }
  closers.push('catalogue', () => {
    catalogue.close();
  });
  // Elsewhere the page worker has been at work all the time.
  const ready = parts.includes('page') ? pagesRead(queues, signal) : Promise.resolve();
  await openCrawlWorker(deps, catalogue.queries, signal, ready);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
