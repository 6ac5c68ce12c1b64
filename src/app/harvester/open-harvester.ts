import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCaptureWriter, type CaptureWriter } from '../../captures/capture-writer.js';
import { repairCaptures } from '../../captures/repair-captures.js';
import type { Config } from '../../config/config.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../../dedupe/neighbour-index.js';
import { FatalError } from '../../domain/errors.js';
import type { LearnedTagPage } from '../../domain/page-result.js';
import { removeStaleTemporaryFiles } from '../../platform/atomic-files.js';
import { refuseWrongClock, toUtcInstant } from '../../platform/clock.js';
import type { Closers } from '../../platform/closers.js';
import { noCrash } from '../../platform/crash-points.js';
import { ensureDataDirIdentity } from '../../platform/data-dir-id.js';
import { acquireDataDirLock } from '../../platform/data-dir-lock.js';
import type { HandOver } from '../../queue/hand-over.js';
import { closeWorker, openHandOver, openQueues, releaseDeadJobs, type Queues } from '../../queue/open-queues.js';
import { queuePage, type DeliverCapture, type PageJob } from '../../queue/page-jobs.js';
import { checkRedis } from '../../redis/check-redis.js';
import { connectRedis, type RedisLocation, watchRedis } from '../../redis/connection.js';
import { openRedisAsOwner } from '../../redis/find-redis.js';
import { RedisHostThrottle } from '../../redis/redis-host-throttle.js';
import { takeOverKeys } from '../../redis/take-over-keys.js';
import { takeWriterLease } from '../../redis/writer-lease.js';
import { createUrlRules, type UrlRules } from '../../sputnik/urls/url-rules.js';
import {
  openCatalogueQueries,
  type CatalogueQueries,
  type OpenedCatalogue,
} from '../../store/catalogue/catalogue-queries.js';
import { catalogueError } from '../../store/catalogue/database.js';
import { createDriftWatch } from '../../store/drift/drift-report.js';
import { observationReader } from '../../store/writer/capture-interpreter.js';
import { openStore } from '../../store/writer/open-store.js';
import type { Store } from '../../store/writer/store.js';
import { startPageWorker } from '../../workers/start-workers.js';
import { watchFiles, type FilesAtWork } from './files-at-work.js';
import { maintainData } from './maintain-data.js';
import { openInterpreter, type Interpreter } from './open-interpreter.js';
import { namesOfTopics, startReadingUnderNewTopics } from './read-under-new-topics.js';
import { noteEarlierListFetches, queuePendingCaptures } from './recover-captures.js';
import { BINDING_FILE, commandPrefix, olderPrefixes, servicePrefix, SOFTWARE, type Runtime } from './runtime.js';

/** The parts that capture pages and hand them to the queues. */
export interface QueueClient extends Runtime {
  readonly urlRules: UrlRules;
  readonly captures: CaptureWriter;
  readonly queues: Queues;
  /** Waits for the ends of page jobs. */
  readonly pages: HandOver<PageJob>;
  /** Null: the writer works in the same data directory, and the process that captures a page also queues it. */
  readonly deliver: DeliverCapture | null;
  /** What the writer has open; null: it works in another process. */
  readonly files: FilesAtWork | null;
  readonly closers: Closers;
}

/** The one writer of a data directory with everything it works with. */
export interface Harvester extends QueueClient {
  readonly store: Store;
  /** Sees what the store has committed. */
  readonly queries: CatalogueQueries;
  readonly interpreter: Interpreter;
  readonly files: FilesAtWork;
}

interface HarvesterRequest {
  /** One word for the lock: `serve`, `crawl` … */
  readonly purpose: string;
  /** Called when the store cannot go on, or Redis is lost. */
  readonly onFatal: (error: FatalError) => void;
  /** Whatever is opened is pushed here, also where opening fails. */
  readonly closers: Closers;
}

/** Jobs in hand at the end of a page worker: one commit each, so seconds are plenty. */
const WORKER_CLOSE_MS = 5_000;

/**
 * Opens a data directory for writing: lock → Redis → queues → captures repaired → store → page worker → pending
 * captures queued. Closed in reverse.
 *
 * @throws {FatalError} `lock.held`, `host.notAWriter`, `redis.…`, `disk.…`
 */
