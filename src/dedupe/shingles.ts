/** Characters of a shingle that begins with an ideograph or kana: about two words. */
const IDEOGRAPHIC_LENGTH = 4;
/** Characters of a shingle that begins with any other character: about a word. Shorter ones make long texts by strangers alike. */
const ALPHABETIC_LENGTH = 5;

/** Longer texts are compared by so many characters of theirs: twenty times the longest article, and a bound on memory. */
export const SHINGLED_MAX = 50_000;

/** CJK radicals to ideographs (kana among them), compatibility ideographs, and surrogates (rare ideographs). */
function isIdeographic(unit: number): boolean {
  return (unit >= 0x2e80 && unit <= 0x9fff) || (unit >= 0xd800 && unit <= 0xdfff) || (unit >= 0xf900 && unit <= 0xfaff);
}

function shingleLength(unit: number): number {
  return isIdeographic(unit) ? IDEOGRAPHIC_LENGTH : ALPHABETIC_LENGTH;
}

/** @returns the distinct shingles of a squeezed text's first 50,000 characters; a text shorter than one shingle is its own only shingle. */
export function shinglesOf(compacted: string): Set<string> {
  const shingles = new Set<string>();
  const length = Math.min(compacted.length, SHINGLED_MAX);
  for (let i = 0; i < length; i += 1) {
    const end = i + shingleLength(compacted.charCodeAt(i));
    if (end <= length) shingles.add(compacted.slice(i, end));
  }
  if (shingles.size === 0 && compacted !== '') shingles.add(compacted);
  return shingles;
}

/**
 * @param squeezed  A squeezed text.
 * @returns         A 32-bit hash per shingle (repeats kept), evenly spread.
 *
 * Pure. FNV-1a over UTF-16 units, finished as MurmurHash3 does; all products by Math.imul, so nothing is rounded.
 */
export function hashShingles(compacted: string): Int32Array {
  const length = Math.min(compacted.length, SHINGLED_MAX);
  const hashes = new Int32Array(length);
  let count = 0;
  for (let i = 0; i < length; i += 1) {
    const end = i + shingleLength(compacted.charCodeAt(i));
    if (end > length) continue;
    let hash = 0x811c9dc5;
    for (let k = i; k < end; k += 1) hash = Math.imul(hash ^ compacted.charCodeAt(k), 0x01000193);
    hashes[count] = finishHash(hash);
    count += 1;
  }
  return hashes.subarray(0, count);
}

/** MurmurHash3's finaliser: each input bit changes half of the output bits. @returns an unsigned 32-bit integer. */
export function finishHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** @returns the length of a squeezed text in letters, an ideograph counting as three: what it takes to say as much. */
export function lettersOf(compacted: string): number {
  let letters = 0;
  for (let i = 0; i < compacted.length; i += 1) letters += isIdeographic(compacted.charCodeAt(i)) ? 3 : 1;
  return letters;
}
