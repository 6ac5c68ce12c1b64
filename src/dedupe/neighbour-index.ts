import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import type { ComparableText } from './comparable-text.js';

/** What the index keeps of an article. */
export interface Entry {
  readonly key: ArticleKey;
  readonly contentHash: string;
  /** See `Fingerprint.bands`; empty: compared only exactly. */
  readonly bands: readonly number[];
  /** UTC instant to the second; null: compared only exactly, since no window holds it. */
  readonly publishedAt: string | null;
  /** The link in force; null for an original. */
  readonly link: DuplicateOf | null;
}

/** The set of all articles, as the decision reads it. It never writes. */
export interface NeighbourIndex {
  /** @returns every entry with this content hash, in any order. */
  sameContent(contentHash: string): readonly Entry[];
  /**
   * @returns every other entry that shares at least one band with this one and was published within the window before or
   *          after it (both ends included), in any order. All of them: a limit here would make links depend on order.
   *          The entry itself need not be in the index (it may be an earlier state).
   */
  candidates(entry: Entry): readonly Entry[];
  /** @returns the compared text of an entry that is in the index. */
  textOf(key: ArticleKey): ComparableText;
  /** @returns the entry, or null if the article is not (or no longer) in the set. */
  entry(key: ArticleKey): Entry | null;
}
