import { describe, expect, it } from 'vitest';
import { chooseLeader } from '../../../src/dedupe/choose-leader.js';
import type { Entry } from '../../../src/dedupe/neighbour-index.js';
import { Random } from './random-text.js';

const entry = (id: number, bands: number[]): Entry => ({
  key: `site.test/${id}`,
  contentHash: '',
  bands,
  publishedAt: '2023-04-01T00:00:00Z',
  link: null,
});
const own = entry(9000, [1, 2, 3, 4]);
const originals = [entry(1001, [1]), entry(1002, [1, 2, 3]), entry(1003, [1, 2]), entry(1004, [2, 3, 4])];
const near = { kind: 'near', similarity: 0.8, reason: 'similar' } as const;
const distinct = { kind: 'distinct', similarity: 0.1, reason: 'belowThreshold' } as const;

describe('chooseLeader', () => {
  it('takes the earliest original that is near', () => {
    const link = chooseLeader(own, originals, 64, ({ key }) => (key === 'site.test/1001' ? distinct : near));
    expect(link).toEqual({ id: 'site.test/1002', kind: 'near', similarity: 0.8 });
    expect(chooseLeader(own, originals, 64, () => distinct)).toBeNull();
  });

  it('compares those that share most bands where there are too many, in whatever order they are given', () => {
    const random = new Random(1);
    for (let round = 0; round < 20; round += 1) {
      const compared: string[] = [];
      chooseLeader(own, random.shuffle(originals), 3, ({ key }) => {
        compared.push(key);
        return distinct;
      });
      expect(compared).toEqual(['site.test/1002', 'site.test/1003', 'site.test/1004']);
    }
  });
});
