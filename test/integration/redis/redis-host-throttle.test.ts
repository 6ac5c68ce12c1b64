import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { THROTTLE_RULES } from '../../../src/crawlers/politeness/host-throttle.js';
import { HostLane } from '../../../src/crawlers/requests/host-lane.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/redis/embedded-redis.js';
import { readHostPaces, RedisHostThrottle } from '../../../src/redis/redis-host-throttle.js';
import type { Logger } from '../../../src/platform/logger.js';
import { transpile } from '../../unit/captures/transpile.js';

const quiet = (): void => undefined;
const log: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
let dataDir: string;
let server: EmbeddedRedis;
let redis: Redis;
let throttle: RedisHostThrottle;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throttle-'));
  server = await startEmbeddedRedis({ dataDir, cacheDir: join(homedir(), '.cache', 'sputnik-harvester'), log });
  redis = new Redis(server.connection.path);
  throttle = new RedisHostThrottle(redis, 'test');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(dataDir, { recursive: true });
});

/** Longer than a lease lasts without a renewal, and as long as the pause between two renewals. */
const HELD_MS = 20_001;
const RENEW_MS = 5_000;

const key = (host: string) => `test:throttle:{${host}}`;
/** As if so much time had passed for this host. */
async function pass(host: string, ms: number): Promise<void> {
  for (const name of ['lastStartAt', 'quietFrom', 'lastSlowedAt'])
    await redis.hincrbyfloat(key(host), name, String(-ms));
  for (const set of ['places', 'held'])
    for (const token of await redis.zrange(`${key(host)}:${set}`, '0', '-1'))
      await redis.zincrby(`${key(host)}:${set}`, -ms, token);
}
async function granted(host: string, limits: { delayMs: number; concurrency: number }): Promise<string> {
  const permission = await throttle.acquire(host, limits);
  if (!permission.granted) throw new Error(`refused for ${permission.waitMs} ms`);
  return permission.token;
}
async function refused(host: string, limits: { delayMs: number; concurrency: number }): Promise<number> {
  const permission = await throttle.acquire(host, limits);
  if (permission.granted) throw new Error('granted');
  return permission.waitMs;
}

describe('what is told of the paces', () => {
  it('is the spacing in force, what of it is a slowing down, and how long a host is left alone', async () => {
    const own = new RedisHostThrottle(redis, 'told');
    const limits = { delayMs: 1_000, concurrency: 2 };
    const asked = await own.acquire('well.example', limits);
    const complained = await own.acquire('busy.example:8443', limits);
    if (!asked.granted || !complained.granted) throw new Error('refused');
    await own.release('well.example', asked.token, { kind: 'ok' });
    await own.release('busy.example:8443', complained.token, { kind: 'slowDown', retryAfterMs: 30_000 });
    const hosts = ['well.example', 'busy.example:8443', 'unasked.example', 'well.example'];
    const [busy, well, ...others] = await readHostPaces(redis, 'told', hosts, Date.now());
    expect(others).toEqual([]);
    expect(well).toEqual({ host: 'well.example', spacingMs: 1_000, slowedMs: 0, quietMs: 0 });
    expect(busy).toMatchObject({ host: 'busy.example:8443', spacingMs: 2_000, slowedMs: 2_000 });
    expect(busy?.quietMs).toBeGreaterThan(20_000);
    expect(busy?.quietMs).toBeLessThanOrEqual(30_000);
    expect(await readHostPaces(redis, 'nobody', hosts, Date.now())).toEqual([]);
  });
});

