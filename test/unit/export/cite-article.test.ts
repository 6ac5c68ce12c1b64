import { describe, expect, it } from 'vitest';
import { citeArticle } from '../../../src/export/cite-article.js';
import { sampleArticle } from './sample-articles.js';

const URL_ = 'https://sputniknews.cn/20230412/1049499304.html';
const ARTICLE = sampleArticle({
  title: 'Gates & "walls": 50% of {them}?',
  authors: ['Anna Petrova', 'Boris Lee'],
  publishedAt: '2023-04-12T20:40:00Z',
  lastSeenAt: '2023-05-01T00:00:00Z',
});

describe('a citation', () => {
  it.each([
    [
      'gb-t-7714',
      `Anna Petrova, Boris Lee. Gates & "walls": 50% of {them}?[EB/OL]. (2023-04-13)[2023-05-01]. ${URL_}.`,
    ],
    ['apa', `Anna Petrova, & Boris Lee. (2023, April 13). Gates & "walls": 50% of {them}? Sputnik. ${URL_}`],
    ['chicago', `Anna Petrova, and Boris Lee. “Gates & "walls": 50% of {them}?” Sputnik, April 13, 2023. ${URL_}.`],
  ] as const)('as %s has the day of the edition', (style, text) => {
    expect(citeArticle(ARTICLE, style, 'Asia/Shanghai')).toBe(text);
  });

  it('as BibLaTeX hides what LaTeX would obey', () => {
    expect(citeArticle(ARTICLE, 'bibtex', 'UTC')).toBe(
      [
        '@online{sputnik-sputniknews-cn-1049499304,',
        '  author = {{Anna Petrova} and {Boris Lee}},',
        '  title = {{Gates \\& "walls": 50\\% of \\{them\\}?}},',
        '  date = {2023-04-12},',
        `  url = {${URL_}},`,
        '  urldate = {2023-05-01},',
        '  organization = {Sputnik},',
        '  langid = {zh-Hans},',
        '}',
      ].join('\n'),
    );
  });

  it('as CSL-JSON is an item that any processor takes', () => {
    expect(JSON.parse(citeArticle(ARTICLE, 'csl-json', 'UTC'))).toMatchObject([
      {
        type: 'webpage',
        author: [{ literal: 'Anna Petrova' }, { literal: 'Boris Lee' }],
        issued: { 'date-parts': [[2023, 4, 12]] },
        URL: URL_,
      },
    ]);
  });

  it('does without author and day', () => {
    const bare = sampleArticle({ publishedAt: null });
    expect(citeArticle(bare, 'apa', 'UTC')).toBe(`Sputnik. (n.d.). 三个检查站将重新开放. ${URL_}`);
    expect(citeArticle(bare, 'gb-t-7714', 'UTC')).toBe(`Sputnik. 三个检查站将重新开放[EB/OL]. [2023-04-12]. ${URL_}.`);
  });
});
