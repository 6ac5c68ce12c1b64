import { describe, expect, it } from 'vitest';
import { cutText, displayWidth, wrapLine } from '../../../src/cli/output/wrap-text.js';

const WIDTHS = [40, 80, 200];

describe('the width of text on a terminal', () => {
  it.each([
    ['abc', 3],
    ['亞美尼亞', 8],
    ['ｆｕｌｌ', 8],
    ['한국어', 6],
    ['e\u0301', 1],
    ['😀', 2],
    ['👨‍👩‍👧', 2],
    ['🇦🇲', 2],
    ['नि', 2],
    ['שלום', 4],
    ['بِسْمِ', 3],
    ['a\u200bb', 2],
  ])('of %s is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('wrapped lines', () => {
  it('break at spaces, and keep every word', () => {
    const text = 'one two three four five six seven eight nine ten';
    const lines = wrapLine(text, 20);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => displayWidth(line) <= 20)).toBe(true);
    expect(lines.join(' ')).toBe(text);
  });

  it('break Chinese between characters, and words longer than a line anywhere, losing none', () => {
    for (const text of [
      '俄羅斯衛星通訊社莫斯科4月12日電兩國代表討論了運輸走廊',
      `https://a.example/${'x'.repeat(60)}`,
      '👨‍👩‍👧'.repeat(30),
      'a\u0301'.repeat(50),
    ]) {
      const lines = wrapLine(text, 20);
      expect(lines.length).toBeGreaterThan(2);
      expect(lines.every((line) => displayWidth(line) <= 20)).toBe(true);
      expect(lines.join('')).toBe(text);
    }
  });

  it('set in what follows a line that is set in, and stay within the width', () => {
    const lines = wrapLine(`    - ${'word '.repeat(30)}`.trimEnd(), 40);
    expect(lines[0]).toMatch(/^ {4}- word/);
    expect(lines.slice(1).every((line) => /^ {6}word/.test(line))).toBe(true);
    expect(lines.every((line) => displayWidth(line) <= 40)).toBe(true);
  });

  it('go on under the column that they are in, and keep the gaps between columns', () => {
    expect(wrapLine('ok  redis    none runs now; redis-server is started when it is needed', 40)).toEqual([
      'ok  redis    none runs now; redis-server',
      '             is started when it is',
      '             needed',
    ]);
    expect(wrapLine('setting = 1  (somewhere)  and more of it', 20)).toEqual([
      'setting = 1',
      '  (somewhere)  and',
      '  more of it',
    ]);
  });

  it('begin with no closing mark and end with no opening one, in Chinese', () => {
    for (let columns = 12; columns < 40; columns += 1) {
      const lines = wrapLine(
        '双方公布了细节，气氛相当平稳。他说：“设备需要耐心（2034年以前）。”委员会《章程》规定！',
        columns,
      );
      expect(lines.filter((line) => /^[，。：！”）》]/u.test(line) || /[“（《]$/u.test(line))).toEqual([]);
    }
  });

  it.each(WIDTHS)('are none wider than %i columns, whatever they hold', (columns) => {
    for (const text of [
      'Российская Федерация '.repeat(20),
      'ի '.repeat(300),
      `  gap: ${'أخبار '.repeat(90)}`,
      '混 a '.repeat(99),
    ])
      for (const line of wrapLine(text.trimEnd(), columns)) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('leave alone what fits, spaces and all', () => {
    expect(wrapLine('', 20)).toEqual(['']);
    expect(wrapLine('a   b    c', 20)).toEqual(['a   b    c']);
  });
});

describe('cut text', () => {
  it('says with … where something is left out', () => {
    expect(cutText('short', 10)).toBe('short');
    expect(cutText('somewhat longer', 10)).toBe('somewhat …');
    expect(cutText('俄羅斯衛星通訊社', 7)).toBe('俄羅斯…');
    expect(cutText('👨‍👩‍👧👨‍👩‍👧', 3)).toBe('👨‍👩‍👧…');
  });
});
