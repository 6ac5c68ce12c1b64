import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import type { TruthArticle } from '../../../testsite/content/truth.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

interface Summary {
  readonly requests: number;
  readonly found: number;
  readonly skipped: number;
  readonly fetched: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

interface Status {
  readonly corpus: object;
}

async function digestOf(workplace: Workplace, words: readonly string[]): Promise<object> {
  const { code, value } = await workplace.document(words);
  expect(code).toBe(0);
  const { catalogueDigest } = value as { catalogueDigest: Record<string, string> };
  expect(Object.keys(catalogueDigest)).toContain('articles');
  return catalogueDigest;
}

/** What the record's own text must equal, field by field. */
function fieldsOf(article: Article | TruthArticle) {
  const { edition, language, url, title, lead, body, dateline, tags, topics, section, authors, images } = article;
  const { related, copyrightHolder, publishedAt, modifiedAt } = article;
  return {
    ...{ edition, language, url, title, lead, body, dateline, tags, topics, section, authors, images },
    ...{ related, copyrightHolder, publishedAt, modifiedAt },
  };
}

describe('a crawl of the test site: 300 stories in three editions', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let first: Summary;

  beforeAll(async () => {
    const duplicates = { exact: 2, near: 2 };
    testSite = await startTestSite({ seed: 7, stories: 300, clock: systemClock, duplicates });
    workplace = await createWorkplace(testSiteSettings(testSite));
    const { code, value } = await workplace.document(['crawl', '--via', 'feed,tag,sitemap']);
    expect(code).toBe(0);
    first = value as Summary;
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('gives a summary whose arithmetic holds and agrees with the files', async () => {
    expect(first.found).toBe(first.skipped + first.fetched);
    expect(first.fetched).toBe(Object.values(first.outcomes).reduce((a, b) => a + b, 0));
    expect(first.found).toBe(testSite.truth().length);
    const stored = await readStoredArticles(workplace.dataDir);
    const exact = [...stored.values()].filter(({ path }) => path.includes('/duplicates/'));
    const duplicates = [...stored.values()].filter(({ article }) => article.duplicateOf !== null);
    expect(first.outcomes['new']).toBe(stored.size - duplicates.length);
    expect(first.outcomes['duplicate']).toBe(duplicates.length);
    const copies = testSite
      .truth()
      .flatMap(({ edition, family, copyOf }) => (edition === family ? [copyOf?.kind] : []));
    expect(exact).toHaveLength(copies.filter((kind) => kind === 'exact').length);
    expect(duplicates).toHaveLength(copies.filter((kind) => kind !== undefined).length);
    expect(exact.length).toBeGreaterThan(0);
  });

  it('stores every on-topic article once and none that is off topic', async () => {
    const onTopic = testSite.truth().filter((article) => article.onTopic && article.notArticle === null);
    const wanted = new Set(onTopic.map(({ family, articleId }) => `${family}/${articleId}`));
    const stored = await readStoredArticles(workplace.dataDir);
    expect(new Set(stored.keys())).toEqual(wanted);
  });

  it('keeps every field as the site was generated from, renditions included', async () => {
    const stored = await readStoredArticles(workplace.dataDir);
    let renditions = 0;
    for (const truth of testSite.truth().filter((article) => article.onTopic && article.notArticle === null)) {
      const record = stored.get(`${truth.family}/${truth.articleId}`)?.article;
      if (record?.edition === truth.edition) {
        expect(fieldsOf(record)).toEqual(fieldsOf(truth));
        continue;
      }
      const rendition = record?.renditions.find(({ edition }) => edition === truth.edition);
      const { edition, url, language, title, lead, body, publishedAt } = truth;
      expect(rendition).toMatchObject({ edition, url, language, title, lead, body, publishedAt });
      renditions += 1;
    }
    expect(renditions).toBeGreaterThan(50);
  });

  it('fetches nothing again that has not changed', async () => {
    testSite.clearRequests();
    const { code, value } = await workplace.document(['crawl', '--via', 'feed,tag,sitemap']);
    expect(code).toBe(0);
    expect(value).toMatchObject({ found: first.found, skipped: first.found, fetched: 0 });
    expect(testSite.requests().filter(({ path }) => /\d{8}\/.*\.html$/.test(path))).toEqual([]);
  });

  it('asks for nothing that robots.txt closes', () => {
    const paths = testSite.requests().map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => /^\/(services|search|cms)\/|-print\.html/.test(path))).toEqual([]);
  });

  it('brings a deleted catalogue back equal', async () => {
    const before = await workplace.document(['status']);
    const digest = await digestOf(workplace, ['verify']);
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(workplace.dataDir, `catalogue.db${suffix}`), { force: true });
    expect(await digestOf(workplace, ['verify', '--repair'])).toEqual(digest);
    const after = await workplace.document(['status']);
    expect((after.value as Status).corpus).toEqual((before.value as Status).corpus);
    const again = await workplace.document(['crawl', '--via', 'feed,tag,sitemap']);
    expect(again.value).toMatchObject({ skipped: first.found, fetched: 0 });
  });
});
