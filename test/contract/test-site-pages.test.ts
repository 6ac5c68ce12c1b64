import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../testsite/start-test-site.js';
import { EDITIONS, readPage } from './read-page.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const KNOWN = new Set(EDITIONS.map(({ id }) => id));
let testSite: TestSite;

beforeAll(async () => {
  testSite = await startTestSite({
    seed: 11,
    notArticleShare: 0.05,
    stories: 420,
    clock: { now: () => NOW },
    editions: [
      'sputniknews.cn',
      'big5.sputniknews.cn',
      'am.sputniknews.ru',
      'sputnikglobe.com',
      'ria.ru',
      'arm.sputniknews.ru',
      'sputnik.az',
    ],
  });
});
afterAll(() => testSite.stop());

describe('the pages of the test site', () => {
  it('are read into exactly what they were generated from', { timeout: 120_000 }, async () => {
    const truths = testSite
      .truth()
      .filter(({ edition, withdrawn }) => KNOWN.has(edition) && (withdrawn === null || withdrawn === 'emptyBody'));
    expect(truths.length).toBeGreaterThan(300);
    for (const truth of truths) {
      const response = await fetch(testSite.origin(truth.edition) + new URL(truth.url).pathname);
      const page = Buffer.from(await response.arrayBuffer());
      const result = readPage(page, truth.url, {
        contentType: response.headers.get('content-type'),
        fetchedAt: '2026-07-29T05:19:00Z',
      });
      if (truth.notArticle !== null || 'notArticle' in result) {
        expect(result, truth.url).toEqual({ notArticle: truth.notArticle });
        continue;
      }
      const { article } = result;
      for (const key of [
        'title',
        'lead',
        'body',
        'dateline',
        'publishedAt',
        'modifiedAt',
        'tags',
        'topics',
        'section',
        'authors',
        'format',
        'images',
        'related',
        'copyrightHolder',
        'language',
        'url',
      ] as const) {
        expect(article[key], `${truth.url} ${key}`).toEqual(truth[key]);
      }
    }
  });
});
