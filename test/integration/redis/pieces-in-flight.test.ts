import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  crawlHostKey,
  PIECE_BYTES_MAX,
  PIECES_BYTES_MAX,
  PiecesInFlight,
} from '../../../src/redis/pieces-in-flight.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

const REDIS_BYTES_MAX = 64_000_000;

describe('pieces of captures in Redis', () => {
  let server: TlsRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startTlsRedis([]);
    redis = server.admin;
  });
  afterAll(() => server.stop());

  const alive = (prefix: string, host: string): Promise<unknown> =>
    redis.set(crawlHostKey(prefix, host), 'x', 'PX', 60_000);
  const total = async (prefix: string): Promise<number> => Number(await redis.get(`${prefix}:pieces:bytes`));

  it('take less than 64 MB, however many crawl hosts put them there at once', async () => {
    const before = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
    const hosts = Array.from({ length: 80 }, (_, number) => number.toString(16).padStart(12, '0'));
    await Promise.all(hosts.map((host) => alive('full', host)));
    const bytes = randomBytes(PIECE_BYTES_MAX);
    const pieces = new PiecesInFlight(redis, 'full');
    const taken = await Promise.all(hosts.map((host) => pieces.put(`${host}.1`, bytes)));
    expect(taken.filter(Boolean).length).toBe(Math.floor(PIECES_BYTES_MAX / (PIECE_BYTES_MAX + 4_000)));
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]) - before;
    expect(used).toBeLessThan(REDIS_BYTES_MAX);
    for (const host of hosts) await pieces.remove(`${host}.1`);
    expect(await total('full')).toBe(0);
    expect(await pieces.put(`${hosts[79]!}.1`, bytes)).toBe(true);
  });

  it('of a silent crawl host make room, those of living ones do not', async () => {
    const pieces = new PiecesInFlight(redis, 'silent', 12_000);
    for (const host of ['aaaaaaaaaaaa', 'cccccccccccc']) await alive('silent', host);
    expect(await pieces.put('bbbbbbbbbbbb.1', Buffer.alloc(1_000))).toBe(true);
    expect(await pieces.put('aaaaaaaaaaaa.1', Buffer.alloc(1_000))).toBe(true);
    expect(await pieces.put('cccccccccccc.1', Buffer.alloc(5_000))).toBe(false);
    expect(await pieces.get('bbbbbbbbbbbb.1')).toBeNull();
    expect(await total('silent')).toBe(5_000);
    expect(await pieces.put('cccccccccccc.2', Buffer.alloc(3_000))).toBe(true);
  });

  it('that a killed process of the same crawl host left go when the next one comes', async () => {
    const pieces = new PiecesInFlight(redis, 'left', 20_000);
    await alive('left', 'aaaaaaaaaaaa');
    for (let kill = 0; kill < 100; kill += 1) {
      expect(await pieces.put(`aaaaaaaaaaaa.${kill}`, Buffer.alloc(1_000))).toBe(true);
    }
    expect(await total('left')).toBe(5_000);
    expect(await pieces.get('aaaaaaaaaaaa.98')).toBeNull();
  });

  it('are there once, as they were put first, and gone once', async () => {
    const pieces = new PiecesInFlight(redis, 'once', 20_000);
    const bytes = randomBytes(900);
    expect(await pieces.put('aaaaaaaaaaaa.1', bytes)).toBe(true);
    expect(await pieces.put('aaaaaaaaaaaa.1', Buffer.alloc(2_000))).toBe(true);
    expect(await pieces.get('aaaaaaaaaaaa.1')).toEqual(bytes);
    await pieces.remove('aaaaaaaaaaaa.1');
    await pieces.remove('aaaaaaaaaaaa.1');
    expect(await total('once')).toBe(0);
  });

  it('count from nothing again when somebody has emptied Redis', async () => {
    const pieces = new PiecesInFlight(redis, 'flushed', 10_000);
    await alive('flushed', 'aaaaaaaaaaaa');
    expect(await pieces.put('aaaaaaaaaaaa.1', Buffer.alloc(5_000))).toBe(true);
    await redis.flushall();
    await pieces.remove('aaaaaaaaaaaa.1');
    expect(await pieces.put('aaaaaaaaaaaa.2', Buffer.alloc(5_000))).toBe(true);
    expect(await total('flushed')).toBe(9_000);
  });
});
