import type { Edition, Topic } from '../domain/edition.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import { matchTopics } from '../normalise/match-topics.js';
import type { AddressBook } from '../sputnik/address-book.js';
import { parseTagLink } from '../sputnik/tag-path.js';
import type { LearnedTagPage } from '../store/settlement.js';

export interface TagPageBench {
  readonly addresses: AddressBook;
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
export function learnTagPages(article: ExtractedArticle, seenAt: string, bench: TagPageBench): LearnedTagPage[] {
  return article.tags.flatMap((tag) => {
    const link = tag.url === null ? null : parseTagLink(bench.addresses, tag.url, article.url);
    if (link === null) return [];
    const family = bench.editions.find(({ id }) => id === link.edition)?.family ?? link.edition;
    return matchTopics([tag], bench.topics).map((topic) => ({
      edition: link.edition,
      family,
      topic,
      path: link.path,
      learnedFrom: article.url,
      seenAt,
    }));
  });
}
