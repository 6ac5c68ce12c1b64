import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { changedMarkup } from '../../../testsite/modes/text-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import type { TruthArticle } from '../../../testsite/content/truth.js';
import { toUtcInstant } from '../../../src/platform/clock.js';
import { readArticlePage } from '../../contract/read-page.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';

const EDITION = 'sputniknews.cn';
const DAY_MS = 86_400_000;

interface Reading {
  readonly alarms: readonly {
    readonly edition: string;
    readonly reader: string | null;
    readonly field: string;
    readonly recent: { readonly filled: number; readonly total: number };
    readonly examples: readonly { readonly pageId: string; readonly url: string }[];
  }[];
  readonly disagreements: readonly { readonly edition: string; readonly field: string; readonly pages: number }[];
}

describe('a site that changes its markup', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let pages: readonly TruthArticle[];
  let folder: string;

  /** Captures the pages as a crawl of an earlier day did. */
  async function captureOn(daysAgo: number): Promise<void> {
    const clock = { now: () => Date.now() - daysAgo * DAY_MS };
    const { dataDir } = workplace;
    const captures = await openCaptureWriter({ dataDir, clock, fileBytesMax: 50_000_000, software: 'test' });
    for (const { url, articleId } of pages) {
      const response = await fetch(testSite.origin(EDITION) + new URL(url).pathname);
      const body = Buffer.from(await response.arrayBuffer());
      await captures.append({
        kind: 'response',
        target: { kind: 'article', edition: EDITION, url, pageId: `${EDITION}/${articleId}`, foundBy: 'feed' },
        runId: `earlier-${daysAgo}`,
        fetchedAt: toUtcInstant(clock.now()),
        durationMs: 1,
        status: response.status,
        statusText: 'OK',
        headers: [['Content-Type', 'text/html; charset=utf-8']],
        body,
        bodySha256: createHash('sha256').update(body).digest('hex'),
        finalUrl: url,
        via: 'http',
      });
    }
    await captures.close();
  }

  const digestOf = async (...words: string[]): Promise<string | undefined> => {
    const { code, value } = await workplace.document(['verify', ...words]);
    expect(code).toBe(0);
    return (value as { catalogueDigest: Record<string, string> }).catalogueDigest['readings'];
  };

  beforeAll(async () => {
    // Older than the captures, so that no page shows a time in the future of its own.
    const clock = { now: () => Date.now() - 5 * DAY_MS };
    testSite = await startTestSite({ seed: 21, stories: 45, clock, editions: [EDITION], onTopicShare: 1 });
    workplace = await createWorkplace(testSiteSettings(testSite));
    folder = await mkdtemp(join(tmpdir(), 'sputnik-drift-'));
    pages = testSite.truth().filter(({ url, notArticle }) => notArticle === null && /\/\d{8}\/\d+\.html$/.test(url));
    await captureOn(3);
    await captureOn(2);
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('is told of in log and status once pages lack what they used to have, and not before', async () => {
    const crawl = (count: number): string[] => [
      'crawl',
      '--refetch',
      ...pages.slice(0, count).flatMap(({ url }) => ['--url', url]),
    ];
    const quiet = await workplace.run(crawl(15));
    expect(quiet.code).toBe(0);
    expect(quiet.stderr).not.toContain('reader.drift');
    const before = (await workplace.document(['status'])).value as { reading: Reading };
    expect(before.reading.alarms).toEqual([]);

    testSite.setMode({ path: /^\/\d{8}\// }, changedMarkup);
    // Twice as many, so that two of three of today's pages are changed ones.
    const { stderr } = await workplace.run(crawl(30));
    const told = stderr.split('\n').filter((line) => line.includes('"reader.drift"'));
    expect(told.join('\n')).toContain('"field":"lead"');
    const { value } = await workplace.document(['status']);
    const { reading } = value as { reading: Reading };
    expect(reading.alarms.map(({ field }) => field).sort()).toEqual(expect.arrayContaining(['body', 'lead']));
    expect(reading.alarms[0]).toMatchObject({ edition: EDITION, reader: 'sputnik-2021' });
    expect((await workplace.run(['status'])).stdout).toContain('Found less often than before');
  });

  it('leaves the page that broke as a candidate for the tests, with what was known of it', async () => {
    const report = (await workplace.document(['drift'])).value as Reading;
    const lead = report.alarms.find(({ field }) => field === 'lead');
    const [example] = lead?.examples ?? [];
    const saved = await workplace.document(['drift', 'save', example!.pageId, '-o', folder]);
    expect(saved.code).toBe(0);
    const written = saved.value as { folder: string; lastKnown: string[] };
    expect(written.lastKnown).toContain('lead');
    const truth = pages.find(({ url }) => url === example!.url)!;
    const page = readFileSync(join(written.folder, 'page.html'), 'utf8');
    expect(page).toContain('article__story');
    const expected = JSON.parse(readFileSync(join(written.folder, 'expected.json'), 'utf8')) as {
      url: string;
      fetchedAt: string;
      article: Record<string, unknown>;
    };
    expect(expected.article).toMatchObject({ title: truth.title, lead: truth.lead, tags: truth.tags });
    // The candidate is one: it fails as long as the extractor does not know the new markup.
    expect(readArticlePage(page, expected.url, { fetchedAt: expected.fetchedAt }).lead).toBeNull();
    // A golden folder and nothing else, with every key that a golden folder has.
    const golden = join(import.meta.dirname, '../../contract/golden/current-en/expected.json');
    const { article } = JSON.parse(readFileSync(golden, 'utf8')) as { article: object };
    expect(Object.keys(expected.article)).toEqual(Object.keys(article));
    expect(readdirSync(written.folder).sort()).toEqual(['expected.json', 'page.html']);
    expect(readdirSync(folder)).toEqual([basename(written.folder)]);
  });

  it('says of a page that was never captured that it is not known', async () => {
    expect((await workplace.run(['drift', 'save', `${EDITION}/1999999999`, '-o', folder])).code).toBe(2);
    expect((await workplace.run(['drift', 'save', 'nonsense', '-o', folder])).code).toBe(2);
  });

  it('counts the same again when the catalogue is rebuilt from the captures', async () => {
    const before = await digestOf();
    expect(await digestOf('--repair')).toBe(before);
  });
});
