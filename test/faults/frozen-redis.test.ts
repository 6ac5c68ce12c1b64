import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, pause, startProgram, until, type RunningProgram } from './faulty-program.js';
import { redisOf, sendSignal } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

/** Redis is given up after 20 s without a write; then everything that waits for it waits as long as it may. */
const END_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

const isLong = process.env['FAULT_ROUNDS'] !== undefined || process.env['WRITE_FAULTS'] === '1';
if (!isLong) console.info('SKIPPED: a Redis that is frozen for good takes two minutes; `npm run soak` runs it');

describe.skipIf(!isLong)('Redis is frozen for good', () => {
  let site: SiteProcess;
  let workplace: Workplace;

  beforeAll(async () => {
    site = await startSite({
      seed: 71,
      stories: 24,
      editions: ['am.sputniknews.ru', 'az.sputniknews.ru'],
      latencyMs: 40,
    });
    workplace = await createWorkplace(await settingsFor(site, { concurrencyPerHost: 2 }));
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  async function freezeMidCrawl(): Promise<RunningProgram> {
    await pause(1_001 - (Date.now() % 1_000));
    await site.publish({});
    await site.clearRequests();
    const program = startProgram(workplace, ['crawl', '--refetch']);
    expect(await until(() => site.requestCount() >= 12, program)).toBe(true);
    sendSignal(redisOf(program.pid), 'SIGSTOP');
    return program;
  }

  async function expectNextEqual(): Promise<void> {
    const next = await endOf(startProgram(workplace, ['crawl', '--refetch']));
    expect(next.code, next.stderr.slice(-3000)).toBe(0);
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
  }

  it('ends a crawl with exit code 4, and the next one ends equal', { timeout: 200_000 }, async () => {
    const { code, stderr } = await endOf(await freezeMidCrawl(), END_LIMIT_MS);
    expect(code, stderr.slice(-3000)).toBe(4);
    expect(stderr).toContain('Redis has accepted no write');
    await expectNextEqual();
  });

  it('does not keep a crawl from stopping', { timeout: 200_000 }, async () => {
    const program = await freezeMidCrawl();
    await pause(200);
    sendSignal(program.pid, 'SIGTERM');
    const { code, stderr } = await endOf(program, STOP_LIMIT_MS);
    expect(code, stderr.slice(-3000)).toBe(143);
    await expectNextEqual();
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Redis frozen for good',
      columns: ['while', 'outcome'],
      rows: [
        ['a crawl is under way', 'exit code 4 within 60 s; the next one ends equal to the site'],
        ['a crawl is told to stop', 'exit code 143 within 30 s; the next one ends equal to the site'],
      ],
    });
  });
});
