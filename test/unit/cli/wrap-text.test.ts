import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/cli/output/text-output.js';
import { cutText, wrapText } from '../../../src/cli/output/wrap-text.js';

describe('wrapped text', () => {
  it('breaks at spaces, and keeps every word', () => {
    const text = 'one two three four five six seven eight nine ten';
    const lines = wrapText(text, '- ', '  ', 20);
    expect(lines.every((line) => displayWidth(line) <= 20)).toBe(true);
    expect(lines[0]).toMatch(/^- one/);
    expect(lines.map((line) => line.slice(2)).join(' ')).toBe(text);
  });

  it('breaks Chinese between characters, and words longer than a line anywhere, losing none', () => {
    for (const text of [
      '俄羅斯衛星通訊社莫斯科4月12日電兩國代表討論了運輸走廊',
      `https://a.example/${'x'.repeat(60)}`,
    ]) {
      const lines = wrapText(text, '', '', 20);
      expect(lines.length).toBeGreaterThan(2);
      expect(lines.every((line) => displayWidth(line) <= 20)).toBe(true);
      expect(lines.join('')).toBe(text);
    }
  });

  it('is one line where there is nothing', () => {
    expect(wrapText('', '> ')).toEqual(['> ']);
  });
});

describe('cut text', () => {
  it('says with … where something is left out', () => {
    expect(cutText('short', 10)).toBe('short');
    expect(cutText('somewhat longer', 10)).toBe('somewhat …');
    expect(cutText('俄羅斯衛星通訊社', 7)).toBe('俄羅斯…');
  });
});
