import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_DIR } from '../src/platform/package-dir.js';
import { EDITION, type BenchSite } from './bench-site.js';
import { measure, type Measured } from './measure-process.js';

/** What one part of one round came to. */
export interface PartResult extends Measured {
  /** Articles, pages or records; 1 where a start is measured. */
  readonly count: number;
  /** Requests of the site, where the part crawls. */
  readonly requests?: number;
}

export interface RoundContext {
  readonly diverse: BenchSite;
  readonly alike: BenchSite;
  /** Emptied before every round. */
  readonly folder: string;
}

/** Something that is measured once a round; null: not here, and why is said. */
export interface Part {
  readonly name: string;
  readonly what: string;
  run(context: RoundContext): Promise<PartResult | string>;
}

/** Name of the interpreter that has Scrapy. */
const PYTHON = process.env['BENCH_PYTHON'] ?? 'python3';
export const SPUTNIK = join(PACKAGE_DIR, 'dist/src/cli/main.js');
const VERIFY_CODES = [0, 6];

const baseline = (name: string): string => join(PACKAGE_DIR, 'dist/bench/baselines', `${name}.js`);
const dataOf = ({ folder }: RoundContext): string => join(folder, 'data');

/** A command of ours with the settings of a site. */
export function sputnik(site: BenchSite, dataDir: string, ...words: readonly string[]): string[] {
  const common = ['--config', site.settings, '--data-dir', dataDir, '--log-level', 'error'];
  return [process.execPath, SPUTNIK, ...words, ...common];
}

async function baselineRun(words: readonly string[]): Promise<PartResult> {
  const run = await measure(words);
  const { pages } = JSON.parse(run.stdout.slice(run.stdout.lastIndexOf('{'))) as { pages: number };
  return { ...run, count: pages };
}

async function scrapy({ diverse, folder }: RoundContext): Promise<PartResult | string> {
  const version = spawnSync(PYTHON, ['-m', 'scrapy', 'version'], { encoding: 'utf8' });
  if (version.status !== 0) return 'no Scrapy here: pip install -r bench/scrapy/requirements.txt, or BENCH_PYTHON';
  const out = join(folder, 'scrapy.jsonl');
  const spider = join(PACKAGE_DIR, 'bench/scrapy/spider.py');
  const words = ['-m', 'scrapy', 'runspider', spider, '-o', out, '-a', `origin=${diverse.origin}`];
  const run = await measure([PYTHON, ...words, '-a', `host=${EDITION}`]);
  return { ...run, count: readFileSync(out, 'utf8').trim().split('\n').length };
}

async function crawl(site: BenchSite, dataDir: string, ...words: readonly string[]): Promise<PartResult> {
  const run = await measure(sputnik(site, dataDir, 'crawl', '--json', '--via', 'sitemap', ...words));
  const { fetched, requests } = JSON.parse(run.stdout) as { fetched: number; requests: number };
  return { ...run, count: fetched, requests };
}

/** The crawl again: nothing is new, so what counts is what is known. */
async function crawlAgain(context: RoundContext): Promise<PartResult> {
  const stored = recordsIn(dataOf(context));
  return { ...(await crawl(context.diverse, dataOf(context))), count: stored };
}

function recordsIn(dataDir: string): number {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^(?:articles|duplicates)\/.*\d\.json$/.test(path),
  ).length;
}

/** Everything that the crawl captured, into a data directory of its own. */
async function ingest(context: RoundContext): Promise<PartResult> {
  const dataDir = join(context.folder, 'ingested');
  const run = await measure(sputnik(context.diverse, dataDir, 'ingest', '--json', join(dataOf(context), 'captures')));
  return { ...run, count: recordsIn(dataDir) };
}

async function verify(context: RoundContext): Promise<PartResult> {
  const run = await measure(sputnik(context.diverse, dataOf(context), 'verify', '--json'));
  return { ...run, count: recordsIn(dataOf(context)) };
}

