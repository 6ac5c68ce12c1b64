import { describe, expect, it } from 'vitest';
import { compareCanonically, type Entry } from '../../../src/dedupe/neighbour-index.js';
import { CanonicalQueue } from '../../../src/dedupe/decide-links.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { Random } from './random-text.js';

const at = (key: ArticleKey, publishedAt: string | null): Pick<Entry, 'key' | 'publishedAt'> => ({ key, publishedAt });

describe('compareCanonically', () => {
  it('puts the earlier publication first, and an unknown one last', () => {
    expect(compareCanonically(at('f/2000', '2023-01-01T00:00:00Z'), at('f/1000', '2023-01-02T00:00:00Z'))).toBeLessThan(
      0,
    );
    expect(compareCanonically(at('f/1000', null), at('f/2000', '2023-01-02T00:00:00Z'))).toBeGreaterThan(0);
  });

  it('then the smaller id as a number, beyond what a double holds', () => {
    const now = '2023-01-01T00:00:00Z';
    expect(compareCanonically(at('f/9999', now), at('f/10000', now))).toBeLessThan(0);
    expect(compareCanonically(at('f/9007199254740992', now), at('f/9007199254740993', now))).toBeLessThan(0);
    expect(compareCanonically(at('f/0010000', now), at('f/9999', now))).toBeGreaterThan(0);
    expect(compareCanonically(at('f/1000', null), at('f/999', null))).toBeGreaterThan(0);
  });

  it('then the key', () => {
    expect(compareCanonically(at('a.am/1000', null), at('b.az/1000', null))).toBeLessThan(0);
    expect(compareCanonically(at('a.am/1000', null), at('a.am/1000', null))).toBe(0);
  });
});

describe('CanonicalQueue', () => {
  it('gives entries out in order, each key once', () => {
    const random = new Random(1);
    const queue = new CanonicalQueue();
    const keys = Array.from({ length: 300 }, () => 1000 + random.below(200));
    for (const id of keys)
      queue.push({
        key: `f/${id}`,
        publishedAt: null,
        contentHash: '',
        bands: [],
        sketch: new Uint8Array(32),
        link: null,
      });
    const given: Entry[] = [];
    for (let entry = queue.pop(); entry !== null; entry = queue.pop()) given.push(entry);
    expect(given.map(({ key }) => key)).toEqual([...new Set(keys)].sort((a, b) => a - b).map((id) => `f/${id}`));
    queue.push(given[0]!);
    expect(queue.pop()).toBeNull();
  });
});
