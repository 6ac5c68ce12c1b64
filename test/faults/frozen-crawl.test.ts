import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, pause, until } from './faulty-program.js';
import { sendSignal } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';
import { startHarvester } from './start-harvester.js';

const STORIES = 24;
const CONCURRENCY = 2;
/** A tenth of the usual ones. */
const TIMES = { lockDuration: 1_500, stalledInterval: 500 };
const FROZEN_MS = 2_500;
/** An id, as only URLs of articles have it. */
const PAGE = /^[^?]*(?:\d\.html|\d{9,}[^?]*)$/;

describe('a process that is frozen until the lock of its crawl is lost', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const rows: string[][] = [];

  beforeAll(async () => {
    const editions = ['am.sputniknews.ru', 'az.sputniknews.ru'];
    site = await startSite({ seed: 83, stories: STORIES, editions, latencyMs: 60 });
    workplace = await createWorkplace(await settingsFor(site, { concurrencyPerHost: CONCURRENCY }));
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  it.each([
    ['once', [9], false],
    ['three times', [10, 18, 26], true],
  ] as const)('%s: sums up the whole crawl, true', { timeout: 200_000 }, async (when, moments, refetch) => {
    await site.clearRequests();
    const program = startHarvester(workplace, { refetch, crawlTimes: TIMES });
    for (const requests of moments) {
      expect(await until(() => site.requestCount() >= requests, program)).toBe(true);
      sendSignal(program.pid, 'SIGSTOP');
      await pause(FROZEN_MS);
      sendSignal(program.pid, 'SIGCONT');
    }
    const { code, stdout, stderr } = await endOf(program);
    expect(code, stderr.slice(-3000)).toBe(0);
    const { found, fetched, skipped, outcomes, aborted } = JSON.parse(stdout) as Record<string, number> & {
      readonly outcomes: Readonly<Record<string, number>>;
    };
    const asked = (await site.requests())
      .filter(({ path }) => PAGE.test(path))
      .map(({ edition, path }) => edition + path);
    expect({ found, fetched, skipped, aborted }).toEqual({
      found: STORIES,
      fetched: STORIES,
      skipped: 0,
      aborted: false,
    });
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(STORIES);
    expect(outcomes[refetch ? 'unchanged' : 'new']).toBeGreaterThan(0);
    expect(outcomes['failed']).toBe(0);
    // Requests of both hosts that were under way when it was frozen are sent again, and those that followed until it saw its lock gone: not all pages.
    expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(moments.length * CONCURRENCY * 2 * 2);
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
    rows.push([when, 'the crawl goes on from where it was; its summary counts every page once']);
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'A process frozen until its crawl is lost',
      columns: ['frozen', 'outcome'],
      rows,
    });
  });
});
