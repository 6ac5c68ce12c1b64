import { describe, expect, it } from 'vitest';
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
