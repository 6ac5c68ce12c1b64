import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Edition } from '../../../src/domain/edition.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import * as odd from '../../../testsite/modes/odd-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { crawl, decodedText, edition, MemoryCatalogue, plan } from '../../unit/crawlers/crawl-setup.js';

const NOW = Date.UTC(2026, 6, 20, 12);
const EDITION = 'sarabic.ae';
const clock = { now: () => NOW };

let site: TestSite;
let editions: Edition[];

beforeAll(async () => {
  site = await startTestSite({ seed: 9, stories: 40, clock, editions: [EDITION], oldEngineShare: 0 });
  editions = [edition(EDITION, site.origin(EDITION), { language: 'ar' })];
});
afterAll(() => site.stop());

const ARTICLES = /^\/\d{8}\//;

describe('a crawl of a site that answers oddly', () => {
  it.each<[string, RegExp, ModeAction]>([
    ['asks for consent by a redirect to the same URL', ARTICLES, odd.consentRedirect],
    ['calls plain pages none', ARTICLES, odd.encodingNone],
    ['calls plain pages UTF-8', ARTICLES, odd.encodingUtf8],
    ['sends bytes behind the gzip member', ARTICLES, odd.bytesAfterGzip],
    ['has a sitemap index within the index', /^\/sitemap_article_index/, odd.nestedSitemapIndex],
    ['gives its sitemaps as gzip files', /^\/sitemap_article/, odd.gzippedSitemaps],
  ])('reads every article where it %s', async (_, path, action) => {
    const end = site.setMode({ path }, action);
    const catalogue = new MemoryCatalogue();
    const tally = await crawl(plan(editions, { via: ['sitemap'], since: '2026-06-01' }), catalogue, { clock });
    end();
    expect(tally.problems).toEqual([]);
    const truth = site.truth().map(({ articleId, url }) => [`${EDITION}/${articleId}`, url]);
    const read = catalogue.articles().map((result) => [result.target.pageId, decodedText(result)]);
    expect(read.map(([pageId]) => pageId).sort()).toEqual(truth.map(([pageId]) => pageId).sort());
    for (const [pageId, url] of truth) {
      const text = read.find(([other]) => other === pageId)?.[1];
      expect(text).toContain(`<link rel="canonical" href="${url}">`);
    }
  });

  it('asks for the gzip files that an index names, and not for days', async () => {
    const end = site.setMode({ path: /^\/sitemap_article/ }, odd.gzippedSitemaps);
    site.clearRequests();
    await crawl(plan(editions, { via: ['sitemap'], since: '2026-06-01' }), new MemoryCatalogue(), { clock });
    end();
    const paths = site.requests().map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('/sitemap_article/')).length).toBeGreaterThan(0);
    expect(paths.filter((path) => path.startsWith('/sitemap_article.xml'))).toEqual([]);
  });

  it('follows a redirect in raw UTF-8 from an older URL to the article', async () => {
    const end = site.setMode({ path: ARTICLES }, odd.rawUtf8Location);
    const [article] = site.truth();
    const { pathname } = new URL(article!.url);
    const older = `https://${EDITION}${pathname.slice(0, 10)}${article!.articleId}.html`;
    expect(older).not.toBe(article!.url);
    const catalogue = new MemoryCatalogue();
    const url = createUrlRules(editions).parse(older, `https://${EDITION}/`)!;
    await crawl(plan(editions, { urls: [url] }), catalogue, { clock });
    end();
    expect(catalogue.articles().map(decodedText)).toEqual([
      expect.stringContaining(`<link rel="canonical" href="${article!.url}">`),
    ]);
  });
});
