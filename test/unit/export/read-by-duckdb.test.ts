import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeArticles } from '../../../src/export/encode-articles.js';
import { sampleArticle } from './sample-articles.js';

/** As far as it is used here. */
interface DuckDb {
  readonly DuckDBInstance: { create(): Promise<{ connect(): Promise<Connection> }> };
}
interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
}

async function duckDb(): Promise<DuckDb | null> {
  const name = '@duckdb/node-api';
  try {
    return (await import(name)) as DuckDb;
  } catch {
    return null;
  }
}

const duck = await duckDb();
if (duck === null) console.warn('SKIPPED: DuckDB is not installed (npm install --no-save @duckdb/node-api)');

it.skipIf(duck === null)('DuckDB reads Parquet and NDJSON with equal counts, lists as lists', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-duckdb-'));
  try {
    const topics = [['armenia'], ['azerbaijan'], ['armenia', 'azerbaijan'], []];
    const articles = Array.from({ length: 40 }, (_, at) => {
      return sampleArticle(
        { topics: topics[at % topics.length]!, goneAt: at % 5 === 0 ? '2024-01-02T03:04:05Z' : null },
        1_000_000_000 + at,
      );
    });
    for (const format of ['parquet', 'ndjson'] as const) {
      const chunks: Buffer[] = [];
      for await (const chunk of encodeArticles(format, articles, { topic: null, withMark: false }))
        chunks.push(Buffer.from(chunk));
      writeFileSync(join(folder, `articles.${format}`), Buffer.concat(chunks));
    }
    const connection = await (await duck!.DuckDBInstance.create()).connect();
    for (const file of ['articles.parquet', 'articles.ndjson']) {
      const sql = `SELECT count(*)::INT AS n, count_if(list_contains(topics, 'armenia'))::INT AS armenian,
        count(goneAt)::INT AS gone, any_value(tags[1].name) AS tag, max(publishedAt)::VARCHAR AS last FROM '${join(folder, file)}'`;
      const [row] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
      expect(row).toMatchObject({ n: 40, armenian: 20, gone: 8, tag: '亚美尼亚' });
      expect(String(row!['last'])).toMatch(/^2023-04-12[T ]11:40:00/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
