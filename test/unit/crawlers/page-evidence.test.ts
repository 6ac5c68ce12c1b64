import { describe, expect, it } from 'vitest';
import { looksLikeChallenge, showsArticle } from '../../../src/crawlers/page-evidence.js';

describe("evidence in a page's bytes", () => {
  it.each([
    '<h1 class="article__title">',
    '<div itemprop="articleBody">',
    '<div class="b-article__text">',
    '<div class="white-longread__text">',
    '{"@type":"NewsArticle"}',
  ])('takes %s for an article', (html) => {
    expect(showsArticle(Buffer.from(html))).toBe(true);
  });

  it.each(['<div class="list__item">', '<div id="root"></div>', ''])('takes %j for none', (html) => {
    expect(showsArticle(Buffer.from(html))).toBe(false);
  });

  it('knows a challenge by its signs, but not on a page that shows an article or is larger than any challenge', () => {
    expect(looksLikeChallenge(Buffer.from('<title>Just a moment...</title>'))).toBe(true);
    expect(looksLikeChallenge(Buffer.from('<script src="/.well-known/ddos-guard/x.js">'))).toBe(true);
    expect(looksLikeChallenge(Buffer.from('<h1 class="article__title"><div class="g-recaptcha">'))).toBe(false);
    expect(looksLikeChallenge(Buffer.from(`cf-chl${' '.repeat(300_000)}`))).toBe(false);
    expect(looksLikeChallenge(Buffer.from('<h1>раздел</h1>'))).toBe(false);
  });
});
