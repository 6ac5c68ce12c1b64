import { expect, it } from 'vitest';
import { logRun } from '../../../src/app/crawl/crawl-state.js';
import { zeroOutcomes } from '../../../src/domain/outcome.js';
import type { CrawlSummary } from '../../../src/queue/crawl-jobs.js';

const quiet: CrawlSummary = {
  runId: 'r1',
  startedAt: '2023-04-12T11:40:00Z',
  durationMs: 1200,
  editions: ['sputniknews.cn'],
  requests: 3,
  found: 9,
  skipped: 9,
  fetched: 0,
  outcomes: zeroOutcomes(),
  requestedBy: 'newest',
  aborted: false,
  unreachable: [],
};

it.each([
  ['a run that found nothing new', {}, 'debug', { outcome: '', edition: 'sputniknews.cn', reason: 'newest' }],
  [
    'what became of the pages',
    { fetched: 3, outcomes: { ...zeroOutcomes(), new: 2, failed: 1 } },
    'info',
    { outcome: 'new 2, failed 1', count: 3, runId: 'r1', durationMs: 1200 },
  ],
  [
    'who did not answer',
    { unreachable: [{ edition: 'sputniknews.cn', reason: 'timeout' }] },
    'info',
    { outcome: 'no answer: timeout' },
  ],
  [
    'lists that were not read',
    { unreadLists: [{ edition: 'sputniknews.cn', url: 'https://sputniknews.cn/feed', reason: 'notFound' }] },
    'info',
    { outcome: 'lists not read 1' },
  ],
  ['a run that was stopped', { aborted: true }, 'info', { outcome: 'stopped' }],
  ['many editions by their number', { editions: ['a', 'b', 'c', 'd'] }, 'debug', { edition: '4 editions' }],
])('the log tells of %s', (_what, part, level, fields) => {
  const lines: unknown[] = [];
  const note = (at: string) => (line: object, message: string) => {
    lines.push({ at, message, ...line });
  };
  logRun({ ...quiet, ...part }, { info: note('info'), debug: note('debug') });
  expect(lines).toEqual([expect.objectContaining({ at: level, message: 'crawl finished', ...fields })]);
});
