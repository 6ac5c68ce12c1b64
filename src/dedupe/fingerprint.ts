import { comparableFormOf, type ComparableForm, type ComparableText } from './comparable-text.js';
import { hashOfForm } from './content-hash.js';
import { finishHash, hashShingles, lettersOf } from './shingles.js';
import { SKETCH_BYTES, sketchOf } from './sketch.js';

/** What the catalogue keeps of a text so that its neighbours are found. */
export interface Fingerprint {
  readonly contentHash: string;
  /** One unsigned 24-bit number per band, band number mixed in; only texts that share one are compared. Empty: too short, compared only exactly. */
  readonly bands: readonly number[];
  /** 32 bytes by which the similarity of two texts is estimated; see `estimateSimilarity`. All zero where there are no bands. */
  readonly sketch: Uint8Array;
}

/** Raised whenever folding, shingles, permutations, bands or sketches change: stored fingerprints of another version are rebuilt. */
export const FINGERPRINT_VERSION = 3;
export const BAND_COUNT = 36;
const ROWS_PER_BAND = 3;
/** As many as a sketch holds; the bands take the first 108. */
const PERMUTATIONS = SKETCH_BYTES * 4;

/**
 * Texts below this length (title included, in letters; an ideograph counts three) have no near duplicates: so short a
 * text says one thing, and one word makes it another.
 */
export const SHORT_TEXT_LETTERS = 180;

/** Fixed pseudo-random (xor, odd factor) pairs: changing them invalidates every stored band. */
const masks = new Int32Array(PERMUTATIONS);
const factors = new Int32Array(PERMUTATIONS);
for (let k = 0; k < PERMUTATIONS; k += 1) {
  masks[k] = finishHash(2 * k + 1);
  factors[k] = finishHash(2 * k + 0x9e3779b9) | 1;
}

/**
 * @param hashes  Evenly spread 32-bit hashes; repeats do not matter.
 * @returns       The smallest image of the set under each of 128 bijections of the 32-bit integers (Broder 1997).
 *
 * Pure. Two sets agree in a place with the probability of their Jaccard similarity. Signed integers throughout: the engine
 * keeps them unboxed, which makes this four times as fast, and the order of images is as arbitrary as before.
 */
export function minHash(hashes: Int32Array): Int32Array {
  const signature = new Int32Array(PERMUTATIONS);
  for (let k = 0; k < PERMUTATIONS; k += 1) {
    const mask = masks[k] ?? 0;
    const factor = factors[k] ?? 1;
    let least = 0x7fffffff;
    for (let i = 0; i < hashes.length; i += 1) {
      const image = Math.imul((hashes[i] ?? 0) ^ mask, factor);
      least = image < least ? image : least;
    }
    signature[k] = least;
  }
  return signature;
}

function bandsOf(signature: Int32Array): number[] {
  return Array.from({ length: BAND_COUNT }, (_, band) => {
    let hash = finishHash(band + 1);
    for (let row = 0; row < ROWS_PER_BAND; row += 1) {
      hash = finishHash(Math.imul(hash, 0x9e3779b1) ^ (signature[band * ROWS_PER_BAND + row] ?? 0));
    }
    // 24 bits take three bytes in the catalogue; the few strangers that meet by chance are told apart by their sketches.
    return hash >>> 8;
  });
}

/** @returns the fingerprint of a form that is already at hand; see `fingerprintOf`. */
export function fingerprintOfForm(form: ComparableForm): Fingerprint {
  const contentHash = hashOfForm(form);
  const whole = form.title + form.text;
  if (lettersOf(whole) < SHORT_TEXT_LETTERS) return { contentHash, bands: [], sketch: new Uint8Array(SKETCH_BYTES) };
  const signature = minHash(hashShingles(whole));
  return { contentHash, bands: bandsOf(signature), sketch: sketchOf(signature) };
}

/**
 * @param text  An article's compared parts.
 * @returns     Content hash, 36 bands of 3 rows of its MinHash signature over shingles, and a sketch of the signature.
 *
 * Pure. Two texts of Jaccard similarity s share a band with probability 1 − (1 − s³)³⁶: 0.91 at 0.4, 0.992 at 0.5,
 * 0.9998 at 0.6; 0.25 at 0.2, which the sketch takes off again. 36 rows of about 16 bytes in the catalogue, and 140 bytes. Sources: Broder 1997 (MinHash), Indyk and
 * Motwani 1998 (LSH), Leskovec, Rajaraman and Ullman, Mining of Massive Datasets §3.4 (bands).
 */
export function fingerprintOf(text: ComparableText): Fingerprint {
  return fingerprintOfForm(comparableFormOf(text));
}
