import { from } from 'opencc-js/preset/cn2t';
import { describe, expect, it } from 'vitest';
import { foldText } from '../../../src/normalise/fold-text.js';
import { Random } from '../dedupe/random-text.js';

function dictionariesIn(nested: unknown): string[] {
  if (typeof nested === 'string') return [nested];
  return Array.isArray(nested) ? nested.flatMap(dictionariesIn) : [];
}

describe('foldText', () => {
  it.each([
    ['亞美尼亞', '亚美尼亚'],
    ['宣佈採取措施，啓動聯合聲明', '宣布采取措施,启动联合声明'],
    ['那裡與那里', '那里与那里'],
    ['ＡＢＣ　１２％', 'abc 12%'],
    ['Ёлка Й', 'ёлка й'],
    ['Straße STRASSE', 'strasse strasse'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Հարևան, հարեւան, ՀԱՐԵՎԱՆ', 'հարեվան, հարեվան, հարեվան'],
    ['zero\u200bwidth\u00ad\u2060', 'zerowidth'],
    ['e\u0301', 'é'],
    ['😀 ok', '😀 ok'],
  ])('folds %s to %s', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it('folds Turkish and Azerbaijani words alike in capitals and small letters', () => {
    for (const word of ['Bakı', 'İrəvan', 'Diyarbakır', 'IRAN', 'ışıq', 'İİ']) {
      const small = foldText(word);
      for (const locale of ['tr', 'az', 'en']) {
        expect(foldText(word.toLocaleUpperCase(locale))).toBe(small);
        expect(foldText(word.toLocaleLowerCase(locale))).toBe(small);
      }
    }
  });

  it('keeps punctuation, spaces and line breaks', () => {
    expect(foldText('a, b. c\n«d» — e')).toBe('a, b. c\n«d» — e');
  });

  it('is idempotent for every character, alone and among others', () => {
    const wrong: string[] = [];
    for (let point = 0; point < 0x30000; point += 1) {
      const character = String.fromCodePoint(point);
      for (const text of [character, `i${character}e\u0301ե${character}`]) {
        const folded = foldText(text);
        if (foldText(folded) !== folded) wrong.push(point.toString(16));
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is idempotent for random mixtures, and folds a whole as it folds its parts', () => {
    const random = new Random(7);
    const samples = [
      '亞',
      '發',
      'İ',
      'ı',
      'Σ',
      'σ ',
      'և',
      'եւ',
      'ﬁ',
      '\u0307',
      'ß',
      '１',
      '½',
      '가',
      '\u11a8',
      '\u200d',
      '😀',
      'Ж',
      '. ',
    ];
    for (let round = 0; round < 3000; round += 1) {
      const parts = Array.from({ length: 1 + random.below(8) }, () => random.pick(samples));
      const folded = foldText(parts.join(''));
      expect(foldText(folded)).toBe(folded);
      expect(foldText(`${parts.join('')}\n亞`)).toBe(`${folded}\n亚`);
    }
  });

  it('folds both sides of the dictionary of Simplified and Traditional phrases alike', () => {
    const [largest = ''] = dictionariesIn(from['cn']).sort((a, b) => b.length - a.length);
    const phrases = largest.split('|').map((pair) => pair.split(' '));
    const split = phrases.filter(
      ([simplified = '', traditional = '']) => foldText(simplified) !== foldText(traditional),
    );
    expect(phrases.length).toBeGreaterThan(49_000);
    expect(split.length).toBeLessThan(40);
  });

  it('does not make numerals or negations one', () => {
    const characters = Array.from('零〇一二三四五六七八九十百千万亿两半不没未无非否勿有');
    const folded = new Set(characters.map((character) => foldText(character)));
    expect(folded.size).toBe(characters.length);
  });
});
