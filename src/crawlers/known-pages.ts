import type { KnownPage } from '../domain/known-page.js';
import type { PageId } from '../domain/page.js';

/** What a crawl may ask of the catalogue: read only, and live, so that what a run stores is seen later in the same run. */
export interface KnownPages {
  /** @returns those of the pages that are known, in no order. */
  find(pageIds: readonly PageId[]): ReadonlyMap<PageId, KnownPage>;
  /** @returns paths of the tag pages that articles of this edition have taught, for the topics that are collected. */
  tagPages(editionId: string): readonly string[];
  /**
   * @param nowMs  Milliseconds since the epoch.
   * @returns      pages whose re-visit is due by age, and those that are still `pending` or `unreachable`, most urgent first.
   */
  due(editionId: string, nowMs: number): readonly KnownPage[];
  /** @returns every known page of the edition, in any order; for a crawl that visits all again. */
  all(editionId: string): Iterable<KnownPage>;
}
