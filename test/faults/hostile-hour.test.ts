import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BROWSER_MODES,
  HOSTILE_MODES,
  type BrowserModeName,
  type HostileModeName,
} from '../../testsite/modes/hostile-modes.js';
import { findTestBrowser } from '../integration/find-test-browser.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, follow, pause, until, type RunningProgram } from './faulty-program.js';
import { sendSignal, watchMemory } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite, type ModeSetting, type SiteProcess } from './site-process.js';

/** `npm run soak -- hostile` takes an hour. */
const SOAK_MINUTES = process.env['FAULT_MINUTES'];
const MINUTES = Number(SOAK_MINUTES ?? '0.3');
/** In the long form only: a browser takes seconds for each of these pages. */
const browserPath = SOAK_MINUTES === undefined ? null : await findTestBrowser();
const BROWSER_DEADLINE_MS = 5_000;
const EDITIONS = [
  ...['sputnikglobe.com', 'am.sputniknews.ru', 'az.sputniknews.ru', 'arm.sputniknews.ru', 'sputnik.az', 'sarabic.ae'],
  ...['anlatilaninotesi.com.tr', 'spnfa.ir', 'sputniknews.jp', 'fr.sputniknews.africa'],
];
const STORIES_EACH = 10;
const ROUND_MS = Math.max(5_000, MINUTES * 3_000);
const LISTS = ['^/export/rss2/', '^/sitemap_article\\.xml', '^/(geo_|services/)', '^/sitemap_article_index'];
/** The least time between two looks, and the longest that the service's main thread may be at work between a probe and its answer. */
const PROBE_MS = 50;
const SILENCE_MS_MAX = 500;
/** In `npm test`, whose machine may be slow and busy: what only a main thread that stands still comes to. */
const FREEZE_MS = 10 * SILENCE_MS_MAX;
const MEMORY_BYTES_MAX = 800_000_000;
const TICK_MS = 10;

const modesOn = (where: 'article' | 'list'): HostileModeName[] =>
  (Object.keys(HOSTILE_MODES) as HostileModeName[]).filter((name) => [where, 'both'].includes(HOSTILE_MODES[name].on));

const ILL_RESULT =
  'read as it stands, or given up at the deadline or the limit of memory; the next page gets a browser';
const BROWSER_MODE_NAMES = Object.keys(BROWSER_MODES) as BrowserModeName[];

/** What somebody who means ill asks of the web page; `ONE` and `OTHER` stand for articles. */
const REQUESTS = [
  ...['/', '/articles', '/ONE', '/ONE?from=1&to=2', '/ONE?from=1&to=99999', '/ONE?against=OTHER', '/edits?trivial=yes'],
  ...['/api/ONE', '/api/ONE/edits', '/api/articles?limit=50', '/api/edits?limit=50', '/api/changes', '/api/gaps'],
  ...['rss', 'atom', 'json', 'edits/rss', 'edits/atom', 'edits/json'].map((form) => `/feeds/${form}`),
  ...['csv', 'ndjson', 'parquet', 'schema-org', 'atom'].map((form) => `/download/${form}`),
  ...['a+b+c+d+e+f+g+h', '%22'.repeat(80), '('.repeat(200), 'a*+b*+c*', '-'.repeat(400), '1', '%00%ff'].map(
    (words) => `/search?q=${words}`,
  ),
  ...[
    '/status',
    '/coverage',
    '/metrics',
    '/readyz',
    '/quarantine',
    `/${'x'.repeat(4_000)}`,
    '/articles/../../etc/passwd',
  ],
];

