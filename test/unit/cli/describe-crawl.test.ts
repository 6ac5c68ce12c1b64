import { describe, expect, it } from 'vitest';
import { crawlDocument, crawlExitCode, describeCrawl } from '../../../src/cli/output/describe-crawl.js';
import { zeroOutcomes } from '../../../src/domain/outcome.js';
import type { CrawlSummary } from '../../../src/queue/crawl-jobs.js';

const summary: CrawlSummary = {
  runId: 'run-1',
  startedAt: '2026-07-29T05:19:00Z',
  durationMs: 1_500,
  requestedBy: 'cli',
  editions: ['a.example', 'b.example'],
  requests: 12,
  found: 10,
  skipped: 4,
  fetched: 6,
  outcomes: { ...zeroOutcomes(), new: 5, offTopic: 1 },
  unreachable: [],
  aborted: false,
};
const lost = { edition: 'b.example', reason: 'dns' } as const;
const list = { edition: 'a.example', url: 'https://a.example/feed', reason: 'timeout' } as const;

describe('the summary of a crawl', () => {
  it('tells each outcome that came about, in words', () => {
    const lines = describeCrawl(summary);
    expect(lines[0]).toBe('Finished after 1.5 s, 12 requests: a.example, b.example');
    expect(lines.filter((line) => /^ {2}(new|offTopic|gone)/.test(line))).toEqual([
      '  new            5  stored for the first time',
      '  offTopic       1  on none of the topics; not stored',
    ]);
  });

  it('does not call pages known that a stop kept from being fetched', () => {
    expect(describeCrawl(summary)[2]).toBe('  skipped        4  known and not due again');
    expect(describeCrawl({ ...summary, aborted: true })[2]).toMatch(/or not reached before the stop$/);
  });

  it('names what was out of reach, and no list of an edition that was so altogether', () => {
    const text = describeCrawl({
      ...summary,
      unreachable: [lost],
      unreadLists: [list, { ...list, edition: 'b.example', url: 'https://b.example/feed' }],
    }).join('\n');
    expect(text).toContain('unreachable: b.example (dns: its name leads to no address)');
    expect(text).toContain('not read: https://a.example/feed (timeout: no whole answer in time)');
    expect(text).not.toContain('https://b.example/feed');
    expect(text).toContain('`sputnik doctor` says what helps');
    expect(describeCrawl(summary).join('\n')).not.toContain('doctor');
  });

  it('names lists that are gone, or that robots.txt closes, and counts those that it has no room for', () => {
    const reasons = ['notFound', 'robots', 'broken', 'noItems', 'timeout', 'reset'];
    const unreadLists = reasons.map((reason) => ({ ...list, reason }));
    const text = describeCrawl({ ...summary, unreadLists }).join('\n');
    expect(text).toContain('(notFound: HTTP 404 or 410)');
    expect(text).toContain('(robots: robots.txt does not allow it)');
    expect(text).toContain('and 1 list more');
  });

  it('is the nine keys of the contract for scripts, and what was out of reach where anything was', () => {
    expect(crawlDocument({ ...summary, unreachable: [lost] })).toEqual({
      ...crawlDocument(summary),
      unreachable: [lost],
    });
    expect(Object.keys(crawlDocument(summary))).toEqual([
      'runId',
      'startedAt',
      'durationMs',
      'editions',
      'requests',
      'found',
      'skipped',
      'fetched',
      'outcomes',
    ]);
  });

  it.each<[string, CrawlSummary, number, number]>([
    ['all is well', summary, 0, 0],
    ['a page waits in quarantine', summary, 1, 3],
    ['a page failed', { ...summary, outcomes: { ...summary.outcomes, failed: 1 } }, 0, 3],
    ['a list was not read', { ...summary, unreadLists: [list] }, 0, 3],
    ['one edition was out of reach', { ...summary, unreachable: [lost] }, 0, 3],
    ['all were', { ...summary, unreachable: [lost, { ...lost, edition: 'a.example' }] }, 0, 5],
  ])('ends by its own code where %s', (_name, crawl, quarantined, code) => {
    expect(crawlExitCode(crawl, quarantined)).toBe(code);
  });
});
