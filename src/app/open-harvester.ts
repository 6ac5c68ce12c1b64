import { createHash } from 'node:crypto';
import { openCaptureWriter, type CaptureWriter } from '../captures/capture-writer.js';
import { repairCaptures } from '../captures/repair-captures.js';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment.js';
import type { HostThrottle } from '../crawlers/politeness/host-throttle.js';
import type { FatalError } from '../domain/errors.js';
import type { Clock } from '../platform/clock.js';
import { Closers } from '../platform/closers.js';
import { noCrash, type CrashPoint } from '../platform/crash-points.js';
import { acquireDataDirLock } from '../platform/data-dir-lock.js';
import type { Logger } from '../platform/logger.js';
import { connectRedis, type RedisLocation } from '../redis/connection.js';
import { openQueues, type Queues } from '../queue/open-queues.js';
import { RedisHostThrottle } from '../redis/redis-host-throttle.js';
import { releaseDeadJobs } from '../queue/release-dead-jobs.js';
import { RunTally } from '../queue/run-tally.js';
import { createUrlRules, type UrlRules } from '../sputnik/urls/url-rules.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../dedupe/settings.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { openCatalogueQueries } from '../store/catalogue/open-catalogue-queries.js';
import { openStore, type Store } from '../store/writer/store.js';
import { DEFAULT_STORE_SETTINGS } from '../store/writer/store-settings.js';
import { observationReader, pageResultReader, type ReadPageResult } from '../store/writer/capture-interpreter.js';
import { createCaptureInterpreter, type InterpreterDependencies } from '../workers/interpret-capture.js';
import { createExtractionPool, type Extractor } from '../workers/extraction-pool.js';
import { createDriftWatch } from '../workers/watch-drift.js';
import { startPageWorker } from '../workers/start-page-worker.js';
import { openRedisAsOwner } from './open-redis.js';
import { noteEarlierListFetches } from './note-earlier-list-fetches.js';
import { queuePendingCaptures } from './queue-pending-captures.js';
import { maintainData } from './maintain-data.js';
import { watchRedis } from './watch-redis.js';
import { SOFTWARE } from './software.js';
import { configuredTagPages } from './configured-tag-pages.js';

/** What a process is given from outside; the whole injection story. */
export interface Runtime {
  readonly config: Config;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  readonly crashPoint?: CrashPoint;
  /** Keeps each host's pace; default: one that every process shares through Redis. */
  readonly throttle?: HostThrottle;
  /** For tests: makes another reader of today's, such as the one of an earlier version. */
  readonly reader?: (today: Extractor) => Extractor;
}

const todaysReader = (today: Extractor): Extractor => today;

/** The one writer of a data directory with everything it works with, opened in order and closed in reverse. */
export interface Harvester extends Runtime {
  readonly redis: RedisLocation;
  readonly prefix: string;
  readonly addresses: UrlRules;
  readonly captures: CaptureWriter;
  readonly store: Store;
  /** Sees what the store has committed. */
  readonly queries: CatalogueQueries;
  /** Reads a captured page again, as the page worker does. */
  readonly readPageResult: ReadPageResult;
  readonly queues: Queues;
  readonly tally: RunTally;
  readonly closers: Closers;
}

/** Queue keys of the service; other programs enqueue under it. */
export const SERVICE_PREFIX = 'sputnik';

