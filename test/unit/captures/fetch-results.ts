import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FetchedFailure, FetchedNotModified, FetchedResponse, FetchTarget } from '../../../src/domain/page.js';
import type { Clock } from '../../../src/platform/clock.js';

export const fixedClock: Clock = { now: () => Date.UTC(2026, 10, 22, 14, 10, 30) };

export function articleTarget(id = 1049499304): FetchTarget {
  return {
    kind: 'article',
    edition: 'big5.sputniknews.cn',
    url: `https://big5.sputniknews.cn/20230412/${id}.html`,
    pageId: `big5.sputniknews.cn/${id}`,
    foundBy: 'tag',
  };
}

/** A page of the given decoded text, compressed as servers do unless headers say otherwise. */
export function response(text: string | Buffer, overrides: Partial<FetchedResponse> = {}): FetchedResponse {
  return {
    kind: 'response',
    target: articleTarget(),
    runId: 'run-1',
    fetchedAt: '2026-11-22T14:10:30Z',
    durationMs: 120,
    status: 200,
    statusText: 'OK',
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Encoding', 'gzip'],
      ['ETag', '"abc"'],
      ['Last-Modified', 'Wed, 12 Apr 2023 11:40:00 GMT'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
    body: gzipSync(text),
    bodySha256: createHash('sha256').update(text).digest('hex'),
    finalUrl: articleTarget().url,
    via: 'http',
    ...overrides,
  };
}

export function notModified(overrides: Partial<FetchedNotModified> = {}): FetchedNotModified {
  return {
    kind: 'notModified',
    target: articleTarget(),
    runId: 'run-1',
    fetchedAt: '2026-11-22T14:10:31Z',
    durationMs: 12,
    status: 304,
    headers: [['ETag', '"abc"']],
    ...overrides,
  };
}

export function failure(overrides: Partial<FetchedFailure> = {}): FetchedFailure {
  return {
    kind: 'failure',
    target: articleTarget(),
    runId: 'run-1',
    fetchedAt: '2026-11-22T14:10:32Z',
    durationMs: 30_000,
    reason: 'timeout',
    detail: 'no answer within 30000 ms',
    status: null,
    attempts: 5,
    tries: [
      { at: '2026-11-22T14:10:28Z', reason: 'dns' },
      { at: '2026-11-22T14:10:30Z', reason: 'timeout' },
    ],
    ...overrides,
  };
}
