import { describe, expect, it } from 'vitest';
import { isOtherArticle } from '../../../src/normalise/normalise-article.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { extractArticle } from '../../../src/sputnik/extractors/extract-article.js';
import { EDITIONS } from '../../contract/read-page.js';
import { renderCurrentPage } from '../../contract/render-current-page.js';
import { SAMPLE_ARTICLE } from '../../contract/sample-article.js';

const PAGE = renderCurrentPage(SAMPLE_ARTICLE);
const ID = '1057700001';
const OTHER = '1057700777';
const addresses = createUrlRules(EDITIONS);

function isRefused(html: string, url = SAMPLE_ARTICLE.url): boolean {
  const reading = extractArticle(html, url);
  if ('notArticle' in reading) throw new Error(reading.notArticle);
  const address = addresses.parse(url)!;
  return isOtherArticle(reading, {
    url: address,
    urlRules: addresses,
    edition: addresses.editionById(address.edition)!,
  });
}

/** Without the number on the element of the article. */
const UNMARKED = PAGE.replaceAll(/ data-(?:article-)?id="\d+"/g, '');
const withClaims = (html: string, canonical: string, shared: string): string =>
  html
    .replace(/<link rel="canonical"[^>]*>/, `<link rel="canonical" href="${canonical}">`)
    .replace(/<meta property="og:url"[^>]*>/, `<meta property="og:url" content="${shared}">`);

describe('a page under the URL of an article', () => {
  const own = SAMPLE_ARTICLE.url;
  const other = own.replace(ID, OTHER);

  it('is that article where its places say so, in any edition of the family', () => {
    expect(isRefused(PAGE)).toBe(false);
    expect(isRefused(UNMARKED)).toBe(false);
    const big5 = own.replace('sputniknews.cn', 'big5.sputniknews.cn');
    expect(isRefused(withClaims(UNMARKED, big5, big5))).toBe(false);
  });

  it('is refused where every place names another article, and where the text is marked as another’s', () => {
    expect(isRefused(PAGE.replaceAll(ID, OTHER))).toBe(true);
    expect(isRefused(withClaims(UNMARKED, other, other))).toBe(true);
    expect(isRefused(PAGE.replaceAll(`data-article-id="${ID}"`, `data-article-id="${OTHER}"`))).toBe(true);
  });

  it('is read where one claim fits, where it claims nothing, and where the claim is of another family', () => {
    expect(isRefused(withClaims(UNMARKED, other, own))).toBe(false);
    expect(isRefused(withClaims(PAGE, other, other))).toBe(false);
    expect(isRefused(withClaims(UNMARKED, '', ''))).toBe(false);
    const foreign = `https://sputnikglobe.com/20240315/title-${OTHER}.html`;
    expect(isRefused(withClaims(UNMARKED, foreign, foreign))).toBe(false);
  });
});
