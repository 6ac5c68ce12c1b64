import type { Edition, Topic } from '../domain/edition.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import { matchTopics } from '../normalise/normalise-tags.js';
import { type UrlRules, parseTagLink } from '../sputnik/urls/url-rules.js';
import type { LearnedTagPage } from '../domain/page-result.js';

export interface TagPageDependencies {
  readonly addresses: UrlRules;
  /** Enabled topics. */
  readonly topics: readonly Topic[];
  readonly editions: readonly Edition[];
}

/**
 * Tag links of an article whose names are those of a topic teach where the topic's tag pages are.
 *
 * @param seenAt  UTC instant of the page.
 *
 * Pure.
 */
export function learnTagPages(article: ExtractedArticle, seenAt: string, deps: TagPageDependencies): LearnedTagPage[] {
  return article.tags.flatMap((tag) => {
    const link = tag.url === null ? null : parseTagLink(deps.addresses, tag.url, article.url);
    if (link === null) return [];
    const family = deps.editions.find(({ id }) => id === link.edition)?.family ?? link.edition;
    return matchTopics([tag], deps.topics).map((topic) => ({
      edition: link.edition,
      family,
      topic,
      path: link.path,
      learnedFrom: article.url,
      seenAt,
    }));
  });
}
