/**
 * The figures of docs/scaling.md: how fast one writer takes pages, what an article takes on disk, and what a page that waits takes in Redis.
 *
 *     npm run bench:scaling [-- ARTICLES]
 */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pageJobSchema, queuePage, type PageJob } from '../src/queue/page-jobs.js';
import { findRedisServer } from '../src/redis/find-redis-server.js';
import { EDITION, PAGE_BYTES } from './bench-site.js';
import { writeWarc } from './growth.js';
import { measure } from './measure-process.js';
import { SPUTNIK } from './parts.js';

/** Stored before anything is measured, so that what is created once does not count. */
const BEFORE = 1_000;
const DEFAULT_ARTICLES = 4_000;
const PAGES_IN_FLIGHT = 20_000;
const MILLION = 1_000_000;
const CONNECT_MS = 10_000;

async function measureWriter(): Promise<void> {
  const dataDir = join(folder, 'data');
  const ingest = async (from: number, count: number): Promise<number> => {
    const file = join(folder, 'pages.warc.gz');
    writeWarc(file, from, count, PAGE_BYTES);
    const words = ['ingest', file, '--json', '--data-dir', dataDir, '--log-level', 'error'];
    return (await measure([process.execPath, SPUTNIK, ...words])).seconds;
  };
  const start = await ingest(0, BEFORE);
  const before = sizesOf(dataDir);
  const seconds = await ingest(BEFORE, articles);
  const after = sizesOf(dataDir);
  say(
    `one writer: ${(articles / seconds).toFixed(0)} pages/s, ${articles} in ${seconds.toFixed(0)} s after ${BEFORE} in ${start.toFixed(0)} s`,
  );
  say('', 'bytes an article', 'GB for a million');
  for (const [name, bytes] of Object.entries(after)) {
    const each = (bytes - (before[name] ?? 0)) / articles;
    say(name, each.toFixed(0), ((each * MILLION) / 1e9).toFixed(1));
  }
}

/** Blocks that are taken on the disk, by kind. */
function sizesOf(dataDir: string): Record<string, number> {
  const catalogue = ['catalogue.db', 'catalogue.db-wal'].map((name) => join(dataDir, name));
  return {
    'catalogue.db': catalogue.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0),
    'articles/': blocksBelow(join(dataDir, 'articles')),
    'captures/': blocksBelow(join(dataDir, 'captures')),
  };
}

const BLOCK_BYTES = 512;

function blocksBelow(path: string): number {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * BLOCK_BYTES, 0);
}

async function measureRedis(): Promise<void> {
  const { program, env } = await findRedisServer(join(homedir(), '.cache', 'sputnik-harvester'), () => undefined);
  const socket = join(folder, 's');
  const words = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder];
  const server = spawn(program, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const redis = new Redis(socket, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  await Promise.race([redis.ping(), pause(CONNECT_MS).then(() => Promise.reject(new Error('Redis did not start')))]);
  const queue = new Queue<PageJob>('page', { connection: redis, prefix: 'sputnik-0123456789ab' });
  await queue.waitUntilReady();
  const empty = await usedBytes(redis);
  for (let n = 0; n < PAGES_IN_FLIGHT; n += 1) await queuePage(queue, jobOf(n));
  const full = await usedBytes(redis);
  say(
    `Redis: ${((full - empty) / PAGES_IN_FLIGHT).toFixed(0)} bytes for a page that waits (${PAGES_IN_FLIGHT} of them)`,
  );
  await queue.close();
  redis.disconnect();
  server.kill();
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? 0);
}

function jobOf(n: number): PageJob {
  const articleId = String(1_060_000_000 + n);
  const url = `https://${EDITION}/20261124/${articleId}.html`;
  return pageJobSchema.parse({
    ...{
      v: 1,
      kind: 'article',
      runId: '20261124T101500-1f2e3d4c',
      edition: EDITION,
      pageId: `${EDITION}/${articleId}`,
    },
    ...{ url, finalUrl: url, fetch: 'response', failure: null },
    capture: {
      file: 'captures/sputnik-20261124101500-c0123456789ab-p1a2b-s3c4d-00001.warc.gz',
      ...{ offset: 20_480 * n, length: 20_480, sha256: '9'.repeat(64), fetchedAt: '2026-11-24T10:15:02Z', status: 200 },
      ...{ etag: '"0123456789abcdef"', lastModified: 'Tue, 24 Nov 2026 10:15:02 GMT', via: 'http' },
    },
  });
}

function say(...cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell, at) => (at === 0 ? cell.padEnd(14) : cell.padStart(20))).join('')}\n`);
}

const articles = Number(process.argv[2] ?? DEFAULT_ARTICLES);
if (!Number.isSafeInteger(articles) || articles < 1) throw new Error('usage: npm run bench:scaling -- ARTICLES');
const folder = mkdtempSync(join(tmpdir(), 'sputnik-scaling-'));
try {
  await measureWriter();
  await measureRedis();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
