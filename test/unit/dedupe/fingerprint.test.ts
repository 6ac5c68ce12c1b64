import { describe, expect, it } from 'vitest';
import { BAND_COUNT, fingerprintOf, finishHash, minHash } from '../../../src/dedupe/fingerprint.js';
import { inventArticle, Random, rewordArticle, write } from './random-text.js';

/** Two sets of hashes of which `share` of all members are in both. */
function pairOfSets(share: number, size: number, random: Random): [Int32Array, Int32Array] {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < size; i += 1) {
    const hash = finishHash(random.below(2 ** 31) ^ (i << 7));
    const chance = i / size;
    if (chance < share) {
      a.push(hash);
      b.push(hash);
    } else if (chance < share + (1 - share) / 2) a.push(hash);
    else b.push(hash);
  }
  return [Int32Array.from(a), Int32Array.from(b)];
}

describe('fingerprintOf', () => {
  it('gives 36 unsigned bands of 24 bits to a text, and the same ones every time', () => {
    const article = inventArticle(1, 200);
    const { bands } = fingerprintOf(article);
    expect(bands).toHaveLength(BAND_COUNT);
    for (const band of bands) expect(band & 0xffffff).toBe(band);
    expect(fingerprintOf({ ...article }).bands).toEqual(bands);
  });

  it('uses the whole range of 24 bits', () => {
    const bands = Array.from({ length: 100 }, (_, seed) => fingerprintOf(inventArticle(seed + 1, 100)).bands).flat();
    expect(new Set(bands).size).toBeGreaterThan(bands.length - 5);
    const mean = bands.reduce((sum, band) => sum + band / 2 ** 24, 0) / bands.length;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
    for (let bit = 0; bit < 24; bit += 1) {
      const share = bands.filter((band) => Math.floor(band / 2 ** bit) % 2 === 1).length / bands.length;
      expect(share).toBeGreaterThan(0.45);
      expect(share).toBeLessThan(0.55);
    }
  });

  it('gives no bands to a very short text', () => {
    expect(fingerprintOf(write('Короткая новость', 'Одно предложение.')).bands).toEqual([]);
    expect(fingerprintOf(write('短讯', '一句话新闻。')).bands).toEqual([]);
  });

  it.each([0.2, 0.5, 0.6, 0.8, 0.95])('estimates a similarity of %d without bias', (share) => {
    const random = new Random(Math.round(share * 1000));
    let agreeing = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round += 1) {
      const [a, b] = pairOfSets(share, 400, random).map(minHash) as [Int32Array, Int32Array];
      agreeing += a.filter((value, i) => value === b[i]).length / a.length;
    }
    // Standard error of the mean over 200 × 128 trials is at most 0.0032.
    expect(Math.abs(agreeing / rounds - share)).toBeLessThan(0.013);
  });

  it('finds at least 98 of 100 pairs that are half alike', () => {
    const random = new Random(3);
    let found = 0;
    const rounds = 600;
    for (let round = 0; round < rounds; round += 1) {
      const [a, b] = pairOfSets(0.5, 400, random).map(minHash) as [Int32Array, Int32Array];
      const shares = (band: number): boolean => [0, 1, 2].every((row) => a[band * 3 + row] === b[band * 3 + row]);
      if (Array.from({ length: BAND_COUNT }, (_, band) => band).some(shares)) found += 1;
    }
    expect(found / rounds).toBeGreaterThanOrEqual(0.98);
  });

  it('lets edited copies share bands and strangers none', () => {
    const random = new Random(5);
    const article = inventArticle(11, 200);
    const shared = (other: typeof article): number => {
      const { bands } = fingerprintOf(other);
      return fingerprintOf(article).bands.filter((band) => bands.includes(band)).length;
    };
    expect(shared(rewordArticle(article, 40, random))).toBeGreaterThan(4);
    for (let seed = 20; seed < 60; seed += 1) expect(shared(inventArticle(seed, 200))).toBeLessThan(2);
  });
});