export async function openHarvester(runtime: Runtime, request: HarvesterRequest): Promise<Harvester> {
  const { config, environment, clock, log, crashPoint = noCrash } = runtime;
  const { purpose, onFatal, closers } = request;
  const { dataDir } = config;
  refuseWrongClock(clock);
  const lock = await acquireDataDirLock(dataDir, { purpose, command: `sputnik ${purpose}`, clock });
  closers.push('lock', lock.release);
  refuseCrawlHost(dataDir);
  await removeStaleTemporaryFiles(dataDir);
  crashPoint('start.locked');
  const identity = ensureDataDirIdentity(dataDir);
  const location = await openRedisAsOwner({ config, environment, log, closers }, lock);
  const prefix = purpose === 'serve' ? servicePrefix(config) : commandPrefix(config);
  const client = await openQueueClient(runtime, location, prefix, closers);
  const { queues } = client;
  await claimPrefix(queues, runtime, request, identity.isOlder);
  await repairTails(runtime);
  crashPoint('start.capturesRepaired');
  const interpreter = openInterpreter(runtime, closers);
  const store = await openWritingStore(runtime, interpreter, closers);
  crashPoint('start.storeOpened');
  const queries = openQueries(dataDir, closers);
  await noteEarlierListFetches({ dataDir, store, interpret: interpreter.interpret, log });
  const files = watchFiles({ dataDir, lock, identity, log, onFatal, closers });
  const harvester = { ...client, store, queries, interpreter, files };
  const broken = new AbortController();
  const giveUp = (error: FatalError): void => {
    broken.abort(error);
    onFatal(error);
  };
  watchRedis(queues, giveUp, closers);
  // What a dead process left queued is thrown away before anybody takes it.
  await queues.page.obliterate({ force: true });
  await openPageWorker(harvester, giveUp);
  await queuePendingCaptures({ dataDir, queues, store, log }, broken.signal);
  crashPoint('start.pendingQueued');
  startReadingUnderNewTopics(harvester, closers);
  return harvester;
}

/** What a crawl host has captured is for a writer elsewhere, which would not get it if it were processed here. */
function refuseCrawlHost(dataDir: string): void {
  if (!existsSync(join(dataDir, BINDING_FILE))) return;
  throw new FatalError(`${dataDir} is the data directory of a crawl host: its captures belong to a writer elsewhere`, {
    code: 'host.notAWriter',
    hint: `use another --data-dir; or, if it holds no captures any more, delete ${BINDING_FILE} in it`,
  });
}

/** Opens the captures of this process and both queues. @param closers  What is opened is pushed here. */
export async function openQueueClient(
  runtime: Runtime,
  location: RedisLocation,
  prefix: string,
  closers: Closers,
): Promise<QueueClient> {
  const { config, clock } = runtime;
  const queues = await openQueues(location, prefix, closers);
  await checkRedis(queues, prefix, runtime.log);
  const pages = await openHandOver(queues.page, queues, { closers, log: runtime.log });
  const { fileBytesMax } = config.captures;
  const captures = await openCaptureWriter({ dataDir: config.dataDir, clock, fileBytesMax, software: SOFTWARE });
  closers.push('captures', () => captures.close());
  return {
    ...runtime,
    urlRules: createUrlRules(config.editions),
    captures,
    queues,
    pages,
    deliver: null,
    files: null,
    closers,
  };
}

/** Takes the lease of the key prefix for this writer, and takes over earlier keys. */
async function claimPrefix(
  queues: Queues,
  runtime: Runtime,
  { onFatal, closers }: HarvesterRequest,
  isOlder: boolean,
): Promise<void> {
  const { config, clock } = runtime;
  const holder = { dataDir: config.dataDir, since: toUtcInstant(clock.now()) };
  const { redis } = queues;
  await takeWriterLease({ redis, prefix: servicePrefix(config), holder, onLost: onFatal, closers });
  if (isOlder) await takeOverOlderState(queues, runtime);
  if (queues.location.kind === 'socket') await releaseDead(queues, config);
}

/**
 * A data directory of an older release has left its crawls and pauses under a prefix that all of them shared. Once is
 * enough.
 */
