import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJobList, readJobs } from '../../../src/app/service/create-web-actions.js';
import { queueBoardRoutes } from '../../../src/app/service/queue-board.js';
import { readStatus } from '../../../src/app/service/read-status.js';
import { loadEnvironment } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { systemClock } from '../../../src/platform/clock.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger as log } from '../../../src/platform/logger.js';
import { ORDINARY_CRAWL } from '../../../src/queue/crawl-jobs.js';
import { queueHostJob } from '../../../src/queue/host-jobs.js';
import { openHostQueue, openQueues, type Queues } from '../../../src/queue/open-queues.js';
import { queuePage } from '../../../src/queue/page-jobs.js';
import type { Routes } from '../../../src/web/web-server.js';
import { ask, served } from '../../unit/web/ask.js';
import { findTestBrowser } from '../find-test-browser.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

const executablePath = await findTestBrowser();
const PREFIX = 'sputnik-jobs';
const HOST = '0123456789ab';

describe('what is in the queues', () => {
  const closers = new Closers(log);
  let server: TlsRedis;
  let queues: Queues;

  beforeAll(async () => {
    server = await startTlsRedis([]);
    queues = await openQueues({ kind: 'socket', path: server.socket }, PREFIX, closers);
    const crawl = { ...ORDINARY_CRAWL, requestedBy: 'newest', attached: false, runId: 'r1' };
    await queues.crawl.add('newest', { ...crawl, editions: ['sputnik.az'] });
    await queues.backfill.add('crawl', { ...crawl, requestedBy: 'cli', since: '2020-01-01', until: '2020-01-01' });
    await queues.backfill.pause();
    await queuePage(queues.page, { v: 1, kind: 'maintenance', runId: 'r2' });
    const host = openHostQueue(queues, closers);
    await queueHostJob(host, { v: 1, host: HOST, kind: 'tagPages', edition: 'sputnik.az' }, 'h1');
  });
  afterAll(async () => {
    await closers.closeAll();
    await server.stop();
  });

  function runtime() {
    const config = loadConfig({ variables: {} });
    const redis = { url: server.socket, prefix: PREFIX };
    return { config: { ...config, redis }, environment: loadEnvironment(), clock: systemClock, log };
  }

  it('is shown of every queue, of one that is paused too, and says what each job is about', async () => {
    const shown = (await readJobs(runtime())).map(({ queue, state, name }) => ({ queue, state, name }));
    expect(shown).toEqual([
      { queue: 'crawl', state: 'waiting', name: 'newest · newest · sputnik.az' },
      { queue: 'backfill', state: 'waiting', name: 'crawl · cli · 2020-01-01 · 2020-01-01' },
      { queue: 'page', state: 'waiting', name: 'maintenance' },
      { queue: 'host', state: 'waiting', name: `tagPages · ${HOST}` },
    ]);
  });

  describe('on Bull Board', () => {
    const TOKEN = 'a-token-of-the-test';
    const credentials = { authorization: `Bearer ${TOKEN}` };
    const other: Routes = (app, _options, done) => {
      app.get('/other', () => 'ok');
      done();
    };
    const board = async (settings = {}): Promise<string> =>
      served([await queueBoardRoutes(runtime()), other], settings);

    it('is shown to whoever has the token, by GET alone, with a policy of its own that no other page has', async () => {
      const origin = await board({ token: TOKEN });
      const { body: page } = await ask(`${origin}/queues/board/`, credentials);
      const files = [...page.matchAll(/(?:src|href)="(static[^"]+)"/g)].map(
        ([, path]) => `/queues/board/${path ?? ''}`,
      );
      expect(files.length).toBeGreaterThan(2);
      expect(page).not.toMatch(/\bstyle=|<style|https?:/);
      const pages = ['', 'queue/page', 'job-schedulers', 'api/queues', 'api/redis/stats'].map(
        (path) => `/queues/board/${path}`,
      );
      for (const path of [...pages, ...files]) {
        const { status, headers } = await ask(origin + path, credentials);
        expect([path, status]).toEqual([path, 200]);
        expect(headers['content-security-policy']).toMatch(
          /^default-src 'none';script-src 'self';.*connect-src 'self';/,
        );
        expect((await ask(origin + path)).status).toBe(401);
      }
      const queued = JSON.parse((await ask(`${origin}/queues/board/api/queues`, credentials)).body) as {
        queues: { name: string; readOnlyMode: boolean; counts: Record<string, number> }[];
      };
      expect(
        queued.queues.map(({ name, readOnlyMode, counts }) => [
          name,
          readOnlyMode,
          (counts['waiting'] ?? 0) + (counts['paused'] ?? 0),
        ]),
      ).toEqual([...['crawl', 'backfill', 'page', 'host'].map((name) => [name, true, 1]), ['notify', true, 0]]);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        for (const path of ['api/queues/page/pause', 'api/queues/crawl/empty', 'api/queues/pause', '']) {
          expect((await ask(`${origin}/queues/board/${path}`, credentials, { method })).status).toBe(405);
        }
      }
      for (const path of [
        'static/..%2findex.ejs',
        'static/%2e%2e/index.ejs',
        'static/js',
        'static/',
        'cheese',
        'api/queues/page/pause',
      ]) {
        expect([path, (await ask(`${origin}/queues/board/${path}`, credentials)).status]).toEqual([path, 404]);
      }
      const policy = (await ask(`${origin}/other`, credentials)).headers['content-security-policy'];
      expect(policy).toBe(
        "default-src 'none';style-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
      );
    });

    it('is not shown under a foreign name, and says that no Redis answers', async () => {
      const origin = await board();
      expect((await ask(`${origin}/queues/board/`, { host: 'evil.example' })).status).toBe(421);
      const nowhere = {
        ...runtime(),
        config: { ...runtime().config, dataDir: '/nowhere', redis: { url: null, prefix: PREFIX } },
      };
      const { status, body } = await ask(`${await served([await queueBoardRoutes(nowhere)])}/queues/board/api/queues`);
      expect([status, body]).toEqual([503, expect.stringContaining('web.noService')]);
    });

    it.skipIf(executablePath === null)(
      'is drawn by a browser, which is refused nothing and asks nobody else',
      async () => {
        const origin = await board();
        const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
        try {
          const page = await browser.newPage();
          const said: string[] = [];
          page.on('console', (message) => said.push(message.text()));
          page.on('pageerror', (error) => said.push(String(error)));
          page.on('request', (request) => {
            if (request.method() !== 'GET' || !request.url().startsWith(origin)) said.push(request.url());
          });
          await page.goto(`${origin}/queues/board/queue/crawl`);
          await page.waitForSelector('text=sputnik.az', { timeout: 60_000 });
          expect(
            await page
              .locator('button:has-text("Promote"), button:has-text("Clean"), button:has-text("Retry")')
              .count(),
          ).toBe(0);
          expect(said).toEqual([]);
        } finally {
          await browser.close();
        }
      },
    );
  });

  it('is counted of every queue', async () => {
    const { queues: counted } = await readStatus(runtime());
    const waiting = counted?.map(({ name, waiting: count }) => [name, count]);
    expect(waiting).toEqual([
      ['crawl', 1],
      ['backfill', 1],
      ['page', 1],
      ['host', 1],
      ['notify', 0],
    ]);
  });

  it('is listed by queue and state, piece by piece, as many as are counted', async () => {
    for (const n of [1, 2, 3])
      await queues.page.add('maintenance', { v: 1, kind: 'maintenance', runId: `r${n + 2}` }, { priority: n });
    const listed: string[] = [];
    for (let from = 0; from < 4; from += 3) {
      const list = await readJobList(runtime(), { queue: 'page', state: 'waiting', from, limit: 3 });
      expect(list?.total).toBe(4);
      listed.push(...(list?.jobs.map(({ id }) => id) ?? []));
    }
    expect(new Set(listed).size).toBe(4);
    expect(listed).toHaveLength(4);
    const none = { queue: 'page', state: 'failed', from: 0, limit: 3 } as const;
    expect(await readJobList(runtime(), none)).toEqual({ jobs: [], total: 0 });
    expect(await readJobList(runtime(), { ...none, queue: 'cheese' })).toBeNull();
  });
});
