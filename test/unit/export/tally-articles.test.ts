import { describe, expect, it } from 'vitest';
import { drawTally, tallyArticles, type Dimension } from '../../../src/export/tally-articles.js';
import { HOSTILE, sampleArticle } from './sample-articles.js';

const ARTICLES = [
  sampleArticle({
    publishedAt: '2023-04-12T11:40:00Z',
    topics: ['armenia', 'azerbaijan'],
    goneAt: '2023-05-01T00:00:00Z',
  }),
  sampleArticle({ publishedAt: '2023-04-16T23:10:00Z', topics: ['armenia'], language: 'ru', format: 'video' }),
  sampleArticle({ publishedAt: '2023-04-17T00:00:00Z', topics: [], tags: [] }),
  sampleArticle({ publishedAt: null }),
];

describe('a tally', () => {
  it.each<[Dimension, string]>([
    ['day', '2023-04-12=1 2023-04-16=1 2023-04-17=1'],
    ['week', '2023-04-10=2 2023-04-17=1'],
    ['month', '2023-04=3'],
    ['hour', '00=1 11=1 23=1'],
    ['topic', 'armenia=3 azerbaijan=1'],
    ['tag', '亚美尼亚=3'],
    ['language', 'zh-Hans=3 ru=1'],
    ['format', 'text=3 video=1'],
    ['edition', 'sputniknews.cn=4'],
  ])('by %s counts each article once a value', (by, rows) => {
    const tally = tallyArticles(ARTICLES, by);
    expect(tally.rows.map(({ value, articles }) => `${value}=${articles}`).join(' ')).toBe(rows);
    expect(tally).toMatchObject({ articles: 4, onSeveralTopics: 1, withdrawn: 1, medianDelayS: 0 });
  });

  it('of nothing is empty', () => {
    expect(tallyArticles([], 'day')).toMatchObject({ articles: 0, medianDelayS: null, rows: [] });
  });

  it('is drawn without markup of what was collected', () => {
    const hostile = sampleArticle({ tags: [{ name: '<script>alert(1)</script>', url: null, kind: null }] });
    const svg = drawTally(tallyArticles([hostile, HOSTILE], 'tag'));
    expect(svg).not.toContain('<script');
    expect(svg).toMatch(/^<svg [^>]*>\n<title>2 articles by tag<\/title>/);
  });
});
