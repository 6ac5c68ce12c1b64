import { describe, expect, it } from 'vitest';
import { crawlsForGaps } from '../../../src/app/coverage/fill-gaps.js';
import type { ListGap } from '../../../src/app/coverage/list-ledger.js';
import type { EditionCoverage } from '../../../src/app/coverage/read-coverage.js';
import type { PageGap } from '../../../src/store/catalogue/coverage-queries.js';
import { isBackfill } from '../../../src/queue/backfill-jobs.js';
import { crawlJobSchema } from '../../../src/queue/crawl-jobs.js';

function list(day: string, route: ListGap['route']): ListGap {
  return { day, route, reason: 'timeout', url: 'https://a.example/', failedAt: `${day}T10:00:00Z`, failures: 1 };
}

function page(number: number, endState: PageGap['endState'] = 'unreachable'): PageGap {
  const url = `https://sputniknews.cn/20230412/${10_000_000 + number}.html`;
  return { pageId: `sputniknews.cn/${10_000_000 + number}`, url, day: '2023-04-12', endState, reason: null };
}

function coverage(lists: readonly ListGap[], pages: readonly PageGap[]): EditionCoverage {
  const window = { since: '2023-04-01', until: '2023-04-30' };
  return {
    edition: 'sputniknews.cn',
    ...window,
    days: [],
    gaps: { lists, pages, unread: null },
    givenUp: [],
    unreadDays: [],
    unreadEntries: [],
  };
}

describe('the crawls that close gaps', () => {
  it('cover each stretch of days by the routes that can tell of it, and nothing between', () => {
    const jobs = crawlsForGaps([
      coverage(
        [
          list('2023-04-30', 'sitemap'),
          list('2023-03-31', 'feed'),
          list('2023-04-01', 'robots'),
          list('2023-04-10', 'tag'),
          list('2023-04-10', 'day'),
        ],
        [],
      ),
    ]);
    expect(jobs.map(({ since, until, via }) => `${since ?? ''} ${until ?? ''} ${via?.join() ?? ''}`)).toEqual([
      '2023-03-31 2023-04-01 sitemap',
      '2023-04-10 2023-04-10 day,sitemap,tag',
      '2023-04-30 2023-04-30 sitemap',
    ]);
  });

  it('cut a long stretch into crawls of a week, each of which asks once', () => {
    const days = Array.from({ length: 16 }, (_, at) => list(`2023-04-${String(at + 1).padStart(2, '0')}`, 'sitemap'));
    const jobs = crawlsForGaps([coverage(days, [])]);
    expect(jobs.map(({ since, until }) => `${since ?? ''} ${until ?? ''}`)).toEqual([
      '2023-04-01 2023-04-07',
      '2023-04-08 2023-04-14',
      '2023-04-15 2023-04-16',
    ]);
    for (const job of jobs) expect(isBackfill(job, [], '2023-04-30')).toBe(false);
  });

  it('name the pages without an answer, as many as a job may, and leave quarantined ones alone', () => {
    const pages = [...Array.from({ length: 501 }, (_, at) => page(at)), page(900, 'quarantined'), page(901, 'pending')];
    const jobs = crawlsForGaps([coverage([], pages)]);
    expect(jobs.map(({ urls }) => urls.length)).toEqual([500, 2]);
    expect(jobs[1]?.urls.at(-1)).toBe(page(901).url);
    for (const job of jobs) expect(crawlJobSchema.parse(job)).toEqual(job);
  });

  it('are none where nothing is missing', () => {
    expect(crawlsForGaps([coverage([], [])])).toEqual([]);
  });
});
