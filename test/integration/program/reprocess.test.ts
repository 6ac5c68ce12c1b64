import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestCrawl } from '../../../src/app/crawl/request-crawl.js';
import { loadEnvironment } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { contentHashOf } from '../../../src/dedupe/comparable-text.js';
import type { Extraction } from '../../../src/domain/extraction.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { ORDINARY_CRAWL, type CrawlJob } from '../../../src/queue/crawl-jobs.js';
import type { Extractor } from '../../../src/workers/extract-page.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn'];
const LEAD = '俄罗斯卫星通讯社莫斯科4月12日电 两国代表讨论了运输走廊的开放时间。';
const PARAGRAPHS = [
  '双方代表在会谈后表示，边境上的三个检查站将在今年秋天重新开放，货车可以全天通行。',
  '据统计，去年通过该走廊运输的货物为120万吨，主要是粮食、化肥和建筑材料。',
];

/** A release that lost the first paragraph and the lead, and took some articles for none. */
function olderReader(lost: ReadonlySet<string>): (today: Extractor) => Extractor {
  return (today) => ({
    extract: async (task) => older(await today.extract(task), lost),
    close: () => today.close(),
  });
}

function older(extraction: Extraction, lost: ReadonlySet<string>): Extraction {
  if (extraction.kind === 'notArticle') return extraction;
  const { article } = extraction;
  if (lost.has(article.articleId)) return { kind: 'notArticle', reason: 'unknownMarkup' };
  const extractor = { ...article.extractor, version: '0' };
  const read = { ...article, lead: null, body: article.body.slice(1), extractor };
  return { ...extraction, article: { ...read, contentHash: contentHashOf(read) } };
}

const CRAWL: CrawlJob = { ...ORDINARY_CRAWL, requestedBy: 'cli', attached: true };

interface Report {
  readonly articles: number;
  readonly changed: number;
  readonly stored: number;
  readonly same: number;
  readonly kept: number;
  readonly fields: readonly {
    readonly field: string;
    readonly articles: number;
    readonly samples: readonly object[];
  }[];
}

describe('captures that an older release read', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let edited: string;

  async function report(...words: string[]): Promise<Report> {
    const { code, value } = await workplace.document(['reprocess', ...words]);
    expect(code).toBe(0);
    return value as Report;
  }

  async function edits(): Promise<readonly { readonly article: string }[]> {
    return ((await workplace.document(['edits'])).value as { steps: { article: string }[] }).steps;
  }

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 21, stories: 14, clock: systemClock, editions: EDITIONS });
    workplace = await createWorkplace(testSiteSettings(testSite));
    const { dataDir, configFile } = workplace;
    edited = testSite.publish({ title: '三个检查站将在秋天重新开放', lead: LEAD, paragraphs: PARAGRAPHS });
    const loaded = loadConfig({ configFile, flags: { dataDir }, variables: {} });
    // The source has no threads of its own; only what is built has.
    const config = { ...loaded, extract: { ...loaded.extract, threads: 0 } };
    const others = testSite.truth().filter(({ articleId }) => articleId !== edited);
    const lost = new Set(others.filter((_, index) => index % 3 === 0).map(({ articleId }) => articleId));
    const environment = loadEnvironment();
    const runtime = { config, environment, clock: systemClock, log: silentLogger, extractor: olderReader(lost) };
    const signal = new AbortController().signal;
    await requestCrawl(CRAWL, {
      ...runtime,
      detach: false,
      signal,
      onProgress: () => undefined,
      onWaiting: () => undefined,
    });
  }, 120_000);

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('give no edit of the agency’s when a page is seen again by the new one, and the true edit alone', async () => {
    const before = await readStoredArticles(workplace.dataDir);
    expect([...before.values()].every(({ article }) => article.extractor.version === '0')).toBe(true);
    expect((await workplace.document(['crawl', '--refetch', '--limit', '6'])).code).toBe(0);
    expect(await edits()).toEqual([]);
    testSite.edit(edited, { replaceParagraph: { index: 1, text: PARAGRAPHS[1]!.replace('120', '150') } });
    const url = testSite.truth().find(({ articleId }) => articleId === edited)!.url;
    expect((await workplace.document(['crawl', '--url', url])).code).toBe(0);
    expect((await edits()).map(({ article }) => article)).toEqual([`sputniknews.cn/${edited}`]);
  });

  it('are told by a dry run, field by field with samples, which changes nothing', async () => {
    const [before, files] = [await contents(workplace.dataDir), captureFiles(workplace.dataDir)];
    const asked = testSite.requests().length;
    const told = await report('--dry-run', '--samples', '2');
    expect(told.changed).toBeGreaterThan(0);
    expect(told.stored).toBeGreaterThan(0);
    const body = told.fields.find(({ field }) => field === 'body')!;
    expect(body.articles).toBeGreaterThan(0);
    expect(body.samples).toHaveLength(Math.min(2, body.articles));
    expect(told.fields.map(({ field }) => field)).toEqual(expect.arrayContaining(['lead', 'extractor']));
    expect(await contents(workplace.dataDir)).toEqual(before);
    expect(captureFiles(workplace.dataDir)).toEqual(files);
    expect(testSite.requests()).toHaveLength(asked);
  });

  it('are brought to the new one, also when it is killed in between, with no edit added', async () => {
    const asked = testSite.requests().length;
    const files = captureFiles(workplace.dataDir).length;
    const child = workplace.start(['reprocess']);
    const end = finished(child);
    await eventually(() => (captureFiles(workplace.dataDir).length > files ? true : null), 60_000);
    process.kill(child.pid!, 'SIGKILL');
    await end;
    await report();
    expect(await report()).toMatchObject({ changed: 0, stored: 0, kept: 0 });
    const after = await readStoredArticles(workplace.dataDir);
    expect([...after.values()].some(({ article }) => article.extractor.version === '0')).toBe(false);
    expect((await edits()).map(({ article }) => article)).toEqual([`sputniknews.cn/${edited}`]);
    expect(testSite.requests()).toHaveLength(asked);
  }, 180_000);

  it('leave a note of each change that a repair brings back, and nothing wrong', async () => {
    const noted = (await workplace.document(['edits', '--reader'])).value as {
      extractorChanges: { article: string }[];
    };
    expect(new Set(noted.extractorChanges.map(({ article }) => article)).size).toBe(noted.extractorChanges.length);
    const one = await workplace.run(['edits', '--reader', edited]);
    expect(one.stdout).toContain('extracted again');
    const before = await workplace.document(['verify']);
    expect(before.code).toBe(0);
    const repaired = await workplace.document(['verify', '--repair']);
    // What drift counts is of the extractors of then.
    const digest = ({ value }: { value: unknown }): object => ({
      ...(value as { catalogueDigest: object }).catalogueDigest,
      readings: null,
    });
    expect(digest(repaired)).toEqual(digest(before));
    expect((await workplace.document(['edits', '--reader'])).value).toEqual(noted);
  });
});

function captureFiles(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'captures')).sort();
}

async function contents(dataDir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of ['articles', 'duplicates']) {
    if (!existsSync(join(dataDir, folder))) continue;
    for (const name of readdirSync(join(dataDir, folder), { recursive: true }) as string[]) {
      if (name.endsWith('.json')) found[`${folder}/${name}`] = await readFile(join(dataDir, folder, name), 'utf8');
    }
  }
  return found;
}
