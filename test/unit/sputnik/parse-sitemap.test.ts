import { describe, expect, it } from 'vitest';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { parseList } from '../../../src/sputnik/lists/parse-list.js';
import { CN, EDITIONS } from './editions.js';

const rules = createUrlRules(EDITIONS);
const BASE = 'https://sputniknews.cn/sitemap_article.xml?date_start=20230401&date_end=20230430';
const XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';
const urlset = (entries: string): string => `<?xml version="1.0"?><urlset ${XMLNS}>${entries}</urlset>`;
const index = (entries: string): string => `<?xml version="1.0"?><sitemapindex ${XMLNS}>${entries}</sitemapindex>`;
const parse = (text: string) => parseList('sitemap', text, BASE, rules);
const codes = (text: string): string[] => parse(text).problems.map(({ code }) => code);

describe('a sitemap', () => {
  it('lists articles with their last change', () => {
    const list = parse(
      urlset(
        '<url><loc>https://sputniknews.cn/20230412/10001.html</loc><lastmod>2023-04-12T19:40:00+08:00</lastmod></url>\n' +
          '<url><loc> https://sputniknews.cn/20230411/a-10002.html?x=1&amp;y=2 </loc></url>',
      ),
    );
    expect(list).toMatchObject({ next: null, children: [], problems: [] });
    expect(list.items).toMatchObject([
      { address: { articleId: '10001' }, modifiedAt: '2023-04-12T11:40:00Z', listedAt: null, title: null },
      { address: { url: 'https://sputniknews.cn/20230411/a-10002.html' }, modifiedAt: null },
    ]);
  });

  it('reads the news extension, and takes no picture’s URL for the article’s', () => {
    const entry =
      '<url><image:image><image:loc>https://sputniknews.cn/20230101/99999.html</image:loc></image:image><loc>https://sputniknews.cn/20230412/10001.html</loc>' +
      '<news:news><news:publication><news:name>Agency</news:name></news:publication><news:publication_date>2023-04-12T19:40+08:00</news:publication_date><news:title>A &amp; B</news:title></news:news></url>';
    expect(parse(urlset(entry)).items).toMatchObject([
      { address: { articleId: '10001' }, listedAt: '2023-04-12T11:40:00Z', title: 'A & B' },
    ]);
  });

  it('may have every element prefixed', () => {
    const text =
      '<s:urlset xmlns:s="x"><s:url><s:loc>https://sputniknews.cn/20230412/10001.html</s:loc></s:url></s:urlset>';
    expect(parse(text)).toMatchObject({ items: [{ address: { articleId: '10001' } }], problems: [] });
  });

  it('that is empty, broken or none is told apart', () => {
    expect(codes(urlset(''))).toEqual(['empty']);
    expect(codes('<urlset/>')).toEqual(['empty']);
    expect(codes(urlset('<url><loc>https://sputniknews.cn/20230412/10001.html</loc></url>').slice(0, -9))).toEqual([
      'broken',
    ]);
    expect(codes('<html><body>Not here</body></html>')).toEqual(['wrongDocument']);
    expect(codes('')).toEqual(['wrongDocument']);
  });

  it('cut off within an entry gives the entries before it', () => {
    const whole = urlset(
      '<url><loc>https://sputniknews.cn/20230412/10001.html</loc></url><url><loc>https://sputniknews.cn/20230412/10002.html</loc></url>',
    );
    for (let at = whole.indexOf('10002'); at < whole.lastIndexOf('</url>'); at++) {
      const list = parse(whole.slice(0, at));
      expect(list.items.map(({ address }) => address.articleId)).toEqual(['10001']);
      expect(list.problems.map(({ code }) => code)).toEqual(['broken']);
    }
  });

  it('of 60,000 entries is read up to the protocol’s limit, in little time', () => {
    const entries = Array.from(
      { length: 60_000 },
      (_, at) => `<url><loc>https://sputniknews.cn/20230412/${String(10_000 + at)}.html</loc></url>`,
    );
    const list = parse(urlset(entries.join('')));
    expect(list.items.length).toBeGreaterThanOrEqual(50_000);
    expect(list.items.length).toBeLessThan(52_000);
    expect(list.problems.map(({ code }) => code)).toEqual(['capped']);
  });
});

describe('a sitemap index', () => {
  it('names its children as real URLs, `&amp;` read as what it means', () => {
    const loc = (href: string): string => `<sitemap><loc>${href}</loc><lastmod>2023-04-30</lastmod></sitemap>`;
    const list = parse(
      index(
        loc('https://sputniknews.cn/sitemap_article.xml?date_start=20230401&amp;date_end=20230430') +
          loc('http://cdn.sputniknews.cn/sitemap_article.xml?date_start=20230301&amp;date_end=20230331') +
          loc('https://evil.example/sitemap.xml') +
          loc('https://big5.sputniknews.cn/sitemap.xml'),
      ),
    );
    expect(list.items).toEqual([]);
    expect(list.children).toEqual([
      'https://sputniknews.cn/sitemap_article.xml?date_start=20230401&date_end=20230430',
      'https://sputniknews.cn/sitemap_article.xml?date_start=20230301&date_end=20230331',
    ]);
    expect(list.problems).toEqual([{ code: 'unreadableItems', detail: '2 sitemaps lie on other hosts', count: 2 }]);
  });

  it('served by a mirror under its own URL names real ones all the same', () => {
    const replayed = createUrlRules([{ ...CN, fetchFrom: 'http://127.0.0.1:8801' }]);
    const text = index(
      '<sitemap><loc>http://127.0.0.1:8801/sitemap_article.xml?date_start=1</loc></sitemap><sitemap><loc>http://127.0.0.1:22/</loc></sitemap>',
    );
    expect(parseList('sitemap', text, BASE, replayed).children).toEqual([
      'https://sputniknews.cn/sitemap_article.xml?date_start=1',
    ]);
  });

  it('without children is empty', () => {
    expect(codes(index(''))).toEqual(['empty']);
    expect(codes(index('<sitemap><loc>http://[</loc></sitemap>'))).toEqual(['unreadableItems', 'empty']);
  });
});
