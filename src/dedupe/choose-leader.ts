import type { DuplicateOf } from '../domain/article.js';
import { compareCanonically } from './canonical-order.js';
import type { Comparison } from './compare-texts.js';
import type { Entry } from './neighbour-index.js';

/** Sorts by shared bands, most first; ties in canonical order. The index sees to it that bands are not repeated. */
function bySharedBands(entry: Entry): (a: Entry, b: Entry) => number {
  const own = new Set(entry.bands);
  const shared = new Map<string, number>();
  const count = (other: Entry): number => {
    let known = shared.get(other.key);
    if (known === undefined) {
      known = other.bands.filter((band) => own.has(band)).length;
      shared.set(other.key, known);
    }
    return known;
  };
  return (a, b) => count(b) - count(a) || compareCanonically(a, b);
}

/**
 * Finds the original that an article nearly repeats: the earliest of the earlier originals it is near to.
 *
 * @param entry        The article.
 * @param originals    The originals among its candidates that come before it in canonical order.
 * @param comparedMax  At most so many are compared, those sharing most bands first.
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
    originals.length <= comparedMax ? originals : [...originals].sort(bySharedBands(entry)).slice(0, comparedMax);
  for (const original of [...compared].sort(compareCanonically)) {
    const { kind, similarity } = compare(original);
    if (kind === 'near') return { id: original.key, kind, similarity };
  }
  return null;
}
