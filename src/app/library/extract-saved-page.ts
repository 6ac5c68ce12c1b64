import { loadConfig } from '../../config/load-config.js';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import { createExtractionWorld, extractPage } from '../../workers/extract-page.js';
import { articleIn, toUnstoredArticle } from './unstored-article.js';

/**
 * Reads the article of a saved page; touches no store, no queue and no network.
 *
 * @param page  HTML as received, decompressed: text, or bytes whose encoding the page names.
 * @param url   Under which it was saved, of an edition that the package ships.
 * @returns     The record; what only a store knows is null or empty.
 * @throws {PermanentError} `extract.notArticle`; {UsageError} `usage.unknownAddress`.
 */
export function extractSavedPage(page: string | Uint8Array, url: string): Article {
  const config = loadConfig({ variables: {} });
  const parsed = createUrlRules(config.editions).parse(url);
  if (parsed === null) {
    throw new UsageError(`${url} is no article address of an edition`, { code: 'usage.unknownAddress' });
  }
  const world = createExtractionWorld(config.editions, config.topics);
  const isText = typeof page === 'string';
  const body = Buffer.from(page as string);
  const contentType = isText ? 'text/html; charset=utf-8' : null;
  return toUnstoredArticle(articleIn(extractPage({ body, contentType, url: parsed, fetchedAt: null }, world), url));
}