/** Queue keys of a command that works alone: its crawl must not take up what a service left queued. */
export function commandPrefix(dataDir: string): string {
  return `sputnik-cli-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;
}

/** Jobs in hand at the end of a page worker: one commit each, so seconds are plenty. */
const WORKER_CLOSE_MS = 5_000;

/**
 * Opens a data directory for writing: lock → Redis → captures repaired → store → queues → unsettled captures queued →
 * page worker.
 *
 * @param purpose  One word for the lock: `serve`, `crawl` …
 * @param onFatal  Called when the store cannot go on.
 * @throws {FatalError} `lock.held`, `redis.…`, `disk.…`; whatever was opened is closed again.
 */
export async function openHarvester(
  runtime: Runtime,
  purpose: string,
  prefix: string,
  onFatal: (error: FatalError) => void,
): Promise<Harvester> {
  const closers = new Closers(runtime.log);
  try {
    return await open(runtime, { purpose, prefix, onFatal }, closers);
  } catch (error) {
    // The first failure is the one to report; what fails to close behind it is logged by the closers.
    await closers.closeAll().catch(() => undefined);
    throw error;
  }
}

async function open(
  runtime: Runtime,
  { purpose, prefix, onFatal }: { purpose: string; prefix: string; onFatal: (error: FatalError) => void },
  closers: Closers,
): Promise<Harvester> {
  const { config, environment, clock, log, crashPoint = noCrash } = runtime;
  const { dataDir } = config;
  const lock = await acquireDataDirLock(dataDir, { purpose, command: `sputnik ${purpose}`, clock });
  closers.push('lock', () => {
    lock.release();
  });
  crashPoint('start.locked');
  const redis = await openRedisAsOwner({ config, environment, log, closers }, lock);
  const workerConnection = await connectRedis(redis, 'worker');
  const producerConnection = await connectRedis(redis, 'producer');
  // Our own server was started just now, so nobody can be fetching: what a killed process had taken is free again.
  if (redis.kind === 'socket') await new RedisHostThrottle(producerConnection, SERVICE_PREFIX).freePlaces();
  closers.push('redis connections', () => {
    workerConnection.disconnect();
    producerConnection.disconnect();
  });
  for (const { file, cutBytes } of await repairCaptures(dataDir, clock)) {
    if (cutBytes > 0)
      log.warn({ event: 'captures.repaired', file, bytes: cutBytes }, 'cut a torn record off a capture file');
  }
  crashPoint('start.capturesRepaired');
  const captures = await openCaptureWriter({
    dataDir,
    clock,
    fileBytesMax: config.captures.fileBytesMax,
    software: SOFTWARE,
  });
  closers.push('captures', () => captures.close());
  const addresses = createUrlRules(config.editions);
  const { store, interpreter, readPageResult } = await openReadingStore(runtime, addresses, closers);
  crashPoint('start.storeOpened');
  const queries = openQueries(dataDir, closers);
  await noteEarlierListFetches({ dataDir, store, interpret: createCaptureInterpreter(interpreter), log });
  const queues = openQueues(producerConnection, prefix);
  closers.push('queues', () => queues.close());
  if (redis.kind === 'socket') await releaseDeadJobs(queues);
  const tally = new RunTally(producerConnection, prefix);
  const harvester = {
    ...runtime,
    redis,
    prefix,
    addresses,
    captures,
    store,
    queries,
    readPageResult,
    queues,
    tally,
    closers,
  };
  await queuePendingCaptures({ dataDir, queues, store, log });
  crashPoint('start.pendingQueued');
  watchRedis({ redis: producerConnection, prefix, jobKey: null, onLost: onFatal }, closers);
  openPageWorker(harvester, interpreter, workerConnection, onFatal);
  return harvester;
}

function openQueries(dataDir: string, closers: Closers): CatalogueQueries {
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) throw new Error(`No catalogue in ${dataDir} although the store is open`);
  closers.push('queries', () => {
    catalogue.close();
  });
  return catalogue.queries;
}

/** Opens the store with what it needs to read captures again: extraction threads and the reader of lists. */
async function openReadingStore(
  { config, clock, log, crashPoint, reader = todaysReader }: Runtime,
  addresses: UrlRules,
  closers: Closers,
): Promise<{ store: Store; interpreter: InterpreterDependencies; readPageResult: ReadPageResult }> {
  const { dataDir, editions, topics, extract, politeness, dedupe } = config;
  const { bodyBytesMax } = politeness;
  const extractor = reader(createExtractionPool({ dataDir, editions, topics, bodyBytesMax }, extract));
  closers.push('extraction', () => extractor.close());
  const interpreter = {
    extractor,
    addresses,
    editions,
    topics: topics.filter(({ enabled }) => enabled),
    readList: { dataDir, bodyBytesMax },
    log,
  };
  const interpret = createCaptureInterpreter(interpreter);
  const readPageResult = pageResultReader(dataDir, interpret);
  const store = await openStore({
    dataDir,
    clock,
    settings: { ...DEFAULT_STORE_SETTINGS, dedupe: { ...DEFAULT_DEDUPE_SETTINGS, ...dedupe } },
    log,
    crashPoint: crashPoint ?? noCrash,
    readObservation: observationReader(dataDir, interpret),
    readPageResult,
  });
  closers.push('store', () => store.close());
  await store.learnTagPages(configuredTagPages(config));
  return { store, interpreter, readPageResult };
}

function openPageWorker(
  harvester: Harvester,
  interpreter: InterpreterDependencies,
  connection: Awaited<ReturnType<typeof connectRedis>>,
  onFatal: (error: FatalError) => void,
): void {
  const { config, prefix, store, queries, readPageResult, clock, tally, captures, queues, log, closers } = harvester;
  const { crashPoint = noCrash } = harvester;
  const { workers, politeness } = config;
  const worker = startPageWorker(
    {
      ...interpreter,
      store,
      readPageResult,
      noteExtractorChange: (change) => captures.appendExtractorChange(change),
      recordOutcome: (job, outcome) => tally.record(job.runId, job.pageId, outcome),
      maintain: () => maintainData({ store, queues, captures, bodyBytesMax: politeness.bodyBytesMax, log }),
      watchDrift: createDriftWatch(queries, interpreter.log),
      clock,
      crashPoint,
    },
    { connection, prefix, concurrency: workers.pageConcurrency, onFatal },
  );
  closers.push('page worker', () => worker.close(), WORKER_CLOSE_MS);
}
