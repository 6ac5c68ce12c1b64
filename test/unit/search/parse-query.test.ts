import { describe, expect, it } from 'vitest';
import { parseQuery, QUERY_LENGTH_MAX } from '../../../src/search/parse-query.js';
import { QueryError, type QueryNode } from '../../../src/search/query-tree.js';

const KNOWN = { topics: ['armenia', 'azerbaijan'], editions: ['ria.ru', 'sputniknews.cn'] };

/** The tree as one line: `[a & !(b | "c d")]`. */
function told(node: QueryNode | null): string {
  if (node === null) return 'everything';
  switch (node.kind) {
    case 'all':
      return `[${node.nodes.map(told).join(' & ')}]`;
    case 'any':
      return `(${node.nodes.map(told).join(' | ')})`;
    case 'not':
      return `!${told(node.node)}`;
    case 'words':
      return node.text;
    case 'tag':
      return `#${node.name}`;
    case 'facet':
      return node.facets.length > 3 ? `${node.facets.slice(0, 3).join(',')}…` : node.facets.join(',');
  }
}

function failure(text: string): { readonly problem: string; readonly position: number } {
  try {
    parseQuery(text, KNOWN);
  } catch (error) {
    if (error instanceof QueryError) return { problem: error.message, position: error.position };
    throw error;
  }
  throw new Error(`${text} was understood`);
}

describe('a query', () => {
  it.each([
    ['', 'everything'],
    ['  \u3000 ', 'everything'],
    ['Armenia', 'Armenia'],
    ['Armenia peace', '[Armenia & peace]'],
    ['Armenia AND peace', '[Armenia & peace]'],
    ['亚美尼亚 -杏干', '[亚美尼亚 & !杏干]'],
    ['亚美尼亚　－杏干', '[亚美尼亚 & !杏干]'],
    ['Armenia NOT Turkey', '[Armenia & !Turkey]'],
    ['"prime minister" Baku', '[prime minister & Baku]'],
    ['«Нагорный Карабах» „Baku now“ “a b” 「和平」', '[Нагорный Карабах & Baku now & a b & 和平]'],
    ['Baku OR Yerevan Moscow', '(Baku | [Yerevan & Moscow])'],
    ['(Baku OR Yerevan) Moscow', '[(Baku | Yerevan) & Moscow]'],
    ['（巴库 OR 埃里温） 莫斯科', '[(巴库 | 埃里温) & 莫斯科]'],
    ['-(Baku OR Yerevan) Moscow', '[!(Baku | Yerevan) & Moscow]'],
    ['or and not', '[or & and & not]'],
    ['Су-57', 'Су-57'],
    ['Россия — Армения', '[Россия & Армения]'],
    ['tag:Армения', '#Армения'],
    ['tag:"Нагорный Карабах" -tag:футбол', '[#Нагорный Карабах & !#футбол]'],
    ['tag：亚美尼亚', '#亚美尼亚'],
    ['TOPIC:armenia,azerbaijan', 'topic=armenia,topic=azerbaijan'],
    ['edition:sputniknews.cn', 'edition=sputniknews.cn'],
    ['lang:zh-Hans', 'lang=zh-hans'],
    ['format:video', 'format=video'],
    ['edited:yes gone:no', '[edited=yes & !gone=yes]'],
    ['since:2098', 'on=2098,on=2099'],
    ['until:1990', 'on=1990'],
    ['since:2023-04-29 until:2023-05', '[on=2023-04-29,on=2023-04-30,on=2023-05… & on=199,on=200,on=201…]'],
  ])('%s', (text, tree) => {
    expect(told(parseQuery(text, KNOWN))).toBe(tree);
  });

  it.each([
    ['"Armenia', 0, 'quotation mark that is not closed'],
    ['Armenia "peace', 8, 'quotation mark that is not closed'],
    ['(Armenia', 0, 'bracket that is not closed'],
    ['Armenia)', 7, 'closing bracket without'],
    ['Armenia ()', 8, 'nothing between the brackets'],
    ['Armenia -', 8, 'a minus stands directly before'],
    ['Armenia - Turkey', 8, 'a minus stands directly before'],
    ['--Armenia', 0, 'a minus stands directly before'],
    ['Armenia OR', 10, 'something to look for is missing'],
    ['OR Armenia', 0, 'something to look for is missing before OR'],
    ['Armenia OR OR Baku', 11, 'something to look for is missing before OR'],
    ['Armenia AND', 11, 'something to look for is missing'],
    ['Armen*', 5, 'no asterisk'],
    ['title:Armenia', 0, 'unknown field'],
    ['tag: Armenia', 0, 'expects a value right behind it'],
    ['Baku topic:', 5, 'expects a value right behind it'],
    ['topic:cheese', 6, 'topic:cheese is none of armenia, azerbaijan'],
    ['edition:example.org', 8, 'is none of ria.ru'],
    ['lang:russian', 5, 'expects a language'],
    ['format:song', 7, 'format:song is none of text'],
    ['since:yesterday', 6, 'expect a day, a month or a year'],
    ['until:2023-02-30', 6, 'expect a day, a month or a year'],
    ['since:2023-13', 6, 'expect a day, a month or a year'],
    ['gone:maybe', 5, 'expects yes or no'],
    ['…', 0, 'no letter or digit'],
    ['Baku "…"', 5, 'no letter or digit'],
    ['a '.repeat(40), 64, 'at most 32 words'],
    ['(('.repeat(9), 10, 'at most 10 brackets'],
    ['中 国 人 民', 6, 'at most 3 single characters'],
    ['x'.repeat(501), 500, 'at most 500 characters'],
  ])('that is wrong says where: %s', (text, position, problem) => {
    const found = failure(text);
    expect(found.problem).toContain(problem);
    expect(found.position).toBe(position);
  });

  it('shows the place under the query, wide characters counted', () => {
    try {
      parseQuery('亚美 (Baku');
    } catch (error) {
      const { message, hint } = error as QueryError;
      expect(message).toMatch(/at character 4 of the query$/);
      expect(hint).toBe('亚美 (Baku\n  \u3000\u3000 ^');
    }
    expect.assertions(2);
  });

  it('is understood or refused with a place, whatever it is', () => {
    const pieces = [
      '(',
      ')',
      '"',
      '-',
      'OR',
      'AND',
      'NOT',
      ' ',
      'tag:',
      'since:2023',
      '中',
      'Баку',
      '*',
      '«',
      ':',
      "'",
      '\u{1f600}',
      '\ud800',
    ];
    let state = 7;
    const next = (): string => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return pieces[(state >> 8) % pieces.length] ?? '';
    };
    for (let round = 0; round < 3_000; round += 1) {
      const text = Array.from({ length: round % 25 }, next).join('');
      try {
        parseQuery(text, KNOWN);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
        const { position } = error as QueryError;
        expect(position).toBeGreaterThanOrEqual(0);
        expect(position).toBeLessThanOrEqual(text.length);
      }
    }
    expect(QUERY_LENGTH_MAX).toBe(500);
  });
});
