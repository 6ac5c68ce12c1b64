import type { KnownPages } from '../../crawlers/requests/select-articles.js';
import type { AnnouncedPages, ArticleKey } from '../../domain/page.js';

/** What whoever crawls asks of the catalogue, live: in the same process, or of the writer on another host. */
export interface CrawlKnowledge {
  readonly known: KnownPages;
  /** @returns those of the articles that are linked to another that they repeat. */
  duplicatesAmong(keys: readonly ArticleKey[]): Promise<ReadonlySet<ArticleKey>>;
  /** Distinct pages that lists have announced. */
  countAnnounced(pages: AnnouncedPages): Promise<number>;
  /**
   * @param schedule  Its name.
   * @returns         Whether a run of it has anything to do for an edition. Articles of one that is out of reach are left alone until its lists,
   *                  which the newest run asks for, are answered: an outage is no failure of a thousand pages.
   */
  isOfUse(schedule: string, edition: string, nowMs: number): Promise<boolean>;
  /** Queues the crawls that fill the gaps of the last month. */
  fillGaps(editions: readonly string[]): Promise<void>;
}
