import { describe, expect, it } from 'vitest';
import type { CaptureReference } from '../../../src/domain/article.js';
import type { FetchTarget } from '../../../src/domain/page.js';
import { listJobSchema, pageJobFor, pageJobSchema, type CapturedAnswer } from '../../../src/queue/page-jobs.js';

const FEED: FetchTarget = {
  kind: 'feed',
  edition: 'am.sputniknews.ru',
  url: 'https://am.sputniknews.ru/export/rss2/archive/index.xml',
  pageId: null,
  foundBy: 'feed',
};
const ROBOTS: FetchTarget = {
  ...FEED,
  kind: 'robots',
  url: 'https://am.sputniknews.ru/robots.txt',
  wantedDays: { from: '20230411', to: '20230412' },
};

function captureWith(status: number): CaptureReference {
  return {
    file: 'captures/a.warc.gz',
    offset: 0,
    length: 10,
    sha256: 'a'.repeat(64),
    fetchedAt: '2023-04-12T10:00:00Z',
    status,
    etag: null,
    lastModified: null,
    via: 'http',
  };
}

function failed(target: FetchTarget, status: number): ReturnType<typeof pageJobFor> {
  const answer: CapturedAnswer = { kind: 'failure', reason: 'serverError', target, runId: 'r1' };
  return pageJobFor(answer, captureWith(status));
}

function answered(target: FetchTarget, status: number): ReturnType<typeof pageJobFor> {
  const answer: CapturedAnswer = { kind: 'response', status, finalUrl: target.url, target, runId: 'r1' };
  return pageJobFor(answer, captureWith(status));
}

describe('the job for a captured list', () => {
  it('is made of every list that was asked for, had or not, so that the ledger can name what is missing', () => {
    expect(answered(FEED, 200)).toMatchObject({ kind: 'list', pageKind: 'feed', failure: null, wantedDays: null });
    expect(answered(FEED, 404)).toMatchObject({ kind: 'list', failure: null });
    expect(failed(FEED, 503)).toMatchObject({ kind: 'list', failure: 'serverError' });
    for (const job of [answered(FEED, 200), failed(FEED, 0)]) expect(pageJobSchema.parse(job)).toEqual(job);
  });

  it('is made of robots.txt only where without it nothing may be asked for (RFC 9309, §2.3.1.3)', () => {
    const wantedDays = { from: '20230411', to: '20230412' };
    for (const status of [0, 429, 500, 503]) expect(failed(ROBOTS, status)).toMatchObject({ kind: 'list', wantedDays });
    for (const status of [401, 403, 404, 451]) expect(failed(ROBOTS, status)).toBeNull();
    expect(answered(ROBOTS, 200)).toBeNull();
    expect(answered(ROBOTS, 404)).toBeNull();
  });

  it('may leave out what an earlier release did not know', () => {
    const { failure, wantedDays, ...earlier } = listJobSchema.parse(answered(FEED, 200));
    expect({ failure, wantedDays }).toEqual({ failure: null, wantedDays: null });
    expect(listJobSchema.parse(earlier)).toMatchObject({ failure: null, wantedDays: null });
  });
});
