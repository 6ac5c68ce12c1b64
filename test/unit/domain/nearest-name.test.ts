import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../src/domain/nearest-name.js';

describe('the name that was most likely meant', () => {
  it.each([
    ['cvs', ['ndjson', 'json', 'csv'], 'csv'],
    ['armania', ['armenia', 'azerbaijan'], 'armenia'],
    ['sputniknews.c', ['am.sputniknews.ru', 'sputniknews.cn', 'sputnik.az'], 'sputniknews.cn'],
    ['DELAYMS', ['timeoutMs', 'delayMs'], 'delayMs'],
    ['sitmap', ['feed', 'tag', 'sitemap', 'day'], 'sitemap'],
  ])('of %j among %j is %s', (word, names, meant) => {
    expect(nearestName(word, names)).toBe(meant);
  });

  it.each([
    ['moon', ['feed', 'tag', 'sitemap', 'day']],
    ['', ['feed', 'tag']],
    ['tag', []],
    ['x'.repeat(1_000_000), ['feed']],
  ])('is not guessed where too much would have to change', (word, names) => {
    expect(nearestName(word, names)).toBeNull();
  });

  it('is the first of two that are equally near', () => {
    expect(nearestName('staxx', ['stats', 'stabs'])).toBeNull();
    expect(nearestName('statx', ['stats', 'state'])).toBe('stats');
  });
});
