/**
 * A whole crawl of the test site on loopback, without any delay: the built program, and Scrapy doing the same job.
 *
 *     npm run bench -- end-to-end
 *
 * The program discovers, fetches, captures every answer with fsync, queues, reads, normalises, deduplicates and stores; Scrapy
 * discovers, fetches, reads with its selectors and writes JSON lines. Scrapy is run where `python3 -m scrapy` works
 * (`pip install -r bench/scrapy/requirements.txt`, or Debian's python3-scrapy), and left out aloud elsewhere;
 * BENCH_PYTHON names another interpreter.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../src/config/load-config.js';

const STORIES = Number(process.env['BENCH_STORIES'] ?? 2_000);
const PYTHON = process.env['BENCH_PYTHON'] ?? 'python3';
const EDITION = 'sputniknews.cn';
const DAYS = 25;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Site {
  readonly origins: Readonly<Record<string, string>>;
  readonly editionConfig: Readonly<Record<string, object>>;
  stop(): void;
}

function startSite(): Promise<Site> {
  const options = {
    seed: 1,
    stories: STORIES,
    editions: [EDITION],
    days: DAYS,
    onTopicShare: 1,
    pageBytes: 86_000,
    warm: true,
  };
  const child = spawn(process.execPath, [here('../dist/testsite/serve-test-site.js'), JSON.stringify(options)]);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      resolve({ ...(JSON.parse(text) as Omit<Site, 'stop'>), stop: () => child.kill() });
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      reject(new Error(`the test site ended with ${String(code)}`));
    });
  });
}

interface Run {
  readonly seconds: number;
  /** Of the command and everything it started and waited for. */
  readonly cpuSeconds: number;
  readonly stdout: string;
}

/** Runs a command under the shell's own stopwatch. */
function timed(words: readonly string[]): Promise<Run> {
  const startedAt = performance.now();
  const child = spawn('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...words], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const said = Buffer.concat(err).toString();
      const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(said) ?? [];
      const seconds = (performance.now() - startedAt) / 1000;
      if (code === 0)
        resolve({ seconds, cpuSeconds: Number(user) + Number(system), stdout: Buffer.concat(out).toString() });
      else reject(new Error(`${words.join(' ')} ended with ${String(code)}: ${said.slice(-2_000)}`));
    });
  });
}

function rate(pages: number, { seconds, cpuSeconds }: Run): string {
  return `${Math.round(pages / seconds)} pages/s, ${((1000 * cpuSeconds) / pages).toFixed(2)} CPU-s per 1,000, ${pages} pages in ${seconds.toFixed(1)} s`;
}

describe('a whole crawl on loopback', () => {
  let site: Site;
  let folder: string;

  beforeAll(async () => {
    site = await startSite();
    folder = mkdtempSync(join(tmpdir(), 'sputnik-bench-'));
  }, 600_000);

  afterAll(() => {
    site.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the program', async () => {
    const others = loadConfig({ variables: {} }).editions.filter(({ id }) => id !== EDITION);
    const settings = {
      politeness: { delayMs: 0, concurrencyPerHost: 16 },
      crawl: { sitemapDays: DAYS + 5 },
      editions: { ...Object.fromEntries(others.map(({ id }) => [id, { enabled: false }])), ...site.editionConfig },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    const words = ['crawl', '--json', '--via', 'sitemap', '--log-level', 'error'];
    const files = ['--config', join(folder, 'settings.json'), '--data-dir', join(folder, 'data')];
    const run = await timed([process.execPath, here('../dist/src/cli/main.js'), ...words, ...files]);
    const { fetched, durationMs } = JSON.parse(run.stdout) as { fetched: number; durationMs: number };
    expect(fetched).toBeGreaterThan(STORIES / 2);
    console.log(`sputnik, start and end included: ${rate(fetched, run)}`);
    console.log(`sputnik, the crawl alone: ${rate(fetched, { ...run, seconds: durationMs / 1000 })}`);
  });

  test('Scrapy', async () => {
    const version = spawnSync(PYTHON, ['-m', 'scrapy', 'version'], { encoding: 'utf8' });
    if (version.status !== 0) {
      console.log('SKIPPED: no Scrapy here (pip install -r bench/scrapy/requirements.txt)');
      return;
    }
    const out = join(folder, 'scrapy.jsonl');
    const words = ['-m', 'scrapy', 'runspider', here('scrapy/spider.py'), '-o', out];
    const run = await timed([PYTHON, ...words, '-a', `origin=${site.origins[EDITION] ?? ''}`, '-a', `host=${EDITION}`]);
    const pages = readFileSync(out, 'utf8').trim().split('\n').length;
    expect(pages).toBeGreaterThan(STORIES / 2);
    console.log(`${version.stdout.trim()}, start and end included: ${rate(pages, run)}`);
  });
});
