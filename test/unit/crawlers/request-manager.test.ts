import { Request } from '@crawlee/basic';
import { describe, expect, it } from 'vitest';
import { faultOf, type FetchFault } from '../../../src/crawlers/http/fetch-fault.js';
import type { HostLimits, HostThrottle } from '../../../src/crawlers/politeness/host-throttle.js';
import type { FailedPages } from '../../../src/crawlers/requests/page-retries.js';
import type { NewRequest, PageData } from '../../../src/crawlers/requests/request-data.js';
import { PacedRequestManager } from '../../../src/crawlers/requests/request-manager.js';
import { TestThrottle } from './test-throttle.js';

const LIMITS: HostLimits = { delayMs: 0, concurrency: 2 };

function start(limits = LIMITS, throttle?: HostThrottle, failedPages: FailedPages = 'ask') {
  const time = { nowMs: 1000 };
  const silences: [host: string, silenceMs: number][] = [];
  const requests = new PacedRequestManager({
    throttle: throttle ?? new TestThrottle(() => time.nowMs),
    limitsOf: () => limits,
    hostOf: ({ edition }) => edition,
    refusalOf: () => null,
    failedPages,
    tellSilence: (...silence) => silences.push(silence),
    now: () => time.nowMs,
    random: () => 1,
  });
  requests.attach({ createRequest: (options) => new Request(options), wake: () => undefined });
  return { requests, time, silences };
}

/** A request of the host `edition`. */
function requestOf(id: string, kind: 'article' | 'sitemap' = 'article', edition = 'a'): NewRequest<PageData> {
  const url = `https://e/${id}`;
  const target = { kind, edition, url, pageId: null, foundBy: 'feed' } as const;
  return { url, userData: { label: kind, edition, target } };
}

const idOf = ({ url }: Pick<Request, 'url'>): string => url.slice('https://e/'.length);
const refusalOf = ({ userData }: Request): FetchFault | null => (userData as PageData).refusal ?? null;

async function take(requests: PacedRequestManager): Promise<Request[]> {
  const taken: Request[] = [];
  for await (const request of requests) taken.push(request);
  return taken;
}

const takeIds = async (requests: PacedRequestManager): Promise<string[]> => (await take(requests)).map(idOf);

