import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ExtractedArticle, Extraction } from '../../domain/extraction.js';

/**
 * A saved page cannot be fetched again: one that shows a lead and no text is taken as it stands.
 *
 * @throws {PermanentError} `extract.notArticle`
 */
export function articleIn(extraction: Extraction, file: string): ExtractedArticle {
  if (extraction.kind === 'article') return extraction.article;
  const { reason, article } = extraction;
  if (article !== undefined && article.lead !== null) return article;
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
    topics: [...article.topics],
    section: article.section,
    authors: [...article.authors],
    format: article.format,
    images: [...article.images],
    related: [...article.related],
    copyrightHolder: article.copyrightHolder,
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
