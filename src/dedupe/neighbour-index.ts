import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import type { ComparableText } from './comparable-text.js';

/** What the index keeps of an article. */
export interface Entry {
  readonly key: ArticleKey;
  readonly contentHash: string;
  /** See `Fingerprint.bands`; empty: compared only exactly. */
  readonly bands: readonly number[];
  /** See `Fingerprint.sketch`. */
  readonly sketch: Uint8Array;
  /** UTC instant to the second; null: compared only exactly, since no window holds it. */
  readonly publishedAt: string | null;
  /** The link in force; null for an original. */
  readonly link: DuplicateOf | null;
}

/**
 * The set of all articles, as the decision reads it, and the links that it decides. An article that was put in or changed is among no one's
 * neighbours until its link is decided. All answers are functions of the set and its links, never of the order of arrival.
 */
export interface NeighbourIndex {
  /** @returns the entry, or null if the article is not (or no longer) in the set. */
  entry(key: ArticleKey): Entry | null;
  /** @returns the first entry with this content hash in canonical order, decided or not; null if there is none. */
  firstOfContent(contentHash: string): Entry | null;
  /** @returns every entry with this content hash, decided or not, in any order. */
  sameContent(contentHash: string): readonly Entry[];
  /**
   * The originals that an article is to be compared with. Through each of its bands it meets the last `perBandMax` originals and near
   * duplicates before it in canonical order; a near duplicate stands for its original. Of these the ones published within the window and
   * alike enough by their sketches (see `mayReach`).
   *
   * @param entry  Need not be in the index.
   */
  originalsBefore(entry: Entry): readonly Entry[];
  /**
   * The originals and near duplicates that meet an article through a band, or would: those after it in canonical order up to the
   * `perBandMax`-th. May hold others besides.
   *
   * @param entry  Need not be in the index (it may be an earlier state).
   */
  meetersAfter(entry: Entry): readonly Entry[];
  /** @returns the compared text of an entry that is in the index; the same object while it is at hand, since it is prepared once. */
  textOf(key: ArticleKey): ComparableText;
  /** Takes a decision in: from now on others meet the entry as its link says. */
  link(key: ArticleKey, link: DuplicateOf | null): void;
  /** Notes that an entry is to be decided again, until its next {@link link}; its link stays meanwhile. */
  postpone(key: ArticleKey): void;
  /** @returns so many of those postponed, published first. */
  postponed(limit: number): readonly Entry[];
}

/**
 * Orders articles by the rule that names a group's original: published first (an unknown time comes last), then the
 * smaller numeric id, then the key.
 *
 * @returns  Negative if `a` comes first, positive if `b` does, 0 only for one and the same key.
 *
 * Pure; a total order.
 */
export function compareCanonically(a: Ordered, b: Ordered): number {
  if (a.publishedAt !== b.publishedAt) {
    if (a.publishedAt === null) return 1;
    if (b.publishedAt === null) return -1;
    return compareStrings(a.publishedAt, b.publishedAt);
  }
  return compareIds(idOf(a), idOf(b)) || compareStrings(a.key, b.key);
}

type Ordered = Pick<Entry, 'key' | 'publishedAt'>;

/** Without leading zeros. */
function idOf({ key }: Ordered): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/^0+/, '');
}

/** Ids of up to 19 digits do not fit a double: compared by length, then digit by digit. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || compareStrings(a, b);
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
