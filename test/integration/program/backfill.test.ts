import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptiedList } from '../../../testsite/modes/list-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import {
  createWorkplace,
  eventually,
  finished,
  NO_SCHEDULES,
  testSiteSettings,
  type Workplace,
} from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITION = 'am.sputniknews.ru';
const DAYS = 20;
/** Days that the site tells about before it falls silent. */
const DAYS_TOLD = 8;
const DAY_MS = 86_400_000;
/** Crawls of one process at a time, and requests of each: what may have been in hand when it was killed. */
const CRAWLS = 2;
const REQUESTS = 8;

interface Summary {
  readonly runId: string;
  readonly found: number;
  readonly skipped: number;
  readonly fetched: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

describe('a backfill of weeks', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let command: readonly string[];

  beforeEach(async () => {
    testSite = await startTestSite({
      ...{ seed: 17, stories: 40, clock: systemClock, editions: [EDITION], days: DAYS },
    });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      workers: { backfillConcurrency: CRAWLS },
      web: { port: 0 },
      schedules: NO_SCHEDULES,
    });
    command = ['crawl', '--since', new Date(Date.now() - (DAYS + 2) * DAY_MS).toISOString().slice(0, 10)];
  });

  afterEach(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  /** URL → how often it was asked for. */
  function asked(pattern: RegExp): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { path } of testSite.requests()) if (pattern.test(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
    return counts;
  }

  const daysAsked = (): Map<string, number> => asked(/^\/sitemap_article\.xml/);
  const moreThanOnce = (counts: Map<string, number>): number => [...counts.values()].filter((n) => n > 1).length;

  async function missing(): Promise<string[]> {
    const stored = await readStoredArticles(workplace.dataDir);
    const wanted = testSite.truth().filter(({ onTopic, notArticle }) => onTopic && notArticle === null);
    return wanted.map(({ family, articleId }) => `${family}/${articleId}`).filter((key) => !stored.has(key));
  }

  /** Lets the site tell about some days and then fall silent. @returns when it has, with what makes it speak again. */
  function silenceInTheMiddle(): { readonly reached: Promise<void>; readonly end: () => void } {
    let told = 0;
    let reach = (): void => undefined;
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const stop = testSite.setMode({ path: /^\/sitemap_article\.xml/ }, async ({ sendUsual, response }) => {
      told += 1;
      if (told >= DAYS_TOLD + CRAWLS) reach();
      if (told > DAYS_TOLD) await released;
      if (!response.destroyed) sendUsual();
    });
    return {
      reached,
      end: () => {
        stop();
        release();
      },
    };
  }

  async function startService(): Promise<ChildProcessWithoutNullStreams> {
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(() => (said.join('').includes('"ready"') ? true : null), 30_000);
    return service;
  }

  function expectNothingAskedAgain(): void {
    expect([...daysAsked().values()].every((count) => count <= 2)).toBe(true);
    expect(moreThanOnce(daysAsked())).toBeLessThanOrEqual(CRAWLS);
    expect(moreThanOnce(asked(/\/\d{8}\/.*\.html$/))).toBeLessThanOrEqual(CRAWLS * REQUESTS);
  }

  async function expectProgress(): Promise<string> {
    const { value } = await workplace.document(['status']);
    const { orders } = value as { orders: { runId: string; parts: number }[] };
    expect(orders).toMatchObject([{ editions: [EDITION], since: command.at(-1), done: DAYS_TOLD }]);
    expect(orders[0]!.parts).toBeGreaterThanOrEqual(DAYS);
    const { stdout } = await workplace.run(['status']);
    expect(stdout).toContain(`: ${DAYS_TOLD} of ${orders[0]!.parts} days done`);
    return orders[0]!.runId;
  }

  it('is done day by day by the service, stays paused and goes on where it was after kill -9', async () => {
    const silence = silenceInTheMiddle();
    const killed = await startService();
    const first = (await workplace.document([...command, '--detach'])).value as Summary;
    const second = (await workplace.document([...command, '--detach'])).value as Summary;
    expect(second.runId).toBe(first.runId);
    await silence.reached;
    expect(await expectProgress()).toBe(first.runId);
    killed.kill('SIGKILL');
    await finished(killed);
    silence.end();
    const paused = await workplace.document(['schedule', 'pause', 'backfill']);
    expect(paused).toEqual({ code: 0, value: { schedule: 'backfill', paused: true, served: false } });
    const service = await startService();
    expect((await workplace.document(['schedule', 'list'])).value).toMatchObject({
      areBackfillsPaused: true,
      backfills: [{ runId: first.runId, isPaused: true, done: DAYS_TOLD, etaAt: null }],
    });
    expect((await workplace.run(['status'])).stdout).toContain('days done, paused');
    expect((await workplace.run(['schedule', 'resume', 'backfill'])).stdout).toBe('Back-fills are resumed.\n');
    await eventually(async () => ((await missing()).length === 0 ? true : null), 60_000);
    await eventually(() => (daysAsked().size >= DAYS ? true : null), 30_000);
    expectNothingAskedAgain();
    // Another day was asked for by each request: none of a month.
    for (const path of daysAsked().keys()) {
      const { searchParams } = new URL(path, 'http://site.test');
      expect(searchParams.get('date_start')).toBe(searchParams.get('date_end'));
    }
    const ended = finished(service);
    service.kill('SIGTERM');
    expect((await ended).code).toBe(143);
  });

  it('is estimated from the index and from what is known, and nothing else is asked for', async () => {
    const { code, value } = await workplace.document([...command, '--estimate']);
    expect(code).toBe(0);
    expect(testSite.requests().map(({ path }) => path.split('?')[0])).toEqual([
      '/robots.txt',
      '/sitemap_article_index.xml',
    ]);
    const [estimate] = (value as { editions: { days: number; listRequests: number; pages: number }[] }).editions;
    expect(estimate).toMatchObject({ edition: EDITION, beginKnownFrom: 'index', pagesPerDayFrom: 'assumption' });
    expect(estimate!.days).toBeGreaterThanOrEqual(DAYS - 1);
    expect(estimate!.pages).toBe(estimate!.days * 50);
    expect(estimate!.listRequests).toBe(estimate!.days + 3);
    expect((await workplace.run([...command, '--estimate', '--limit', '3'])).code).toBe(2);

    expect((await workplace.document(command)).code).toBe(0);
    const after = (await workplace.document([...command, '--estimate'])).value as {
      editions: { pagesPerDay: number }[];
      pages: number;
    };
    expect(after.editions).toMatchObject([{ pagesPerDayFrom: 'history' }]);
    const until = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
    const over = (await workplace.document([...command, '--until', until, '--estimate'])).value as typeof after;
    // Days before the first article that is known are taken for usual ones.
    expect(over.pages).toBeLessThan(10);
    // Days that are not over may bring more: today, and just after midnight the day before.
    expect(after.pages).toBeLessThanOrEqual(over.pages + 2 * (after.editions[0]!.pagesPerDay + 1));
    expect((await workplace.run([...command, '--estimate'])).stdout).toContain('as on the days that were read');
    const { runs } = (await workplace.document(['status'])).value as { runs: { piece?: boolean; found: number }[] };
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.every(({ piece, found }) => piece === undefined && found > 0)).toBe(true);
  });

  it('is taken up again by the command that is given once more after kill -9', async () => {
    const silence = silenceInTheMiddle();
    const killed = workplace.start(command);
    await silence.reached;
    await expectProgress();
    killed.kill('SIGKILL');
    await finished(killed);
    silence.end();
    const { code, value } = await workplace.document(command);
    expect(code).toBe(0);
    const { found, skipped, fetched, outcomes } = value as Summary;
    expect(found).toBe(skipped + fetched);
    expect(fetched).toBe(Object.values(outcomes).reduce((sum, count) => sum + count, 0));
    expect(found).toBe(testSite.truth().length);
    expect(await missing()).toEqual([]);
    expectNothingAskedAgain();
  });

  it('finds as many pages the second time as the first, also those that no list of a day shows', async () => {
    // The newest two days: their pages stand in the feed and on tag pages alone.
    const newest = [0, 1].map((days) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10));
    for (const day of newest)
      testSite.setMode({ path: `/sitemap_article.xml?date_start=${day.replaceAll('-', '')}` }, emptiedList);
    const runs: Summary[] = [];
    for (let run = 0; run < 3; run += 1) {
      const { value } = await workplace.document(command);
      runs.push(value as Summary);
    }
    const [first] = runs;
    expect(first!.fetched).toBe(first!.found);
    expect(runs.map(({ found }) => found)).toEqual([first!.found, first!.found, first!.found]);
    for (const { found, skipped, fetched } of runs) expect(found).toBe(skipped + fetched);
    expect(first!.found).toBe(testSite.truth().length);
  });

  it('tells what is done when it is interrupted, and the rest the next time', async () => {
    const silence = silenceInTheMiddle();
    const interrupted = workplace.start([...command, '--json']);
    const ended = finished(interrupted);
    await silence.reached;
    interrupted.kill('SIGTERM');
    silence.end();
    const { code, stdout } = await ended;
    expect(code).toBe(143);
    const summary = JSON.parse(stdout) as Summary;
    expect(summary.found).toBe(summary.skipped + summary.fetched);
    expect((await workplace.document(command)).code).toBe(0);
    expect(await missing()).toEqual([]);
    expectNothingAskedAgain();
  });
});
