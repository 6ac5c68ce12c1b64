import type { Config } from '../../config/config.js';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { isKey, splitKey, type ArticleKey, type ArticleUrl } from '../../domain/page.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';

/**
 * Finds an article by what a person may call it: a URL, `<family>/<id>`, `<edition>/<id>`, or the number alone.
 *
 * @throws {UsageError} `usage.unknownArticle`, `usage.ambiguous`.
 */
export function findArticle(word: string, config: Config, queries: CatalogueQueries): Article {
  const key = articleKeyOf(word, config, queries);
  const article = key === null ? null : queries.knownArticle(key);
  if (article !== null) return article;
  throw new UsageError(`no article is known under ${word}`, {
    code: 'usage.unknownArticle',
    hint: '`sputnik search` finds ids; `sputnik why` explains pages that are not stored',
  });
}

function articleKeyOf(word: string, config: Config, queries: CatalogueQueries): ArticleKey | null {
  const url = createUrlRules(config.editions).parse(word);
  if (url !== null) return url.articleKey;
  if (isKey(word)) return keyOfPair(word, config);
  if (!/^\d{4,19}$/.test(word)) return null;
  const keys = [...new Set(queries.pages.ofArticleId(word).map(({ articleKey }) => articleKey))].filter((key) =>
    queries.knows(key),
  );
  if (keys.length > 1) {
    throw new UsageError(`${word} is the id of several articles: ${keys.join(', ')}`, { code: 'usage.ambiguous' });
  }
  return keys[0] ?? null;
}

/** `<family>/<id>`, or `<edition>/<id>` of any edition of the family. */
function keyOfPair(word: ArticleKey, config: Config): ArticleKey {
  const [name, articleId] = splitKey(word);
  const family = config.editions.find(({ id }) => id === name)?.family ?? name;
  return `${family}/${articleId}`;
}

/**
 * Reads `--url`. @throws {UsageError} `usage.unknownAddress` unless it is a URL of an article of a configured edition.
 */
export function parseArticleUrl(url: string, { editions }: Config): ArticleUrl {
  const parsed = createUrlRules(editions).parse(url);
  if (parsed !== null) return parsed;
  throw new UsageError(`--url ${url} is no URL of an article of a configured edition`, {
    code: 'usage.unknownAddress',
    hint: 'expected a URL such as https://big5.sputniknews.cn/20230412/1049499304.html',
  });
}
