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
