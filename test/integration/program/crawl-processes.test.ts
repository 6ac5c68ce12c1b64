import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import {
  createWorkplace,
  eventually,
  finished,
  type Finished,
  NO_SCHEDULES,
  testSiteSettings,
  type Workplace,
} from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITION = 'am.sputniknews.ru';
const DAYS = 14;
const DAY_MS = 86_400_000;
const DELAY_MS = 60;
const CONCURRENCY = 2;
const CRAWLERS = ['crawler-1', 'crawler-2', 'crawler-3'];

describe('three crawl processes, one of which is killed, on one host', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  const processes = new Map<
    string,
    { readonly kill: (signal: NodeJS.Signals) => void; readonly ended: Promise<Finished> }
  >();

  async function start(part: string, name: string): Promise<void> {
    const service = workplace.start(['serve', '--only', part, '--json'], { SPUTNIK_POLITENESS_USER_AGENT: name });
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    processes.set(name, { kill: (signal) => service.kill(signal), ended: finished(service) });
    await eventually(() => (said.join('').includes('"ready"') ? true : null), 60_000);
  }

  const askedBy = (name: string): number =>
    testSite.requests().filter(({ headers }) => headers.userAgent === name).length;

  /** Lets a request of one crawler hang at the site. @returns when it does, and what ends it. */
  function hold(name: string): { readonly holding: Promise<void>; readonly end: () => void } {
    let held = (): void => undefined;
    let release = (): void => undefined;
    const holding = new Promise<void>((resolve) => (held = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const stop = testSite.setMode({}, async ({ request, response, sendUsual }) => {
      if (request.headers['user-agent'] === name) {
        held();
        await released;
      }
      if (!response.destroyed) sendUsual();
    });
    return {
      holding,
      end: () => {
        stop();
        release();
      },
    };
  }

  beforeAll(async () => {
    // An answer takes longer than the delay, so that requests overlap wherever they may.
    const latencyMs = DELAY_MS * 2;
    const site = { seed: 23, stories: 56, clock: systemClock, editions: [EDITION], days: DAYS, latencyMs };
    testSite = await startTestSite(site);
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      politeness: { delayMs: DELAY_MS, concurrencyPerHost: CONCURRENCY, timeoutMs: 10_000 },
      workers: { crawlConcurrency: 1, backfillConcurrency: 1 },
      schedules: NO_SCHEDULES,
    });
    await start('page', 'writer');
    await Promise.all(CRAWLERS.map((name) => start('crawl', name)));
    const since = new Date(Date.now() - (DAYS + 2) * DAY_MS).toISOString().slice(0, 10);
    expect((await workplace.run(['crawl', '--detach', '--via', 'sitemap', '--since', since])).code).toBe(0);
    await eventually(() => (CRAWLERS.every((name) => askedBy(name) > 1) ? true : null), 30_000);
    const { holding, end } = hold('crawler-2');
    await holding;
    const killed = processes.get('crawler-2')!;
    killed.kill('SIGKILL');
    await killed.ended;
    end();
    await eventually(async () => ((await missing()).length === 0 ? true : null), 90_000);
    await eventually(async () => ((await waitingCrawls()) === 0 ? true : null), 60_000);
  });

  afterAll(async () => {
    for (const name of [...CRAWLERS, 'writer']) {
      processes.get(name)?.kill('SIGTERM');
      await processes.get(name)?.ended;
    }
    await testSite.stop();
    await workplace.remove();
  });

  async function missing(): Promise<string[]> {
    const stored = await readStoredArticles(workplace.dataDir);
    const wanted = testSite.truth().filter(({ onTopic, notArticle }) => onTopic && notArticle === null);
    return wanted.map(({ family, articleId }) => `${family}/${articleId}`).filter((key) => !stored.has(key));
  }

  async function waitingCrawls(): Promise<number> {
    const { value } = await workplace.document(['status']);
    const { queues } = value as { queues: { name: string; waiting: number; active: number; delayed: number }[] };
    const crawl = queues.find(({ name }) => name === 'crawl')!;
    return crawl.waiting + crawl.active + crawl.delayed;
  }

  it('never exceed the delay between starts, as the site counts', () => {
    const arrivals = testSite
      .requests()
      .map(({ monotonicMs }) => monotonicMs)
      .sort((a, b) => a - b);
    expect(arrivals.length).toBeGreaterThan(50);
    // An arrival may lag behind its start, but only those under way can arrive late: so many, in whatever span of time.
    const tooMany = arrivals.flatMap((from, first) =>
      arrivals.slice(first).flatMap((until, count) => {
        const allowed = Math.floor((until - from) / DELAY_MS) + 1 + CONCURRENCY;
        return count + 1 > allowed ? [{ first, count, spanMs: until - from }] : [];
      }),
    );
    expect(tooMany).toEqual([]);
  });

  it('never have more requests under way than one process may', () => {
    expect(testSite.peakConcurrency(EDITION)).toBe(CONCURRENCY);
  });

  it('finish what the killed one had in hand, and do everything else once', () => {
    const counts = new Map<string, number>();
    for (const { path } of testSite.requests()) counts.set(path, (counts.get(path) ?? 0) + 1);
    counts.delete('/robots.txt');
    const again = [...counts].filter(([, count]) => count > 1);
    expect(again.length).toBeLessThanOrEqual(1 + CONCURRENCY);
    expect(again.every(([, count]) => count === 2)).toBe(true);
    for (const name of CRAWLERS) expect(askedBy(name), name).toBeGreaterThan(1);
  });

  it('leave files in which nothing is wrong', async () => {
    expect(await missing()).toEqual([]);
    expect((await workplace.run(['verify'])).code).toBe(0);
  });
});
