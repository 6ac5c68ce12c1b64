import type { Config } from '../config/config.js';
import type { Article } from '../domain/article.js';
import { UsageError } from '../domain/errors.js';
import type { ArticleKey } from '../domain/page.js';
import { createUrlRules } from '../sputnik/urls/url-rules.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';

/**
 * Finds an article by what a person may call it: an address, `<family>/<id>`, `<edition>/<id>`, or the number alone.
 *
 * @throws {UsageError} `usage.unknownArticle`, `usage.ambiguous`.
 */
export function findArticle(word: string, config: Config, reader: CatalogueQueries): Article {
  const key = articleKeyOf(word, config, reader);
  const article = key === null ? null : reader.article(key);
  if (article !== null) return article;
  throw new UsageError(`no article is known under ${word}`, { code: 'usage.unknownArticle' });
}

function articleKeyOf(word: string, config: Config, reader: CatalogueQueries): ArticleKey | null {
  const address = createUrlRules(config.editions).parse(word);
  if (address !== null) return address.articleKey;
  if (/^[a-z0-9.-]+\/\d{4,19}$/.test(word)) return keyOfPair(word as ArticleKey, config);
  if (!/^\d{4,19}$/.test(word)) return null;
  const keys = [...new Set(reader.pagesOfArticleId(word).map(({ articleKey }) => articleKey))].filter(
    (key) => reader.article(key) !== null,
  );
  if (keys.length > 1) {
    throw new UsageError(`${word} is the id of several articles: ${keys.join(', ')}`, { code: 'usage.ambiguous' });
  }
  return keys[0] ?? null;
}

/** `<family>/<id>`, or `<edition>/<id>` of any edition of the family. */
function keyOfPair(word: ArticleKey, config: Config): ArticleKey {
  const [name = '', articleId = ''] = word.split('/');
  const family = config.editions.find(({ id }) => id === name)?.family ?? name;
  return `${family}/${articleId}`;
}
