import { describe, expect, it } from 'vitest';
import { FetchQueue, type QueuedFetch } from '../../../src/crawlers/fetch-queue.js';
import type { FetchFault } from '../../../src/crawlers/fetch-fault.js';
import type { HostLimits, HostThrottle } from '../../../src/crawlers/host-throttle.js';
import { createMemoryHostThrottle } from '../../../src/crawlers/memory-host-throttle.js';
import type { FetchTarget } from '../../../src/domain/fetched.js';

const LIMITS: HostLimits = { delayMs: 0, concurrency: 2 };

function start(limits = LIMITS, throttle?: HostThrottle) {
  const time = { nowMs: 1000 };
  const given: { fetch: QueuedFetch; fault: FetchFault }[] = [];
  const queue = new FetchQueue({
    throttle: throttle ?? createMemoryHostThrottle({ now: () => time.nowMs }),
    limitsOf: () => limits,
    now: () => time.nowMs,
    wake: () => undefined,
    giveUp: (fetch, fault) => given.push({ fetch, fault }),
  });
  return { queue, time, given };
}

function fetchOf(id: string, kind: FetchTarget['kind'] = 'article', changes: Partial<QueuedFetch> = {}): QueuedFetch {
  const target: FetchTarget = { kind, edition: 'e', url: `https://e/${id}`, pageId: null, foundBy: 'feed' };
  return { id, target, host: 'a', validators: null, isPlain: false, attempts: 0, readyAtMs: 0, ...changes };
}

async function takeIds(queue: FetchQueue): Promise<string[]> {
  const ids: string[] = [];
  for (let started = await queue.next(); started !== null; started = await queue.next()) ids.push(started.fetch.id);
  return ids;
}

describe('fetch queue', () => {
  it('gives out in the order of arrival, lists before articles, as many as the host takes', async () => {
    const { queue } = start({ delayMs: 0, concurrency: 3 });
    queue.add(fetchOf('1'));
    queue.add(fetchOf('2'));
    queue.add(fetchOf('list', 'sitemap'));
    queue.add(fetchOf('3'));
    expect(await takeIds(queue)).toEqual(['list', '1', '2']);
    expect(queue.waiting).toBe(1);
    queue.close();
  });

  it('goes round the hosts, and lets one that waits hold up no other', async () => {
    const { queue, time } = start({ delayMs: 100, concurrency: 5 });
    for (const host of ['a', 'b']) for (const id of ['1', '2']) queue.add(fetchOf(host + id, 'article', { host }));
    expect(await takeIds(queue)).toEqual(['a1', 'b1']);
    expect(queue.hasReady).toBe(false);
    time.nowMs += 100;
    expect(queue.hasReady).toBe(true);
    expect((await takeIds(queue)).sort()).toEqual(['a2', 'b2']);
    queue.close();
  });

  it('asks again as soon as a place is free', async () => {
    const { queue } = start({ delayMs: 0, concurrency: 1 });
    queue.add(fetchOf('1'));
    queue.add(fetchOf('2'));
    const first = (await queue.next())!;
    expect(await queue.next()).toBeNull();
    await queue.release(first, { kind: 'ok' });
    expect((await queue.next())?.fetch.id).toBe('2');
    queue.close();
  });

  it('never gives one fetch to two who ask at the same time, and takes no turn at the host for nothing', async () => {
    const inner = createMemoryHostThrottle({ now: () => 0 });
    let turns = 0;
    const counting: HostThrottle = {
      acquire: (host, limits) => {
        turns += 1;
        return inner.acquire(host, limits);
      },
      release: (host, token, verdict) => inner.release(host, token, verdict),
    };
    const { queue } = start({ delayMs: 0, concurrency: 10 }, counting);
    queue.add(fetchOf('1'));
    queue.add(fetchOf('2'));
    const taken = await Promise.all([queue.next(), queue.next(), queue.next(), queue.next()]);
    expect(taken.flatMap((started) => (started === null ? [] : [started.fetch.id])).sort()).toEqual(['1', '2']);
    expect(turns).toBe(2);
    queue.close();
  });

  it('holds a retry back until its time', async () => {
    const { queue, time } = start();
    queue.add(fetchOf('late', 'article', { readyAtMs: 1500 }));
    queue.add(fetchOf('later', 'article', { readyAtMs: 1800 }));
    queue.add(fetchOf('soon', 'article', { readyAtMs: 1200 }));
    expect(await takeIds(queue)).toEqual([]);
    time.nowMs = 1500;
    expect(await takeIds(queue)).toEqual(['soon', 'late']);
    queue.close();
  });

  it('gives up what waits for a host that wants silence for longer than a run can wait', async () => {
    const { queue, given } = start();
    for (const id of ['1', '2', '3']) queue.add(fetchOf(id));
    queue.add(fetchOf('other', 'article', { host: 'b' }));
    const first = (await queue.next())!;
    await queue.release(first, { kind: 'slowDown', retryAfterMs: 500_000 });
    expect(await takeIds(queue)).toEqual(['other']);
    expect(given.map(({ fetch, fault }) => [fetch.id, fault.reason])).toEqual([
      ['2', 'rateLimited'],
      ['3', 'rateLimited'],
    ]);
    expect(queue.waiting).toBe(0);
    queue.close();
  });

  it('passes on what the throttle throws, and stays able to ask again', async () => {
    let broken = true;
    const inner = createMemoryHostThrottle({ now: () => 0 });
    const throttle: HostThrottle = {
      acquire: (host, limits) => (broken ? Promise.reject(new Error('no Redis')) : inner.acquire(host, limits)),
      release: (host, token, verdict) => inner.release(host, token, verdict),
    };
    const { queue } = start(LIMITS, throttle);
    queue.add(fetchOf('1'));
    await expect(queue.next()).rejects.toThrow('no Redis');
    broken = false;
    expect((await queue.next())?.fetch.id).toBe('1');
    queue.close();
  });
});
