import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { crawlOfSchedule, isTick, queueEditionRuns, readRunCounts } from '../../../src/app/crawl/queue-edition-runs.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { openQueues, type Queues } from '../../../src/queue/open-queues.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/redis/embedded-redis.js';

const NOW = '2026-11-25T10:00:00Z';
const clock = { now: () => Date.parse(NOW) };
const off = Object.fromEntries(loadConfig({ variables: {} }).editions.map(({ id }) => [id, { enabled: false }]));
const EDITIONS = ['am.sputniknews.ru', 'sputnik.az', 'sputniknews.cn'];
const config = loadConfig({
  variables: {},
  overrides: { editions: { ...off, ...Object.fromEntries(EDITIONS.map((id) => [id, { enabled: true }])) } },
});

describe('one time of a schedule', () => {
  const closers = new Closers(silentLogger);
  let folder: string;
  let server: EmbeddedRedis;
  let queues: Queues;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edition-runs-'));
    const cacheDir = join(homedir(), '.cache', 'sputnik-harvester');
    server = await startEmbeddedRedis({ dataDir: folder, cacheDir, log: silentLogger });
    queues = await openQueues({ kind: 'socket', ...server.connection }, 'runs', closers);
  });
  afterEach(async () => {
    const redis = new Redis(server.connection.path);
    await redis.flushall();
    redis.disconnect();
  });
  afterAll(async () => {
    await closers.closeAll();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  async function tick(
    runId: string,
    isWanted: (edition: string) => boolean = () => true,
    isByClock = false,
  ): Promise<void> {
    const crawl = { ...crawlOfSchedule('newest'), runId };
    expect(isTick(crawl, config)).toBe(true);
    await queueEditionRuns(crawl, {
      ...{ config, queues, clock, log: silentLogger, isByClock },
      isWanted: (edition) => Promise.resolve(isWanted(edition)),
    });
  }

  it('is a run of its own for each edition that is on', async () => {
    await tick('t1');
    const jobs = await queues.crawl.getJobs(['waiting', 'delayed']);
    const told = jobs.map(({ id, data }) => ({ id, editions: data.editions, runId: data.runId }));
    expect(told.sort((a, b) => (a.id! < b.id! ? -1 : 1))).toEqual(
      EDITIONS.map((id, index) => ({ id: `newest-${id}`, editions: [id], runId: `t1-${index + 1}` })),
    );
    for (const { data } of jobs) expect(isTick(data, config)).toBe(false);
  });

  it('leaves out editions for which there is nothing to do', async () => {
    await tick('t1', (edition) => edition === 'sputnik.az');
    expect(await queues.crawl.getJobCountByTypes('waiting')).toBe(1);
  });

  it('skips an edition whose last run still waits or runs, counts that, and lets the others go on', async () => {
    await tick('t1');
    const finished = await queues.crawl.getJob('newest-sputnik.az');
    await finished?.remove();
    await tick('t2');
    const jobs = await queues.crawl.getJobs(['waiting']);
    expect(new Map(jobs.map(({ id, data }) => [id, data.runId]))).toEqual(
      new Map([
        ['newest-am.sputniknews.ru', 't1-1'],
        ['newest-sputnik.az', 't2-2'],
        ['newest-sputniknews.cn', 't1-3'],
      ]),
    );
    await tick('t3', (edition) => edition === 'sputniknews.cn');
    const none = { overlong: 0, lastOverlongAt: null, schedule: 'newest', lastSkippedAt: NOW };
    expect(await readRunCounts(queues)).toEqual([
      { ...none, edition: 'am.sputniknews.ru', skipped: 1 },
      { ...none, edition: 'sputniknews.cn', skipped: 2 },
    ]);
  });

  it('has its runs begin one after the other, within a quarter of the time until the next one', async () => {
    const every = { every: 60_000, startDate: clock.now() + 60_000 };
    await queues.crawl.upsertJobScheduler('newest', every, { name: 'newest', data: crawlOfSchedule('newest') });
    const { next = 0 } = (await queues.crawl.getJobScheduler('newest')) ?? {};
    await tick('t1', () => true, true);
    const delays = await Promise.all(
      EDITIONS.map(async (id) => (await queues.crawl.getJob(`newest-${id}`))?.opts.delay ?? 0),
    );
    const quarter = Math.min((next - clock.now()) / 4, 150_000);
    expect(delays).toEqual([0, 1, 2].map((index) => Math.floor((quarter * index) / 3)));
    expect(delays[2]).toBeGreaterThan(1_000);
  });
});
