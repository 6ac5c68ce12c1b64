import type { DuplicateOf } from '../../../src/domain/article.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { compareCanonically, type Entry } from '../../../src/dedupe/neighbour-index.js';
import { chooseLeader } from '../../../src/dedupe/decide-links.js';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { compareTexts } from '../../../src/dedupe/compare-texts.js';
import { leastSimilarity, type DedupeSettings } from '../../../src/dedupe/settings.js';
import { mayReach } from '../../../src/dedupe/fingerprint.js';

/** An entry with its text. */
export interface IndexedText {
  readonly entry: Entry;
  readonly text: ComparableText;
}

/**
 * Decides the links of a whole corpus from nothing: the definition that `decideLinks` keeps up step by step.
 *
 * @param articles  Every article, in any order. Links that entries carry are not read.
 * @param settings  Threshold, window, cap.
 * @returns         The link of each key in canonical order; null for an original.
 *
 * Pure: a function of the set. Articles are taken in canonical order. The first with a content hash is that text's
 * original, the others its exact duplicates. An original of its text that is near to an earlier one which is not linked
 * itself is that one's near duplicate. Looks at every pair, so that it is plain; for small sets.
 */
export function linksOf(
  articles: Iterable<IndexedText>,
  settings: DedupeSettings,
): Map<ArticleKey, DuplicateOf | null> {
  const sorted = [...articles].sort((a, b) => compareCanonically(a.entry, b.entry));
  const firstOfContent = new Map<string, ArticleKey>();
  const originals = new Map<ArticleKey, IndexedText>();
  const links = new Map<ArticleKey, DuplicateOf | null>();
  for (const article of sorted) {
    const { entry, text } = article;
    const first = firstOfContent.get(entry.contentHash);
    if (first !== undefined) {
      links.set(entry.key, { id: first, kind: 'exact', similarity: 1 });
      continue;
    }
    firstOfContent.set(entry.contentHash, entry.key);
    const earlier = [...originals.values()].filter((other) => isCandidate(entry, other.entry, settings));
    const link = chooseLeader(
      entry,
      earlier.map((other) => other.entry),
      settings.comparedMax,
      ({ key }) => compareTexts(text, originals.get(key)?.text ?? text, settings),
    );
    links.set(entry.key, link);
    if (link === null) originals.set(entry.key, article);
  }
  return links;
}

/**
 * Whether two articles are worth comparing: published within the window, at least one band in common, and alike by their sketches.
 *
 * Pure and symmetric: the definition by which every index of neighbours is measured.
 */
export function isCandidate(a: Entry, b: Entry, settings: DedupeSettings): boolean {
  if (a.key === b.key || !isWithinWindow(a.publishedAt, b.publishedAt, settings.windowDays)) return false;
  return a.bands.some((band) => b.bands.includes(band)) && mayReach(leastSimilarity(settings), a.sketch, b.sketch);
}

const DAY_MS = 86_400_000;

/**
 * @param a, b        UTC instants, or null where the time is not known.
 * @param windowDays  Greatest distance in days, both ends included.
 * @returns           Whether the two lie so close together; false if either is not known.
 */
export function isWithinWindow(a: string | null, b: string | null, windowDays: number): boolean {
  if (a === null || b === null) return false;
  return Math.abs(Date.parse(a) - Date.parse(b)) <= windowDays * DAY_MS;
}
