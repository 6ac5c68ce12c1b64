import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { compareCanonically } from './canonical-order.js';
import { chooseLeader } from './choose-leader.js';
import { compareTexts } from './compare-texts.js';
import type { Entry, NeighbourIndex } from './neighbour-index.js';
import type { DedupeSettings } from './settings.js';

/**
 * Decides the links of a whole corpus from nothing; the definition that `decideLinks` keeps up step by step.
 *
 * @param keys      Every article in the index, in any order. Links that entries carry are not read.
 * @param index     The set of articles.
 * @param settings  Threshold, window, cap.
 * @returns         The link of each key in canonical order; null for an original.
 *
 * Pure: a function of the set. Articles are taken in canonical order. The first with a content hash is that text's
 * original, the others its exact duplicates. An original of its text that is near to an earlier one which is not linked
 * itself is that one's near duplicate. One pass: one comparison per pair of candidates at most.
 */
export function linksOf(
  keys: Iterable<ArticleKey>,
  index: NeighbourIndex,
  settings: DedupeSettings,
): Map<ArticleKey, DuplicateOf | null> {
  const entries: Entry[] = [];
  for (const key of keys) {
    const entry = index.entry(key);
    if (entry !== null) entries.push(entry);
  }
  entries.sort(compareCanonically);
  const firstOfContent = new Map<string, ArticleKey>();
  const originals = new Set<ArticleKey>();
  const links = new Map<ArticleKey, DuplicateOf | null>();
  for (const entry of entries) {
    const first = firstOfContent.get(entry.contentHash);
    if (first !== undefined) {
      links.set(entry.key, { id: first, kind: 'exact', similarity: 1 });
      continue;
    }
    firstOfContent.set(entry.contentHash, entry.key);
    const earlier = index.candidates(entry).filter(({ key }) => originals.has(key));
    const link = chooseLeader(entry, earlier, settings.comparedMax, (other) =>
      compareTexts(index.textOf(entry.key), index.textOf(other.key), settings),
    );
    links.set(entry.key, link);
    if (link === null) originals.add(entry.key);
  }
  return links;
}
