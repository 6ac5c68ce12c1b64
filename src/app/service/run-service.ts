import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { loadCrawler } from '../../crawlers/crawl.js';
import { FatalError } from '../../domain/errors.js';
import { NOTIFY_FILE } from '../../notify/outbox/outbox-database.js';
import { Closers } from '../../platform/closers.js';
import { untilEmpty } from '../../queue/open-queues.js';
import { requireRedis } from '../../redis/find-redis.js';
import { openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { openHostAnswers } from '../crawl-host/answer-crawl-hosts.js';
import { isCrawlHost, openCrawlHost } from '../crawl-host/open-crawl-host.js';
import { knowledgeOf } from '../crawl/catalogue-knowledge.js';
import { openCrawlWorker, PAGES_READ_MS } from '../crawl/open-crawl-worker.js';
import type { FilesAtWork } from '../harvester/files-at-work.js';
import { openHarvester, openQueueClient, type Harvester, type QueueClient } from '../harvester/open-harvester.js';
import { servicePrefix } from '../harvester/runtime.js';
import { FatalStop, type WorkRequest } from '../harvester/with-harvester.js';
import { readHealth } from './read-status.js';
import { createSchedules } from './schedules.js';
import type { ServicePart } from './service-parts.js';

/** Its signal stops the service in order. */
interface ServiceRequest extends WorkRequest {
  readonly parts: readonly ServicePart[];
  readonly onReady: (ready: { readonly origin: string | null }) => void;
}

/**
 * Runs the service until the signal: workers, the schedules, the health page.
 *
 * Stops in this order: schedules → crawls (fetching stops, pages in hand are finished) → page worker → store → queues →
 * its own Redis → lock. Unfinished pages stay captured, and the next start takes them up.
 *
 * @throws {FatalError} what opening throws; what ended the store.
 */
export async function runService(request: ServiceRequest): Promise<void> {
  boundHeapGrowth();
  const { log, parts } = request;
  const stop = new FatalStop(request.signal);
  const closers = new Closers(log);
  await closers.closeAfter(async () => {
    const isCrawling = parts.includes('crawl');
    let files: FilesAtWork | null = null;
    if (isCrawling && !parts.includes('page') && isCrawlHost(request.config)) {
      const host = await openCrawlHost(request, { signal: stop.signal, onFatal: stop.stop, closers });
      if (host === null) return;
      await openCrawlWorker(host.client, host.knowledge, stop.signal, host.ready);
    } else if (parts.some((part) => part !== 'web')) {
      const client = await openClient(request, stop, closers);
      files = client.files;
      if (isCrawling) await openCrawlPart(client, parts, stop.signal);
    }
    const origin = parts.includes('web') ? await openWeb(request, closers, files) : null;
    log.info({ event: 'service.ready', reason: parts.join(',') }, 'service is ready');
    request.onReady({ origin });
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    log.info({ event: 'service.stopping' }, 'service is stopping');
    stop.throwIfStopped();
  });
  log.info({ event: 'service.stopped' }, 'service has stopped');
}

/** The HTTP server is loaded only by a process that serves, because loading takes a sixth of a second. */
async function openWeb(request: ServiceRequest, closers: Closers, files: FilesAtWork | null): Promise<string> {
  const { openWebPart } = await import('./open-web-part.js');
  return openWebPart(request, closers, files);
}

/** The part `page` is the writer; a process without it only captures and hands over. */
async function openClient(request: ServiceRequest, stop: FatalStop, closers: Closers): Promise<QueueClient> {
  const { config, parts } = request;
  if (!parts.includes('page')) return openQueueClient(request, requireRedis(config), servicePrefix(config), closers);
  const harvester = await openHarvester(request, { purpose: 'serve', onFatal: stop.stop, closers });
  // Our own Redis is on a private socket: no other host reaches it.
  if (harvester.queues.location.kind === 'url') await openHostAnswers(harvester);
  await openSchedules(harvester);
  await openNotifications(harvester);
  return harvester;
}

/** The code that sends messages is loaded only if there are rules, or were some. */
async function openNotifications(harvester: Harvester): Promise<void> {
  const { dataDir, notify } = harvester.config;
  if (notify.rules.length === 0 && !existsSync(join(dataDir, NOTIFY_FILE))) return;
  const { openNotifyPart } = await import('../notify/open-notify-part.js');
  await openNotifyPart(harvester, () => readHealth(harvester).freshness);
}

/** Schedules have one owner: the process that holds the lock of the data directory, however many crawl. */
async function openSchedules({ config, queues, clock, log, closers }: QueueClient): Promise<void> {
  const schedules = createSchedules(config, queues, clock, log);
  await schedules.register();
  closers.push('schedules', () => {
    schedules.stop();
  });
}

async function openCrawlPart(client: QueueClient, parts: readonly ServicePart[], signal: AbortSignal): Promise<void> {
  const { config, queues, closers } = client;
  const catalogue = openCatalogueQueries(config.dataDir);
  if (catalogue === null) {
    throw new FatalError(`there is no catalogue in ${config.dataDir} yet`, {
      code: 'catalogue.missing',
      hint: 'start the part `page` of the service first',
    });
  }
  closers.push('catalogue', catalogue.close);
  // Elsewhere the page worker has been at work all the time.
  const ready = parts.includes('page') ? untilEmpty(queues.page, signal, { totalMs: PAGES_READ_MS }) : undefined;
  // This happens before the service reports that it is ready, because it does not answer meanwhile.
  await loadCrawler();
  await openCrawlWorker(client, knowledgeOf(catalogue.queries, client), signal, ready);
}

/**
 * How much a heap may grow between two full collections, in percent of what the last one left. By default, V8 lets it
 * grow fourfold on a machine with much memory: 150 MB in use became 600 MB in the process while it handled records of
 * several megabytes.
 */
const GROWING_PERCENT = 30;

/** Bounds the heaps of this process and its threads by their live data. For processes that run for a long time. */
function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
