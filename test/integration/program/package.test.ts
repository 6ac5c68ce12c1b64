import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import { systemClock } from '../../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** As far as it is used here: @duckdb/node-api. */
interface DuckDb {
  readonly DuckDBInstance: { create(): Promise<{ connect(): Promise<DuckDbConnection> }> };
}
interface DuckDbConnection {
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
}

/** As far as it is used here: warcio of npm, by the authors of Python's. */
interface Warcio {
  readonly WARCParser: new (source: ReadableStream) => AsyncIterable<WarcioRecord>;
}
interface WarcioRecord {
  readonly warcType: string | null;
  readonly warcTargetURI: string | null;
  readonly httpHeaders: { readonly statusCode: string | number } | null;
  readFully(isContentDecoded: boolean): Promise<Uint8Array>;
}

/** What the machine may have beside us, and how it gets it. */
async function installed<T>(name: string): Promise<T | null> {
  try {
    return (await import(name)) as T;
  } catch {
    console.warn(`SKIPPED: ${name} is not installed (npm install --no-save ${name})`);
    return null;
  }
}

/** An interpreter that has pandas and pyarrow. */
const PYTHON = process.env['TEST_PYTHON'] ?? 'python3';
const hasPandas = spawnSync(PYTHON, ['-c', 'import pandas, pyarrow']).status === 0;
if (!hasPandas) console.warn(`SKIPPED: ${PYTHON} has no pandas and pyarrow (TEST_PYTHON names one that has)`);
const duck = await installed<DuckDb>('@duckdb/node-api');
const warcio = await installed<Warcio>('warcio');

let testSite: TestSite;
let workplace: Workplace;
/** Holds nothing but the package, as `npm install` of the tarball leaves it, and what the examples make there. */
let folder: string;
let stored: readonly Article[];
let onArmenia: readonly Article[];

beforeAll(async () => {
  testSite = await startTestSite({ seed: 5, stories: 20, clock: systemClock, editions: ['am.sputniknews.ru'] });
  workplace = await createWorkplace(testSiteSettings(testSite));
  expect((await workplace.run(['crawl'])).code).toBe(0);
  stored = [...(await readStoredArticles(workplace.dataDir)).values()].map(({ article }) => article);
  onArmenia = stored.filter(({ topics }) => topics.includes('armenia'));
  expect(onArmenia.length).toBeGreaterThan(0);
  folder = join(dirname(workplace.dataDir), 'empty');
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  // The build is there already; a copy of node_modules would only take time.
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(folder, tarball), '--transform', 's/^package/sputnik-harvester/', '-C', modules]);
  symlinkSync(join(ROOT, 'node_modules'), join(modules, 'sputnik-harvester/node_modules'));
}, 120_000);

afterAll(async () => {
  await testSite.stop();
  await workplace.remove();
});

const packed = (name: string): string => join(folder, 'node_modules/sputnik-harvester', name);

describe('the package that npm packs', () => {
  it('runs, and holds what its documents point to', () => {
    const { version, bin } = JSON.parse(readFileSync(packed('package.json'), 'utf8')) as {
      version: string;
      bin: { sputnik: string };
    };
    const sputnik = (...words: string[]): string =>
      execFileSync(process.execPath, [packed(bin.sputnik), ...words], { cwd: folder, encoding: 'utf8' });
    expect(sputnik('--version').trim()).toBe(version);
    const counted = JSON.parse(sputnik('stats', '--json', '--data-dir', workplace.dataDir)) as { articles: number };
    expect(counted.articles).toBe(stored.length);
    for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md', 'man/sputnik.1', 'schema/article.schema.json'])
      expect(readFileSync(packed(name), 'utf8')).not.toBe('');
    expect(readdirSync(packed('')).filter((name) => ['src', 'test', 'bench', '.git'].includes(name))).toEqual([]);
  });

  it('is a library there: the Node example reads the corpus', () => {
    copyFileSync(packed('examples/newest.mjs'), join(folder, 'newest.mjs'));
    const told = execFileSync(process.execPath, ['newest.mjs', workplace.dataDir], { cwd: folder, encoding: 'utf8' });
    const urls = onArmenia.map(({ url }) => url);
    const shown = told.match(/(?<=^ {2})http.*$/gm) ?? [];
    expect(shown).toHaveLength(Math.min(10, urls.length));
    expect(urls).toEqual(expect.arrayContaining(shown));
  });

  it('has types that resolve, and refuse what is wrong', () => {
    const use = (
      line: string,
    ): string => `import { openCorpus, extractArticle, articleSchema, type Article } from 'sputnik-harvester';
      const corpus = openCorpus('./data');
      for await (const { title } of corpus.articles({ filters: { topics: ['armenia'] }, order: 'newest' })) title.trim();
      const article: Article = articleSchema.parse(extractArticle('<html>', 'https://sputnik.az/1.html'));
      ${line}\n`;
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'right.ts'), use('console.log(article.url, corpus.count().nextCursor);'));
    writeFileSync(join(folder, 'wrong.ts'), use('console.log(article.uri);'));
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
    const types = ['--typeRoots', join(ROOT, 'node_modules/@types')];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, ...options, ...types, 'right.ts', 'wrong.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^wrong\.ts\(5,\d+\): error TS2339: Property 'uri' does not exist on type .*\n$/);
  }, 120_000);
});

describe('an export, read by what others have written', () => {
  beforeAll(async () => {
    for (const format of ['parquet', 'ndjson', 'warc']) {
      const file = join(folder, `articles.${format}`);
      expect((await workplace.run(['export', '--format', format, '-o', file])).code).toBe(0);
    }
  });

  it.skipIf(duck === null)('DuckDB runs the SQL example, and counts what the corpus counts', async () => {
    const connection = await (await duck!.DuckDBInstance.create()).connect();
    await connection.runAndReadAll(`SET file_search_path = '${folder}'`);
    const statements = readFileSync(packed('examples/articles.sql'), 'utf8').split(/;\n/);
    const results = [];
    for (const sql of statements.filter((text) => text.trim() !== ''))
      results.push((await connection.runAndReadAll(sql)).getRowObjectsJson());
    const numbers = Object.values(results[0]![0]!).map(Number);
    expect(numbers).toEqual([stored.length, onArmenia.length]);
    expect(results[1]!.reduce((sum, row) => sum + Number(row['articles']), 0)).toBe(onArmenia.length);
    expect(results[2]!.length).toBeGreaterThan(0);
    const lines = (await connection.runAndReadAll("SELECT count(*) AS n FROM 'articles.ndjson'")).getRowObjectsJson();
    expect(Number(lines[0]!['n'])).toBe(stored.length);
  });

  it.skipIf(!hasPandas)('pandas runs the Python example', () => {
    const told = execFileSync(PYTHON, [packed('examples/pandas_frame.py')], { cwd: folder, encoding: 'utf8' });
    expect(told).toMatch(new RegExp(`^am\\.sputniknews\\.ru +${onArmenia.length}$`, 'm'));
  });

  it.skipIf(warcio === null)('warcio reads every capture of the WARC file', async () => {
    const source = Readable.toWeb(createReadStream(join(folder, 'articles.warc'))) as unknown as ReadableStream;
    const urls = new Set<string | null>();
    for await (const record of new warcio!.WARCParser(source)) {
      if (record.warcType !== 'response') continue;
      expect(Number(record.httpHeaders?.statusCode)).toBe(200);
      expect(Buffer.from(await record.readFully(true)).toString()).toContain('</html>');
      urls.add(record.warcTargetURI);
    }
    expect([...urls]).toEqual(expect.arrayContaining(stored.map(({ url }) => url)));
  });
});
