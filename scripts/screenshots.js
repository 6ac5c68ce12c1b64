// Pictures of the pages for README and docs: `npm run screenshots`. Without a browser, or where a script of the pages lacks a font here,
// it says so and takes what there is.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { EDITIONS, makeDemoCorpus } from './demo-corpus.js';

const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const PICTURES = fileURLToPath(new URL('../docs/pictures/', import.meta.url));

const HELP = `usage: npm run screenshots -- [options]

  --all          every page at 360, 1,280 and 1,920 pixels, light and dark, whole; else those that README and docs show
  --out DIR      where they go (default: docs/pictures)
  --data DIR     a corpus to show, made there if it is empty (default: one that is made and removed again)
  --stories N    of the corpus that is made (default: 1000)
  --only demo    what the demo says, and no page
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    out: { type: 'string', default: PICTURES },
    data: { type: 'string' },
    stories: { type: 'string', default: '1000' },
    only: { type: 'string' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const NAMES_OF_WIDTHS = new Map([
  [360, 'narrow'],
  [1280, 'wide'],
  [1920, 'widest'],
]);
const WIDTHS = [...NAMES_OF_WIDTHS.keys()];
const { findBrowser } = await built('src/crawlers/browser/find-browser.js');
const executablePath = await findBrowser(null);
if (executablePath === null) throw new Error('no browser is installed: sputnik doctor names what to install');
if (values.only !== undefined && values.only !== 'demo') throw new Error('--only takes demo');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--font-render-hinting=none'] });
await pictureDemo();
if (values.only === 'demo') {
  await browser.close();
  process.exit(0);
}
const folder = values.data ?? mkdtempSync(join(tmpdir(), 'sputnik-pictures-'));
const isNew = values.data === undefined || !hasCatalogue(folder);
if (isNew) await makeDemoCorpus(folder, { stories: Number(values.stories) });
try {
  await takeAll(await serve(folder), await pagesToShow());
  if (values.all) await takeEmpty();
} finally {
  await browser.close();
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

/** What `npm run demo` says, in a terminal of 80 columns. */
async function pictureDemo() {
  const cwd = mkdtempSync(join(tmpdir(), 'sputnik-demo-'));
  const main = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
  const environment = { ...process.env, COLUMNS: '80', NO_COLOR: '1' };
  const { stdout, status } = spawnSync(process.execPath, [main, 'demo'], {
    cwd,
    encoding: 'utf8',
    env: environment,
  });
  rmSync(cwd, { recursive: true, force: true });
  if (status !== 0) throw new Error(`the demo ended with ${status}`);
  const said = `$ npm run demo\n${stdout}`;
  const page = await browser.newPage({ viewport: { width: 760, height: 200 } });
  await page.setContent(
    `<style>body{margin:0;background:#16181d;color:#e6e8eb}pre{margin:0;padding:20px;font:14px/1.4 "DejaVu Sans Mono","Noto Sans Mono",monospace}</style><pre></pre>`,
  );
  await page.locator('pre').evaluate((element, text) => (element.textContent = text), said);
  const path = join(values.out, 'demo.png');
  await page.screenshot({ path, fullPage: true });
  await page.close();
  process.stdout.write(`${path}\n`);
}

function hasCatalogue(dataDir) {
  return existsSync(join(dataDir, 'catalogue.db'));
}

/** The web part alone, over the corpus; no service works there. */
async function serve(dataDir) {
  const { loadConfig } = await built('src/config/load-config.js');
  const { loadEnvironment } = await built('src/config/environment.js');
  const { openWebPart } = await built('src/app/service/open-web-part.js');
  const { Closers } = await built('src/platform/closers.js');
  const { silentLogger } = await built('src/platform/logger.js');
  const all = loadConfig({ variables: {} }).editions.map(({ id }) => [id, { enabled: EDITIONS.includes(id) }]);
  const config = loadConfig({
    variables: {},
    overrides: { dataDir, web: { port: 0, requestsPerMinute: 100_000 }, editions: Object.fromEntries(all) },
  });
  const runtime = { config, clock: { now: Date.now }, environment: loadEnvironment(), log: silentLogger };
  return openWebPart(runtime, new Closers(silentLogger));
}

