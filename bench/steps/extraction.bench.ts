/**
 * How many pages of 86 KB are read in a second of one core's time, step by step.
 *
 *     npm run bench:steps -- extraction
 */
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { contentHashOf } from '../../src/dedupe/comparable-text.js';
import { fingerprintOf } from '../../src/dedupe/fingerprint.js';
import { startTestSite } from '../../testsite/start-test-site.js';
import { normaliseArticle } from '../../src/normalise/normalise-article.js';
import { decodeHtml } from '../../src/sputnik/html/decode-html.js';
import type { PageFields } from '../../src/sputnik/extractors/extractor.js';
import { extractArticle } from '../../src/sputnik/extractors/extract-article.js';
import { createExtractionWorld } from '../../src/workers/extract-page.js';
import { extractPage, type ReceivedPage } from '../../src/workers/extract-page.js';

const STORIES = Number(process.env['EXTRACTION_STORIES'] ?? 300);
const ROUNDS = 10;
const PAGE_BYTES = 86_000;
const NOW = Date.UTC(2026, 6, 29);
const config = loadConfig({ variables: {} });
const world = createExtractionWorld(config);

async function servedPages(): Promise<ReceivedPage[]> {
  const editions = ['sputniknews.cn', 'big5.sputniknews.cn', 'sputnikglobe.com', 'am.sputniknews.ru'];
  const site = await startTestSite({
    seed: 5,
    stories: STORIES,
    clock: { now: () => NOW },
    editions,
    pageBytes: PAGE_BYTES,
  });
  const pages: ReceivedPage[] = [];
  for (const { edition, url, notArticle } of site.truth()) {
    const address = world.urlRules.parse(url);
    if (notArticle !== null || address === null) continue;
    const answer = await fetch(site.origin(edition) + new URL(url).pathname);
    const body = Buffer.from(await answer.arrayBuffer());
    pages.push({
      body,
      contentType: answer.headers.get('content-type'),
      url: address,
      fetchedAt: '2026-07-29T00:00:00Z',
    });
  }
  await site.stop();
  return pages;
}

/** Time of the processor, not of the clock: other work on the machine counts less. */
function perSecond<T>(inputs: readonly T[], work: (input: T) => unknown): string {
  for (const input of inputs) work(input);
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) for (const input of inputs) work(input);
  const { user, system } = process.cpuUsage(before);
  const us = (user + system) / (inputs.length * ROUNDS);
  return `${Math.round(1e6 / us)} pages/s (${Math.round(us)} µs each)`;
}

test('pages of 86 KB in a second of CPU', async () => {
  const pages = await servedPages();
  const read = (page: ReceivedPage, text: string): PageFields => {
    const reading = extractArticle(text, page.url.url);
    if ('notArticle' in reading) throw new Error(`${page.url.url}: ${reading.notArticle}`);
    return reading;
  };
  const readings = pages.map((page) => {
    const { text } = decodeHtml(page.body, page.contentType);
    const edition = world.editions.get(page.url.edition)!;
    const { url, fetchedAt } = page;
    const context = { url, edition, topics: world.topics, urlRules: world.urlRules, fetchedAt };
    const reading = read(page, text);
    return { page, text, reading, context, article: normaliseArticle(reading, context).article };
  });
  expect(readings.length).toBeGreaterThan(0);
  console.log(`decode: ${perSecond(pages, ({ body, contentType }) => decodeHtml(body, contentType))}`);
  console.log(`read: ${perSecond(readings, ({ page, text }) => read(page, text))}`);
  console.log(`normalise: ${perSecond(readings, ({ reading, context }) => normaliseArticle(reading, context))}`);
  console.log(`content hash: ${perSecond(readings, ({ article }) => contentHashOf(article))}`);
  console.log(`fingerprint: ${perSecond(readings, ({ article }) => fingerprintOf(article))}`);
  console.log(`extract, the sum of all but the fingerprint: ${perSecond(pages, (page) => extractPage(page, world))}`);
});
