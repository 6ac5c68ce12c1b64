import { describe, expect, it } from 'vitest';
import {
  looksLikeChallenge,
  looksLikeInterference,
  showsArticle,
} from '../../../src/sputnik/extractors/classify-page.js';

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

  const HTML = 'text/html; charset=utf-8';
  const page = (text: string): Buffer => Buffer.from(`<!DOCTYPE html><html><body>${text}</body></html>`);

  it.each([
    'Access to this website has been blocked under Council Regulation (EU) 2022/350.',
    'Доступ к информационному ресурсу ограничен',
    '<form><div class="g-recaptcha"></div></form>',
    '<h1>403 Forbidden</h1>',
    '<iframe src="/_Incapsula_Resource?CWUDNSAI=9&incident_id=1"></iframe>',
    '<iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=x"></iframe>',
    '<div id="px-captcha"></div>',
    '<script>AwsWafIntegration.saveReferrer()</script>',
    '<script>window.gokuProps = {}</script>',
    '<script src="/__qrator/qauth_utm_v2.js"></script>',
    '<script>sucuri_cloudproxy_js=""</script>',
    '<div id="sec-if-cpt-container"></div>',
  ])("takes %s for somebody else's page", (text) => {
    expect(looksLikeInterference(page(text), HTML)).toBe(true);
  });

  it.each([
    ['an article about one', page('<h1 class="article__title">This website is blocked</h1>')],
    ['a list that names one', page('<div class="list__item">403 Forbidden</div>')],
    ['a feed that names one', Buffer.from('<rss><channel><item><title>website blocked</title></item></channel></rss>')],
    ['robots.txt', Buffer.from('User-agent: *\nDisallow: /access-denied/ # 403 Forbidden')],
    ['a long page of unknown markup that quotes one', page(`403 Forbidden ${'and so on '.repeat(1_000)}`)],
    [
      'a page of the site that loads the script of a guard',
      page(`<script>AwsWafIntegration.getToken()</script>${'<p>Новости</p>'.repeat(100)}`),
    ],
    ['a page of unknown markup', page('<h1>Новости</h1><p>Ничего особенного.</p>')],
  ])('does not take %s for such', (_name, body) => {
    expect(looksLikeInterference(body, HTML)).toBe(false);
  });

  it.each(['<', '<script>', '<script ', '<style><script></style>', '</script>', '<a>', '>'])(
    'judges a page of nothing but %s in no time',
    (piece) => {
      const body = Buffer.from(`<html>error 1020 ${piece.repeat(190_000 / piece.length)}`);
      const startedAt = performance.now();
      looksLikeInterference(body, HTML);
      // Some milliseconds; 27 s once.
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    },
  );

  it('counts the text of a page without its scripts, whatever their case', () => {
    const script = `<SCRIPT>${'var a = 1 < 2; '.repeat(1_000)}</Script>`;
    expect(looksLikeInterference(page(`${script}<h1>error 1020</h1>`), HTML)).toBe(true);
  });
});
