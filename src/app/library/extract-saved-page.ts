import { loadConfig } from '../../config/load-config.js';
import type { Article } from '../../domain/article.js';
import { UsageError, PermanentError } from '../../domain/errors.js';
import type { ExtractedArticle, Extraction } from '../../domain/extraction.js';
import { fieldsOfPage } from '../../records/record-histories.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import { createExtractionWorld, extractPage } from '../../workers/extract-page.js';

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
    throw new UsageError(`${url} is not the URL of an article of a configured edition`, {
      code: 'usage.unknownAddress',
    });
  }
  const world = createExtractionWorld(config);
  const isText = typeof page === 'string';
  const body = Buffer.from(page as string);
  const contentType = isText ? 'text/html; charset=utf-8' : null;
  return toUnstoredArticle(articleIn(extractPage({ body, contentType, url: parsed, fetchedAt: null }, world), url));
}

/**
 * A saved page cannot be fetched again: one that shows a lead and no text is taken as it stands. One that breaks off is
 * not: half an article would pass for the whole.
 *
 * @throws {PermanentError} `extract.notArticle`
 */
export function articleIn(extraction: Extraction, file: string): ExtractedArticle {
  if (extraction.kind === 'article') return extraction.article;
  const { reason, article } = extraction;
  if (reason === 'emptyBody' && article !== undefined && article.lead !== null) return article;
  throw new PermanentError(`${file} holds no article: ${reason}`, { code: 'extract.notArticle' });
}

/** The contract's keys in its order, those that only the store knows being null or empty. */
export function toUnstoredArticle(article: ExtractedArticle): Article {
  return {
    schemaVersion: 2,
    id: `${article.family}/${article.articleId}`,
    url: article.url,
    aliases: [],
    edition: article.edition,
    family: article.family,
    language: article.language,
    title: article.title,
    lead: article.lead,
    body: [...article.body],
    dateline: article.dateline,
    publishedAt: article.publishedAt,
    modifiedAt: article.modifiedAt,
    tags: [...article.tags],
    ...fieldsOfPage(article),
    contentHash: article.contentHash,
    renditions: [],
    revisions: [],
    duplicates: [],
    duplicateOf: null,
    goneAt: null,
    firstSeenAt: null,
    lastSeenAt: null,
    capture: null,
    provenance: { ...article.provenance },
    extractor: { ...article.extractor },
  };
}
