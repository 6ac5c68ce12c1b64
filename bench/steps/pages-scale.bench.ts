/**
 * What a page for people costs the server by the size of the corpus, and what the kept counts cost the writer.
 *
 *     npx vitest run --config bench/steps/vitest.config.ts pages-scale
 *
 * The corpus: rows of 100 articles a day in ten editions, one page each, one in twenty edited, one in a hundred withdrawn, one in ten a near
 * repetition; the newest sixty are stored in earnest, two states each, so that what a page shows has its record. Each page is asked
 * for twenty times over HTTP; the median of the processor's time counts, asking included. How things stand (`status`) the server reads
 * beside every 45 seconds: no view waits for it, so it has a line of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStatus } from '../../src/app/service/read-status.js';
import { loadConfig } from '../../src/config/load-config.js';
import { OUTCOMES } from '../../src/domain/outcome.js';
import { silentLogger } from '../../src/platform/logger.js';
import type { Database } from '../../src/store/catalogue/database.js';
import { openForWriting } from '../../src/store/catalogue/open-database.js';
import { openStore } from '../../src/store/writer/open-store.js';
import { pageRoutes } from '../../src/web/page-routes.js';
import { startWebServer } from '../../src/web/web-server.js';
import { CatalogueHandle } from '../../src/web/web-sources.js';
import { articleResult } from '../../test/unit/store/fixtures.js';

const SIZES = [2_000, 200_000];
const PER_DAY = 100;
const ROUNDS = 20;
const FIRST_VIEW_MS_MAX = 50;
const RATIO_MAX = 2;
/** Below this a ratio says more of the clock than of the page. */
const RATIO_FLOOR_MS = 5;
const NOW = Date.UTC(2024, 4, 10);
const REAL = 60;
const FAMILY = 'sputniknews.cn';
const BESIDE = 'how things stand, read beside';
const PATHS = [
  '/',
  '/?topic=armenia',
  '/articles',
  '/articles?topic=armenia&edition=sputniknews.cn',
  '/articles?gone=yes',
  '/articles?edited=yes',
  '/articles?edited=no&topic=armenia',
  '/edits',
  '/coverage?edition=sputniknews.cn',
  '/coverage/sputniknews.cn/2024-05-01',
  '/quarantine',
  '/status',
  '/runs',
  '/runs/run-1?outcome=new',
  '/runs/whole',
  '/delays/2024-05-01',
  '/pages?edition=sputniknews.cn&state=stored',
  `/articles/${FAMILY}/1000000100`,
  '/?days=all',
];

/** Of which the small corpus, of twenty days, has less to tell: it has no ratio. */
const LONGER = ['/?days=90', '/?days=365'];

const SUMMARY = JSON.stringify({
  ...{
    runId: '',
    startedAt: '2024-05-10T00:00:00Z',
    durationMs: 1,
    editions: [FAMILY],
    requests: 1,
    found: 1,
    skipped: 0,
    fetched: 1,
  },
  outcomes: { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])), new: 1_000 },
  ...{ requestedBy: 'poll', aborted: false, ofPieces: true, unreachable: [] },
});

async function storeNewest(dataDir: string): Promise<void> {
  const store = await openStore({ dataDir, clock: { now: () => NOW } });
  for (const state of [0, 1]) {
    for (let n = 0; n < REAL; n += 1) {
      const articleId = String(1_000_000_100 + n);
      const text = Array.from(
        { length: 12 },
        (_, i) => `第${n}条第${i}段${'内容'.repeat(60)}${i === 3 ? state : ''}`,
      ).join('\n');
      await store.storePage(
        articleResult({
          at: state * 5_000 + n,
          articleId,
          title: `Title ${n}`,
          text,
          publishedAt: '2024-05-09T08:00:00Z',
        }),
      );
    }
  }
  await store.close();
}

