import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Edition } from '../../../src/domain/edition.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { crawl, edition, MemoryCatalogue, plan, settings } from '../../unit/crawlers/crawl-setup.js';

const NOW = Date.UTC(2026, 6, 20, 12);
const ZONES: Record<string, string> = {
  'sputniknews.cn': 'Asia/Shanghai',
  'big5.sputniknews.cn': 'Asia/Shanghai',
  'am.sputniknews.ru': 'Asia/Yerevan',
};
const clock = { now: () => NOW };

let site: TestSite;
let editions: Edition[];

beforeAll(async () => {
  site = await startTestSite({ seed: 7, stories: 300, clock });
  editions = Object.entries(site.editionConfig()).map(([id, { fetchFrom, seedArticles }]) =>
    edition(id, fetchFrom, { seedArticles, timeZone: ZONES[id] ?? 'UTC' }),
  );
});

afterAll(async () => {
  await site.stop();
});

describe('a crawl of the test site', () => {
  it('back-fills every article of every edition once, and finds nothing left to fetch the second time', async () => {
    const catalogue = new MemoryCatalogue();
    const first = await crawl(plan(editions, { since: '2026-06-01' }), catalogue, { clock });
    expect(first.problems).toEqual([]);
    expect(first.editions.every(({ reachable }) => reachable)).toBe(true);
    const truth = site.truth().map((article) => `${article.edition}/${article.articleId}`);
    const fetched = catalogue.articles().map(({ target }) => target.pageId);
    expect(new Set(fetched).size).toBe(fetched.length);
    expect(new Set(fetched)).toEqual(new Set(truth));
    expect(catalogue.articles().every(({ kind }) => kind === 'response')).toBe(true);
    expect(first).toMatchObject({ found: truth.length, fetched: truth.length, skipped: 0, aborted: false });

    const again = new MemoryCatalogue();
    for (const [pageId, page] of catalogue.pages) again.pages.set(pageId, page);
    const second = await crawl(plan(editions, { since: '2026-06-01' }), again, { clock });
    expect(second).toMatchObject({ found: truth.length, skipped: truth.length });
    // Off-topic pages on a topic's tag page would be asked again; there are none.
    expect(second.fetched).toBe(0);
  });

  it('learns tag pages from the seeds of this very run and reads them in a second round', async () => {
    const catalogue = new MemoryCatalogue();
    const tally = await crawl(plan(editions, { via: ['tag'] }), catalogue, { clock });
    const asked = catalogue.lists('tag').map(({ target }) => target.url);
    expect(asked.length).toBeGreaterThanOrEqual(2 * editions.length);
    expect(new Set(asked).size).toBe(asked.length);
    expect(tally.found).toBeGreaterThan(20 * editions.length);
  });

  it('never asks for a service, a search or a print page while robots.txt is obeyed, and asks for it first', async () => {
    site.clearRequests();
    await crawl(
      plan(editions, { via: ['feed', 'tag', 'sitemap', 'day'], since: '2026-07-10' }),
      new MemoryCatalogue(),
      { clock },
    );
    const paths = site.requests().map(({ path }) => path);
    expect(paths.filter((path) => /^\/(services|search|cms)\/|-print\.html/.test(path))).toEqual([]);
    for (const id of site.editions) {
      const first = site.requests().find((request) => request.edition === id);
      expect(first?.path).toBe('/robots.txt');
    }
  });

  it('fetches only the named articles with urls', async () => {
    const catalogue = new MemoryCatalogue();
    const url = createUrlRules(editions).parse(editions[0]!.seedArticles[0]!, `https://${editions[0]!.id}/`)!;
    const tally = await crawl(plan(editions.slice(0, 1), { urls: [url] }), catalogue, { clock });
    expect(tally).toMatchObject({ found: 1, fetched: 1, skipped: 0 });
    expect(catalogue.results.map(({ target }) => target.kind)).toEqual(['robots', 'article']);
  });

  it('caps the articles with limit and counts the others as skipped', async () => {
    const catalogue = new MemoryCatalogue();
    const tally = await crawl(plan(editions, { limit: 5 }), catalogue, { clock });
    expect(tally.fetched).toBe(5);
    expect(catalogue.articles()).toHaveLength(5);
    expect(tally.found).toBe(tally.fetched + tally.skipped);
  });

  it('asks due pages conditionally and gets 304 for unchanged ones', async () => {
    const catalogue = new MemoryCatalogue();
    await crawl(plan(editions, { via: ['feed'] }), catalogue, { clock });
    const known = [...catalogue.pages.keys()];
    catalogue.dueNow = known.slice(0, 3);
    const tally = await crawl(plan(editions, { revisitOnly: true }), catalogue, { clock });
    expect(tally).toMatchObject({ found: 3, fetched: 3, skipped: 0 });
    expect(
      catalogue
        .articles()
        .slice(-3)
        .map(({ kind }) => kind),
    ).toEqual(['notModified', 'notModified', 'notModified']);
  });

  it('fetches every known page of the window again with refetch, listed or not', async () => {
    const catalogue = new MemoryCatalogue();
    await crawl(plan(editions, { since: '2026-06-01' }), catalogue, { clock });
    const inWindow = [...catalogue.pages.values()].filter(({ url }) => {
      const day = /\/(\d{8})\//.exec(url)?.[1] ?? '';
      return day >= '20260701' && day <= '20260705';
    });
    expect(inWindow.length).toBeGreaterThan(10);
    const tally = await crawl(
      plan(editions, { via: ['feed'], refetch: true, since: '2026-07-01', until: '2026-07-05' }),
      catalogue,
      { clock },
    );
    expect(tally).toMatchObject({ found: inWindow.length, fetched: inWindow.length, skipped: 0 });
  });

  it('follows load-more back to the first day wanted only where robots.txt is not obeyed', async () => {
    site.clearRequests();
    const catalogue = new MemoryCatalogue();
    const disobeying = settings({ politeness: { obeyRobots: false } });
    const tally = await crawl(plan(editions.slice(2), { via: ['tag'], since: '2026-06-01' }), catalogue, {
      clock,
      settings: disobeying,
    });
    expect(tally.problems).toEqual([]);
    const onTopic = site.truth().filter(({ edition: id, topics }) => id === editions[2]!.id && topics.length > 0);
    expect(onTopic.length).toBeGreaterThan(25);
    const fetched = new Set(catalogue.articles().map(({ target }) => target.pageId));
    for (const { edition: id, articleId } of onTopic) expect(fetched).toContain(`${id}/${articleId}`);
  });
});