describe('the throttle in Redis', () => {
  it('keeps the delay between starts and says how long to wait', async () => {
    const limits = { delayMs: 60_000, concurrency: 5 };
    await granted('delay', limits);
    expect(await refused('delay', limits)).toBeGreaterThan(59_000);
    await pass('delay', 60_000);
    await granted('delay', limits);
  });

  it('grants no more at once than the concurrency, and gives a lease back once', async () => {
    const limits = { delayMs: 0, concurrency: 2 };
    const first = await granted('leases', limits);
    await granted('leases', limits);
    expect(await refused('leases', limits)).toBe(THROTTLE_RULES.busyWaitMs);
    await throttle.release('leases', first, { kind: 'ok' });
    await throttle.release('leases', first, { kind: 'ok' });
    await granted('leases', limits);
    await refused('leases', limits);
  });

  it('says that nobody else asks for a host that wants no delay, as long as that is so', async () => {
    const limits = { delayMs: 0, concurrency: 3 };
    const isExclusive = async (asker: RedisHostThrottle, wanted = limits): Promise<boolean | null> => {
      const permission = await asker.acquire('own', wanted);
      return permission.granted ? permission.isExclusive === true : null;
    };
    const other = new RedisHostThrottle(redis, 'test');
    expect(await Promise.all([isExclusive(throttle), isExclusive(throttle)])).toEqual([true, true]);
    expect(await isExclusive(other)).toBe(false);
    // It is told to wait, so that whoever has all places is not alone either once one is free.
    expect(await isExclusive(other)).toBe(null);
    await redis.del(`${key('own')}:places`, `${key('own')}:held`);
    expect(await isExclusive(new RedisHostThrottle(redis, 'test'))).toBe(false);
  });

  it('lets somebody else in who comes while a turn is kept', async () => {
    const limits = { delayMs: 0, concurrency: 1 };
    const lane = new HostLane('kept', {
      throttle,
      limitsOf: () => limits,
      refusalOf: () => null,
      failedPages: 'ask',
      now: () => performance.now(),
    });
    const target = { kind: 'article', edition: 'a', url: 'https://a/', pageId: null, foundBy: 'feed' } as const;
    const request = { url: target.url, userData: { label: 'article', edition: 'a', target } } as const;
    for (let n = 0; n < 100_000; n += 1) {
      lane.add({ key: String(n), host: 'kept', request, data: request.userData, readyAtMs: 0 });
    }
    const end = new AbortController();
    let served = 0;
    const first = (async () => {
      while (!end.signal.aborted) {
        const turn = lane.isReady() ? await lane.take() : null;
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (turn === null || turn.token === null) continue;
        served += 1;
        await lane.release(turn.token, { kind: 'ok' });
      }
    })();
    await vi.waitFor(() => {
      expect(served).toBeGreaterThan(2);
    });
    const other = new RedisHostThrottle(redis, 'test');
    const joins = async (): Promise<void> => {
      expect(await other.acquire('kept', limits)).toMatchObject({ granted: true });
    };
    await vi.waitFor(joins, { timeout: 15_000, interval: THROTTLE_RULES.busyWaitMs });
    expect(await redis.zcard(`${key('kept')}:places`)).toBe(1);
    end.abort();
    await first;
    lane.clear();
  });

  it('calls no host somebody’s own that wants a delay, was slowed down, or is asked by a patient crawl', async () => {
    const free = { delayMs: 0, concurrency: 5 };
    const delayed = await throttle.acquire('own-delay', { ...free, delayMs: 1 });
    const patient = await throttle.acquire('own-patient', { ...free, isPatient: true });
    const first = await granted('own-slow', free);
    await throttle.release('own-slow', first, { kind: 'slowDown', retryAfterMs: null });
    await pass('own-slow', 60_000);
    const slowed = await throttle.acquire('own-slow', free);
    for (const permission of [delayed, patient, slowed]) {
      expect(permission).toEqual({ granted: true, token: expect.any(String) as string });
    }
  });

  it('frees the leases of a process that died', async () => {
    const limits = { delayMs: 0, concurrency: 1 };
    await granted('dead', limits);
    await refused('dead', limits);
    await pass('dead', HELD_MS);
    await granted('dead', limits);
  });

  it('keeps the lease of a process that lives, however slow its request', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const limits = { delayMs: 0, concurrency: 1 };
      const holder = new RedisHostThrottle(redis, 'test');
      const permission = await holder.acquire('slow request', limits);
      if (!permission.granted) throw new Error('refused');
      await pass('slow request', HELD_MS - 1_000);
      vi.advanceTimersByTime(RENEW_MS);
      await redis.ping(); // the renewal went over the same connection, before this
      await pass('slow request', HELD_MS - 1_000);
      await refused('slow request', limits);
      await holder.release('slow request', permission.token, { kind: 'ok' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('quiets the whole host for a Retry-After, at most ten minutes', async () => {
    const limits = { delayMs: 0, concurrency: 9 };
    await throttle.release('quiet', await granted('quiet', limits), { kind: 'slowDown', retryAfterMs: 30_000 });
    expect(await refused('quiet', limits)).toBeGreaterThan(29_000);
    await pass('quiet', 30_000);
    await throttle.release('quiet', await granted('quiet', limits), { kind: 'slowDown', retryAfterMs: 1e9 });
    expect(await refused('quiet', limits)).toBeLessThanOrEqual(THROTTLE_RULES.retryAfterMsMax);
  });

  it('doubles the delay with each complaint, counts complaints of one moment once, and relaxes slowly', async () => {
    const limits = { delayMs: 1_000, concurrency: 9 };
    const waits: number[] = [];
    for (let complaint = 0; complaint < 3; complaint += 1) {
      await throttle.release('slow', await granted('slow', limits), { kind: 'slowDown', retryAfterMs: null });
      waits.push(Math.ceil((await refused('slow', limits)) / 1_000));
      await pass('slow', 60_000);
    }
    expect(waits).toEqual([2, 4, 8]);
    const one = await granted('slow', limits);
    await pass('slow', 60_000);
    const two = await granted('slow', limits);
    await pass('slow', 5);
    await throttle.release('slow', one, { kind: 'slowDown', retryAfterMs: null });
    await throttle.release('slow', two, { kind: 'slowDown', retryAfterMs: null });
    expect(Math.ceil((await refused('slow', limits)) / 1_000)).toBe(16);
    await throttle.release('slow', 'unknown', { kind: 'ok' });
    await pass('slow', 60_000);
    await granted('slow', limits);
    expect(await refused('slow', limits)).toBeLessThanOrEqual(14_400);
    for (let answers = 0; answers < 40; answers += 1) await throttle.release('slow', 'unknown', { kind: 'ok' });
    await pass('slow', 1_000);
    await granted('slow', limits);
  });

  it('lets whoever is not patient go first, and patient ones as soon as nobody else waits', async () => {
    const limits = { delayMs: 1_000, concurrency: 5 };
    const patient = { ...limits, isPatient: true };
    await granted('patient', patient);
    expect(await refused('patient', limits)).toBeLessThanOrEqual(1_000);
    expect(await refused('patient', patient)).toBeGreaterThan(1_000);
    await pass('patient', 1_001);
    expect(await refused('patient', patient)).toBeGreaterThan(0);
    await granted('patient', limits);
    await redis.hincrbyfloat(key('patient'), 'wantedUntil', '-2000');
    await pass('patient', 2_000);
    await granted('patient', patient);
    await redis.hset(key('patient'), 'wantedUntil', String(Date.now() + 3_600_000));
    await pass('patient', 2_000);
    await granted('patient', patient);
  });

  it('keeps a host that is out of reach waiting for seconds, one that complains for a minute', async () => {
    const limits = { delayMs: 100, concurrency: 5 };
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const outage = { kind: 'slowDown', retryAfterMs: null, isOutage: true } as const;
      await throttle.release('away', await granted('away', limits), outage);
      await pass('away', 60_000);
    }
    await granted('away', limits);
    expect(await refused('away', limits)).toBeLessThanOrEqual(THROTTLE_RULES.outageDelayMsMax);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await throttle.release('busy', await granted('busy', limits), { kind: 'slowDown', retryAfterMs: null });
      await pass('busy', 60_000);
    }
    await granted('busy', limits);
    expect(await refused('busy', limits)).toBeGreaterThan(THROTTLE_RULES.outageDelayMsMax);
    await throttle.release('busy', 'unknown', { kind: 'slowDown', retryAfterMs: null, isOutage: true });
    expect(await refused('busy', limits)).toBeGreaterThan(THROTTLE_RULES.outageDelayMsMax);
    for (let answers = 0; answers < 3; answers += 1) await throttle.release('busy', 'unknown', { kind: 'ok' });
    await pass('busy', 60_000);
    await granted('busy', limits);
    expect(await refused('busy', limits)).toBeLessThanOrEqual(THROTTLE_RULES.halvedDelayMsMin);
  });

  it('is not stuck when the clock of Redis jumps back', async () => {
    const limits = { delayMs: 1_000, concurrency: 1 };
    await granted('jump', limits);
    await pass('jump', -3_600_000);
    expect(await refused('jump', limits)).toBeLessThanOrEqual(1_000);
    await pass('jump', THROTTLE_RULES.leaseMs + 1);
    await granted('jump', limits);
  });

  it('keeps hosts apart and forgets them after an hour of silence', async () => {
    await granted('a.example', { delayMs: 60_000, concurrency: 1 });
    await granted('b.example', { delayMs: 60_000, concurrency: 1 });
    expect(await redis.pttl(key('a.example'))).toBeGreaterThan(3_600_000);
  });
});

describe('three processes on one host', () => {
  it('never exceed delay or concurrency, also when one of them is killed', async () => {
    const code = await mkdtemp(join(tmpdir(), 'throttle-code-'));
    const crawlers = ['politeness/host-throttle', 'http/fetch-fault'].map((name) => `src/crawlers/${name}.ts`);
    await transpile(code, ['src/redis', 'src/domain', 'src/platform', ...crawlers]);
    await writeFile(
      join(code, 'crawl.js'),
      `
      import { Redis } from 'ioredis';
      import { RedisHostThrottle } from './src/redis/redis-host-throttle.js';
      const redis = new Redis(${JSON.stringify(server.connection.path)});
      const throttle = new RedisHostThrottle(redis, 'test');
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const stamp = async () => { const [s, us] = await redis.time(); return s * 1000 + us / 1000; };
      const fetchOnce = async () => {
        for (let tries = 0; tries < 5000; tries += 1) {
          const permission = await throttle.acquire('shared', { delayMs: 20, concurrency: 2 });
          if (!permission.granted) { await pause(permission.waitMs); continue; }
          const [, [, counts]] = await redis.multi().hincrby('inFlight', process.pid, 1).hvals('inFlight').exec();
          const inFlight = counts.reduce((sum, count) => sum + Number(count), 0);
          await redis.rpush('fetches', JSON.stringify({ token: permission.token, at: await stamp(), inFlight }));
          await pause(30);
          await redis.hincrby('inFlight', process.pid, -1);
          await throttle.release('shared', permission.token, { kind: 'ok' });
        }
      };
      await Promise.all([fetchOnce(), fetchOnce(), fetchOnce()]);`,
    );
    const processes = [1, 2, 3].map(() => spawn(process.execPath, [join(code, 'crawl.js')], { stdio: 'inherit' }));
    const ends = processes.map((one) => once(one, 'exit'));
    const enough = async (count: number): Promise<void> => {
      while ((await redis.llen('fetches')) < count) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await enough(60);
    const starts = await startsInRedis();
    processes[0]!.kill('SIGKILL');
    await ends[0];
    // What was in flight from there is no more, though its leases stand until they lapse.
    await redis.hdel('inFlight', String(processes[0]!.pid));
    await enough(90);
    for (const one of processes) one.kill('SIGKILL');
    await Promise.all(ends);
    await rm(code, { recursive: true });
    const fetches = (await redis.lrange('fetches', 0, -1)).map(
      (line) => JSON.parse(line) as { at: number; inFlight: number },
    );
    expect(Math.max(...fetches.map(({ inFlight }) => inFlight))).toBe(2);
    expect(fetches.length).toBeGreaterThanOrEqual(90);
    expect(starts).toBeLessThanOrEqual(2);
    // Grants are at least 20 ms apart on the clock of Redis; the note of each comes a little later, so the whole span is compared.
    const times = fetches.map(({ at }) => at).sort((one, other) => one - other);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual((times.length - 2) * 20 - 20);
  });

  async function startsInRedis(): Promise<number> {
    return redis.zcard(`${key('shared')}:places`);
  }
});
