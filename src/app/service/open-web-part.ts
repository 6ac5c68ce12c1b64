import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError } from '../../domain/errors.js';
import type { Closers } from '../../platform/closers.js';
import { readLockHolder } from '../../platform/data-dir-lock.js';
import { diskError } from '../../platform/disk-error.js';
import { VERSION } from '../../platform/package-dir.js';
import { readNotify, readRuleMessages } from '../../notify/outbox/read-notify.js';
import { connectRedis } from '../../redis/connection.js';
import { describeState, type Freshness } from '../../store/catalogue/judge-freshness.js';
import { AnswerProcess } from '../../web/answer-process.js';
import { apiRoutes } from '../../web/api-routes.js';
import { feedRoutes } from '../../web/selection-routes.js';
import { healthRoutes, metricsRoutes, type Readiness } from '../../web/monitoring-routes.js';
import { pageRoutes } from '../../web/page-routes.js';
import { CatalogueHandle, type WebSources } from '../../web/web-sources.js';
import { startWebServer } from '../../web/web-server.js';
import { findRedis } from '../../redis/find-redis.js';
import { createPictureRenderer } from '../notify/picture-drawer.js';
import { readListDays } from '../coverage/list-ledger.js';
import { createWebActions, readJobList, readJobs } from './create-web-actions.js';
import type { FilesAtWork } from '../harvester/files-at-work.js';
import { readHealth, readStatus, type Status } from './read-status.js';
import type { Runtime } from '../harvester/runtime.js';

/** How long readiness may take to ask Redis. */
const READINESS_MS = 2_000;
const READINESS_KEPT_MS = 1_000;
/**
 * What is older than two seconds is read again. Who asks waits for that, but not long, in a corpus in which it takes a few milliseconds; else
 * the page is answered with what was read before. What is older than a minute is not shown.
 */
const STATUS = { freshMs: 2_000, keptMs: 60_000, waitMs: 500 };
const SMALL_ARTICLES_MAX = 5_000;
/** While nobody looks it is read so often, so that whoever looks then need not wait: some 26 ms of the processor in a large corpus. */
const STATUS_EVERY_MS = 45_000;

/**
 * Opens the web page, feeds, metrics and health of the service. Needs neither Redis nor a catalogue to start: what is not there is said.
 *
 * @param files  What the writer of this process has open; null: it works in another one.
 * @returns where it listens.
 * @throws {FatalError} `web.port`, `web.tokenMissing`, `web.noQueueBoard`.
 */
export async function openWebPart(runtime: Runtime, closers: Closers, files: FilesAtWork | null): Promise<string> {
  const { config, log } = runtime;
  const catalogue = new CatalogueHandle(config.dataDir);
  closers.push('catalogue of the web', () => {
    catalogue.close();
  });
  const status = keptFor(STATUS, isSmall, () => statusOf(runtime));
  const sources = {
    catalogue,
    topics: config.topics.map(({ id }) => id),
    editions: [...config.editions].sort((a, b) => Number(b.enabled) - Number(a.enabled)).map(({ id }) => id),
    languages: Object.fromEntries(config.editions.map(({ id, language }) => [id, language])),
    timeZones: Object.fromEntries(config.editions.map(({ id, timeZone }) => [id, timeZone])),
    now: () => runtime.clock.now(),
    version: VERSION,
    actions: createWebActions(runtime),
    jobs: () => readJobs(runtime),
    jobList: (asked) => readJobList(runtime, asked),
    hasQueueBoard: config.queueBoard.enabled,
    notifications: () => readNotify(config),
    ruleMessages: (asked) => readRuleMessages(config.dataDir, asked),
    renderPicture: createPictureRenderer(runtime),
    listDays: (edition, since, until) =>
      readListDays(edition, { since, until }, { ...runtime, queries: catalogue.requireQueries() }),
    status,
  } satisfies WebSources;
  const routes = [
    healthRoutes(cachedFor(READINESS_KEPT_MS, () => readinessOf(runtime, files))),
    metricsRoutes(sources),
    feedRoutes(sources),
    apiRoutes(sources),
    pageRoutes(sources),
    ...(config.queueBoard.enabled ? [await (await import('./queue-board.js')).queueBoardRoutes(runtime)] : []),
  ];
  const { topics, editions, languages } = sources;
  const answers = new AnswerProcess({ dataDir: config.dataDir, topics, editions, languages, version: VERSION }, log);
  closers.push('answers of the web', () => {
    answers.close();
  });
  const server = await startWebServer(config.web, routes, log, answers);
  closers.push('web', () => server.close());
  const read = (): void => {
    status().catch(() => undefined); // told to whoever asks when nothing is kept any more
  };
  read();
  const reading = setInterval(read, STATUS_EVERY_MS);
  closers.push('status of the web', () => {
    clearInterval(reading);
  });
  return server.origin;
}

