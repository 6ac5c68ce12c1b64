import { bearsInterferenceSigns } from '../../sputnik/extractors/classify-page.js';
import { decodeHtml } from '../../sputnik/html/decode-html.js';

/**
 * Cheap signs in a page's bytes, looked for without parsing: they only decide whether a browser is worth trying.
 * Case-sensitive, as the engines write them.
 */
const ARTICLE_SIGNS = [
  'article__title',
  'article__body',
  'articleBody',
  'b-article__',
  'white-longread',
  'online__item',
  'NewsArticle',
].map((sign) => Buffer.from(sign));

/** What the lists of these sites are made of. */
const LIST_SIGNS = ['list__item', 'list-item', '<item', '<entry', '<url', '<sitemap', 'b-stories', 'lenta__item'].map(
  (sign) => Buffer.from(sign),
);

const CHALLENGE_SIGNS = [
  'cf-chl',
  'challenge-platform',
  '_cf_chl_opt',
  'ddos-guard',
  '__ddg',
  'smartcaptcha',
  'g-recaptcha',
  'h-captcha',
  'Checking your browser',
  'Just a moment...',
].map((sign) => Buffer.from(sign));

/** The same signs, where a browser can wait for them. */
export const ARTICLE_SELECTOR =
  '.article__title, .article__body, [itemprop=articleBody], [class^=b-article__], [class*=white-longread]';

/** A challenge is a small page that stands alone. */
const CHALLENGE_BYTES_MAX = 200_000;

/** @returns whether the page shows any sign of an article of a known engine. Errs towards yes. */
export function showsArticle(html: Buffer): boolean {
  return ARTICLE_SIGNS.some((sign) => html.includes(sign));
}

/** @returns whether the page asks the visitor to prove something before it shows itself. Errs towards no. */
export function looksLikeChallenge(html: Buffer): boolean {
  if (html.length > CHALLENGE_BYTES_MAX || showsArticle(html)) return false;
  return CHALLENGE_SIGNS.some((sign) => html.includes(sign));
}

/**
 * @param body         Of a 200 answer, without its content encoding.
 * @param contentType  Content-Type header, null if there was none.
 * @returns            Whether somebody else's page stands in place of the site's: a provider's block page, a challenge. Errs towards no.
 */
export function looksLikeInterference(body: Buffer, contentType: string | null): boolean {
  if (body.length > CHALLENGE_BYTES_MAX || showsArticle(body)) return false;
  if (LIST_SIGNS.some((sign) => body.includes(sign))) return false;
  return bearsInterferenceSigns(decodeHtml(body, contentType).text);
}
