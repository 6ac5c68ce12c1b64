import { describe, expect, it } from 'vitest';
import { cleanText } from '../../src/normalise/field.js';
import { damagedPage, GIANTS } from './damaged-pages.js';
import { readPage } from './read-page.js';
import { SAMPLE_ARTICLE } from './sample-article.js';

function check(page: Buffer): void {
  const result = readPage(page, SAMPLE_ARTICLE.url, { fetchedAt: '2024-03-16T00:00:00Z' });
  if ('notArticle' in result) return;
  const { article } = result;
  expect(article.title).not.toBe('');
  for (const { text } of article.body) expect(cleanText(text)).toBe(text);
  if (article.publishedAt !== null) expect(article.publishedAt).toMatch(/^20(?:1|2)\d-\d{2}-\d{2}T[\d:]{8}Z$/);
}

/** As the worker gives a page; shared machines are slow. */
const DEADLINE_MS = 30_000;

describe('damaged pages', () => {
  it('are read or refused, never thrown at: 2,000 seeds', { timeout: 180_000 }, () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const bytes = damagedPage(seed);
      try {
        check(bytes);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });

  it.each(Object.keys(GIANTS))('%s end within the deadline', { timeout: DEADLINE_MS }, (name) => {
    check(Buffer.from(GIANTS[name]!(), 'utf8'));
  });
});
