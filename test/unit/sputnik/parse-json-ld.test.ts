import { describe, expect, it } from 'vitest';
import { parseJsonLd } from '../../../src/sputnik/html/json-ld.js';

describe('parseJsonLd', () => {
  it.each([
    ['as the standard says', '{"a":[1,{"b":"c"}]}', [{ a: [1, { b: 'c' }] }]],
    ['in CDATA behind a line comment', '\n//<![CDATA[\n{"a":1}\n//]]>\n', [{ a: 1 }]],
    ['in CDATA on one line', '//<![CDATA[ {"a":"http://x/y"} //]]>', [{ a: 'http://x/y' }]],
    ['in CDATA within block comments', '/*<![CDATA[*/ {"a":1} /*]]>*/', [{ a: 1 }]],
    ['in bare CDATA', '<![CDATA[{"a":"]]"}]]>', [{ a: ']]' }]],
    ['in an HTML comment', '<!-- {"a":"-->"} -->', [{ a: '-->' }]],
    ['in both, for the oldest browsers', '<!--//--><![CDATA[//><!--\n{"a":1}\n//--><!]]>', [{ a: 1 }]],
    ['before a semicolon', '{"a":1};', [{ a: 1 }]],
    ['before a comma', '{"a":1},\n', [{ a: 1 }]],
    ['with commas before closing brackets', '{"a":[1,2,],"b":{"c":1 ,\n},}', [{ a: [1, 2], b: { c: 1 } }]],
    ['with a comma too many', '{,"a":[1,,2]}', [{ a: [1, 2] }]],
    ['one behind the other', '{"a":1}{"b":2}\n{"c":3}', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['parted by semicolons or commas', '{"a":1};{"b":2},[{"c":3}]', [{ a: 1 }, { b: 2 }, [{ c: 3 }]]],
    ['with comments', '{/* one */"a":1, // two\n"b":2}', [{ a: 1, b: 2 }]],
    ['behind an assignment', 'window.ld = {"a":1};', [{ a: 1 }]],
    ['behind a byte-order mark', '\ufeff{"a":1}', [{ a: 1 }]],
    ['with line breaks in strings', '{"a":"x\n\ty"}', [{ a: 'x y' }]],
    ['with backslashes that escape nothing', String.raw`{"a":"it\'s \"so\" \\"}`, [{ a: `it's "so" \\` }]],
    ['with quotation marks as entities', '{&quot;a&quot;:&quot;b &amp; c&quot;}', [{ a: 'b & c' }]],
    ['whole, beside a broken one', '{"a":1,"b":}{"c":2}', [{ c: 2 }]],
  ])('reads values %s', (_, source, expected) => {
    expect(parseJsonLd(source)).toEqual(expected);
  });

  it.each(['', 'null;', '{"a":', '{"a":"b}', '}{', 'alert({a: 1})', '{a: (() => 1)()}'])(
    'finds nothing in %j',
    (source) => {
      expect(parseJsonLd(source).filter((value) => typeof value === 'object' && value !== null)).toEqual([]);
    },
  );

  it('takes time in proportion to the source', { timeout: 10_000 }, () => {
    for (const piece of ['{', '[1,', '/*', '//', '<!--', ',', '"', '{"a":1,},', ']]'])
      parseJsonLd(piece.repeat(300_000));
  });
});
