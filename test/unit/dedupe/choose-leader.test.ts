import { describe, expect, it } from 'vitest';
import { chooseLeader } from '../../../src/dedupe/decide-links.js';
import type { Entry } from '../../../src/dedupe/neighbour-index.js';
import { atOnce } from '../../../src/platform/in-turns.js';
import { Random } from './random-text.js';

const leaderOf = (...given: Parameters<typeof chooseLeader>) => atOnce(chooseLeader(...given));
const entry = (id: number, likeness: number): Entry => ({
  key: `site.test/${id}`,
  contentHash: '',
  bands: [1],
  sketch: Uint8Array.from({ length: 32 }, (_, i) => (i < likeness ? 0 : 255)),
  publishedAt: '2023-04-01T00:00:00Z',
  link: null,
});
const own = entry(9000, 32);
const originals = [entry(1001, 8), entry(1002, 24), entry(1003, 16), entry(1004, 24)];
const near = { kind: 'near', similarity: 0.8, reason: 'similar' } as const;
const distinct = { kind: 'distinct', similarity: 0.1, reason: 'belowThreshold' } as const;

describe('chooseLeader', () => {
  it('takes the earliest original that is near', () => {
    const link = leaderOf(own, originals, 64, ({ key }) => (key === 'site.test/1001' ? distinct : near));
    expect(link).toEqual({ id: 'site.test/1002', kind: 'near', similarity: 0.8 });
    expect(leaderOf(own, originals, 64, () => distinct)).toBeNull();
  });

  it('compares those most alike by their sketches where there are too many, in whatever order they are given', () => {
    const random = new Random(1);
    for (let round = 0; round < 20; round += 1) {
      const compared: string[] = [];
      leaderOf(own, random.shuffle(originals), 3, ({ key }) => {
        compared.push(key);
        return distinct;
      });
      expect(compared).toEqual(['site.test/1002', 'site.test/1003', 'site.test/1004']);
    }
  });
});
