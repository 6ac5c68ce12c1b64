import { afterEach, describe, expect, it } from 'vitest';

import type { TestSiteOptions } from '../../../testsite/content/test-site-options.js';
import { startTestSite } from '../../../testsite/start-test-site.js';
import type { TestSite } from '../../../testsite/start-test-site.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const HOUR = 3_600_000;
const CN = 'sputniknews.cn';
const running: TestSite[] = [];

async function start(options: Partial<TestSiteOptions> = {}) {
  const time = { at: NOW };
  const testSite = await startTestSite({
    seed: 11,
    stories: 80,
    editions: [CN, 'big5.sputniknews.cn'],
    clock: { now: () => time.at },
    ...options,
  });
  running.push(testSite);
  const get = async (path: string, edition = CN) => {
    const response = await fetch(testSite.origin(edition) + path, { redirect: 'manual' });
    return { status: response.status, location: response.headers.get('location'), text: await response.text() };
  };
  return { time, testSite, get };
}

const pathOf = (testSite: TestSite, articleId: string): string =>
  new URL(testSite.truth().find((article) => article.articleId === articleId)!.url).pathname;
const FEED = '/export/rss2/archive/index.xml';
const EVERYTHING = '/sitemap_article.xml?date_start=20260101&date_end=20261231';
const JULY = '/sitemap_article.xml?date_start=20260701&date_end=20260731';

afterEach(async () => {
  await Promise.all(running.splice(0).map((testSite) => testSite.stop()));
});

