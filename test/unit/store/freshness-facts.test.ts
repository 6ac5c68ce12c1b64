import { describe, expect, it } from 'vitest';
import type { PageResult } from '../../../src/domain/page-result.js';
import type { FreshnessFacts } from '../../../src/store/catalogue/freshness-facts.js';
import { captureOf, instant } from '../records/observations.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from './fixtures.js';

const BIG5 = 'big5.sputniknews.cn';
const CN = 'sputniknews.cn';
const HOUR_MS = 3_600_000;

async function storeArticles(store: QueriedStore, edition: string, hours: readonly number[]): Promise<void> {
  for (const [n, hour] of hours.entries()) {
    await store.storePage(
      articleResult({
        at: n,
        edition,
        family: CN,
        articleId: String(1_000_000_100 + n),
        title: `Title ${n}`,
        text: `Text ${n}`,
        publishedAt: `2024-05-01T${String(hour).padStart(2, '0')}:00:00Z`,
      }),
    );
  }
}

async function listFetched(store: QueriedStore, at: number, failure: 'timeout' | null): Promise<void> {
  const listUrl = `https://${BIG5}/export/rss2/archive/index.xml`;
  const days = { from: '20240501', to: '20240501' };
  const fetch = { edition: BIG5, family: CN, kind: 'feed', days, isWhole: false, failure } as const;
  await store.storeList({ capture: captureOf({ at }), listUrl, route: 'feed', tagPath: null, pages: [], fetch });
}

function rowOf(facts: readonly FreshnessFacts[], edition: string, topic: string | null): FreshnessFacts | undefined {
  return facts.find((row) => row.edition === edition && row.topic === topic);
}

function pageResult(n: number, at: number, result: object): PageResult {
  const articleId = String(1_000_000_100 + n);
  const page = { pageId: `${CN}/${articleId}`, family: CN, url: `https://${CN}/20240501/${articleId}.html` };
  return { page, capture: captureOf({ at }), ...result } as PageResult;
}

describe('pages without an article', () => {
  const bare = (reason: string) => ({ kind: 'notArticle', reason });
  const since = (store: QueriedStore) => rowOf(store.queries.freshness(), CN, null)?.withoutArticle;

  it('are counted since the newest article, where they held one before or are new', async () => {
    const store = await opened(scratchFolder());
    await storeArticles(store, CN, [8, 9, 10]);
    await store.storePage(pageResult(0, 20, bare('unknownMarkup')));
    await store.storePage(pageResult(1, 21, { kind: 'unreachable', reason: 'challenge' }));
    await store.storePage(pageResult(7, 22, bare('noTitle')));
    await store.storePage(pageResult(7, 23, bare('noTitle')));
    expect(since(store)).toEqual({ pages: 3, since: instant(20) });
    await store.storePage(pageResult(2, 24, { kind: 'notModified' }));
    expect(since(store)).toEqual({ pages: 0, since: null });
    await store.storePage(pageResult(1, 25, bare('unknownMarkup')));
    expect(since(store)).toEqual({ pages: 1, since: instant(25) });
    await storeArticles(store, BIG5, [8]);
    expect(since(store)?.pages).toBe(1);
  });

  it('are not counted where they were known to be without one, are what they are, or do not answer at all', async () => {
    const store = await opened(scratchFolder());
    for (const n of [4, 5, 6, 7, 8, 9]) await store.storePage(pageResult(n, n, bare('emptyBody')));
    expect(since(store)?.pages).toBe(6);
    await store.storePage(articleResult({ at: 30, edition: CN, family: CN, articleId: '1000000100' }));
    for (const n of [4, 5, 6, 7, 8, 9]) await store.storePage(pageResult(n, 40 + n, bare('emptyBody')));
    await store.storePage(pageResult(10, 50, bare('gallery')));
    await store.storePage(pageResult(11, 51, bare('otherArticle')));
    await store.storePage(pageResult(12, 52, { kind: 'unreachable', reason: 'timeout' }));
    await store.storePage(pageResult(13, 53, { kind: 'gone', reason: 'notFound' }));
    expect(since(store)).toEqual({ pages: 0, since: null });
  });
});

describe('what is known of how recent an edition is', () => {
  it('is told of an edition whose texts are stored as renditions, from its own pages', async () => {
    const store = await opened(scratchFolder());
    await storeArticles(store, CN, [8, 9, 10, 12, 18]);
    await storeArticles(store, BIG5, [8, 9, 10, 12]);
    const facts = store.queries.freshness();
    expect(facts.map(({ edition, topic }) => [edition, topic])).toEqual([
      [BIG5, null],
      [BIG5, 'armenia'],
      [CN, null],
      [CN, 'armenia'],
    ]);
    expect(rowOf(facts, BIG5, null)).toMatchObject({
      newestPublishedAt: '2024-05-01T12:00:00Z',
      usualGapMs: 2 * HOUR_MS,
    });
    expect(rowOf(facts, BIG5, 'armenia')).toMatchObject({ newestPublishedAt: '2024-05-01T12:00:00Z' });
    expect(rowOf(facts, CN, 'armenia')).toMatchObject({
      newestPublishedAt: '2024-05-01T18:00:00Z',
      usualGapMs: 6 * HOUR_MS,
    });
  });

  it('holds what came of each list, also where nothing was ever stored', async () => {
    const store = await opened(scratchFolder());
    for (const [at, failure] of [
      [10, null],
      [20, 'timeout'],
      [30, 'timeout'],
    ] as const)
      await listFetched(store, at, failure);
    const facts = store.queries.freshness();
    expect(facts).toMatchObject([{ edition: BIG5, topic: null, newestPublishedAt: null, lastAnsweredAt: null }]);
    expect(facts[0]!.lists.map(({ kind, failure, firstAt, lastAt }) => [kind, failure, firstAt, lastAt])).toEqual([
      ['feed', null, instant(10), instant(10)],
      ['feed', 'timeout', instant(20), instant(30)],
    ]);
  });
});