/** @returns microseconds of the processor for each article with its page. */
function addRows(database: Database, count: number): number {
  const before = process.cpuUsage();
  database.exec(`
    BEGIN;
    INSERT OR IGNORE INTO editions (name, family) VALUES ${Array.from({ length: 9 }, (_, n) => `('e${n}.example', 'f${n}')`).join(', ')};
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO articles (key, month, folder, edition, content_hash, bands, sketch, published_at, topics, revisions, renditions, first_seen_at,
      last_seen_at, edited_at, gone_at, duplicate_of, duplicate_kind, decided, journal_whole)
    SELECT CASE n % 10 WHEN 0 THEN 'sputniknews.cn' ELSE 'f' || (n % 10 - 1) END || '/' || (2000000000 + n), 202401, 'articles', 1 + n % 10, randomblob(32), randomblob(60), randomblob(128), at, CASE n % 3 WHEN 0 THEN 'armenia' WHEN 1 THEN 'azerbaijan'
      ELSE 'armenia azerbaijan' END, n % 20 = 0, 0, at + 900 + n % 3600, at + 90000, iif(n % 20 = 0, at + 40000, NULL),
      iif(n % 100 = 0, at + 80000, NULL), iif(n % 10 = 3, 1, NULL), iif(n % 10 = 3, 'near', NULL), 1, 1
    FROM (SELECT n, ${NOW / 1000 - 86_400} - n * ${86_400 / PER_DAY} AS at FROM numbers);
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO pages (article_id, edition, url, day, end_state, last_fetched_at)
    SELECT 2000000000 + n, 1 + n % 10, '/x/' || n || '.html', strftime('%Y%m%d', at, 'unixepoch'), 'stored', at + 900
    FROM (SELECT n, ${NOW / 1000 - 86_400} - n * ${86_400 / PER_DAY} AS at FROM numbers);
    INSERT INTO files (path) VALUES ('captures/rows.warc.gz');
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO captures (file, offset, length, kind, page, fetched_at, outcome, run)
    SELECT (SELECT max(id) FROM files), n * 1000, 1000, 'article', (SELECT max(id) FROM pages) - n + 1, ${NOW / 1000} - n, 'new', 1 + n / 1000 FROM numbers;
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count / 1000})
    INSERT INTO run_names (id, name) SELECT 1 + n, 'whole-' || n FROM numbers;
    UPDATE run_names SET name = 'run-1' WHERE id = 2;
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${Math.min(count, 10_000)})
    INSERT INTO runs (run_id, started_at, summary) SELECT iif(n = 0, 'whole', 'run-' || n), ${NOW / 1000} - n, json_replace('${SUMMARY}', '$.runId', iif(n = 0, 'whole', 'run-' || n)) FROM numbers;
    COMMIT`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function medianMs(origin: string, path: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    const answer = await fetch(origin + path);
    const body = await answer.text();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
    expect([path, answer.status]).toEqual([path, 200]);
    bytes = Buffer.byteLength(body);
  }
  times.sort((a, b) => a - b);
  return { ms: times[ROUNDS / 2] ?? Infinity, bytes };
}

async function measure(size: number): Promise<Map<string, { readonly ms: number; readonly bytes: number }>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sputnik-pages-'));
  const config = loadConfig({ variables: {}, overrides: { dataDir } });
  const clock = { now: () => NOW };
  try {
    await storeNewest(dataDir);
    const { database } = openForWriting(join(dataDir, 'catalogue.db'));
    addRows(database, size);
    database.close();
    const catalogue = new CatalogueHandle(dataDir);
    const before = process.cpuUsage();
    const status = await readStatus({ config, clock, log: silentLogger }, false);
    const { user, system } = process.cpuUsage(before);
    const statusMs = (user + system) / 1000;
    const sources = {
      ...{ catalogue, version: '0.0.0', now: clock.now },
      topics: config.topics.map(({ id }) => id),
      editions: config.editions.map(({ id }) => id),
      languages: Object.fromEntries(config.editions.map(({ id, language }) => [id, language])),
      status: () => Promise.resolve(status),
    };
    const settings = { host: '127.0.0.1', port: 0, token: null, requestsPerMinute: 1_000_000 };
    const server = await startWebServer(settings, [pageRoutes(sources)], silentLogger);
    const found = new Map<string, { ms: number; bytes: number }>();
    for (const path of [...PATHS, ...LONGER]) found.set(path, await medianMs(server.origin, path));
    found.set(BESIDE, { ms: statusMs, bytes: 0 });
    await server.close();
    catalogue.close();
    return found;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

test('a first view is quick, and no slower in a large corpus', async () => {
  const [small, large] = [await measure(SIZES[0]!), await measure(SIZES[1]!)];
  for (const path of [...PATHS, BESIDE, ...LONGER]) {
    const [one, other] = [small.get(path)!, large.get(path)!];
    expect.soft(other.bytes).toBeLessThan(150_000);
    const ratio = other.ms / Math.max(one.ms, RATIO_FLOOR_MS);
    const times = `${one.ms.toFixed(1)} ms at ${SIZES[0]}, ${other.ms.toFixed(1)} ms at ${SIZES[1]} (${ratio.toFixed(2)})`;
    console.log(`${path.padEnd(50)} ${times}, ${Math.round(other.bytes / 1024)} KB`);
  }
  for (const path of [...PATHS, ...LONGER]) {
    const [one, other] = [small.get(path)!, large.get(path)!];
    expect.soft([path, other.ms]).toEqual([path, expect.toSatisfy((ms: number) => ms < FIRST_VIEW_MS_MAX)]);
    if (LONGER.includes(path)) continue;
    expect
      .soft([path, other.ms / Math.max(one.ms, RATIO_FLOOR_MS)])
      .toEqual([path, expect.toSatisfy((ratio: number) => ratio <= RATIO_MAX)]);
  }
});

test('the counts cost the writer little', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-pages-'));
  const costs = [false, true].map((isCounted) => {
    const { database } = openForWriting(join(folder, `${isCounted ? 'with' : 'without'}.db`));
    const triggers = ['articles_added', 'articles_changed', 'pages_added', 'pages_changed'];
    triggers.push('articles_added_to_spans', 'articles_changed_in_spans');
    const indexes = [
      'articles_read_promptly',
      'articles_by_edition',
      'articles_withdrawn',
      'articles_edited',
      'captures_by_run',
      'pages_by_answer',
    ];
    if (!isCounted) {
      for (const name of triggers) database.exec(`DROP TRIGGER ${name}`);
      for (const name of indexes) database.exec(`DROP INDEX ${name}`);
    }
    database.exec(`INSERT INTO editions (name, family) VALUES ('${FAMILY}', '${FAMILY}')`);
    const cost = addRows(database, 100_000);
    database.close();
    return cost;
  });
  rmSync(folder, { recursive: true, force: true });
  const [without = 0, withCounts = 0] = costs;
  console.log(
    `a row and its page: ${without.toFixed(1)} µs, with counts and their indexes ${withCounts.toFixed(1)} µs`,
  );
  expect(withCounts - without).toBeLessThan(100);
});
