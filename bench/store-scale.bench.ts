/**
 * What one more article costs the store as the corpus grows, and what the catalogue weighs.
 *
 *     npx vitest run --config bench/vitest.config.ts store-scale            # to 200,000 articles
 *     STORE_SCALE_MAX=20000 npx vitest run --config bench/vitest.config.ts store-scale
 *
 * The corpus: 100 articles a day of about 500 ideographs (1.5 KB) over a vocabulary with Zipf's law; a third carry a pasted backgrounder,
 * 3 % are edited copies. Captures are made up (nothing is read back), so that only the store is measured; 64 writes are in flight.
 * The last 2,000 before each checkpoint are settled in earnest and the last 1,000 measured, in CPU time; to save hours, those before
 * get their rows (article, bands, page, capture) in bulk, no words and no file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { contentHashOf } from '../src/dedupe/comparable-text.js';
import { fingerprintOf } from '../src/dedupe/fingerprint.js';
import { foldObservations } from '../src/records/fold-observations.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../src/dedupe/settings.js';
import { entryOf, type Observation } from '../src/records/timeline.js';
import { silentLogger } from '../src/platform/logger.js';
import { toSeconds } from '../src/store/catalogue/row-values.js';
import { noteBasis } from '../src/store/writer/reindex.js';
import { noteRecordForm, openStore, openWriter } from '../src/store/writer/open-store.js';
import { Random } from '../test/quality/dedupe/random.js';
import { captureOf, extracted } from '../test/unit/records/observations.js';
import { pageResultOf } from '../test/unit/store/fixtures.js';

const ARTICLES_MAX = Number(process.env['STORE_SCALE_MAX'] ?? 200_000);
const CHECKPOINTS = [1_000, 5_000, 20_000, 50_000, 100_000, 200_000].filter((size) => size <= ARTICLES_MAX);
/** Before each checkpoint so many are settled as in earnest, more than the window holds; those before are only indexed. */
const SETTLED = 2_000;
/** The last of these are measured. */
const MEASURED = 1_000;
const ROWS_PER_COMMIT = 5_000;
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

function observationOf(n: number): Observation {
  const at = new Date(START_MS + (n / ARTICLES_PER_DAY) * DAY_MS).toISOString();
  const articleId = String(1_000_000_000 + n);
  const url = `https://sputniknews.cn/${at.slice(0, 10).replaceAll('-', '')}/${articleId}.html`;
  const [title = '', ...body] = paragraphs(n);
  const made = extracted({ at: n, articleId, url, publishedAt: `${at.slice(0, 19)}Z`, title });
  const article = { ...made, body: body.map((text) => ({ type: 'text' as const, text })) };
  const capture = { ...captureOf({ at: n }), etag: `"${n}-abcdef0123456789"` };
  return { article: { ...article, contentHash: contentHashOf(article) }, capture };
}

/** Gives articles their rows as settling them would, links left out. */
function preload(dataDir: string, from: number, to: number): void {
  const context = openWriter({ readObservation: null, dataDir, dedupe: DEFAULT_DEDUPE_SETTINGS, log: silentLogger });
  const { database, tables } = context;
  database.exec('PRAGMA synchronous = OFF; BEGIN');
  for (let n = from; n < to; n += 1) {
    const observation = observationOf(n);
    const { article, capture } = observation;
    const record = foldObservations([observation])!;
    tables.articles.put(record, record.url.slice(23, 29), fingerprintOf(record), true);
    tables.articles.setLink(record.id as `${string}/${string}`, null);
    const at = toSeconds(capture.fetchedAt);
    const pageId = `${article.edition}/${article.articleId}` as const;
    const page = tables.pages.ensure({ pageId, family: article.family, url: article.url }, at).id;
    const { stateKey, onTopic } = entryOf(observation);
    tables.captures.add({ capture, kind: 'article', page, stateKey, onTopic, outcome: 'new', reason: null });
    if (n % ROWS_PER_COMMIT === 0) database.exec('COMMIT; BEGIN');
  }
  database.exec("INSERT OR REPLACE INTO meta (name, value) VALUES ('closed', '1')");
  noteBasis(database, DEFAULT_DEDUPE_SETTINGS);
  noteRecordForm(database);
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

/** @returns milliseconds of CPU per article, those of threads of the runtime and of the system included. */
async function settle(dataDir: string, from: number, to: number): Promise<number> {
  const store = await openStore({ dataDir, clock: { now: () => START_MS } });
  const results = Array.from({ length: to - from }, (_, i) => pageResultOf(observationOf(from + i)));
  const before = process.cpuUsage();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = results[next++]; item; item = results[next++]) await store.storePage(item);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const { user, system } = process.cpuUsage(before);
  await store.close();
  return (user + system) / 1000 / (to - from);
}

/** Bytes per article of what finding duplicates needs, and of the whole catalogue without the words. */
function weigh(dataDir: string, articles: number): { duplicates: number; catalogue: number } {
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'), { readOnly: true });
  const pages = database.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all() as {
    name: string;
    bytes: number;
  }[];
  const blobs = database
    .prepare(
      'SELECT sum(length(bands) + length(sketch) + length(compared) + length(content_hash)) AS bytes FROM articles',
    )
    .get() as { bytes: number };
  database.close();
  const sum = (keep: (name: string) => boolean): number =>
    pages.filter(({ name }) => keep(name)).reduce((total, { bytes }) => total + bytes, 0) / articles;
  const tables = sum((name) => name.startsWith('bands') || name === 'articles_by_hash');
  const isWords = (name: string): boolean => name.startsWith('full_text');
  return {
    duplicates: Math.round(tables + blobs.bytes / articles),
    catalogue: Math.round(sum((name) => !isWords(name))),
  };
}

test('the cost of an article does not grow with the corpus', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sputnik-store-scale-'));
  const costs: number[] = [];
  let done = 0;
  try {
    for (const size of CHECKPOINTS) {
      const settledFrom = Math.max(done, size - SETTLED);
      if (settledFrom > done) preload(dataDir, done, settledFrom);
      if (size - MEASURED > settledFrom) await settle(dataDir, settledFrom, size - MEASURED);
      costs.push(await settle(dataDir, Math.max(settledFrom, size - MEASURED), size));
      done = size;
      const { duplicates, catalogue } = weigh(dataDir, size);
      console.log(
        `${String(size).padStart(7)} articles: ${costs.at(-1)!.toFixed(2)} ms of CPU for each of the last ${MEASURED}; bytes per article:` +
          ` index of duplicates ${duplicates}, catalogue without words ${catalogue}`,
      );
      expect(duplicates).toBeLessThan(1_024);
    }
    const [low, high] = [Math.min(...costs), Math.max(...costs)];
    console.log(`the dearest article costs ${(high / low).toFixed(2)} times the cheapest`);
    expect(costs.at(-1)! / costs[1]!).toBeLessThan(2);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
