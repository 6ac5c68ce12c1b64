import { describe, expect, it } from 'vitest';
import { isLoss, lossesOf } from '../../../src/crawlers/requests/crawl-tally.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import {
  coveredDays,
  isWholeList,
  lossOfList,
  LIST_PROBLEM_CODES,
  type ListKind,
} from '../../../src/sputnik/lists/parsed-list.js';
import { parseList } from '../../../src/sputnik/lists/parse-list.js';
import { EDITIONS } from './editions.js';

const rules = createUrlRules(EDITIONS);
const ITEM = '<item><link>https://sputniknews.cn/20230412/10001.html</link></item>';
const BLOCK_PAGE = '<html><body><h1>This website has been blocked</h1></body></html>';

function lossOf(kind: ListKind, text: string): string | null {
  return lossOfList(kind, parseList(kind, text, 'https://sputniknews.cn/list/', rules));
}

describe('a list that answered with 200', () => {
  it.each([
    ['feed', `<rss><channel>${ITEM}</channel></rss>`, null],
    ['feed', '<rss><channel></channel></rss>', 'noItems'],
    ['feed', `<rss><channel>${ITEM}<item><link>htt`, 'broken'],
    ['feed', BLOCK_PAGE, 'blocked'],
    ['feed', '', 'blocked'],
    ['sitemap', '<urlset></urlset>', null],
    ['sitemap', '<urlset><url><loc>https://sputniknews.cn/20230412/10001.html</loc></url><url><lo', 'broken'],
    ['sitemap', '{"error":"try later"}', 'blocked'],
    ['sitemapIndex', '<sitemapindex></sitemapindex>', 'noItems'],
    ['tag', '<html><body><div class="list"></div></body></html>', null],
    ['tag', BLOCK_PAGE, 'blocked'],
    ['tag', '<html><body><div class="list"><div class="list__item"><a class="list__title" hr', 'broken'],
    ['day', BLOCK_PAGE, 'blocked'],
    ['more', '', null],
  ] as const)('as %s %#: is relied upon or named', (kind, text, loss) => {
    expect(lossOf(kind, text)).toBe(loss);
  });

  it('of an edition of which no list was read is named, whatever is said of it', () => {
    const problem = (edition: string, foundBy: 'feed' | 'sitemap' | 'tag', reason: 'notFound' | 'robots') =>
      ({ edition, foundBy, reason, url: '', detail: '' }) as const;
    const tally = (edition: string, lists: number) =>
      ({ id: edition, perRoute: { sitemap: { lists, items: 0, found: 0, fetched: 0 } } }) as never;
    const problems = [
      ...[
        problem('read', 'tag', 'notFound'),
        problem('read', 'sitemap', 'robots'),
        problem('read', 'feed', 'notFound'),
      ],
      ...[problem('unread', 'tag', 'notFound'), problem('unread', 'sitemap', 'robots')],
    ];
    const losses = lossesOf({ problems, editions: [tally('read', 1), tally('unread', 0)] });
    expect(losses).toEqual(problems.slice(2));
  });

  it('is judged alike by the crawl and by the ledger, whatever is wrong with it', () => {
    // Whether a list may be empty is its kind's own affair.
    for (const code of LIST_PROBLEM_CODES.filter((each) => each !== 'empty')) {
      const parsed = { items: [], entries: 0, next: null, children: [], problems: [{ code, detail: '' }] };
      expect({ code, isLost: lossOfList('tag', parsed) !== null }).toEqual({
        code,
        isLost: isLoss({ reason: code, foundBy: 'tag' }),
      });
    }
  });
});

