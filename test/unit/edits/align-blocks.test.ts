import { describe, expect, it } from 'vitest';
import type { BodyBlock } from '../../../src/domain/article.js';
import { alignBlocks, type BlockPair } from '../../../src/edits/align-blocks.js';

const bodyOf = (texts: readonly string[]): BodyBlock[] => texts.map((text) => ({ type: 'text', text }));
const align = (before: readonly string[], after: readonly string[]): BlockPair[] =>
  alignBlocks(bodyOf(before), bodyOf(after));
const pairs = (found: readonly BlockPair[]): string[] =>
  found.map(({ before, after, moved }) => `${before}→${after}${moved ? ' moved' : ''}`);

/** Steps through lists: what an alignment is made of, whatever machine it runs on. */
function stepsOf(work: () => unknown): number {
  let steps = 0;
  const iterator = Object.getPrototypeOf([][Symbol.iterator]()) as { next: (this: unknown) => IteratorResult<unknown> };
  const { next } = iterator;
  iterator.next = function (this: unknown) {
    steps += 1;
    return next.call(this);
  };
  try {
    work();
  } finally {
    iterator.next = next;
  }
  return steps;
}

describe('alignBlocks', () => {
  it.each([
    [
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['0→0', '1→1', '2→2'],
    ],
    [
      ['a', 'b'],
      ['a', 'x', 'b'],
      ['0→0', '1→2'],
    ],
    [
      ['a', 'x', 'b'],
      ['a', 'b'],
      ['0→0', '2→1'],
    ],
    [
      ['same', 'same'],
      ['same', 'same', 'same'],
      ['0→0', '1→1'],
    ],
    [
      ['b', 'a'],
      ['a', 'b', 'a'],
      ['0→1', '1→2'],
    ],
    [[], ['a'], []],
    [['a'], [], []],
  ])('pairs %j with %j', (before, after, wanted) => {
    expect(pairs(align(before, after))).toEqual(wanted);
  });

  it('tells a paragraph that was moved between others', () => {
    const [one, two, three, four] = ['first words here', 'second words here', 'third words here', 'fourth words here'];
    expect(pairs(align([one, two, three, four], [one, three, two, four]))).toContain('3→3');
    expect(
      pairs(align([one, two, three, four], [one, three, two, four])).filter((pair) => pair.endsWith('moved')),
    ).toHaveLength(1);
  });

  it.each([
    ['equal at both ends', (n: number) => [Array<string>(n).fill('same'), [...Array<string>(n).fill('same'), 'last']]],
    ['equal but for spaces', (n: number) => [Array<string>(n).fill('same'), Array<string>(n).fill(' same')]],
    [
      'equal among others',
      (n: number) => [
        ['x', ...Array<string>(n).fill('same')],
        [...Array<string>(n).fill('same'), 'y'],
      ],
    ],
    ['all different', (n: number) => [numbered('a', n), numbered('b', n)]],
  ] as const)('takes steps in proportion to the paragraphs: %s', (_, make) => {
    const [few, many] = [2_000, 16_000].map((n) => {
      const [before, after] = make(n) as [string[], string[]];
      return stepsOf(() => align(before, after));
    }) as [number, number];
    expect(many).toBeLessThan(8 * 1.5 * few);
  });
});

function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${word}${n}`);
}
