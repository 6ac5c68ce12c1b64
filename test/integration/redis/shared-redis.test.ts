import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowProducer, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FatalError } from '../../../src/domain/errors.js';
import { Closers } from '../../../src/platform/closers.js';
import { ensureDataDirIdentity, readDataDirIdentity } from '../../../src/platform/data-dir-id.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/redis/embedded-redis.js';
import { takeOverKeys } from '../../../src/redis/take-over-keys.js';
import { takeWriterLease } from '../../../src/redis/writer-lease.js';

let folder: string;
let server: EmbeddedRedis;
let redis: Redis;
const closers: Closers[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shared-redis-'));
  const cacheDir = join(homedir(), '.cache', 'sputnik-harvester');
  server = await startEmbeddedRedis({ dataDir: folder, cacheDir, log: silentLogger });
  redis = new Redis(server.connection.path, { maxRetriesPerRequest: null });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const some of closers.splice(0)) await some.closeAll();
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('the id of a data directory', () => {
  it('is given once, and to each its own', async () => {
    const ids = ['one', 'two', 'three'].map((name) => ensureDataDirIdentity(join(folder, name)).id);
    expect(new Set(ids).size).toBe(3);
    expect(ensureDataDirIdentity(join(folder, 'one')).id).toBe(ids[0]);
    expect(JSON.parse(await readFile(join(folder, 'two', 'data-dir.json'), 'utf8'))).toEqual({
      id: ids[1],
      isOlder: false,
    });
    expect(readDataDirIdentity(join(folder, 'four'))).toBeNull();
  });

  it('says that a directory was written to before it had one', async () => {
    const dataDir = await mkdtemp(join(folder, 'old-'));
    await writeFile(join(dataDir, 'catalogue.db'), '');
    expect(ensureDataDirIdentity(dataDir)).toMatchObject({ isOlder: true });
  });
});

describe('the lease of a writer', () => {
  const lost: FatalError[] = [];

  async function take(dataDir: string, prefix: string, host?: string): Promise<Closers> {
    const own = new Closers(silentLogger);
    closers.push(own);
    if (host !== undefined) {
      const other = { host, dataDir, pid: 1, since: '2026-01-01T00:00:00Z' };
      await redis.set(`${prefix}:writer`, JSON.stringify(other), 'PX', 15_000);
      return own;
    }
    const holder = { dataDir, since: '2026-01-01T00:00:00Z' };
    await takeWriterLease({ redis, prefix, holder, onLost: (error) => lost.push(error), closers: own });
    return own;
  }

  it.each([
    ['a copy of the directory on this machine', '/copy', undefined],
    ['a copy on another machine', '/copy', 'elsewhere'],
    ['another directory with the same redis.prefix', '/other', 'elsewhere'],
  ])('refuses %s by name', async (_name, dataDir, host) => {
    await take(dataDir, 'same', host);
    await expect(take('/mine', 'same')).rejects.toMatchObject({
      code: 'redis.otherWriter',
      message: expect.stringContaining(`${dataDir} under the prefix same`) as string,
    });
  });

  it('lets writers with other ids be, and the next one after the first has ended', async () => {
    const first = await take('/mine', 'one');
    await take('/other', 'two');
    await first.closeAll();
    await take('/copy', 'one');
  });

  it('is taken over at once from a writer of the same directory that was killed', async () => {
    await take('/mine', 'one');
    await take('/mine', 'one');
  });

  it('ends the work of a writer that was frozen while another took it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await take('/mine', 'one');
    await take('/copy', 'one', 'elsewhere');
    vi.advanceTimersByTime(5_000);
    await vi.waitFor(() => {
      expect(lost).toMatchObject([{ code: 'redis.otherWriter' }]);
    });
  });
});

describe('what an older release has queued', () => {
  async function queueUnder(prefix: string): Promise<void> {
    const queue = new Queue('crawl', { connection: redis, prefix });
    await queue.add('crawl', { runId: 'r1' }, { jobId: 'run-r1' });
    await queue.add('crawl', { runId: 'r2' }, { jobId: 'run-r2', delay: 60_000 });
    await queue.add('crawl', { runId: 'r3' }, { jobId: 'run-r3', priority: 10 });
    const flow = new FlowProducer({ connection: redis, prefix });
    const children = ['1', '2'].map((day) => ({ name: 'day', queueName: 'crawl', opts: { jobId: `order-a-${day}` } }));
    await flow.add({ name: 'crawl', queueName: 'crawl', opts: { jobId: 'order-a' }, children });
    await redis.sadd(`${prefix}:paused-schedules`, 'newest');
    await redis.set(`${prefix}:page:c-1`, 'of no use');
    await queue.close();
    await flow.close();
  }

  it('is taken over once: waiting, delayed and prioritised crawls, pauses, and back-fills with their parts', async () => {
    await queueUnder('sputnik');
    expect(await takeOverKeys(redis, 'sputnik', 'sputnik-1a')).toBeGreaterThan(5);
    expect(await takeOverKeys(redis, 'sputnik', 'sputnik-1a')).toBe(0);
    expect(await redis.smembers('sputnik-1a:paused-schedules')).toEqual(['newest']);
    expect(await redis.keys('sputnik:crawl:*')).toEqual([]);
    const queue = new Queue('crawl', { connection: redis, prefix: 'sputnik-1a' });
    const counts = await queue.getJobCounts('waiting', 'delayed', 'prioritized', 'waiting-children');
    expect(counts).toEqual({ waiting: 3, delayed: 1, prioritized: 1, 'waiting-children': 1 });
    const part = (await queue.getJob('order-a-1'))!;
    expect(part.parent).toMatchObject({ id: 'order-a', queueKey: 'sputnik-1a:crawl' });
    expect(part.parentKey).toBe('sputnik-1a:crawl:order-a');
    const whole = (await queue.getJob('order-a'))!;
    expect((await whole.getDependencies()).unprocessed?.sort()).toEqual([
      'sputnik-1a:crawl:order-a-1',
      'sputnik-1a:crawl:order-a-2',
    ]);
    await queue.close();
  });

  it.each(['sputnik-1a', 'sputnik-cli-0011', 'sputnikx'])('leaves what stands under %s alone', async (prefix) => {
    await queueUnder(prefix);
    expect(await takeOverKeys(redis, 'sputnik', 'sputnik-2b')).toBe(0);
    expect((await redis.keys('sputnik-2b:*')).length).toBe(0);
  });
});
