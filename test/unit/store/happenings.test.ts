import { describe, expect, it } from 'vitest';
import type { ArticleKey } from '../../../src/domain/page.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from './fixtures.js';

const KEY = 'sputniknews.cn/1000000100' as ArticleKey;

async function twoStates(): Promise<QueriedStore> {
  const store = await opened(scratchFolder());
  for (const [at, text] of ['代表团今天抵达埃里温', '代表团昨天抵达巴库'].entries())
    await store.storePage(articleResult({ at, articleId: '1000000100', title: 'Title', text }));
  return store;
}

describe('what was seen since an instant', () => {
  it('is told by the records, for whoever has lost the cursor of the log', async () => {
    const { queries } = await twoStates();
    const all = queries.changes.happeningsSince('1970-01-01T00:00:00Z');
    expect(all.map(({ kind, key }) => [kind, key])).toEqual([
      ['stored', KEY],
      ['edited', KEY],
    ]);
    const edited = all[1]?.at ?? '';
    expect(queries.changes.happeningsSince(edited)).toEqual([all[1]]);
    expect(queries.changes.happeningsSince('2999-01-01T00:00:00Z')).toEqual([]);
    const logged = queries.changes.since(queries.changes.end().replace(/\d+$/, '0'), 10)?.changes ?? [];
    expect(logged.map(({ kind, at }) => [kind, at])).toEqual(all.map(({ kind, at }) => [kind, at]));
  });
});

describe('a matcher', () => {
  it('tells whether a query finds one article as it is now', async () => {
    const { queries } = await twoStates();
    const known = { topics: ['armenia'], editions: ['sputniknews.cn'] };
    const finds = (text: string, key = KEY): boolean => queries.matcher(text, known)(key);
    expect([finds('巴库'), finds('埃里温'), finds('edition:sputniknews.cn'), finds('edited:yes -巴库')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(finds('巴库', 'sputniknews.cn/1000000999')).toBe(false);
    expect(() => finds('topic:cheese')).toThrow(expect.objectContaining({ code: 'search.syntax' }));
  });
});