/** Ready: Redis answers, what is fetched can be written, files are where they were, and no enabled edition is out of reach or late. */
async function readinessOf(runtime: Runtime, files: FilesAtWork | null): Promise<Readiness> {
  const [redis, disk] = await Promise.all([redisReason(runtime.config), diskReason(runtime.config)]);
  const health = readHealth(runtime);
  const stale = health.freshness.filter(({ topic }) => topic === null);
  const reasons = [redis, disk, ...(files?.look() ?? []), ...stale.map(staleReason)].filter(
    (reason) => reason !== null,
  );
  const failingPages = health.failingPages.map(
    ({ url, reason, failures }) => `${url} (${reason}, ${failures} in a row)`,
  );
  return { ready: reasons.length === 0, reasons, failingPages };
}

function staleReason(row: Freshness): string | null {
  const { edition, state, since } = row;
  if (state !== 'unreachable' && state !== 'late') return null;
  return `${edition} is ${describeState(row)}${since === null ? '' : ` since ${since}`}`;
}

/** With less free than this, in bytes, the next batch may not fit: 16 MB. */
const FREE_BYTES_MIN = 16_000_000;
/** The same for files: each commit replaces its records by new ones. */
const FREE_FILES_MIN = 200;
const FOLDERS_WRITTEN = ['.', 'captures', 'articles'];

/** @returns why whoever works in the data directory cannot write there; null: it can, or nobody works there. Writes nothing itself. */
async function diskReason({ dataDir }: Runtime['config']): Promise<string | null> {
  if (readLockHolder(dataDir) === null) return null;
  try {
    const { bavail, bsize, files, ffree } = await statfs(dataDir);
    if (bavail * bsize < FREE_BYTES_MIN) return `the disk that holds dataDir is full: ${bavail * bsize} bytes are free`;
    // Some file systems count none.
    if (files > 0 && ffree < FREE_FILES_MIN)
      return `the disk that holds dataDir takes no more files: ${ffree} are free (df -i)`;
    for (const folder of FOLDERS_WRITTEN) {
      const path = join(dataDir, folder);
      if (existsSync(path)) await access(path, constants.W_OK);
    }
    return null;
  } catch (error) {
    return diskError(`write to ${dataDir}`, error).message;
  }
}

/** @returns why Redis cannot be used; null: it answers. */
async function redisReason(config: Runtime['config']): Promise<string | null> {
  const location = findRedis(config);
  if (location === null) return 'no service works in the data directory';
  const connecting = connectRedis(location, 'producer').then((redis) => {
    redis.disconnect();
    return true;
  });
  const answered = await Promise.race([connecting.catch(() => false), afterwards(READINESS_MS, false)]);
  return answered ? null : 'Redis does not answer';
}

function isSmall({ corpus }: Pick<Status, 'corpus'>): boolean {
  return corpus === null || corpus.articles < SMALL_ARTICLES_MAX;
}

/** How things stand; without queues and schedules where Redis does not answer. */
async function statusOf(runtime: Runtime): ReturnType<typeof readStatus> {
  try {
    return await readStatus(runtime);
  } catch (error) {
    if (!(error instanceof FatalError) || !error.code.startsWith('redis.')) throw error;
    return readStatus(runtime, false);
  }
}

/** @returns `read`, asked at most once in so long however many callers there are. */
function cachedFor<T>(keptMs: number, read: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly untilMs: number } | null = null;
  return () => {
    const nowMs = performance.now();
    if (kept === null || nowMs >= kept.untilMs) {
      const value = read();
      value.catch(() => {
        kept = null;
      });
      kept = { value, untilMs: nowMs + keptMs };
    }
    return kept.value;
  };
}

/**
 * @param waits  Whether the next reading is waited for, up to `waitMs`, told by the one before.
 * @returns      `read`, asked again when its answer is no longer fresh; who asks meanwhile is given the answer before, as long as it is kept.
 */
function keptFor<T>(
  { freshMs, keptMs, waitMs }: { readonly freshMs: number; readonly keptMs: number; readonly waitMs: number },
  waits: (value: T) => boolean,
  read: () => Promise<T>,
): () => Promise<T> {
  let last: { readonly value: T; readonly atMs: number } | null = null;
  const fresh = cachedFor(freshMs, async () => {
    const value = await read();
    last = { value, atMs: performance.now() };
    return value;
  });
  return async () => {
    const asked = fresh();
    const kept = last;
    if (kept === null || performance.now() - kept.atMs > keptMs) return asked;
    const orKept = asked.catch(() => kept.value); // why is told to whoever asks when nothing is kept any more
    return waits(kept.value) ? Promise.race([orKept, afterwards(waitMs, kept.value)]) : kept.value;
  };
}

function afterwards<T>(delayMs: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs, value).unref();
  });
}
