import { describe, expect, it } from 'vitest';
import { faultOf, faultOfStatus, type FetchFault, verdictOnHost } from '../../../src/crawlers/http/fetch-fault.js';
import {
  attemptTimeoutMs,
  hostWaitMsMax,
  isTriedAgain,
  type FailedPages,
} from '../../../src/crawlers/requests/page-retries.js';
import type { FetchTarget, PageKind } from '../../../src/domain/page.js';

const captcha: FetchFault = { ...faultOf('challenge', '', 200), slowsHost: true };
const blockPage: FetchFault = { ...faultOf('blockPage', '', 200), slowsHost: true };
const ofStatus = (status: number, retryAfterMs: number | null = null): FetchFault =>
  faultOfStatus(status, retryAfterMs) ?? faultOf('empty', '');
const SLOW = { kind: 'slowDown', retryAfterMs: null };
const OK = { kind: 'ok' };

describe('the verdict on a host', () => {
  it.each([
    ['429', ofStatus(429)],
    ['503', ofStatus(503)],
  ])('is to slow down for %s on any page', (_what, fault) => {
    for (const kind of ['article', 'feed', 'robots'] as const) expect(verdictOnHost(fault, kind, 0)).toEqual(SLOW);
  });

  it('is to slow down for whatever bears a Retry-After', () => {
    const wait = { kind: 'slowDown', retryAfterMs: 7_000 };
    for (const status of [403, 429, 500, 503]) {
      expect(verdictOnHost(ofStatus(status, 7_000), 'article', 0)).toEqual(wait);
    }
  });

  it.each([
    ['500', ofStatus(500)],
    ['403', ofStatus(403)],
    ['451', ofStatus(451)],
    ['a captcha', captcha],
    ['a block page', blockPage],
  ])('spares the host for %s on one article, not on a list', (_what, fault) => {
    expect(verdictOnHost(fault, 'article', 0)).toEqual(OK);
    for (const kind of ['feed', 'sitemap', 'tag', 'day', 'robots'] as const) {
      expect(verdictOnHost(fault, kind, 0)).toEqual(SLOW);
    }
  });

  it.each(['refused', 'reset', 'dns', 'timeout', 'tls'] as const)('hears %s once several came in a row', (reason) => {
    const kinds: readonly PageKind[] = ['article', 'feed'];
    for (const kind of kinds) {
      expect([1, 2].map((silent) => verdictOnHost(faultOf(reason, ''), kind, silent))).toEqual([OK, OK]);
      expect(verdictOnHost(faultOf(reason, ''), kind, 3)).toEqual({ ...SLOW, isOutage: true });
    }
  });

  it('is well with what only a page is to blame for', () => {
    for (const fault of [null, ofStatus(400), faultOf('tooLarge', ''), faultOf('empty', '', 200)]) {
      expect(verdictOnHost(fault, 'feed', 0)).toEqual(OK);
    }
  });
});

describe('a page that fails', () => {
  const attempt = (fault: FetchFault, kind: PageKind, retryCount = 0, triedForMs = 100) => ({
    fault,
    request: { retryCount, userData: { target: { kind } } },
    triedForMs,
  });

  it.each(['leave', 'only'] as const)('is not tried again in a run that is to %s failed pages', (failedPages) => {
    for (const fault of [ofStatus(500), ofStatus(429), captcha, faultOf('timeout', '')]) {
      expect(isTriedAgain(attempt(fault, 'article'), failedPages)).toBe(false);
      expect(isTriedAgain(attempt(fault, 'feed'), failedPages)).toBe(true);
    }
    const reset = faultOf('reset', '');
    expect([0, 1].map((count) => isTriedAgain(attempt(reset, 'article', count), failedPages))).toEqual([true, false]);
  });

  it('is told of after ten seconds, if it is a list of such a run, and of one by hand after all its attempts', () => {
    const late = attempt(faultOf('timeout', ''), 'feed', 0, 30_000);
    const runs = (['leave', 'only', 'ask'] satisfies FailedPages[]).map((failedPages) =>
      isTriedAgain(late, failedPages),
    );
    expect(runs).toEqual([false, false, true]);
  });

  it.each([
    ['article', undefined, 'leave', 10_000],
    ['feed', undefined, 'leave', 150_000],
    ['feed', 5, 'leave', 10_000],
    ['robots', 5, 'only', 10_000],
    ['article', undefined, 'ask', 150_000],
    ['feed', 5, 'ask', 150_000],
  ] as const)(
    '%s, first tried at %s, of a run that is to %s: waits for its host %i ms',
    (kind, at, failedPages, ms) => {
      const target = { kind, edition: 'e', url: 'https://e/', pageId: null, foundBy: 'feed' } as const;
      const label = kind === 'article' ? 'article' : 'feed';
      const data = { label, edition: 'e', target, ...(at === undefined ? {} : { firstTriedAtMs: at }) } as const;
      expect(hostWaitMsMax(data, failedPages)).toBe(ms);
    },
  );

  it('is tried again where somebody asked for it by hand', () => {
    expect(isTriedAgain(attempt(ofStatus(500), 'article', 3), 'ask')).toBe(true);
    expect(isTriedAgain(attempt(ofStatus(400), 'article'), 'ask')).toBe(false);
  });

  it('hangs no longer than ten seconds in front of the newest, and has its whole time when it is tried again', () => {
    const article = { kind: 'article' } as FetchTarget;
    const timeouts = (['leave', 'only', 'ask'] satisfies FailedPages[]).map((failedPages) =>
      attemptTimeoutMs(article, failedPages, 30_000),
    );
    expect(timeouts).toEqual([10_000, 30_000, 30_000]);
    expect(attemptTimeoutMs(article, 'leave', 2_000)).toBe(2_000);
    expect(attemptTimeoutMs({ ...article, kind: 'feed' }, 'leave', 30_000)).toBe(30_000);
  });
});
