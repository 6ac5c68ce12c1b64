import { afterEach, describe, expect, it } from 'vitest';

import { startTestSite } from '../../../testsite/start-test-site.js';
import type { TestSite } from '../../../testsite/start-test-site.js';
import type { TestSiteOptions } from '../../../testsite/content/test-site-options.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const running: TestSite[] = [];

async function start(options: Partial<TestSiteOptions> = {}): Promise<TestSite> {
  const testSite = await startTestSite({ seed: 7, stories: 60, clock: { now: () => NOW }, ...options });
  running.push(testSite);
  return testSite;
}

async function get(testSite: TestSite, edition: string, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(testSite.origin(edition) + path, { headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((testSite) => testSite.stop()));
});

describe('the test site', () => {
  it('serves every article that its truth names, under its canonical path', async () => {
    const testSite = await start();
    for (const article of testSite.truth()) {
      const page = await get(testSite, article.edition, new URL(article.url).pathname);
      expect(page.status).toBe(200);
      expect(page.text).toContain(`<link rel="canonical" href="${article.url}">`);
    }
  });

  it('gives the same site for the same seed, and another one for another seed', async () => {
    const [first, second, other] = [await start(), await start(), await start({ seed: 8 })];
    expect(second.truth()).toEqual(first.truth());
    expect(other.truth()).not.toEqual(first.truth());
  });

  it('shares ids between the two Chinese editions, script converted', async () => {
    const testSite = await start();
    const simplified = testSite.truth().filter((article) => article.edition === 'sputniknews.cn');
    const traditional = testSite.truth().filter((article) => article.edition === 'big5.sputniknews.cn');
    expect(traditional.map((article) => article.articleId)).toEqual(simplified.map((article) => article.articleId));
    const onTopic = traditional.find((article) => article.topics.includes('armenia'));
    expect(onTopic?.tags.map((tag) => tag.name)).toContain('亞美尼亞');
  });

  it('names seed articles that carry both topics and answer 200', async () => {
    const testSite = await start();
    for (const [edition, config] of Object.entries(testSite.editionConfig())) {
      expect(config.seedArticles.length).toBeGreaterThan(0);
      for (const path of config.seedArticles) {
        expect((await get(testSite, edition, path)).status).toBe(200);
      }
    }
  });

  it('answers 304 to the validators it gave, and 200 again once the article was edited', async () => {
    const testSite = await start();
    const article = testSite.truth()[0]!;
    const path = new URL(article.url).pathname;
    const etag = (await get(testSite, article.edition, path)).headers.get('etag')!;
    expect((await get(testSite, article.edition, path, { 'if-none-match': etag })).status).toBe(304);
    testSite.edit(article.articleId, { title: 'A new title' });
    const edited = await get(testSite, article.edition, path, { 'if-none-match': etag });
    expect(edited.status).toBe(200);
    expect(edited.text).toContain('<h1 class="article__title">A new title</h1>');
  });

  it('counts the requests it gets', async () => {
    const testSite = await start();
    await get(testSite, 'sputniknews.cn', '/robots.txt');
    await get(testSite, 'sputniknews.cn', '/services/x/more.html?id=1');
    expect(testSite.requests().map(({ path, status }) => [path, status])).toEqual([
      ['/robots.txt', 200],
      ['/services/x/more.html?id=1', 200],
    ]);
    expect(testSite.forbiddenRequests().map(({ path }) => path)).toEqual(['/services/x/more.html?id=1']);
  });

  it('never answers the same bytes twice where it is noisy', async () => {
    const testSite = await start({ noise: true });
    const article = testSite.truth()[0]!;
    const [first, second] = [0, 1].map(() => get(testSite, article.edition, new URL(article.url).pathname));
    expect((await first!).text).not.toBe((await second!).text);
    expect((await first!).headers.get('etag')).toBeNull();
  });

  it('redirects older forms of an address to the canonical one', async () => {
    const testSite = await start();
    const article = testSite.truth().find((one) => one.edition === 'am.sputniknews.ru' && one.url.endsWith('.html'))!;
    const old = await get(testSite, article.edition, `/society/20260701${article.articleId}-old-slug/`);
    expect([old.status, old.headers.get('location')]).toEqual([301, article.url]);
  });

  it('serves the AMP page of an article, its canonical link leading back', async () => {
    const testSite = await start();
    const article = testSite.truth()[0]!;
    const amp = await get(testSite, article.edition, `/amp${new URL(article.url).pathname}`);
    expect(amp.text).toMatch(/^<!doctype html>\n<html amp /);
    expect(amp.text).toContain(`<link rel="canonical" href="${article.url}">`);
  });

  it('keeps lead and one paragraph out of articleBody, as the real page does', async () => {
    const testSite = await start();
    const article = testSite.truth().find((one) => one.lead !== null && one.body.some(({ type }) => type === 'quote'))!;
    const { text } = await get(testSite, article.edition, new URL(article.url).pathname);
    const articleBody = /<div itemprop="articleBody">([^<]*)/.exec(text)?.[1] ?? '';
    expect(articleBody).not.toContain(article.lead);
    expect(articleBody).not.toContain(article.body.find(({ type }) => type === 'quote')!.text);
  });
});
