import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../src/domain/errors.js';
import {
  dayUrl,
  feedUrl,
  robotsUrl,
  sitemapUrl,
  sitemapIndexUrl,
  tagUrl,
  toFetchUrl,
  toRealUrl,
} from '../../../src/sputnik/urls/site-urls.js';
import { BIG5, CN, GLOBE } from './editions.js';

const replayed = { ...BIG5, fetchFrom: 'http://127.0.0.1:8801' };

describe('URLs of an edition', () => {
  it('stand on its own host', () => {
    const addresses = [
      [robotsUrl(BIG5), 'https://big5.sputniknews.cn/robots.txt'],
      [feedUrl(BIG5), 'https://big5.sputniknews.cn/export/rss2/archive/index.xml'],
      [sitemapIndexUrl(BIG5), 'https://big5.sputniknews.cn/sitemap_article_index.xml'],
      [
        sitemapUrl(BIG5, '20230401', '20230430'),
        'https://big5.sputniknews.cn/sitemap_article.xml?date_start=20230401&date_end=20230430',
      ],
      [dayUrl(BIG5, '20230412'), 'https://big5.sputniknews.cn/20230412/'],
      [tagUrl(BIG5, '/geo_Vanadzor/'), 'https://big5.sputniknews.cn/geo_Vanadzor/'],
    ] as const;
    for (const [address, expected] of addresses) {
      expect(address).toBe(expected);
    }
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
