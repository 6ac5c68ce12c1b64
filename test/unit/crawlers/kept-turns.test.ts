import { Request } from '@crawlee/basic';
import { describe, expect, it } from 'vitest';
import {
  THROTTLE_RULES,
  type HostLimits,
  type HostThrottle,
  type HostVerdict,
} from '../../../src/crawlers/politeness/host-throttle.js';
import type { NewRequest, PageData } from '../../../src/crawlers/requests/request-data.js';
import { PacedRequestManager } from '../../../src/crawlers/requests/request-manager.js';

const OK: HostVerdict = { kind: 'ok' };

/** A throttle that grants everything; notes what it was asked, and which tokens are out. */
class NotingThrottle implements HostThrottle {
  acquired = 0;
  readonly out = new Set<string>();
  readonly verdicts: HostVerdict['kind'][] = [];
  isExclusive = true;

  acquire(): ReturnType<HostThrottle['acquire']> {
    const token = String((this.acquired += 1));
    this.out.add(token);
    return Promise.resolve({ granted: true, token, ...(this.isExclusive ? { isExclusive: true as const } : {}) });
  }

  release(_host: string, token: string, verdict: HostVerdict): Promise<void> {
    this.out.delete(token);
    this.verdicts.push(verdict.kind);
    return Promise.resolve();
  }
}

async function start(pages: number, limits: HostLimits = { delayMs: 0, concurrency: 2 }) {
  const throttle = new NotingThrottle();
  const time = { nowMs: 1_000 };
  const settings = { limits };
  const requests = new PacedRequestManager({
    throttle,
    limitsOf: () => settings.limits,
    hostOf: () => 'host',
    refusalOf: () => null,
    failedPages: 'ask',
    now: () => time.nowMs,
    random: () => 1,
  });
  requests.attach({ createRequest: (options) => new Request(options), wake: () => undefined });
  for (let n = 0; n < pages; n += 1) await requests.addRequest(pageOf(n));
  const next = async (): Promise<Request> => (await requests.fetchNextRequest())!;
  /** Carries out everything that is left, one after the other. */
  const finishAll = async (): Promise<void> => {
    for await (const request of requests) await requests.finish(request);
  };
  return { throttle, time, settings, requests, next, finishAll };
}

function pageOf(n: number): NewRequest<PageData> {
  const url = `https://e/${n}`;
  const target = { kind: 'article', edition: 'a', url, pageId: null, foundBy: 'feed' } as const;
  return { url, userData: { label: 'article', edition: 'a', target } };
}

describe('a turn at a host that nobody else asks for', () => {
  it('serves one request after the other, and is given back with the last', async () => {
    const { throttle, finishAll } = await start(20);
    await finishAll();
    expect(throttle.acquired).toBe(1);
    expect(throttle.out.size).toBe(0);
  });

  it('is given back after a moment, so that others are seen', async () => {
    const { throttle, time, requests, next } = await start(10);
    const first = await next();
    time.nowMs += THROTTLE_RULES.exclusiveMs;
    await requests.release(first, OK);
    expect(throttle.out.size).toBe(0);
    await next();
    expect(throttle.acquired).toBe(2);
    requests.stop();
  });

  it('ends at once for all of them where the host complains of one', async () => {
    const { throttle, requests, next } = await start(10);
    const [first, second, third] = [await next(), await next(), await next()];
    await requests.release(first, OK);
    await requests.release(second, { kind: 'slowDown', retryAfterMs: null });
    expect(throttle.out.size).toBe(1);
    await requests.release(third, OK);
    expect(throttle.out.size).toBe(0);
    expect(throttle.verdicts.filter((kind) => kind === 'slowDown')).toHaveLength(1);
    requests.stop();
  });

  it('is given back where a delay was learned meanwhile', async () => {
    const { throttle, settings, requests, next } = await start(10);
    const first = await next();
    settings.limits = { delayMs: 100, concurrency: 2 };
    await requests.release(first, OK);
    expect(throttle.out.size).toBe(0);
    requests.stop();
  });

  it('is given back where the crawl is stopped, or nothing waits for it', async () => {
    const { throttle, requests, next } = await start(3);
    const [first, second] = [await next(), await next()];
    await requests.release(first, OK);
    await requests.release(second, OK);
    // One page is left, so one turn is kept.
    expect(throttle.out.size).toBe(1);
    requests.stop();
    expect(throttle.out.size).toBe(0);
  });

  it('is asked for each time where somebody else asks for the host too', async () => {
    const { throttle, finishAll } = await start(20);
    throttle.isExclusive = false;
    await finishAll();
    expect(throttle.acquired).toBe(20);
  });
});