/** The catalogue is gone: everything in it comes back from records and captures. */
async function rebuild(context: RoundContext): Promise<PartResult> {
  const dataDir = join(context.folder, 'rebuilt');
  cpSync(dataOf(context), dataDir, { recursive: true });
  for (const name of readdirSync(dataDir)) if (name.startsWith('catalogue.db')) rmSync(join(dataDir, name));
  const run = await measure(sputnik(context.diverse, dataDir, 'verify', '--repair', '--json'), VERIFY_CODES);
  if (!existsSync(join(dataDir, 'catalogue.db'))) throw new Error('verify --repair made no catalogue');
  return { ...run, count: recordsIn(dataDir) };
}

async function once(words: readonly string[]): Promise<PartResult> {
  return { ...(await measure(words)), count: 1 };
}

async function extractOne({ diverse, folder }: RoundContext): Promise<PartResult> {
  const urls = await (await fetch(`${diverse.origin}/sitemap_article_index.xml`)).text();
  const list = /<loc>([^<]+)<\/loc>/.exec(urls)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const { pathname, search } = new URL(list);
  const article = /<loc>([^<]+)<\/loc>/.exec(await (await fetch(`${diverse.origin}${pathname}${search}`)).text());
  const path = new URL(article?.[1] ?? '').pathname;
  const file = join(folder, 'page.html');
  writeFileSync(file, await (await fetch(`${diverse.origin}${path}`)).text());
  return once([process.execPath, SPUTNIK, 'extract', file, '--url', `https://${EDITION}${path}`]);
}

/** A window in which nothing was published. */
const EMPTY_WINDOW = ['--since', '2003-01-01', '--until', '2003-01-02'];

export const PARTS: readonly Part[] = [
  {
    name: 'undici',
    what: 'undici, bodies thrown away',
    run: ({ diverse }) => baselineRun([process.execPath, baseline('undici-loop'), diverse.origin]),
  },
  {
    name: 'undici-extract',
    what: 'undici and our extractor, nothing kept',
    run: ({ diverse }) => baselineRun([process.execPath, baseline('undici-loop'), diverse.origin, 'extract']),
  },
  {
    name: 'cheerio',
    what: 'CheerioCrawler as documented, one JSON file an article',
    run: ({ diverse, folder }) =>
      baselineRun([
        'env',
        `CRAWLEE_STORAGE_DIR=${join(folder, 'crawlee')}`,
        process.execPath,
        baseline('cheerio-crawler'),
        diverse.origin,
      ]),
  },
  { name: 'scrapy', what: 'Scrapy, same fields to JSON lines', run: scrapy },
  { name: 'crawl', what: 'ours, a whole crawl', run: (context) => crawl(context.diverse, dataOf(context)) },
  {
    name: 'crawl-alike',
    what: 'ours, unrelated texts look alike',
    run: ({ alike, folder }) => crawl(alike, join(folder, 'alike')),
  },
  { name: 'crawl-again', what: 'ours, nothing is new', run: crawlAgain },
  { name: 'ingest', what: 'ours, `ingest` of the captures', run: ingest },
  {
    name: 'reprocess',
    what: 'ours, `reprocess`, nothing changes',
    run: async (context) => ({
      ...(await measure(sputnik(context.diverse, dataOf(context), 'reprocess', '--json'))),
      count: recordsIn(dataOf(context)),
    }),
  },
  { name: 'verify', what: 'ours, `verify`', run: verify },
  { name: 'rebuild', what: 'ours, `verify --repair`, no catalogue', run: rebuild },
  {
    name: 'search',
    what: 'ours, `search`, start included',
    run: (context) => once(sputnik(context.diverse, dataOf(context), 'search', '亚美尼亚', '--json')),
  },
  { name: 'start-help', what: '`sputnik --help`', run: () => once([process.execPath, SPUTNIK, '--help']) },
  { name: 'start-extract', what: '`sputnik extract` of one page', run: extractOne },
  {
    name: 'start-crawl',
    what: '`sputnik crawl` that finds nothing',
    run: async ({ diverse, folder }) => ({
      ...(await crawl(diverse, join(folder, 'empty'), ...EMPTY_WINDOW)),
      count: 1,
    }),
  },
];
