import { describe, expect, it } from 'vitest';
import { matchTopics, normaliseTags } from '../../../src/normalise/normalise-links.js';
import type { FoundTag, PageFields } from '../../../src/sputnik/extractors/extractor.js';
import { ADDRESSES, EDITIONS, TOPICS } from '../../contract/read-page.js';

const CONTEXT = {
  url: ADDRESSES.parse('https://big5.sputniknews.cn/20230412/1049499304.html')!,
  edition: EDITIONS[1]!,
  topics: TOPICS,
  urlRules: ADDRESSES,
  fetchedAt: null,
};

function tags(links: readonly (readonly [string, string | null])[], names: readonly string[] = []) {
  const reading = {
    tags: links.map(([name, href]): FoundTag => ({ name, href, source: 'li.tag' })),
    tagNames: names.map((value) => ({ value, source: 'article:tag' })),
  };
  return normaliseTags(reading as unknown as PageFields, CONTEXT);
}

describe('normaliseTags', () => {
  it('makes URLs absolute and tells kinds by slug, in both engines', () => {
    expect(
      tags([
        ['俄羅斯', '/geo_eluosi/'],
        ['x', '/tags/organization_X/'],
        ['軍事', '/military/'],
      ]).value,
    ).toEqual([
      { name: '俄羅斯', url: 'https://big5.sputniknews.cn/geo_eluosi/', kind: 'geo' },
      { name: 'x', url: 'https://big5.sputniknews.cn/tags/organization_X/', kind: 'organization' },
      { name: '軍事', url: 'https://big5.sputniknews.cn/military/', kind: null },
    ]);
  });

  it('leaves out repeats, editorial labels and the rubric that a tag repeats', () => {
    const { value } = tags([
      ['科學', '/science/'],
      ['News Feed', '/keyword_News_Feed/'],
      ['月亮', '/location_Luna/'],
      ['科学', '/tag_kexue/'],
      ['月亮', '/keyword_Luna/'],
    ]);
    expect(value.map(({ name, kind }) => [name, kind])).toEqual([
      ['月亮', 'location'],
      ['科学', 'tag'],
    ]);
  });

  it('drops no URL that it cannot follow, only the URL', () => {
    expect(
      tags([
        ['a', 'javascript:alert(1)'],
        ['b', null],
      ]).value,
    ).toEqual([
      { name: 'a', url: null, kind: null },
      { name: 'b', url: null, kind: null },
    ]);
  });

  it('falls back on names by metadata, one comma list or several metas', () => {
    expect(tags([], ['俄羅斯, 軍事,']).value.map(({ name }) => name)).toEqual(['俄羅斯', '軍事']);
    expect(tags([], ['a, b', 'c']).value.map(({ name }) => name)).toEqual(['a, b', 'c']);
  });

  it.each([
    [['новости, Армения, Баку, дороги'], ['Армения', 'Баку', 'дороги']],
    [['Новости Азербайджана, Баку'], ['Новости Азербайджана', 'Баку']],
    [['أخبار أرمينيا'], ['أخبار أرمينيا']],
    [['новости, новости Армении, Армения, Азербайджан'], []],
    [
      ['новости', 'Баку, дороги'],
      ['Баку', 'дороги'],
    ],
    [['Мосты &amp; дороги; &laquo;Вайк&raquo;; AT&T; a&lt;b'], ['Мосты & дороги', '«Вайк»', 'AT&T', 'a&lt;b']],
  ])("takes of the keywords %j what is the article's", (values, expected) => {
    const tagNames = values.map((value, at) => ({ value, source: ['keywords', 'news_keywords'][at]! }));
    const { value } = normaliseTags({ tags: [], tagNames } as unknown as PageFields, CONTEXT);
    expect(value.map(({ name }) => name)).toEqual(expected);
  });

  it('tells where links and metadata disagree, whatever their order and script', () => {
    expect(
      tags(
        [
          ['亞美尼亞', '/a/'],
          ['軍事', '/b/'],
        ],
        ['军事', '亚美尼亚'],
      ).disagreements,
    ).toEqual([]);
    expect(tags([['亞美尼亞', '/a/']], ['亚美尼亚', '交火']).disagreements).toHaveLength(1);
  });
});

describe('matchTopics', () => {
  const on = (...names: string[]): string[] =>
    matchTopics(
      names.map((name) => ({ name, url: null, kind: null })),
      TOPICS,
    );

  it('folds case, width and script, and sorts', () => {
    expect(on('阿塞拜疆', '亞美尼亞')).toEqual(['armenia', 'azerbaijan']);
    expect(on('ARMENIA', 'ａｚｅｒｂａｉｊａｎ')).toEqual(['armenia', 'azerbaijan']);
  });

  it('wants the whole name', () => {
    expect(on('Armenian genocide', '亚美尼亚总统')).toEqual([]);
  });

  it('does not count topics that are switched off', () => {
    expect(matchTopics([{ name: 'Armenia', url: null, kind: null }], [{ ...TOPICS[0]!, enabled: false }])).toEqual([]);
  });
});
