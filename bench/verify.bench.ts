/**
 * How fast `verify` reads what is stored: every record, every capture with its body, the catalogue, references both ways.
 *
 *     npx vitest run --config bench/vitest.config.ts verify               # 10,000 articles
 *     VERIFY_ARTICLES=2000 npx vitest run --config bench/vitest.config.ts verify
 *
 * The corpus: Chinese articles of about 700 ideographs, each with a capture of its page: 86 KB of markup, gzip as the site sends it. Measured is CPU time
 * (user and system, all threads), since machines are shared.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openCaptureWriter } from '../src/captures/capture-writer.js';
import { contentHashOf } from '../src/dedupe/comparable-text.js';
import { renderPadding } from '../testsite/render/render-padding.js';
import { openStore } from '../src/store/writer/open-store.js';
import { verifyStore } from '../src/store/verify/verify-store.js';
import { Random } from '../test/quality/dedupe/random.js';
import { extracted, instant } from '../test/unit/records/observations.js';
import { pageResultOf } from '../test/unit/store/fixtures.js';

const ARTICLES = Number(process.env['VERIFY_ARTICLES'] ?? 10_000);
const AT_ONCE = 64;
const clock = { now: () => Date.UTC(2024, 4, 1) };
const padding = renderPadding(86_000);

function paragraph(random: Random): string {
  return Array.from({ length: 120 }, () => String.fromCodePoint(0x4e00 + random.below(3000))).join('') + '。';
}

test('everything is read at 2,000 records a second of CPU time', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sputnik-verify-bench-'));
  try {
    const writer = await openCaptureWriter({ dataDir, clock, fileBytesMax: 100_000_000, software: 'bench/1' });
    const store = await openStore({ dataDir, clock });
    for (let start = 0; start < ARTICLES; start += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, ARTICLES - start) }, (_, index) => start + index);
      await Promise.all(
        numbers.map(async (n) => {
          const random = new Random(n);
          const articleId = String(1_000_000_000 + n);
          const publishedAt = `${new Date(Date.UTC(2020, 0, 1) + n * 900_000).toISOString().slice(0, 19)}Z`;
          const url = `https://sputniknews.cn/${publishedAt.slice(0, 10).replaceAll('-', '')}/${articleId}.html`;
          const body = Array.from({ length: 6 }, () => ({ type: 'text' as const, text: paragraph(random) }));
          const article = { ...extracted({ at: n, articleId, url, publishedAt, title: paragraph(random) }), body };
          const page = Buffer.from(`<html>${padding.before}${JSON.stringify(article)}${padding.after}</html>`);
          const capture = await writer.append({
            kind: 'response',
            target: {
              kind: 'article',
              edition: 'sputniknews.cn',
              url,
              pageId: `sputniknews.cn/${articleId}`,
              foundBy: 'feed',
            },
            runId: 'r1',
            fetchedAt: instant(n),
            durationMs: 5,
            status: 200,
            statusText: 'OK',
            headers: [
              ['Content-Type', 'text/html; charset=utf-8'],
              ['Content-Encoding', 'gzip'],
            ],
            body: gzipSync(page, { level: 4 }),
            bodySha256: createHash('sha256').update(page).digest('hex'),
            finalUrl: url,
            via: 'http',
          });
          await store.storePage(
            pageResultOf({ article: { ...article, contentHash: contentHashOf(article) }, capture }),
          );
        }),
      );
    }
    await store.close();
    await writer.close();
    const start = process.cpuUsage();
    const report = await verifyStore({ dataDir, repair: false, bodyBytesMax: 5_000_000 });
    const { user, system } = process.cpuUsage(start);
    const cpuMs = (user + system) / 1000;
    expect(report.faults).toEqual([]);
    expect([report.records, report.captures]).toEqual([ARTICLES, ARTICLES]);
    console.log(
      `verify: ${report.records} records and ${report.captures} captures, ${Math.round(cpuMs)} ms of CPU time: ${Math.round(ARTICLES / (cpuMs / 1000))} records/s, each with its capture`,
    );
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
