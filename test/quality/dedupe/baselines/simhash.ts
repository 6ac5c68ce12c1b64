import { finishHash } from '../../../../src/dedupe/fingerprint.js';
import type { ComparableText } from '../../../../src/dedupe/comparable-text.js';

/** The customary greatest distance for pages (Manku, Jain and Das Sarma 2007). */
export const SIMHASH_DISTANCE_MAX = 3;

function plainText(text: ComparableText): string {
  return [text.title, text.lead ?? '', ...text.body.map((block) => block.text)].join('\n');
}

/** Two 32-bit hashes per feature make 64 bits; features are character 4-grams, since Chinese has no spaces to split at. */
export function simHash(text: ComparableText): readonly [number, number] {
  const votes = new Int32Array(64);
  const plain = plainText(text).toLowerCase().replace(/\s+/g, '');
  for (let i = 0; i + 4 <= plain.length; i += 1) {
    let hash = 0x811c9dc5;
    for (let k = i; k < i + 4; k += 1) hash = Math.imul(hash ^ plain.charCodeAt(k), 0x01000193);
    const halves = [finishHash(hash), finishHash(hash ^ 0x5bd1e995)];
    for (let bit = 0; bit < 64; bit += 1) {
      votes[bit]! += (halves[bit >> 5]! >>> (bit & 31)) & 1 ? 1 : -1;
    }
  }
  const half = (from: number): number => {
    let bits = 0;
    for (let bit = 0; bit < 32; bit += 1) if (votes[from + bit]! > 0) bits = (bits | (1 << bit)) >>> 0;
    return bits;
  };
  return [half(0), half(32)];
}

function ones(bits: number): number {
  let count = 0;
  for (let left = bits >>> 0; left !== 0; left = (left & (left - 1)) >>> 0) count += 1;
  return count;
}

export function simHashMerges(a: ComparableText, b: ComparableText): boolean {
  const [x, y] = [simHash(a), simHash(b)];
  return ones(x[0] ^ y[0]) + ones(x[1] ^ y[1]) <= SIMHASH_DISTANCE_MAX;
}
