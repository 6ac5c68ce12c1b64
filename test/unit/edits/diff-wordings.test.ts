import { describe, expect, it } from 'vitest';
import { diffWordings } from '../../../src/edits/diff-wordings.js';
import { Random } from '../dedupe/random-text.js';

const signs = { kept: '=', removed: '-', added: '+' } as const;
const told = (before: string, after: string): string[] =>
  diffWordings(before, after).map(({ kind, text }) => signs[kind] + text);

describe('diffWordings', () => {
  it.each([
    ['Баку и Ереван договорились', 'Баку и Ереван спорят', ['=Баку и Ереван ', '-договорились', '+спорят']],
    ['外交部发言人表示反对', '外交部发言人今天表示赞成', ['=外交部发言人', '+今天', '=表示', '-反对', '+赞成']],
    ['Սա հին բառ է', 'Սա նոր բառ է', ['=Սա ', '-հին', '+նոր', '= բառ է']],
    ['قال الوزير نعم', 'قال الوزير لا', ['=قال الوزير ', '-نعم', '+لا']],
    ['One, two.', 'One two.', ['=One', '-,', '= two.']],
    ['same', 'same', ['=same']],
    ['', 'added', ['+added']],
  ])('tells whole words: %s → %s', (before, after, parts) => {
    expect(told(before, after)).toEqual(parts);
  });

  it('loses nothing of either wording', () => {
    const random = new Random(1);
    for (let round = 0; round < 100; round += 1) {
      const write = (): string =>
        Array.from({ length: random.below(40) }, () => random.pick('a б 中 ,\n'.split(''))).join('');
      const [before, after] = [write(), write()];
      const parts = diffWordings(before, after);
      const without = (kind: string): string =>
        parts
          .filter((part) => part.kind !== kind)
          .map(({ text }) => text)
          .join('');
      expect([without('added'), without('removed')]).toEqual([before, after]);
    }
  });

  it('tells a passage that was rewritten, or is monstrous, whole', () => {
    const words = (word: string, count: number): string =>
      Array.from({ length: count }, (_, n) => word + String(n)).join(' ');
    expect(diffWordings(words('a', 600), words('b', 600)).map(({ kind }) => kind)).toEqual(['removed', 'added']);
    const long = words('a', 100_000);
    expect(diffWordings(long, `${long} more`).map(({ kind }) => kind)).toEqual(['removed', 'added']);
    expect(diffWordings(long, long)).toEqual([{ kind: 'kept', text: long }]);
  });
});
