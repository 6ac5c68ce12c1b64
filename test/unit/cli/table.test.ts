import { describe, expect, it } from 'vitest';
import { layOutTable, type Cell, type Heading } from '../../../src/cli/output/text-output.js';
import { displayWidth } from '../../../src/cli/output/wrap-text.js';

const HEADING: readonly Heading[] = [
  { title: 'edition', cutTo: 10 },
  { title: 'topic', drop: 1 },
  'state',
  { title: 'newest article', drop: 2 },
  'pages',
];
const ROWS: readonly (readonly Cell[])[] = [
  ['big5.sputniknews.cn', '亞美尼亞', 'ok', '2023-04-12T11:40:00Z', 7],
  ['sputnikarabic.ae', 'أرمينيا', 'late', '', 1200],
  ['👨‍👩‍👧.example', 'e\u0301te\u0301', 'off', '2023-04-12T11:40:00Z', 12],
];

function widest(lines: readonly string[]): number {
  return Math.max(...lines.map(displayWidth));
}

describe('a table', () => {
  it('stands in columns, numbers to the right, wide characters counted twice', () => {
    expect(
      layOutTable(
        [
          ['topic', 'pages'],
          ['亞美尼亞', 7],
          ['a', 1200],
        ],
        null,
      ),
    ).toEqual(['topic     pages', '亞美尼亞      7', 'a          1200']);
  });

  it('has everything where there is room, or nobody who says how much', () => {
    expect(layOutTable([HEADING, ...ROWS], 200)).toEqual(layOutTable([HEADING, ...ROWS], null));
    expect(layOutTable([HEADING, ...ROWS], null).join('\n')).toContain('2023-04-12T11:40:00Z');
  });

  it('begins each column at the same place, whatever the scripts', () => {
    const lines = layOutTable([HEADING, ...ROWS], null);
    const at = (line: string, word: string): number => displayWidth(line.slice(0, line.indexOf(word)));
    const place = at(lines[0]!, 'state');
    expect([at(lines[1]!, 'ok'), at(lines[2]!, 'late'), at(lines[3]!, 'off')]).toEqual([place, place, place]);
  });

  it('cuts before it leaves out, leaves out in the order it is told, and says what', () => {
    const cut = layOutTable([HEADING, ...ROWS], 64);
    expect(widest(cut)).toBeLessThanOrEqual(64);
    expect(cut[1]).toMatch(/^big5.*…/);
    expect(cut[0]).toContain('newest article');
    const narrow = layOutTable([HEADING, ...ROWS], 40);
    expect(widest(narrow)).toBeLessThanOrEqual(40);
    expect(narrow[0]).not.toContain('newest article');
    expect(narrow.at(-1)).toBe('(too narrow for: newest article)');
    expect(narrow.join('\n')).toContain('1200');
  });

  it('gives each row a block of lines where not even that does', () => {
    const lines = layOutTable(
      [
        ['name', 'a long heading', 'another long heading'],
        ['first', 'some text', 3],
        ['second', '', 4],
      ],
      20,
    );
    expect(lines).toEqual([
      'first',
      '  a long heading: some text',
      '  another long heading: 3',
      'second',
      '  another long heading: 4',
    ]);
  });

  it('is its heading where there are no rows', () => {
    expect(layOutTable([['a', 'b']], 80)).toEqual(['a  b']);
  });
});
