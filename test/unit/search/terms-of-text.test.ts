import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../src/platform/in-turns.js';
import { facetsOfDays } from '../../../src/search/facets.js';
import { markPassage, markText } from '../../../src/search/mark-matches.js';
import { matchExpression } from '../../../src/search/match-expression.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import { splitWords } from '../../../src/search/split-words.js';
import { BREAK, soughtTerms, termColumn, termsOfText } from '../../../src/search/terms-of-text.js';

function termsIn(text: string, language: string): string {
  return termsOfText(text, language)
    .map(({ term }) => term)
    .join(' ');
}

describe('the terms of a text', () => {
  it.each([
    ['en', 'Armenian Armenia', 'en:armenian en:armenia'],
    ['ru', 'Её переговорах о Су-57', 'ru:е ru:переговор ru:о ru:су 57'],
    ['zh-Hant', '亞美尼亞 2020年', '亚美 美尼 尼亚 亚 2020 年'],
    ['ja', 'アルメニア', 'アル ルメ メニ ニア ア'],
    ['fr', "l'Arménie", 'fr:armen'],
    ['en', "Armenia's F16s don't", 'en:armenia en:f16 en:don'],
    ['tr', "İstanbul'da ISTANBUL", 'tr:istanbul tr:istanbul'],
    ['az', "Bakı'da Bakıdan", 'az:bak az:bak'],
    ['hy', 'ինչո՞ւ', 'hy:ինչ'],
    ['ar', 'وَالرَّئِيسُ', 'ar:رییس'],
    ['th', 'อาร์เมเนีย', termsIn('อาร์เมเนีย', 'th')],
    ['ru', 'Ｇ２０ ﬁne', 'en:g20 en:fine'],
    ['zh', 'NATO峰会', 'en:nato 峰会 会'],
  ])('%s: %s', (language, text, terms) => {
    expect(termsIn(text, language)).toBe(terms);
  });

  it('say where in the text each stands', () => {
    const text = 'A\u0301B 亞美 «Баку»';
    const found = termsOfText(text, 'ru').map(({ start, end }) => text.slice(start, end));
    expect(found).toEqual(['A\u0301B', '亞美', '美', 'Баку']);
  });

  it('are those that the same words are looked for by, whatever the language', () => {
    const texts = [
      'Нагорный Карабах',
      'l’Arménie',
      'Azərbaycan',
      'İŞ',
      '图-160',
      '亚美尼亚',
      'Ｇ２０',
      'О’Генри',
      '中',
    ];
    for (const language of ['ru', 'fr', 'az', 'tr', 'zh-Hans', 'xx', 'ar', 'sr', 'hi', 'ka', 'fa']) {
      for (const text of texts) {
        const { terms, isOpen } = soughtTerms(text, language)!;
        const there = ` ${termsIn(`${text} и`, language)} `;
        expect(there, `${language}: ${text}`).toContain(` ${terms.join(' ')}${isOpen ? '' : ' '}`);
      }
    }
  });

  it.each([
    '',
    '—…',
    '中',
    '亞美尼亞總理2020年訪華，NATO峰会',
    '𠀀𠀁中𠀂',
    `${'한글'.repeat(1_500)} เมือง`,
    'Её l’Arménie İŞ ½ ｱﾙﾒﾆｱ',
    '\ufdfa中\u3164文',
    'Её l’Arménie亞美尼亞總理Ն՚Ա-2020年。𠀀𠀁 x\u00ad'.repeat(500),
    `${'word'.repeat(2_000)}${'中'.repeat(9_000)}е\u0301${"a'".repeat(5_000)}`,
  ])('stand in the full text in the same order: %.40s', (text) => {
    for (const language of ['zh-Hant', 'fr', 'ru']) {
      const terms = termsOfText(text, language);
      const unaccented = new Set(terms.flatMap((term) => term.unaccented ?? []));
      expect(atOnce(termColumn(text, language))).toBe(
        [terms.map(({ term }) => term).join(' '), ...unaccented].join(BREAK),
      );
    }
  });

  it('are made in time that grows with the text alone', () => {
    const hostile = ["a'".repeat(100_000), '\u00ad'.repeat(200_000), 'е\u0301'.repeat(100_000), '中'.repeat(200_000)];
    for (const text of hostile) {
      const start = process.cpuUsage();
      termsOfText(text, 'ru');
      expect(process.cpuUsage(start).user / 1_000).toBeLessThan(3_000);
    }
    expect(splitWords('—…')).toEqual([]);
  });

  it('of a long text are made in steps', () => {
    const steps = termColumn('ռազմական unprecedented '.repeat(10_000), 'hy');
    let count = 0;
    while (steps.next().done !== true) count += 1;
    expect(count).toBeGreaterThan(50);
  });
});

describe('spans of days', () => {
  it.each([
    ['2023-04-29', '2023-05-02', 'on=2023-04-29 on=2023-04-30 on=2023-05-01 on=2023-05-02'],
    ['2022-12-31', '2024-01-01', 'on=2022-12-31 on=2023 on=2024-01-01'],
    ['2024-02-01', '2024-02-29', 'on=2024-02'],
    ['2010-01-01', '2019-12-31', 'on=201'],
    ['2024-01-02', '2024-01-01', ''],
    [null, '1990-01-01', 'on=1990-01-01'],
  ])('from %s to %s', (first, last, facets) => {
    expect(facetsOfDays(first, last).join(' ')).toBe(facets);
  });

  it('are few terms, however long they are', () => {
    expect(facetsOfDays('1990-01-02', '2099-12-30').length).toBeLessThan(130);
    expect(facetsOfDays(null, null)).toHaveLength(11);
    expect(facetsOfDays('3000-01-01', null)).toEqual([]);
    expect(matchExpression(null, { since: '3000-01-01' })).toBe('"is=nothing"');
  });
});

describe('marks', () => {
  const shown = (parts: ReturnType<typeof markText>): string =>
    parts.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');

  it.each([
    ['ru', 'Армения', 'В Армении и с Арменией', 'В [Армении] и с [Арменией]'],
    ['zh-Hant', '亚美尼亚', '在亞美尼亞的', '在[亞美尼亞]的'],
    ['zh', '中', '中国的中', '[中]国的[中]'],
    ['en', '"peace talks" -war', 'The peace talk, not war', 'The [peace talk], not war'],
    ['en', 'tag:Armenia', 'Armenia', '[Armenia]'],
    ['es', 'azerbaiyan', 'a Azerbaiyán', 'a [Azerbaiyán]'],
    ['en', 'topic:armenia', 'Armenia', 'Armenia'],
    ['en', 'talks', '', ''],
  ])('%s %s in %s', (language, query, text, marked) => {
    expect(shown(markText(text, language, parseQuery(query)))).toBe(marked);
  });

  it('are in the paragraph that holds most, cut between words', () => {
    const filler = 'word '.repeat(100);
    const paragraphs = ['Only Baku here.', `${filler}Baku and Yerevan ${filler}`];
    const passage = shown(markPassage(paragraphs, 'en', parseQuery('Baku Yerevan')));
    expect(passage).toMatch(/^… word .*\[Baku\] and \[Yerevan\] word .* …$/);
    expect(passage.length).toBeLessThan(260);
    expect(shown(markPassage(['First.', 'Second.'], 'en', parseQuery('nothing')))).toBe('First.');
    expect(markPassage([], 'en', null)).toEqual([]);
  });

  it('split no character', () => {
    const text = '\u{1f600}'.repeat(500);
    for (const { text: part } of markPassage([text], 'zh', null)) expect(encodeURIComponent(part)).not.toBe('');
  });
});
