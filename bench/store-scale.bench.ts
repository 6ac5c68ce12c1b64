/**
 * What one more article costs the store as the corpus grows, what the catalogue weighs, and how fast all of it is verified.
 *
 *     npx vitest run --config bench/vitest.config.ts store-scale            # to 200,000 articles
 *     STORE_SCALE_MAX=20000 npx vitest run --config bench/vitest.config.ts store-scale
 *
 * The corpus: 100 articles a day of about 500 ideographs (1.5 KB) over a vocabulary with Zipf's law; a third carry a pasted backgrounder,
 * 3 % are edited copies. Captures are made up (nothing is read back), so that only the store is measured; 64 writes are in flight.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { contentHashOf } from '../src/dedupe/content-hash.js';
import { openStore } from '../src/store/store.js';
import { FaultList } from '../src/store/verify/fault.js';
import { checkRecords } from '../src/store/verify/check-records.js';
import { Random } from '../test/quality/dedupe/random.js';
import { captureOf, extracted } from '../test/unit/dedupe-fold/observations.js';
import { settlementOf } from '../test/unit/store/fixtures.js';

const ARTICLES_MAX = Number(process.env['STORE_SCALE_MAX'] ?? 200_000);
const CHECKPOINTS = [1_000, 5_000, 20_000, 50_000, 100_000, 200_000].filter((size) => size <= ARTICLES_MAX);
const ARTICLES_PER_DAY = 100;
const IN_FLIGHT = 64;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2020, 0, 1);

const vocabulary = (() => {
  const random = new Random(1);
  const character = (): string => String.fromCodePoint(0x4e00 + random.below(6000));
  return Array.from({ length: 5000 }, () => character() + character() + (random.next() < 0.2 ? character() : ''));
})();

function words(random: Random, count: number): string {
  let text = '';
  for (let i = 0; i < count; i += 1) text += vocabulary[Math.floor(vocabulary.length * random.next() ** 2.5)] ?? '';
  return text;
}

const backgrounders = Array.from({ length: 12 }, (_, i) => words(new Random(900 + i), 70));

function paragraphs(n: number): string[] {
  const random = new Random(n);
  if (random.next() < 0.03 && n > ARTICLES_PER_DAY) {
    return [...paragraphs(n - 1 - random.below(ARTICLES_PER_DAY)), words(random, 10)];
  }
  const body = [words(random, 25), words(random, 60), words(random, 50), words(random, 40)];
  return random.next() < 1 / 3 ? [...body, backgrounders[random.below(backgrounders.length)] ?? ''] : body;
}

function settlement(n: number) {
  const at = new Date(START_MS + (n / ARTICLES_PER_DAY) * DAY_MS).toISOString();
  const articleId = String(1_000_000_000 + n);
  const url = `https://sputniknews.cn/${at.slice(0, 10).replaceAll('-', '')}/${articleId}.html`;
  const [title = '', ...body] = paragraphs(n);
  const made = extracted({ at: n, articleId, url, publishedAt: `${at.slice(0, 19)}Z`, title });
  const article = { ...made, body: body.map((text) => ({ type: 'text' as const, text })) };
  const capture = { ...captureOf({ at: n }), etag: `"${n}-abcdef0123456789"` };
  return settlementOf({ article: { ...article, contentHash: contentHashOf(article) }, capture });
}

/** Bytes of the catalogue without the full text, and with it. */
function weights(dataDir: string): { index: number; all: number } {
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'), { readOnly: true });
  const rows = database.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all() as {
    name: string;
    bytes: number;
  }[];
  database.close();
  const sum = (keep: (name: string) => boolean): number =>
    rows.filter(({ name }) => keep(name)).reduce((total, { bytes }) => total + bytes, 0);
  return { index: sum((name) => !name.startsWith('full_text')), all: sum(() => true) };
}

function tables(dataDir: string, size: number): Record<string, number> {
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'), { readOnly: true });
  const rows = database
    .prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC')
    .all() as {
    name: string;
    bytes: number;
  }[];
  database.close();
  return Object.fromEntries(rows.slice(0, 16).map(({ name, bytes }) => [name, Math.round(bytes / size)]));
}

test('the cost of an article does not grow with the corpus', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sputnik-store-scale-'));
  try {
    const store = await openStore({ dataDir, clock: { now: () => START_MS } });
    const rates: number[] = [];
    let done = 0;
    for (const size of CHECKPOINTS) {
      const batch = Array.from({ length: size - done }, (_, i) => done + i);
      let storeMs = 0;
      let cpuMs = 0;
      let last = 0;
      for (let start = 0; start < batch.length; start += 1_000) {
        const settlements = batch.slice(start, start + 1_000).map(settlement);
        const before = performance.now();
        const cpuBefore = process.cpuUsage();
        let next = 0;
        const lane = async (): Promise<void> => {
          for (let item = settlements[next++]; item; item = settlements[next++]) await store.settlePage(item);
        };
        await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
        last = performance.now() - before;
        storeMs += last;
        const cpu = process.cpuUsage(cpuBefore);
        cpuMs = (cpu.user + cpu.system) / 1000;
      }
      rates.push(Math.min(1_000, batch.length) / (last / 1000));
      done = size;
      if (process.env['STORE_SCALE_TABLES']) console.log(tables(dataDir, size));
      const { index, all } = weights(dataDir);
      console.log(
        `${size} articles: last 1,000 at ${Math.round(rates.at(-1) ?? 0)}/s, this stretch ${Math.round(batch.length / (storeMs / 1000))}/s,` +
          ` ${(cpuMs / Math.min(1_000, batch.length)).toFixed(2)} ms CPU each, index ${Math.round(index / size)} B/article, with full text ${Math.round(all / size)} B/article,` +
          ` RSS ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
      );
    }
    await store.close();
    const database = new DatabaseSync(join(dataDir, 'catalogue.db'), { readOnly: true });
    const faults = new FaultList();
    const before = performance.now();
    const cpuBefore = process.cpuUsage();
    const { count } = await checkRecords(dataDir, database, faults);
    const verifyMs = performance.now() - before;
    const cpu = process.cpuUsage(cpuBefore);
    const cpuEachMs = (cpu.user + cpu.system) / 1000 / count;
    console.log(
      `verified ${count} records at ${Math.round(count / (verifyMs / 1000))}/s, ${cpuEachMs.toFixed(3)} ms CPU each`,
    );
    const reopened = performance.now();
    await (await openStore({ dataDir, clock: { now: () => START_MS } })).close();
    console.log(`opened again in ${Math.round(performance.now() - reopened)} ms`);
    console.log(`catalogue.db ${Math.round(statSync(join(dataDir, 'catalogue.db')).size / 1e6)} MB`);
    database.close();
    expect(faults.faults).toEqual([]);
    expect(weights(dataDir).index / done).toBeLessThan(1_024);
    expect((rates.at(-1) ?? 0) / (rates[1] ?? 1)).toBeGreaterThan(0.5);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