/** The pages of a harvest that has not begun. */
async function takeEmpty() {
  const nothing = mkdtempSync(join(tmpdir(), 'sputnik-pictures-'));
  const paths = ['/', '/articles', '/edits', '/coverage', '/quarantine', '/notifications', '/status'];
  try {
    await takeAll(await serve(nothing), Object.fromEntries(paths.map((path) => [`empty-${path.slice(1)}`, path])));
  } finally {
    rmSync(nothing, { recursive: true, force: true });
  }
}

async function takeAll(origin, paths) {
  const shots = values.all
    ? Object.keys(paths).flatMap((name) =>
        WIDTHS.flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ name, width, colorScheme }))),
      )
    : [
        ...['overview', 'article', 'coverage', 'edits'].map((name) => ({ name, width: 1280, colorScheme: 'light' })),
        { name: 'overview', width: 360, colorScheme: 'dark' },
      ].filter(({ name }) => paths[name] !== undefined);
  for (const { name, width, colorScheme } of shots) {
    const page = await browser.newPage({ viewport: { width, height: 720 }, colorScheme });
    await page.goto(origin + paths[name], { waitUntil: 'load' });
    const path = join(values.out, `${name}-${NAMES_OF_WIDTHS.get(width)}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: values.all });
    await page.close();
    process.stdout.write(`${path}\n`);
  }
}

/** One page of each kind, the articles chosen for what they have to show. */
async function pagesToShow() {
  const { openCatalogueQueries } = await built('src/store/catalogue/catalogue-queries.js');
  const { queries, close } = openCatalogueQueries(folder);
  const articles = [...queries.articles({}, 'newest')];
  const [{ runId: run }] = queries.runs.newest(1, true);
  const delayed = queries.views.delays('2000-01-01').at(-1)?.day;
  const [quarantined] = queries.quarantine(false, 1);
  close();
  const first = (claim) => articles.find(claim);
  const edited =
    first(({ revisions, language }) => revisions.length > 0 && language === 'en') ??
    first(({ revisions }) => revisions.length > 0);
  const chinese =
    first(({ renditions, revisions }) => renditions.length > 0 && revisions.length > 0) ??
    first(({ renditions }) => renditions.length > 0);
  const arabic = first(({ language }) => language === 'ar');
  const armenian = first(({ language }) => language === 'hy');
  const gone = first(({ goneAt }) => goneAt !== null) ?? edited;
  const near = first(({ duplicateOf }) => duplicateOf?.kind === 'near');
  return {
    overview: '/?days=90',
    articles: '/articles',
    search: '/articles?q=%E4%BA%9A%E7%BE%8E%E5%B0%BC%E4%BA%9A',
    article: `/articles/${edited.id}`,
    chinese: `/articles/${chinese.id}`,
    arabic: `/articles/${arabic.id}`,
    armenian: `/articles/${armenian.id}`,
    near: `/articles/${near.id}?against=${near.duplicateOf?.id ?? near.id}`,
    edits: '/edits',
    coverage: '/coverage?edition=sputniknews.cn',
    day: `/coverage/sputniknews.cn/${chinese.publishedAt.slice(0, 10)}`,
    gap: '/coverage?edition=sputniknews.jp',
    runs: '/runs',
    run: `/runs/${run}`,
    delays: `/delays/${delayed}`,
    pages: '/pages?edition=sputniknews.cn&state=offTopic',
    quarantine: '/quarantine',
    history: `/pages/${quarantined.pageId}`,
    notifications: '/notifications',
    status: '/status',
    missing: '/articles?topic=cheese',
    notFound: '/nothing',
    searchError: `/articles?q=${encodeURIComponent('(peace OR tag:')}`,
    foundNothing: '/articles?q=xyzzy&edited=yes',
    filtered: '/articles?topic=armenia&edition=sputniknews.cn&format=text&edited=yes&duplicates=all&order=newest',
    withdrawn: `/articles/${gone.id}`,
    withdrawals: '/edits?kind=withdrawn',
  };
}