describe('a site that lives in time', () => {
  it('shows nothing that is to be published later, and shows it when its time has come', async () => {
    const { time, testSite, get } = await start();
    const id = testSite.publish({ at: NOW + HOUR, title: '尚未到来的消息' });
    expect(testSite.truth().some((article) => article.articleId === id)).toBe(false);
    expect((await get(FEED)).text).not.toContain('尚未到来的消息');
    time.at = NOW + HOUR;
    expect((await get(FEED)).text).toContain('尚未到来的消息');
    expect((await get(pathOf(testSite, id))).status).toBe(200);
  });

  it('spreads stories into the days to come where it is asked to', async () => {
    const { time, testSite } = await start({ futureDays: 21, days: 9 });
    const before = testSite.truth().length;
    time.at = NOW + 21 * 24 * HOUR;
    expect(before).toBeLessThan(80);
    expect(testSite.truth()).toHaveLength(160);
  });

  it('does scheduled deeds as of their instant, however late a request comes', async () => {
    const { time, testSite } = await start();
    const { articleId } = testSite.truth()[3]!;
    testSite.schedule(NOW + HOUR, (content) => {
      content.edit(articleId, { appendParagraph: '后来补充的一段。' });
    });
    time.at = NOW + 5 * HOUR;
    const states = testSite.history(CN, articleId);
    expect(states.map(({ from }) => from)).toEqual([Date.parse(states[0]!.article.publishedAt), NOW + HOUR]);
    expect(states[1]!.article.body.at(-1)).toEqual({ type: 'text', text: '后来补充的一段。' });
    expect(states[1]!.article.modifiedAt).toBe('2026-07-29T06:19:00Z');
  });

  it.each([
    ['404', 404, null],
    ['410', 410, null],
    ['redirectFront', 302, `https://${CN}/`],
    ['emptyBody', 200, null],
  ] as const)('answers a withdrawn article by %s and drops it from its lists', async (how, status, location) => {
    const { testSite, get } = await start();
    const article = testSite.truth().find((one) => one.topics.length === 2)!;
    const path = new URL(article.url).pathname;
    expect((await get(EVERYTHING)).text).toContain(path);
    testSite.withdraw(article.articleId, how);
    const answer = await get(path);
    expect([answer.status, answer.location]).toEqual([status, location]);
    expect(answer.text).not.toContain('article__block');
    expect((await get(EVERYTHING)).text).not.toContain(path);
    expect(testSite.truth().find((one) => one.url === article.url)?.withdrawn).toBe(how);
  });

  it('moves a re-issued article to its new date, the old address redirecting', async () => {
    const { testSite, get } = await start();
    const article = testSite.truth().find((one) => one.edition === CN && one.url.endsWith('.html'))!;
    testSite.reissue(article.articleId, NOW);
    const moved = testSite.truth().find((one) => one.edition === CN && one.articleId === article.articleId)!;
    expect(moved.url).toBe(`https://${CN}/20260729/${article.articleId}.html`);
    expect(moved.aliases).toEqual([article.url]);
    expect(moved.firstPublishedAt).toBe(article.publishedAt);
    const old = await get(new URL(article.url).pathname);
    expect([old.status, old.location]).toEqual([301, moved.url]);
    expect((await get('/20260729/')).text).toContain(`/20260729/${article.articleId}.html`);
  });

  it('puts an old article on the tag page once the tag was added', async () => {
    const { testSite, get } = await start();
    const article = testSite.truth().find((one) => one.edition === CN && !one.onTopic)!;
    const tagged = testSite.truth().find((one) => one.edition === CN && one.topics.includes('armenia'))!;
    const tag = tagged.tags.find((one) => one.name === '亚美尼亚')!;
    testSite.addTag(article.articleId, 'armenia');
    const list: string[] = [];
    let next: string | null = new URL(tag.url!).pathname;
    while (next !== null && list.length < 50) {
      const { text } = await get(next);
      if (text === '') break;
      list.push(text);
      next = /data-(?:next-)?url="([^"]*more\.html[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }
    expect(list.join('')).toContain(new URL(article.url).pathname);
    expect(list.length).toBeGreaterThan(1);
    expect(testSite.truth().find((one) => one.url === article.url)?.topics).toEqual(['armenia']);
  });

  it('ends a load-more list with an empty fragment, each item once', async () => {
    const { testSite, get } = await start({ listPageSize: 7 });
    const ids: string[] = [];
    let path: string | null = '/';
    let fragments = 0;
    for (; path !== null && fragments < 30; fragments += 1) {
      const { text } = await get(path);
      ids.push(...[...text.matchAll(/list__item" data-id="(\d+)"/g)].map((match) => match[1]!));
      path = /data-(?:next-)?url="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(testSite.truth().filter((article) => article.edition === CN).length);
  });

  it('lets the sitemap and the feed lag behind', async () => {
    const { time, testSite, get } = await start({ sitemapLagMs: 2 * HOUR, feedLagMs: HOUR });
    const path = pathOf(testSite, testSite.publish());
    const seen = async (): Promise<boolean[]> =>
      Promise.all([FEED, JULY].map(async (list) => (await get(list)).text.includes(path)));
    expect(await seen()).toEqual([false, false]);
    time.at = NOW + HOUR;
    expect(await seen()).toEqual([true, false]);
    time.at = NOW + 2 * HOUR;
    expect(await seen()).toEqual([true, true]);
  });

  it('shows no more in the feed than its depth', async () => {
    const { get } = await start({ feedDepth: 5 });
    expect((await get(FEED)).text.match(/<item>/g)).toHaveLength(5);
  });

  it('publishes the duplicates that are asked for, and says whose they are', async () => {
    const { testSite } = await start({ duplicates: { exact: 3, near: 2 } });
    const own = testSite.truth().filter((article) => article.edition === CN);
    const copies = own.filter((article) => article.copyOf !== null);
    expect(copies.map((article) => article.copyOf?.kind).sort()).toEqual(['exact', 'exact', 'exact', 'near', 'near']);
    for (const copy of copies.filter((article) => article.copyOf?.kind === 'exact')) {
      const original = own.find((article) => article.articleId === copy.copyOf?.articleId)!;
      expect([copy.title, copy.lead, copy.body]).toEqual([original.title, original.lead, original.body]);
      expect(copy.publishedAt > original.publishedAt).toBe(true);
    }
  });
});
