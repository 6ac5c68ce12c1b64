import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText } from '../../../src/normalise/field.js';

describe('cleanText', () => {
  it.each([
    ['no-break and thin blanks become blanks', 'a\u00a0b\u202fc\u2009d', 'a b c d'],
    ['blanks collapse and are trimmed', '  a   b \u00a0 ', 'a b'],
    ['newlines and tabs stay, without blanks around them', 'a \n b\t c\n\n\nd', 'a\nb\tc\nd'],
    ['zero-width blanks, soft hyphens and byte-order marks go', '\ufeffa\u200bb\u00adc\u2060d', 'abcd'],
    ['joiners go where no script needs them', '中\u200c文 a\u200db', '中文 ab'],
    ['Persian non-joiners stay', 'می\u200cشود', 'می\u200cشود'],
    ['emoji keep their joiners', '👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈', '👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈'],
    ['direction marks go from left-to-right text', 'a\u200e b\u202c', 'a b'],
    ['direction marks stay in right-to-left text', '\u202bسلام\u202c\u200e', '\u202bسلام\u202c\u200e'],
    ['decomposed letters are composed', 'e\u0301 й カ\u3099', 'é й ガ'],
    ['half a surrogate pair becomes U+FFFD', 'a\ud800b\udc00c', 'a\ufffdb\ufffdc'],
    ['control characters go', 'a\u0000b\u0007c\u0085d', 'abc\nd'],
    ['ideographic blanks inside a line stay, around it they go', '\u3000中\u3000文\u3000', '中\u3000文'],
    [
      'entities that were encoded twice become their marks',
      '&laquo;A&raquo;&nbsp;&#8212; &amp;quot;b&#x27;',
      `«A» — "b'`,
    ],
    [
      'what may be meant as it stands stays',
      'AT&amp;T, &lt;b&gt;, &amp;lt;, &copy',
      'AT&amp;T, &lt;b&gt;, &amp;lt;, &copy',
    ],
    ['punctuation is untouched', '«“a”» — „b“ − 1…', '«“a”» — „b“ − 1…'],
  ])('%s', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it('gives the same again when done twice', () => {
    for (const text of [
      '&amp;amp;quot;',
      '&&quot;quot;',
      'a \n\u00a0\n b',
      '\u200b \u200b',
      'x\u200c\u200cy',
      '\u202ba\u202c',
      'e\u0301\u00a0 \u2009',
    ]) {
      expect(cleanText(cleanText(text))).toBe(cleanText(text));
    }
  });

  it('takes time in proportion to the text, whatever it is made of', { timeout: 10_000 }, () => {
    for (const piece of ['&', '&amp;', '\u00a0', ' \n', '\u200c', '\ud800', 'e\u0301'])
      cleanText(`${piece.repeat(1_000_000)}x`);
  });
});

describe('cleanLine', () => {
  it.each([
    ['R&amp;D', 'R&D'],
    ['A &amp;amp; B', 'A & B'],
    ['about &amp;lt; and &lt;', 'about &amp;lt; and &lt;'],
    ['a\n\tb', 'a b'],
  ])('makes %j one line, %j', (text, expected) => {
    expect(cleanLine(text)).toBe(expected);
    expect(cleanLine(expected)).toBe(expected);
  });
});
