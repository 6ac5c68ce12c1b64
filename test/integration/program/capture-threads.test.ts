import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import type { FetchResult } from '../../../src/domain/page.js';
import { readCaptures } from '../../../src/store/verify/check-captures.js';
import type { readCapturesOnThreads as Read } from '../../../src/workers/read-captures-on-threads.js';
import { ADDRESSES } from '../../contract/read-page.js';
import { SAMPLE_ARTICLE } from '../../contract/sample-article.js';

const CLOCK = { now: () => Date.UTC(2024, 3, 1) };
const LIMITS = { bodyBytesMax: 1_000_000 };
/** As many as are worth three threads, in three files. */
const PAGES = 60;
const PAGE_BYTES = 250_000;
const articleUrl = ADDRESSES.parse(SAMPLE_ARTICLE.url)!;

/** Threads are started from built files. */
const { readCapturesOnThreads } = (await import(
  new URL('../../../dist/src/workers/read-captures-on-threads.js', import.meta.url).href
)) as { readCapturesOnThreads: typeof Read };

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
    headers: [],
    body,
    bodySha256: createHash('sha256').update(body).digest('hex'),
    finalUrl: url,
    via: 'http',
  };
}

describe('captures that threads read', () => {
  let dataDir: string;
  let references: CaptureReference[];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sputnik-captures-'));
    const writer = await openCaptureWriter({ dataDir, clock: CLOCK, fileBytesMax: 5_000_000, software: 'test/1' });
    references = [];
    for (let count = 0; count < PAGES; count += 1)
      references.push(await writer.append(answer(randomBytes(PAGE_BYTES))));
    await writer.close();
  });

  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('are what one thread reads, damage named in the same order', async () => {
    for (const { file, offset, length } of [references[50]!, references[3]!, references[20]!]) {
      const bytes = await readFile(join(dataDir, file));
      const at = offset + Math.floor(length / 2);
      bytes[at] = bytes.readUInt8(at) ^ 0x10;
      await writeFile(join(dataDir, file), bytes);
    }
    const counts: number[] = [];
    const signal = new AbortController().signal;
    const found = await readCapturesOnThreads(dataDir, LIMITS, (count) => counts.push(count), signal);
    const expected = await readCaptures(dataDir, LIMITS, null, () => undefined);
    expect(found).toEqual(expected);
    expect(found.faultsByCode).toEqual({ 'capture.damaged': 3 });
    expect(found.count).toBe(PAGES);
    expect(counts.at(-1)).toBe(PAGES);
  });

  it('are read no further once it is stopped', async () => {
    const stop = new AbortController();
    const reading = readCapturesOnThreads(dataDir, LIMITS, () => undefined, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(reading).rejects.toThrow('stopped');
  });
});