async function takeOverOlderState({ redis }: Queues, { config, log }: Runtime): Promise<void> {
  const [service, command] = olderPrefixes(config);
  const moved = [
    await takeOverKeys(redis, service, servicePrefix(config)),
    await takeOverKeys(redis, command, commandPrefix(config)),
  ];
  const count = moved.reduce((sum, some) => sum + some, 0);
  if (count > 0) log.info({ event: 'redis.takenOver', count }, 'took over what an older release had queued');
}

/** Our own server was started just now, so nobody can be at work: what a killed process had taken is free again. */
async function releaseDead(queues: Queues, config: Config): Promise<void> {
  await new RedisHostThrottle(queues.redis, servicePrefix(config)).freePermissions();
  for (const queue of [queues.crawl, queues.backfill]) await releaseDeadJobs(queues, queue);
}

async function openWritingStore(
  { config, clock, log, crashPoint = noCrash }: Runtime,
  { interpret, readPageResult }: Interpreter,
  closers: Closers,
): Promise<Store> {
  const { dataDir, dedupe } = config;
  const store = await openStore({
    dataDir,
    clock,
    dedupe: { ...DEFAULT_DEDUPE_SETTINGS, ...dedupe },
    log,
    crashPoint,
    readObservation: observationReader(dataDir, interpret),
    readPageResult,
  });
  closers.push('store', () => store.close());
  await store.judgeBy(new Set(namesOfTopics(config)));
  await store.learnTagPages(configuredTagPages(config));
  return store;
}

/** The tag pages of the settings count as learned at the beginning of time: what articles teach stands beside. */
const SETTINGS_SEEN_AT = '1970-01-01T00:00:00Z';

function configuredTagPages({ editions }: Config): LearnedTagPage[] {
  return editions.flatMap(({ id, family, tagPages }) =>
    Object.entries(tagPages).flatMap(([topic, paths]) =>
      paths.map((path) => ({ edition: id, family, topic, path, learnedFrom: 'settings', seenAt: SETTINGS_SEEN_AT })),
    ),
  );
}

function openQueries(dataDir: string, closers: Closers): CatalogueQueries {
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) throw new Error(`No catalogue in ${dataDir} although the store is open`);
  closers.push('queries', catalogue.close);
  return catalogue.queries;
}

async function openPageWorker(harvester: Harvester, onFatal: (error: FatalError) => void): Promise<void> {
  const { config, store, queries, interpreter, captures, queues, log, closers, crashPoint = noCrash } = harvester;
  const connection = await connectRedis(queues.location, 'worker');
  closers.push('worker connection', () => {
    connection.disconnect();
  });
  const { bodyBytesMax } = config.politeness;
  const worker = startPageWorker(
    {
      ...interpreter.deps,
      store,
      readPageResult: interpreter.readPageResult,
      readNote: interpreter.readNote,
      noteExtractorChange: (change) => captures.appendExtractorChange(change),
      maintain: () => maintainData({ dataDir: config.dataDir, store, queues, captures, bodyBytesMax, log }),
      watchDrift: createDriftWatch(queries, log),
      requeue: (job) => queuePage(queues.page, job),
      crashPoint,
    },
    { connection, prefix: queues.prefix, concurrency: config.workers.pageConcurrency },
    onFatal,
  );
  closers.push('page worker', () => closeWorker(worker, connection), WORKER_CLOSE_MS);
}

/** Cuts off what a kill or a power cut left half written, and nothing that the catalogue knows to be processed. */
async function repairTails({ config: { dataDir }, clock, log }: Runtime): Promise<void> {
  const catalogue = openCatalogueIfSound(dataDir);
  try {
    const processedBytesOf = (file: string): number | null => {
      try {
        return catalogue?.queries.processedBytes(file) ?? null;
      } catch (error) {
        throw catalogueError(dataDir, error);
      }
    };
    for (const { file, cutBytes } of await repairCaptures(dataDir, clock, processedBytesOf)) {
      if (cutBytes > 0)
        log.warn({ event: 'captures.repaired', file, bytes: cutBytes }, 'cut a torn record off a capture file');
    }
  } finally {
    catalogue?.close();
  }
}

/**
 * @returns null if there is none, or none that can be read as it is; the opening of the store reports and repairs that.
 */
function openCatalogueIfSound(dataDir: string): OpenedCatalogue | null {
  try {
    return openCatalogueQueries(dataDir);
  } catch (error) {
    if (error instanceof FatalError) return null;
    throw error;
  }
}
