import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../src/domain/errors.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import {
  classifyUrl,
  dayUrl,
  feedUrl,
  robotsUrl,
  sitemapUrl,
  sitemapIndexUrl,
  tagUrl,
  toFetchUrl,
  toRealUrl,
} from '../../../src/sputnik/urls/site-urls.js';
import { BIG5, CN, EDITIONS, GLOBE } from './editions.js';

const rules = createUrlRules(EDITIONS);
const replayed = { ...BIG5, fetchFrom: 'http://127.0.0.1:8801' };

describe('URLs of an edition', () => {
  it('stand on its own host and are classified as what they are', () => {
    const addresses = [
      [robotsUrl(BIG5), 'https://big5.sputniknews.cn/robots.txt', 'robots'],
      [feedUrl(BIG5), 'https://big5.sputniknews.cn/export/rss2/archive/index.xml', 'feed'],
      [sitemapIndexUrl(BIG5), 'https://big5.sputniknews.cn/sitemap_article_index.xml', 'sitemapIndex'],
      [
        sitemapUrl(BIG5, '20230401', '20230430'),
        'https://big5.sputniknews.cn/sitemap_article.xml?date_start=20230401&date_end=20230430',
        'sitemap',
      ],
      [dayUrl(BIG5, '20230412'), 'https://big5.sputniknews.cn/20230412/', 'day'],
      [tagUrl(BIG5, '/geo_Vanadzor/'), 'https://big5.sputniknews.cn/geo_Vanadzor/', 'tag'],
    ] as const;
    for (const [address, expected, kind] of addresses) {
      expect(address).toBe(expected);
      expect(classifyUrl(rules, address)).toEqual({ kind, edition: BIG5 });
    }
  });

  it.each([
    ['https://sputniknews.cn/20230412/1049499304.html', 'article'],
    ['https://en.rian.ru/russia/20111128/169117640.html', 'article'],
    ['https://sputniknews.cn/services/geo_Vanadzor/more.html?id=1&date=20230412T100000', 'more'],
    ['https://sputniknews.cn/services/tagsearch/?tags[]=category_guoji', 'more'],
    ['https://sputniknews.com/tags/organization_NATO/', 'tag'],
    ['https://sputniknews.com/export/rss2/world/index.xml', 'feed'],
    ['https://sputniknews.com/sitemap_news_index.xml', 'sitemapIndex'],
  ])('classify %s as %s', (href, kind) => {
    expect(classifyUrl(rules, href)?.kind).toBe(kind);
  });

  it.each([
    'https://sputniknews.cn/',
    'https://sputniknews.cn/russia/',
    'https://sputniknews.cn/agency_news/',
    'https://sputniknews.cn/20230231/',
    'https://sputniknews.cn/search/?query=x',
    'https://sputniknews.cn/robots.txt/',
    'https://sputniknews.cn:8443/robots.txt',
    'https://example.com/robots.txt',
    'not an address',
  ])('leave %s unclassified', (href) => {
    expect(classifyUrl(rules, href)).toBeNull();
  });

  it('refuse days that do not exist, ranges that run backwards, and tag paths that lead elsewhere', () => {
    expect(() => dayUrl(CN, '20230231')).toThrow(PermanentError);
    expect(() => sitemapUrl(CN, '20230402', '20230401')).toThrow(/range of days/);
    expect(sitemapUrl(CN, '20230401', '20230401')).toContain('date_start=20230401&date_end=20230401');
    for (const path of [
      '//evil.example/geo_X/',
      'https://evil.example/',
      'geo_X/',
      '/geo_\u0000/',
      '/\\evil.example/',
    ]) {
      expect(() => tagUrl(CN, path)).toThrow(PermanentError);
    }
  });

  it('are fetched from the replay server with path and query unchanged, and lead back', () => {
    const real = 'https://big5.sputniknews.cn/sitemap_article.xml?date_start=20230401&date_end=20230430';
    const fetched = 'http://127.0.0.1:8801/sitemap_article.xml?date_start=20230401&date_end=20230430';
    expect(toFetchUrl(replayed, real)).toBe(fetched);
    expect(toRealUrl(replayed, fetched)).toBe(real);
    expect(toFetchUrl(BIG5, real)).toBe(real);
    expect(toRealUrl(BIG5, real)).toBe(real);
  });

  it('are fetched from the host of today where the page stood on an earlier one', () => {
    expect(toFetchUrl(GLOBE, 'https://en.rian.ru/russia/20111128/169117640.html#x')).toBe(
      'https://sputnikglobe.com/russia/20111128/169117640.html',
    );
    expect(toFetchUrl(CN, 'https://cdn.sputniknews.cn/20230412/1049499304.html')).toBe(
      'https://cdn.sputniknews.cn/20230412/1049499304.html',
    );
  });

  it('are never fetched where they are not the edition’s', () => {
    for (const url of [
      'https://evil.example/',
      'https://sputniknews.cn/',
      'https://big5.sputniknews.cn:22/',
      'rubbish',
    ]) {
      expect(() => toFetchUrl(replayed, url)).toThrow(/host of big5/);
    }
    expect(toRealUrl(replayed, 'http://127.0.0.1:8802/x')).toBe('http://127.0.0.1:8802/x');
    expect(toRealUrl(replayed, 'rubbish')).toBe('rubbish');
  });
});
