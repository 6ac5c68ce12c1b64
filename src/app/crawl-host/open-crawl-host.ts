import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCaptureWriter } from '../../captures/capture-writer.js';
import { repairCaptures } from '../../captures/repair-captures.js';
import type { Config } from '../../config/config.js';
import type { FatalError } from '../../domain/errors.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { Closers } from '../../platform/closers.js';
import { ensureDataDirIdentity } from '../../platform/data-dir-id.js';
import { acquireDataDirLock } from '../../platform/data-dir-lock.js';
import { openHandOver, openHostQueue, openQueues, type Queues, untilEmpty } from '../../queue/open-queues.js';
import { checkRedis } from '../../redis/check-redis.js';
import { type RedisLocation, watchRedis } from '../../redis/connection.js';
import { PiecesInFlight } from '../../redis/pieces-in-flight.js';
import { RedisHostThrottle } from '../../redis/redis-host-throttle.js';
import { takeCrawlHostLease } from '../../redis/writer-lease.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import { CATALOGUE_FILE } from '../../store/catalogue/database.js';
import type { CrawlKnowledge } from '../crawl/perform-crawl.js';
import { PAGES_READ_MS } from '../crawl/open-crawl-worker.js';
import type { QueueClient } from '../harvester/open-harvester.js';
import { isServed, SOFTWARE, type Runtime } from '../harvester/runtime.js';
import { knowledgeOfWriter, WriterClient } from './ask-writer.js';
import { bindToWriter } from './bind-to-writer.js';
import { CaptureDelivery } from './deliver-captures.js';

/** A capture file is removed when it is ended and the writer has it: so much stays here at most beside what the writer has not. */
const FILE_BYTES_MAX = 64_000_000;
/** After a stop signal, captures have this long to reach the writer; the next start hands over the rest. */
const STOP_GRACE_MS = 2_500;
const DELIVERY_CLOSE_MS = 4_000;

/** A process that crawls for a writer elsewhere. */
interface CrawlHost {
  readonly client: QueueClient;
  readonly knowledge: CrawlKnowledge;
  /** Resolves when what an earlier process left is handed over and processed. */
  readonly ready: Promise<unknown>;
}

interface CrawlHostRequest {
  readonly signal: AbortSignal;
  readonly onFatal: (error: FatalError) => void;
  readonly closers: Closers;
}

/** Whether `serve --only crawl` shares its data directory with a writer, or is a crawl host: the directory has no catalogue. */
export function isCrawlHost(config: Config): boolean {
  const isShared = existsSync(join(config.dataDir, CATALOGUE_FILE)) || isServed(config);
  return config.redis.url !== null && !isShared;
}

/**
 * Opens a crawl host, which shares nothing with the writer but Redis: a data directory of its own that holds nothing but the
 * captures that the writer does not have yet. Waits for a writer where none is there.
 *
 * @returns null where it was stopped meanwhile.
 * @throws {FatalError} `lock.held`; `host.severalWriters`; `host.otherWriter`; `redis.…`
 */
export async function openCrawlHost(runtime: Runtime, request: CrawlHostRequest): Promise<CrawlHost | null> {
  const { config, clock, log } = runtime;
  const { onFatal, closers } = request;
  const { dataDir } = config;
  const lock = await acquireDataDirLock(dataDir, {
    purpose: 'crawl-host',
    command: 'sputnik serve --only crawl',
    clock,
  });
  closers.push('lock', lock.release);
  const { id } = ensureDataDirIdentity(dataDir);
  for (const { file, cutBytes } of await repairCaptures(dataDir, clock)) {
    if (cutBytes > 0)
      log.warn({ event: 'captures.repaired', file, bytes: cutBytes }, 'cut a torn record off a capture file');
  }
  const location: RedisLocation = { kind: 'url', url: config.redis.url ?? '' };
  const prefix = await bindToWriter(location, config, request.signal, log);
  if (prefix === null) return null;
  const queues = await openQueues(location, prefix, closers);
  await checkRedis(queues, prefix, log);
  const holder = { dataDir, since: toUtcInstant(clock.now()) };
  await takeCrawlHostLease({ redis: queues.redis, prefix, holder, onLost: onFatal, closers }, id);
  watchRedis(queues, onFatal, closers);
  const { delivery, writer } = await openDelivery(runtime, queues, id, request);
  const fileBytesMax = Math.min(FILE_BYTES_MAX, config.captures.fileBytesMax);
  const captures = await openCaptureWriter({ dataDir, clock, fileBytesMax, software: SOFTWARE, crawlHost: id });
  closers.push('captures', () => captures.close());
  const pages = await openHandOver(queues.page, queues, { closers, log });
  const count = await delivery.start();
  if (count > 0) log.info({ event: 'delivery.resumed', count }, 'handing over captures of an earlier process');
  return {
    client: {
      ...runtime,
      ...{ captures, queues, pages, closers, files: null },
      urlRules: createUrlRules(config.editions),
      deliver: (capture) => delivery.accepted(capture),
      // One pace for each site, whichever host asks it.
      throttle: runtime.throttle ?? new RedisHostThrottle(queues.redis, prefix),
    },
    knowledge: knowledgeOfWriter(writer),
    ready: delivery.caughtUp().then(() => untilEmpty(queues.page, request.signal, { totalMs: PAGES_READ_MS })),
  };
}

async function openDelivery(
  { config: { dataDir }, log, crashPoint }: Runtime,
  queues: Queues,
  host: string,
  { signal: stop, closers }: CrawlHostRequest,
): Promise<{ delivery: CaptureDelivery; writer: WriterClient }> {
  const { redis, prefix } = queues;
  const late = stopLater(stop);
  const { signal } = late;
  const jobs = await openHandOver(openHostQueue(queues, closers), queues, { closers, log });
  const writer = new WriterClient({ jobs, redis, prefix, host, signal, log });
  const pieces = new PiecesInFlight(redis, prefix);
  const delivery = new CaptureDelivery({ dataDir, writer, pieces, signal, log, ...(crashPoint && { crashPoint }) });
  const close = (): Promise<void> => {
    late.abort();
    return delivery.close();
  };
  closers.push('delivery', close, DELIVERY_CLOSE_MS);
  return { delivery, writer };
}

/** @returns a signal that is aborted some time after the given one. */
function stopLater(signal: AbortSignal): AbortController {
  const late = new AbortController();
  const stop = (): void => {
    setTimeout(() => {
      late.abort();
    }, STOP_GRACE_MS).unref();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return late;
}
