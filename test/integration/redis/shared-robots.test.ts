import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROBOTS_AGE_MS_MAX, RobotsRulesCache } from '../../../src/crawlers/politeness/robots-rules.js';
import { RedisRobots } from '../../../src/redis/redis-robots.js';
import { edition } from '../../unit/crawlers/crawl-setup.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

const EDITION = edition('sputniknews.cn', null);
const TEXT = Buffer.from('User-agent: *\nDisallow: /closed/\nCrawl-delay: 7\n');

describe('what robots.txt said', () => {
  let server: TlsRedis;
  let redis: Redis;
  let prefixes = 0;
  beforeAll(async () => {
    server = await startTlsRedis([]);
    redis = server.admin;
  });
  afterAll(() => server.stop());

  /** @returns a maker of processes of one service, each with the runs of its own. */
  function service(host = 'sputniknews.cn:443') {
    const prefix = `robots-${(prefixes += 1)}`;
    const process = () =>
      new RobotsRulesCache({
        ...{ obey: true, userAgent: 'sputnik-harvester/1', earlier: new Map(), hostOf: () => host },
        shared: new RedisRobots(redis, prefix),
      });
    return { process, key: `${prefix}:robots:${EDITION.id}@${host}` };
  }

  it('to one process holds for every other, its delay included', async () => {
    const { process } = service();
    const [first, second] = [process(), process()];
    expect(await first.isDue(EDITION)).toBe(true);
    await first.learn(EDITION, TEXT);
    expect(await second.isDue(EDITION)).toBe(false);
    expect(second.allows(EDITION.id, 'https://sputniknews.cn/closed/a')).toBe(false);
    expect(second.allows(EDITION.id, 'https://sputniknews.cn/open/a')).toBe(true);
    expect(second.crawlDelayMs('sputniknews.cn:443')).toBe(7_000);
  });

  it('is as old for everybody as for the one who read it', async () => {
    const { process, key } = service();
    await process().learn(EDITION, TEXT);
    expect(await redis.pttl(key)).toBeGreaterThan(ROBOTS_AGE_MS_MAX - 60_000);
    await redis.pexpire(key, 40);
    const late = process();
    expect(await late.isDue(EDITION)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await late.isDue(EDITION), 'an hour after it was read, not after it was heard of').toBe(true);
    expect(await process().isDue(EDITION)).toBe(true);
  });

  it('tells of a host that has none, and nothing of one that could not be asked', async () => {
    const { process } = service();
    const [first, second, third] = [process(), process(), process()];
    first.close(EDITION);
    expect(await first.isDue(EDITION)).toBe(false);
    expect(await second.isDue(EDITION)).toBe(true);
    await second.learn(EDITION, null);
    expect(await third.isDue(EDITION)).toBe(false);
    expect(third.isClosed(EDITION.id)).toBe(false);
    expect(third.allows(EDITION.id, 'https://sputniknews.cn/anything')).toBe(true);
  });

  it('holds for the host that said it alone, and not under other prefixes', async () => {
    const { process } = service();
    await process().learn(EDITION, TEXT);
    expect(await service().process().isDue(EDITION)).toBe(true);
    expect(await service('127.0.0.1:8801').process().isDue(EDITION)).toBe(true);
  });

  it('may be of any length', async () => {
    const { process } = service();
    await process().learn(EDITION, Buffer.concat([TEXT, Buffer.alloc(3_000_000, '# nothing\n')]));
    const other = process();
    expect(await other.isDue(EDITION)).toBe(false);
    expect(other.crawlDelayMs('sputniknews.cn:443')).toBe(7_000);
  });
});
