import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import type { FetchResult } from '../../../src/domain/page.js';
import type { Extractor } from '../../../src/workers/extract-page.js';
import type { createExtractionPool as Create, ExtractionLimits } from '../../../src/workers/extraction-pool.js';
import { damagedPage, GIANTS } from '../../contract/damaged-pages.js';
import { ADDRESSES, EDITIONS, TOPICS } from '../../contract/read-page.js';
import { renderCurrentPage } from '../../contract/render-current-page.js';
import { SAMPLE_ARTICLE } from '../../contract/sample-article.js';

const MEGABYTE = 1024 * 1024;
const CLOCK = { now: () => Date.UTC(2024, 3, 1) };
const FUZZED = 2_000;
const articleUrl = ADDRESSES.parse(SAMPLE_ARTICLE.url)!;

/** The built pool: threads are started from built files. */
const { createExtractionPool } = (await import(
  new URL('../../../dist/src/workers/extraction-pool.js', import.meta.url).href
)) as { createExtractionPool: typeof Create };

/** Takes Readability seconds: 15,000 elements, most of them inside others, of a page whose markup nobody knows. */
const SLOW_PAGE = `<html><head><meta property="og:type" content="article"><meta property="og:title" content="x"></head><body>${'<div class="a">'.repeat(200)}${`${'<section><p>word, word, word word word word'.repeat(40)}${'</section>'.repeat(40)}`.repeat(180)}`;

function answer(body: Buffer): FetchResult {
  const { edition, url, pageId } = articleUrl;
  return {
    kind: 'response',
    target: { kind: 'article', edition, url, pageId, foundBy: 'feed' },
    runId: 'r1',
    fetchedAt: '2024-04-01T00:00:00Z',
    durationMs: 1,
    status: 200,
    statusText: 'OK',
    headers: [['Content-Type', 'text/html']],
    body,
    bodySha256: createHash('sha256').update(body).digest('hex'),
    finalUrl: url,
    via: 'http',
  };
}

describe('the threads that read pages', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sputnik-threads-'));
  });

  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  /** Captures pages as a crawl would. */
  async function capture(pages: readonly Buffer[]): Promise<readonly CaptureReference[]> {
    const writer = await openCaptureWriter({ dataDir, clock: CLOCK, fileBytesMax: 500_000_000, software: 'test/1' });
    const references: CaptureReference[] = [];
    for (let start = 0; start < pages.length; start += 100) {
      references.push(
        ...(await Promise.all(pages.slice(start, start + 100).map((body) => writer.append(answer(body))))),
      );
    }
    await writer.close();
    return references;
  }

  async function withPool<T>(limits: ExtractionLimits, use: (pool: Extractor) => Promise<T>): Promise<T> {
    const settings = { dataDir, editions: EDITIONS, topics: TOPICS, bodyBytesMax: 100 * MEGABYTE };
    const pool = createExtractionPool(settings, limits);
    try {
      return await use(pool);
    } finally {
      await pool.close();
    }
  }

  /** How reading ended: what the page holds, or the code under which it is quarantined. */
  async function endOf(pool: Extractor, reference: CaptureReference): Promise<string> {
    try {
      const extraction = await pool.extract({ capture: reference, url: articleUrl });
      return extraction.kind === 'article' ? `article ${extraction.article.title}` : extraction.reason;
    } catch (error) {
      return (error as { readonly code?: string }).code ?? String(error);
    }
  }

  const plain = Buffer.from(renderCurrentPage(SAMPLE_ARTICLE));
  const read = `article ${SAMPLE_ARTICLE.title}`;

  it('give a page up that takes too long, and read the next one', async () => {
    const [slow, next] = await capture([Buffer.from(SLOW_PAGE), plain]);
    await withPool({ threads: 1, deadlineMs: 1_200, memoryMb: 1_000 }, async (pool) => {
      expect(await Promise.all([endOf(pool, slow!), endOf(pool, next!)])).toEqual(['extract.timeout', read]);
      expect(await endOf(pool, slow!)).toBe('extract.timeout');
      expect(await endOf(pool, next!)).toBe(read);
    });
  });

  it('give a page up that needs too much memory, and read the next one', async () => {
    const [huge, next] = await capture([Buffer.from(GIANTS['half a million paragraphs']!()), plain]);
    await withPool({ threads: 1, deadlineMs: 60_000, memoryMb: 24 }, async (pool) => {
      expect(await Promise.all([endOf(pool, huge!), endOf(pool, next!)])).toEqual(['extract.crashed', read]);
    });
  });

  it('refuse an article of millions of characters, whose capture stays', async () => {
    const text = '字 '.repeat(3 * MEGABYTE);
    const body = renderCurrentPage({ ...SAMPLE_ARTICLE, body: [{ type: 'text', text }] });
    const [long, next] = await capture([Buffer.from(body), plain]);
    await withPool({ threads: 1, deadlineMs: 60_000, memoryMb: 256 }, async (pool) => {
      expect(await endOf(pool, long!)).toBe('extract.tooLong');
      expect(await endOf(pool, next!)).toBe(read);
    });
  });

  it(`bear ${FUZZED} damaged pages and giants of 20 MB within the program's own limits`, async () => {
    const giants = [
      'divs nested 10,000 deep',
      'articles nested 10,000 deep',
      'an attribute of 20 MB',
      '20 MB of text in one paragraph',
      'half a million paragraphs',
    ].flatMap((name) => [Buffer.from(GIANTS[name]!()), plain]);
    const damaged = Array.from({ length: FUZZED }, (_, seed) => damagedPage(seed + 1));
    const references = await capture([...giants, ...damaged]);
    const startedWith = process.memoryUsage().rss;
    let most = startedWith;
    const sampler = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const ends = await withPool({ threads: 2, deadlineMs: 60_000, memoryMb: 256 }, (pool) =>
      Promise.all(references.map((reference) => endOf(pool, reference))),
    );
    clearInterval(sampler);
    process.stderr.write(`reading damaged pages took at most ${Math.round((most - startedWith) / MEGABYTE)} MB\n`);
    for (let at = 1; at < giants.length; at += 2) expect(ends[at]).toBe(read);
    const closed =
      /^(?:article .|notHtml|section|gallery|video|blockPage|challenge|emptyBody|noTitle|unknownMarkup|cutOff|extract\.tooLong|extract\.crashed)/;
    expect(ends.filter((end) => !closed.test(end))).toEqual([]);
    expect(ends.slice(giants.length).filter((end) => end.startsWith('extract.'))).toEqual([]);
    // Two heaps of 256 MB, and for each thread the bytes of a page, its text, and the text again.
    expect(most - startedWith).toBeLessThan(2 * 256 * MEGABYTE + 2 * 3 * 100 * MEGABYTE);
  });
});
