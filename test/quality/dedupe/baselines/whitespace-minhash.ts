import { finishHash, minHash } from '../../../../src/dedupe/fingerprint.js';
import type { ComparableText } from '../../../../src/dedupe/comparable-text.js';

/** The customary threshold on the estimated Jaccard similarity. */
export const WHITESPACE_THRESHOLD = 0.7;

/** MinHash over lower-case tokens between spaces, as news pipelines made for English do it. */
export function whitespaceSignature(text: ComparableText): Int32Array {
  const plain = [text.title, text.lead ?? '', ...text.body.map((block) => block.text)].join('\n').toLowerCase();
  const hashes = plain.split(/\s+/).map((token) => {
    let hash = 0x811c9dc5;
    for (let k = 0; k < token.length; k += 1) hash = Math.imul(hash ^ token.charCodeAt(k), 0x01000193);
    return finishHash(hash);
  });
  return minHash(Int32Array.from(hashes));
}

export function whitespaceMerges(a: ComparableText, b: ComparableText): boolean {
  const [x, y] = [whitespaceSignature(a), whitespaceSignature(b)];
  return x.filter((value, i) => value === y[i]).length / x.length >= WHITESPACE_THRESHOLD;
}
