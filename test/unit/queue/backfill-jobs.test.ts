import { describe, expect, it } from 'vitest';
import { crawlJobSchema, crawlPartSchema, type CrawlJob, type CrawlPart } from '../../../src/queue/crawl-jobs.js';
import { isBackfill, backfillJobId, partOf, sumOfParts } from '../../../src/queue/backfill-jobs.js';
import { zeroOutcomes } from '../../../src/domain/outcome.js';

const TODAY = '2026-11-22';
const DEFAULT_VIA = ['feed', 'tag', 'sitemap'] as const;

function wish(change: Partial<CrawlJob> = {}): CrawlJob {
  return crawlJobSchema.parse({
    ...{ v: 1, runId: null, requestedBy: 'cli', editions: null, topics: null, since: '2014-01-01', until: null },
    ...{ via: null, urls: [], limit: null, refetch: false, revisitOnly: false, attached: true },
    ...change,
  });
}

function part(change: Partial<CrawlPart> = {}): CrawlPart {
  const nothing = { requests: 0, found: 0, skipped: 0, fetched: 0, outcomes: {}, unreachable: [], unreadLists: [] };
  return crawlPartSchema.parse({ editions: ['a.test'], ...nothing, ...change });
}

describe('a crawl is divided into days', () => {
  it.each<[string, Partial<CrawlJob>]>([
    ['years up to today', {}],
    ['everything up to a day', { since: null, until: '2015-01-01' }],
    ['eight days', { since: '2026-11-01', until: '2026-11-08' }],
    ['by day pages', { via: ['day'] }],
    ['by sitemap among others', { via: ['feed', 'sitemap'] }],
  ])('where it spans %s', (_name, change) => {
    expect(isBackfill(wish(change), DEFAULT_VIA, TODAY)).toBe(true);
  });

  it.each<[string, Partial<CrawlJob>]>([
    ['names no days', { since: null }],
    ['spans a week', { since: '2026-11-01', until: '2026-11-07' }],
    ['names its articles', { urls: ['https://sputniknews.cn/20230412/1049499304.html'] }],
    ['has a limit, which holds for the whole', { limit: 10 }],
    ['visits again what is known', { refetch: true }],
    ['reads only lists that know no days', { via: ['feed', 'tag'] }],
    ['is a part itself', { division: { part: 'piece' } }],
  ])('but not where it %s', (_name, change) => {
    expect(isBackfill(wish(change), DEFAULT_VIA, TODAY)).toBe(false);
  });
});

describe('the id of an order', () => {
  it('is the same for the same wish, whoever asks and in whatever order, and a legal job id', () => {
    const id = backfillJobId(wish({ editions: ['a.test', 'b.test'], via: ['tag', 'sitemap'] }));
    const again = wish({ editions: ['b.test', 'a.test'], via: ['sitemap', 'tag'], attached: false, runId: 'r' });
    expect(backfillJobId(again)).toBe(id);
    expect(id).toMatch(/^order-[0-9a-f]{16}$/);
  });

  it('differs with edition, topic, route and day', () => {
    const wishes = [{}, { editions: ['a.test'] }, { topics: ['armenia'] }, { via: ['day' as const] }, { until: TODAY }];
    expect(new Set(wishes.map((change) => backfillJobId(wish(change)))).size).toBe(wishes.length);
  });
});

describe('the sum of an order', () => {
  const lost = { edition: 'a.test', reason: 'reset' };

  it('adds up its parts, so that what was found is what was skipped and fetched', () => {
    const parts = [
      part({ found: 3, skipped: 1, fetched: 2, requests: 4, outcomes: { new: 1, offTopic: 1 } }),
      part({ found: 2, fetched: 2, requests: 3, outcomes: { new: 2 } }),
      part({ found: 1, fetched: 1, outcomes: { revised: 1 } }),
    ];
    const sum = sumOfParts(parts, ['a.test']);
    expect(sum).toMatchObject({ requests: 7, found: 6, skipped: 1, fetched: 5 });
    expect(sum.outcomes).toEqual({ ...zeroOutcomes(), new: 3, offTopic: 1, revised: 1 });
  });

  it('calls an edition unreachable only where none of its parts reached it', () => {
    const away = part({ unreachable: [lost] });
    expect(sumOfParts([away, away], ['a.test']).unreachable).toEqual([lost]);
    expect(sumOfParts([away, part()], ['a.test']).unreachable).toEqual([]);
    expect(sumOfParts([away, part({ editions: ['b.test'] })], ['a.test', 'b.test']).unreachable).toEqual([lost]);
  });

  it('names a hundred lists that were not read', () => {
    const unread = Array.from({ length: 70 }, () => ({ edition: 'a.test', url: 'https://a.test/', reason: 'broken' }));
    const away = part({ unreadLists: unread });
    expect(sumOfParts([away, away], ['a.test']).unreadLists).toHaveLength(100);
  });

  it('keeps of a part what is not zero', () => {
    const { outcomes } = partOf({
      ...part({ outcomes: {} }),
      outcomes: { ...zeroOutcomes(), gone: 2 },
      ...{ runId: 'r', startedAt: '2026-11-22T00:00:00Z', durationMs: 1, requestedBy: 'cli', aborted: false },
    });
    expect(outcomes).toEqual({ gone: 2 });
  });
});
