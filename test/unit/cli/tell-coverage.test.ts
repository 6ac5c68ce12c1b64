import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { EditionCoverage } from '../../../src/app/coverage/read-coverage.js';
import { tellCoverage } from '../../../src/cli/output/tell-coverage.js';
import { createOutput } from '../../../src/cli/output/text-output.js';

const FAILED = { url: 'https://a.example/', failedAt: '2026-11-26T07:33:02Z' };

it('tells what failed alike in one line, however many days it holds back', () => {
  const days = ['2026-10-28', '2026-10-29', '2026-10-30', '2026-11-02'];
  const lists = [
    ...days.map((day) => ({ ...FAILED, day, route: 'robots' as const, reason: 'refused', failures: 3 })),
    { ...FAILED, day: '2026-10-29', route: 'feed' as const, reason: 'broken', failures: 1 },
  ];
  const coverage: EditionCoverage = {
    edition: 'a.example',
    since: '2026-10-28',
    until: '2026-11-02',
    days: [],
    gaps: { pages: [], lists, unread: null },
    givenUp: [],
    unreadDays: [],
    unreadEntries: [{ url: 'https://a.example/map.xml', entries: 2, readAt: FAILED.failedAt }],
  };
  const stream = new PassThrough();
  tellCoverage([coverage], lists.length, false, createOutput(false, stream));
  expect(String(stream.read()).split('\n').slice(3, 10)).toEqual([
    '',
    'a.example',
    '  gap: 2026-10-28 to 2026-10-30, 2026-11-02  robots.txt, and so everything could not be had: refused (3 times, last 2026-11-26T07:33:02Z)',
    '  gap: 2026-10-29  list by feed could not be had: broken (once, 2026-11-26T07:33:02Z)',
    '  2 entries lead to no known article: https://a.example/map.xml',
    '',
    '5 gaps; --fill crawls exactly what is missing.',
  ]);
});

it('names editions of which nothing was read in one line for each cause, and in no table', () => {
  const unread = (edition: string, failure: string | null): EditionCoverage => ({
    edition,
    since: '2026-10-28',
    until: '2026-11-02',
    days: [],
    gaps: { pages: [], lists: [], unread: { reason: 'neverRead', failure, days: [] } },
    givenUp: [],
    unreadDays: [],
    unreadEntries: [],
  });
  const stream = new PassThrough();
  const coverage = [unread('a.example', null), unread('b.example', 'dns'), unread('c.example', null)];
  tellCoverage(coverage, 3, false, createOutput(false, stream));
  expect(String(stream.read()).split('\n').slice(0, 6)).toEqual([
    '2026-10-28 to 2026-11-02',
    '',
    'gap: no list was read: a.example, c.example',
    '',
    'gap: no list was read (last failure: dns): b.example',
    '',
  ]);
});
