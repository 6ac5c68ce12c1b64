import { describe, expect, it } from 'vitest';
import { findArticle, parseArticleUrl } from '../../../src/cli/arguments/find-article.js';
import { loadConfig } from '../../../src/config/load-config.js';
import type { CatalogueQueries } from '../../../src/store/catalogue/catalogue-queries.js';

const config = loadConfig({ variables: {} });
const ID = '1049499304';
const KEY = `sputniknews.cn/${ID}`;
const URL_OF_IT = `https://big5.sputniknews.cn/20230412/${ID}.html`;

/** A catalogue that holds these articles, each with one page. */
function holding(...keys: readonly string[]): CatalogueQueries {
  const known = {
    knows: (key: string) => keys.includes(key),
    knownArticle: (key: string) => (keys.includes(key) ? { id: key } : null),
    pages: {
      ofArticleId: (id: string) =>
        keys.filter((key) => key.endsWith(`/${id}`)).map((articleKey) => ({ articleKey, pageId: articleKey })),
    },
  };
  return known as unknown as CatalogueQueries;
}

describe('an article by what a person may call it', () => {
  it.each([URL_OF_IT, KEY, `big5.sputniknews.cn/${ID}`, ID])('is found under %s', (word) => {
    expect(findArticle(word, config, holding(KEY))).toEqual({ id: KEY });
  });

  it('is refused by name where nothing or several have the number', () => {
    for (const word of [ID, 'rubbish', `ria.ru/${ID}`]) {
      expect(() => findArticle(word, config, holding())).toThrow(
        expect.objectContaining({ code: 'usage.unknownArticle' }),
      );
    }
    expect(() => findArticle(ID, config, holding(KEY, `ria.ru/${ID}`))).toThrow(
      expect.objectContaining({ code: 'usage.ambiguous' }),
    );
  });

  it('is named by --url only where an edition has such URLs', () => {
    expect(parseArticleUrl(URL_OF_IT, config).articleKey).toBe(KEY);
    for (const url of ['https://example.org/20230412/1049499304.html', 'https://sputniknews.cn/', 'x']) {
      expect(() => parseArticleUrl(url, config)).toThrow(expect.objectContaining({ code: 'usage.unknownAddress' }));
    }
  });
});
