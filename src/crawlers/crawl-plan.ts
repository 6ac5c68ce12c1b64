import type { DiscoveryRoute, Edition, Topic } from '../domain/edition.js';
import type { ArticleUrl } from '../domain/page.js';

/** What one crawl is to do. */
export interface CrawlPlan {
  readonly runId: string;
  readonly editions: readonly Edition[];
  readonly topics: readonly Topic[];
  /** Routes of discovery. */
  readonly via: readonly DiscoveryRoute[];
  /** First day, `YYYY-MM-DD`, by the date in an article's address; null: what is listed now, and the last sitemap days. */
  readonly since: string | null;
  /** Last day, the same form; null: today. */
  readonly until: string | null;
  /** Only these articles, known or not; empty: discover. */
  readonly urls: readonly ArticleUrl[];
  /** Visits every known page of the window again, due or not, listed or not. */
  readonly refetch: boolean;
  /** Reads no lists: only pages whose re-visit is due. */
  readonly revisitOnly: boolean;
  /** Reads nothing but how far each edition's archive goes back. */
  readonly archiveOnly: boolean;
  /** Most articles that are fetched; null: all. */
  readonly limit: number | null;
}