describe('a list of several days with a round number of articles', () => {
  const named = (count: number): string =>
    Array.from(
      { length: count },
      (_, n) => `<url><loc>https://sputniknews.cn/20230412/${10_001 + n}.html</loc></url>`,
    ).join('');
  const isWhole = (count: number, from: string, further = ''): boolean => {
    const parsed = parseList(
      'sitemap',
      `<urlset>${named(count)}${further}</urlset>`,
      'https://sputniknews.cn/list/',
      rules,
    );
    return isWholeList('sitemap', { from, to: '20230412' }, parsed, 'sputniknews.cn');
  };

  it('may have been cut off by the server, one of a single day or of another number is whole', () => {
    expect([isWhole(100, '20230401'), isWhole(99, '20230401'), isWhole(100, '20230412')]).toEqual([false, true, true]);
  });

  it('is told by all that the server gave, readable or not', () => {
    const unreadable = '<url><loc>https://sputniknews.cn/docs/a.html</loc></url>';
    const foreign = '<url><loc>https://sputnikglobe.com/20230412/1.html</loc></url>';
    expect(isWhole(98, '20230401', unreadable + foreign)).toBe(false);
    expect(isWhole(98, '20230401', unreadable)).toBe(true);
  });

  it('is told by all that the server gave, also what it gave twice', () => {
    expect([isWhole(99, '20230401', named(1)), isWhole(98, '20230401', named(1))]).toEqual([false, true]);
  });
});

describe('a list of days', () => {
  const url = (path: string, host = 'sputniknews.cn'): string => `<url><loc>https://${host}${path}</loc></url>`;
  const items = (...paths: string[]): string =>
    `<html><body><div class="list">${paths.map((path) => `<div class="list__item"><a href="${path}">t</a></div>`).join('')}</div>`;
  const end = '</body></html>';

  it.each([
    [
      'articles of its days',
      'sitemap',
      `<urlset>${url('/20230411/10001.html')}${url('/20230101/10002.html')}</urlset>`,
      true,
    ],
    ['of the day beside them', 'sitemap', `<urlset>${url('/20230414/10001.html')}</urlset>`, true],
    ['none, as a sitemap may', 'sitemap', '<urlset></urlset>', true],
    ['articles of other days only', 'sitemap', `<urlset>${url('/20240101/10001.html')}</urlset>`, false],
    ['nothing that leads to an article', 'sitemap', `<urlset>${url('/docs/a.html')}</urlset>`, false],
    ['URLs on hosts of nobody', 'sitemap', `<urlset>${url('/20230411/10001.html', 'example.org')}</urlset>`, false],
    ["another edition's", 'sitemap', `<urlset>${url('/20230411/10001.html', 'sputnikglobe.com')}</urlset>`, false],
    [
      'an index',
      'sitemap',
      `<sitemapindex><sitemap><loc>https://sputniknews.cn/a.xml</loc></sitemap></sitemapindex>`,
      false,
    ],
    ['its articles', 'day', `${items('/20230411/10001.html')}${end}`, true],
    ["the front page's", 'day', `${items('/20240101/10001.html')}${end}`, false],
    ['none, as no past day does', 'day', `${items()}${end}`, false],
    ['a button for more', 'day', `${items('/20230411/10001.html')}<div class="list__more">…</div>${end}`, false],
    [
      'a button with a name of its own',
      'day',
      `${items('/20230411/10001.html')}<a class="load-more">…</a>${end}`,
      false,
    ],
    [
      'a URL of more',
      'day',
      `${items('/20230411/10001.html')}<i data-url="/services/a/more.html?id=1"></i>${end}`,
      false,
    ],
  ] as const)('with %s, as %s, is whole or not', (_, kind, text, isWhole) => {
    const days = { from: '20230411', to: '20230413' };
    const parsed = parseList(kind, text, 'https://sputniknews.cn/list/', rules);
    expect(isWholeList(kind, days, parsed, 'sputniknews.cn')).toBe(isWhole);
  });
});

describe('the days that a list is about', () => {
  it.each([
    [
      'sitemap',
      'https://sputniknews.cn/sitemap_article.xml?date_start=20230401&date_end=20230412',
      '20230401-20230412',
    ],
    ['sitemap', 'https://sputniknews.cn/sitemap_article.xml?date_start=20230412&date_end=20230401', null],
    ['sitemap', 'https://sputniknews.cn/sitemap_news.xml', null],
    ['day', 'https://sputniknews.cn/20230412/', '20230412-20230412'],
    ['tag', 'https://sputniknews.cn/geo_Armenia/', null],
    ['feed', 'https://sputniknews.cn/export/rss2/archive/index.xml?date_start=20230401&date_end=20230412', null],
  ] as const)('stand in the address of a %s: %s', (kind, url, days) => {
    const covered = coveredDays(kind, url);
    expect(covered && `${covered.from}-${covered.to}`).toBe(days);
  });
});