describe('a service under everything hostile at once', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  let hostile: readonly (readonly [edition: string, articleId: string])[];

  beforeAll(async () => {
    const stories = EDITIONS.length * STORIES_EACH;
    site = await startSite({ seed: 31, stories, days: 5, editions: EDITIONS, onTopicShare: 1, oldEngineShare: 0 });
    const settings = await settingsFor(site, { timeoutMs: 3_000, retries: 0, obeyRobots: false });
    workplace = await createWorkplace({
      ...settings,
      ...(browserPath === null
        ? {}
        : { browser: { mode: 'fallback', executablePath: browserPath, deadlineMs: BROWSER_DEADLINE_MS } }),
      crawl: { sitemapDays: 60, listPagesMax: 4 },
      web: { port: 0, requestsPerMinute: 100_000 },
    });
    hostile = (await site.truth())
      .filter((_, index) => index % 2 === 0)
      .map(({ edition, articleId }) => [edition, articleId]);
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  /** Each hostile page in another mode every round, and one of the lists of each edition. */
  async function turnHostile(round: number): Promise<void> {
    const onPages = [...(browserPath === null ? [] : BROWSER_MODE_NAMES), ...modesOn('article')];
    const onLists = modesOn('list');
    const pages = hostile.map(([edition, articleId], index): ModeSetting => {
      return { edition, path: `${articleId}(?:\\D|$)`, mode: onPages[(index + round) % onPages.length]! };
    });
    const lists = EDITIONS.map((edition, index): ModeSetting => {
      const mode = onLists[(index * 3 + round) % onLists.length]!;
      return { edition, path: LISTS[(index + round) % LISTS.length]!, mode };
    });
    await site.clearModes();
    await site.clearRequests();
    await site.setModes([...pages, ...lists]);
  }

  it(
    'answers /healthz, stays small, and stores every healthy article',
    { timeout: MINUTES * 90_000 + 300_000 },
    async () => {
      await turnHostile(0);
      const { program, origin, read } = await startServe(workplace);
      const memory = watchMemory(program.pid);
      const over = new AbortController();
      const watched = watchHealth(program, origin, over.signal);
      const visitors = Array.from({ length: 3 }, (_, start) => visit(origin, start * 7, over.signal));
      const holding = holdConnections(origin, over.signal);
      const refetching = (async () => {
        for (let run = 0; !over.signal.aborted; run += 1) {
          await workplace.run(run === 0 ? ['crawl'] : ['crawl', '--refetch']);
          await pause(1_000);
        }
      })();
      const endsAt = performance.now() + MINUTES * 60_000;
      for (let round = 1; performance.now() < endsAt && !program.hasEnded(); round += 1) {
        await pause(ROUND_MS);
        await turnHostile(round);
      }
      await site.clearModes();
      over.abort();
      if (program.hasEnded()) expect.fail(`the service ended: ${(await program.ended).stderr.slice(-3_000)}`);
      const [silences, asked] = [await watched, await Promise.all(visitors)];
      await Promise.all([holding, refetching]);
      memory.stop();
      const [longest, requests] = [Math.max(...silences), asked.reduce((sum, one) => sum + one, 0)];
      const megabytes = Math.round(memory.peakBytes() / 1e6);
      console.info(
        `${MINUTES} minutes: the longest silence ${longest} ms at work, of ${silences.length} probes beside ${requests} requests; ${megabytes} MB (${memory.peak()}); in the browser ${read.tried} pages, ${read.helped} of them articles`,
      );
      await workplace.run(['crawl', '--refetch']);
      sendSignal(program.pid, 'SIGTERM');
      const { code, stderr } = await endOf(program);
      expect(code, stderr.slice(-3_000)).toBe(143);
      if (browserPath !== null) {
        expect(read.tried).toBeGreaterThan(MINUTES * 4);
        expect(read.helped).toBeGreaterThan(0);
      }
      expect(longest).toBeLessThan(SOAK_MINUTES === undefined ? FREEZE_MS : SILENCE_MS_MAX);
      expect(memory.peakBytes()).toBeLessThan(MEMORY_BYTES_MAX);
      const except = new Set(hostile.map(([edition, articleId]) => `${edition}/${articleId}`));
      expect(await differencesFromTruth(workplace.dataDir, site, except)).toEqual([]);
      expect(await workplace.run(['verify'])).toMatchObject({ code: 0 });
    },
  );

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Everything hostile at once',
      columns: ['while', 'outcome'],
      rows: [
        [
          'pages and lists are hostile in every way above, and the web page is asked for everything it shows',
          '`/healthz` is never silent for 500 ms; under 800 MB; healthy articles equal to the site; `verify` finds nothing',
        ],
      ],
    });
    await expectSection({
      title: 'Pages that attack the browser',
      columns: ['the page has', 'outcome, within the hour above'],
      rows: Object.values(BROWSER_MODES).map(({ what }) => [what, ILL_RESULT]),
    });
  });
});

