import type { DuplicateOf } from '../domain/article.js';
import { compareCanonically } from './canonical-order.js';
import type { Comparison } from './compare-texts.js';
import type { Entry } from './neighbour-index.js';
import { estimateSimilarity } from './sketch.js';

/** Sorts the most alike first, as far as sketches tell; ties in canonical order. */
function byLikeness(entry: Entry): (a: Entry, b: Entry) => number {
  const known = new Map<string, number>();
  const likeness = (other: Entry): number => {
    const estimate = known.get(other.key) ?? estimateSimilarity(entry.sketch, other.sketch);
    known.set(other.key, estimate);
    return estimate;
  };
  return (a, b) => likeness(b) - likeness(a) || compareCanonically(a, b);
}

/**
 * Finds the original that an article nearly repeats: the earliest of the earlier originals it is near to.
 *
 * @param entry        The article.
 * @param originals    The originals among its candidates that come before it in canonical order.
 * @param comparedMax  At most so many are compared, the most alike by their sketches first.
 * @param compare      Compares the article's text with that of another.
 * @returns            The link, or null: the article is an original itself.
 *
 * A pure function of the sets given, whatever their order.
 */
export function chooseLeader(
  entry: Entry,
  originals: readonly Entry[],
  comparedMax: number,
  compare: (other: Entry) => Comparison,
): DuplicateOf | null {
  const compared =
    originals.length <= comparedMax ? originals : [...originals].sort(byLikeness(entry)).slice(0, comparedMax);
  for (const original of [...compared].sort(compareCanonically)) {
    const { kind, similarity } = compare(original);
    if (kind === 'near') return { id: original.key, kind, similarity };
  }
  return null;
}
