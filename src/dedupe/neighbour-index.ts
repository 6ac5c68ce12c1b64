import type { DuplicateOf } from '../domain/article.js';
import { compareText, type ArticleKey } from '../domain/page.js';
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
   * The originals with which an article is compared. Through each of its bands it meets the last `perBandMax` originals
   * and near duplicates before it in canonical order; a near duplicate stands for its original. The result contains
   * those that were published within the window and are similar enough by their sketches (see `mayReach`).
   *
   * @param entry  Need not be in the index.
   */
  originalsBefore(entry: Entry): readonly Entry[];
  /**
   * The originals and near duplicates that meet an article through a band, or would: those after it in canonical order up to the
   * `perBandMax`-th. May hold others besides.
   *
   * @param entry   Need not be in the index (it may be an earlier state).
   * @param sketch  Originals that are not alike enough to it (see `mayReach`) may be left out; without it all are wanted.
   */
  meetersAfter(entry: Entry, sketch?: Uint8Array): readonly Entry[];
  /**
   * @returns the compared text of an entry that is in the index; the same object while it is at hand, since it is prepared once.
   * @throws {PermanentError} where there is one that cannot be read at this time.
   */
  textOf(key: ArticleKey): ComparableText;
  /** Takes a decision in: from now on others meet the entry as its link says. @throws {PermanentError} where it could not be written down. */
  link(key: ArticleKey, link: DuplicateOf | null): void;
  /**
   * Notes that an entry is to be decided again, until its next {@link link}; its link stays meanwhile.
   *
   * @param why  `outOfReach`: a text that it needs cannot be read at this time; default: there was no room for it.
   */
  postpone(key: ArticleKey, why?: 'outOfReach'): void;
  /** @returns so many of those postponed, published first; without those for which a text is out of reach. */
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
    return compareText(a.publishedAt, b.publishedAt);
  }
  return compareIds(idOf(a), idOf(b)) || compareText(a.key, b.key);
}

type Ordered = Pick<Entry, 'key' | 'publishedAt'>;

/** Without leading zeros. */
function idOf({ key }: Ordered): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/^0+/, '');
}

/** Ids of up to 19 digits do not fit a double: compared by length, then digit by digit. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

/** What may be tuned about near duplicates without rebuilding fingerprints; the method's own constants stand beside their use. */
export interface DedupeSettings {
  /** Least Jaccard similarity of the whole texts' shingles for a near duplicate, 0.5 to 1. The bands find 99 % of pairs at 0.5, 91 % at 0.4. */
  readonly threshold: number;
  /** Greatest distance between the two publication times of a near duplicate, in days. Exact duplicates know no window. */
  readonly windowDays: number;
  /** Through each of its bands an article meets at most so many others, those published last before it. */
  readonly perBandMax: number;
  /** At most so many earlier originals are compared with one article, the most alike by their sketches first. */
  readonly comparedMax: number;
}

/**
 * - `threshold` 0.6: where the bands still find 99 of 100 pairs. On the evaluation set edited copies lie above it; what
 *   lies above it and must stay apart is kept apart by the guards (docs/deduplication.md has the figures).
 * - `windowDays` 7: copies follow within hours; a text re-issued later under its own id is a revision, not a duplicate.
 * - `perBandMax` 4: bounds the cost of a flood of bulletins from one template, in whatever order they arrive. Errs towards a missed link.
 * - `comparedMax` 144: all that 36 bands can bring.
 */
export const DEFAULT_DEDUPE_SETTINGS: DedupeSettings = {
  threshold: 0.6,
  windowDays: 7,
  perBandMax: 4,
  comparedMax: 144,
};

/** A text that was cut in half is a copy still, where the other has all of it: below the threshold by so much at most. */
const CUT_SHARE = 2 / 3;

/** @returns the similarity below which two texts are never linked. */
export function leastSimilarity({ threshold }: Pick<DedupeSettings, 'threshold'>): number {
  return threshold * CUT_SHARE;
}