/** What the unit of the service sets for the C library's allocator, as the image does. */
function allocatorSettings(): Record<string, string> {
  const unit = readFileSync(fileURLToPath(new URL('../../ops/sputnik.service', import.meta.url)), 'utf8');
  return Object.fromEntries(
    Array.from(unit.matchAll(/\b(MALLOC_\w+)=(\d+)/g), ([, name = '', value = '']) => [name, value]),
  );
}

interface Started {
  readonly program: RunningProgram;
  readonly origin: string;
  /** Pages that a browser was tried for, and those of them that then showed an article: both grow. */
  readonly read: { tried: number; helped: number };
}

async function startServe(workplace: Workplace): Promise<Started> {
  const service = workplace.start(['serve', '--json', '--log-level', 'info'], allocatorSettings());
  const said: string[] = [];
  service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const read = { tried: 0, helped: 0 };
  createInterface(service.stderr).on('line', (line) => {
    if (!line.includes('"browser.read"')) return;
    read.tried += 1;
    if (line.includes('"outcome":"article"')) read.helped += 1;
  });
  const program = follow(service);
  expect(await until(() => said.join('').includes('"origin"'), program)).toBe(true);
  return { program, origin: /"origin": ?"(.+?)"/.exec(said.join(''))?.[1] ?? '', read };
}

/** @returns for each probe how long the service's main thread was at work before it answered. */
async function watchHealth(program: RunningProgram, origin: string, signal: AbortSignal): Promise<number[]> {
  const silences: number[] = [];
  while (!signal.aborted && !program.hasEnded()) {
    const before = workedMs(program.pid);
    expect(await statusOf(`${origin}/healthz`)).toBe(200);
    silences.push(workedMs(program.pid) - before);
    await pause(PROBE_MS);
  }
  return silences;
}

/** Asks for one thing after the other. @returns how many answers came. */
async function visit(origin: string, start: number, signal: AbortSignal): Promise<number> {
  let answers = 0;
  for (let at = start; !signal.aborted; at += 1) {
    const ids = idsIn(await textOf(`${origin}/api/articles?limit=50`));
    const [one, other] = [ids[at % ids.length] ?? 'none/1', ids[(at * 7 + 1) % ids.length] ?? 'none/2'];
    const path = (REQUESTS[at % REQUESTS.length] ?? '/').replace('ONE', `articles/${one}`).replace('OTHER', other);
    if ((await textOf(origin + path)) !== null) answers += 1;
  }
  return answers;
}

/** Keeps half-open connections, and requests whose headers never end, on the service all the time. */
async function holdConnections(origin: string, signal: AbortSignal): Promise<void> {
  const held = new Set<Socket>();
  while (!signal.aborted) {
    for (let missing = 100 - held.size; missing > 0; missing -= 1) {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1');
      held.add(socket);
      socket.on('error', () => undefined).on('close', () => held.delete(socket));
      if (missing % 2 === 0) socket.write(`GET /articles HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1_000)}`);
    }
    await pause(500);
  }
  for (const socket of held) socket.destroy();
}

function idsIn(list: string | null): string[] {
  return Array.from((list ?? '').matchAll(/"id":"([^"]+)"/g), ([, id = '']) => id);
}

/** On a connection of its own, as probes ask. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

/** @returns null where the connection was ended before the answer was whole. */
function textOf(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', () => {
        resolve(null);
      });
      answer.on('end', () => {
        resolve(Buffer.concat(chunks).toString());
      });
    }).on('error', () => {
      resolve(null);
    });
  });
}

/** Processor time of the main thread so far. */
function workedMs(pid: number): number {
  const line = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