describe('request manager', () => {
  it('gives out in the order of arrival, lists before articles, as many as the host takes', async () => {
    const { requests } = start({ delayMs: 0, concurrency: 3 });
    await requests.addRequest(requestOf('1'));
    await requests.addRequest(requestOf('2'));
    await requests.addRequest(requestOf('list', 'sitemap'));
    await requests.addRequest(requestOf('3'));
    expect(await takeIds(requests)).toEqual(['list', '1', '2']);
    expect(requests.waiting).toBe(1);
    requests.stop();
  });

  it('goes round the hosts, and lets one that waits hold up no other', async () => {
    const { requests, time } = start({ delayMs: 100, concurrency: 5 });
    for (const host of ['a', 'b']) {
      for (const id of ['1', '2']) await requests.addRequest(requestOf(host + id, 'article', host));
    }
    expect(await takeIds(requests)).toEqual(['a1', 'b1']);
    expect(await requests.isEmpty()).toBe(true);
    time.nowMs += 100;
    expect(await requests.isEmpty()).toBe(false);
    expect((await takeIds(requests)).sort()).toEqual(['a2', 'b2']);
    requests.stop();
  });

  it('asks again as soon as a place is free', async () => {
    const { requests } = start({ delayMs: 0, concurrency: 1 });
    await requests.addRequest(requestOf('1'));
    await requests.addRequest(requestOf('2'));
    const first = (await requests.fetchNextRequest())!;
    expect(await requests.fetchNextRequest()).toBeNull();
    await requests.release(first, { kind: 'ok' });
    expect(idOf((await requests.fetchNextRequest())!)).toBe('2');
    requests.stop();
  });

  it('never gives one fetch to two who ask at the same time, and takes no turn at the host for nothing', async () => {
    const inner = new TestThrottle(() => 0);
    let turns = 0;
    const counting: HostThrottle = {
      acquire: (host, limits) => {
        turns += 1;
        return inner.acquire(host, limits);
      },
      release: (host, token, verdict) => inner.release(host, token, verdict),
    };
    const { requests } = start({ delayMs: 0, concurrency: 10 }, counting);
    await requests.addRequest(requestOf('1'));
    await requests.addRequest(requestOf('2'));
    const taken = await Promise.all([1, 2, 3, 4].map(() => requests.fetchNextRequest()));
    expect(taken.flatMap((request) => (request === null ? [] : [idOf(request)])).sort()).toEqual(['1', '2']);
    expect(turns).toBe(2);
    requests.stop();
  });

  it('holds a retry back until its time', async () => {
    const { requests, time } = start({ delayMs: 0, concurrency: 3 });
    for (const id of ['late', 'later', 'soon']) await requests.addRequest(requestOf(id));
    const [late, later, soon] = await take(requests);
    // Half a second after the first attempt, a second after the second, two after the third.
    for (const [request, retryCount] of [
      [late!, 2],
      [later!, 3],
      [soon!, 1],
    ] as const) {
      request.retryCount = retryCount;
      await requests.reclaimRequest(request);
    }
    expect(await takeIds(requests)).toEqual([]);
    time.nowMs += 1000;
    expect(await takeIds(requests)).toEqual(['soon', 'late']);
    requests.stop();
  });

  it('gives up what waits for a host that wants silence for longer than a run can wait', async () => {
    const { requests } = start();
    for (const id of ['1', '2', '3']) await requests.addRequest(requestOf(id));
    await requests.addRequest(requestOf('other', 'article', 'b'));
    const first = (await requests.fetchNextRequest())!;
    await requests.release(first, { kind: 'slowDown', retryAfterMs: 500_000 });
    const taken = await take(requests);
    expect(taken.filter((request) => refusalOf(request) === null).map(idOf)).toEqual(['other']);
    const refused = taken.filter((request) => refusalOf(request) !== null);
    expect(refused.map((request) => [idOf(request), refusalOf(request)?.reason])).toEqual([
      ['2', 'rateLimited'],
      ['3', 'rateLimited'],
    ]);
    expect(requests.waiting).toBe(0);
    requests.stop();
  });

  it('tells once of a host that wants a long silence, and what all of it waits for', async () => {
    const { requests, time, silences } = start();
    for (const id of ['1', '2']) await requests.addRequest(requestOf(id));
    await requests.addRequest(requestOf('other', 'article', 'b'));
    const first = (await requests.fetchNextRequest())!;
    await requests.release(first, { kind: 'slowDown', retryAfterMs: 60_000 });
    const [other] = await take(requests);
    expect(requests.pause()).toBeNull();
    for (const request of [first, other!]) await requests.finish(request);
    expect(await takeIds(requests)).toEqual([]);
    expect(requests.pause()).toEqual({ host: 'a', waitMs: 60_000 });
    time.nowMs += 59_000;
    expect(await takeIds(requests)).toEqual([]);
    expect(requests.pause()).toBeNull();
    expect(silences).toEqual([['a', 60_000]]);
    requests.stop();
  });

  it('does not tell of the usual delay', async () => {
    const { requests, silences } = start({ delayMs: 60_000, concurrency: 1 });
    for (const id of ['1', '2']) await requests.addRequest(requestOf(id));
    for (const request of await take(requests)) await requests.finish(request);
    expect(await takeIds(requests)).toEqual([]);
    expect(silences).toEqual([]);
    expect(requests.pause()).toEqual({ host: 'a', waitMs: 60_000 });
    requests.stop();
  });

  it('waits for a slowed host with the first attempt at a list alone, and says of a further one why the last failed', async () => {
    const { requests, time } = start(LIMITS, undefined, 'leave');
    for (const request of [requestOf('list', 'sitemap'), requestOf('1')]) await requests.addRequest(request);
    const [list, article] = await take(requests);
    const lastFault = faultOf('serverError', 'HTTP 503', 503);
    Object.assign(list!.userData, { firstTriedAtMs: time.nowMs, lastFault });
    await requests.release(list!, { kind: 'slowDown', retryAfterMs: 30_000 });
    await requests.finish(article!);
    list!.retryCount = 1;
    await requests.reclaimRequest(list!);
    time.nowMs += 500;
    const again = (await requests.fetchNextRequest())!;
    expect([idOf(again), refusalOf(again)?.reason]).toEqual(['list', 'rateLimited']);
    await requests.finish(again);
    for (const request of [requestOf('next', 'sitemap'), requestOf('2')]) await requests.addRequest(request);
    expect(await takeIds(requests)).toEqual([]);
    time.nowMs += 29_500;
    const [next] = await take(requests);
    expect([next && idOf(next), next && refusalOf(next)]).toEqual(['next', null]);
    requests.stop();
  });

  it('passes on what the throttle throws, and stays able to ask again', async () => {
    let broken = true;
    const inner = new TestThrottle(() => 0);
    const throttle: HostThrottle = {
      acquire: (host, limits) => (broken ? Promise.reject(new Error('no Redis')) : inner.acquire(host, limits)),
      release: (host, token, verdict) => inner.release(host, token, verdict),
    };
    const { requests } = start(LIMITS, throttle);
    await requests.addRequest(requestOf('1'));
    await expect(requests.fetchNextRequest()).rejects.toThrow('no Redis');
    broken = false;
    expect(idOf((await requests.fetchNextRequest())!)).toBe('1');
    requests.stop();
  });

  it('reads the lists of an edition one after the other, those put in front first and in their order', async () => {
    const { requests } = start({ delayMs: 0, concurrency: 9 });
    await requests.addRequestsBatched([requestOf('1', 'sitemap'), requestOf('2', 'sitemap')]);
    const [first, none] = await take(requests);
    expect([first && idOf(first), none]).toEqual(['1', undefined]);
    await requests.addRequestsBatched([requestOf('3', 'sitemap'), requestOf('4', 'sitemap')], { forefront: true });
    await requests.finish(first!);
    const order: string[] = [];
    for (let next = await take(requests); next.length > 0; next = await take(requests)) {
      order.push(...next.map(idOf));
      await requests.finish(next[0]!);
    }
    expect(order).toEqual(['3', '4', '2']);
    expect(await requests.isFinished()).toBe(true);
  });

  it('holds a step back until the articles of its edition are done, and no other edition with it', async () => {
    const { requests } = start({ delayMs: 0, concurrency: 9 });
    const step = (edition: string) => ({
      url: `https://e/step-${edition}`,
      userData: { label: 'tagPages', edition, waitsForArticles: true } as const,
    });
    await requests.addRequestsBatched([requestOf('1'), step('a'), step('b')]);
    const taken = await take(requests);
    expect(taken.map(idOf)).toEqual(['step-b', '1']);
    await requests.finish(taken[1]!);
    expect(await takeIds(requests)).toEqual(['step-a']);
  });

  it('forgets what waits when it is stopped, and takes nothing further', async () => {
    const { requests } = start();
    await requests.addRequestsBatched([requestOf('1'), requestOf('2'), requestOf('list', 'sitemap')]);
    const taken = (await requests.fetchNextRequest())!;
    requests.stop();
    await requests.addRequest(requestOf('3'));
    await requests.reclaimRequest(taken);
    expect(await requests.fetchNextRequest()).toBeNull();
    expect(await requests.isFinished()).toBe(true);
  });
});
