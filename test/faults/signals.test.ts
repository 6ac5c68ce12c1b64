import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, pause, startProgram, until, type RunningProgram } from './faulty-program.js';
import { processTree, redisOf, sendSignal } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite, type ModeSetting, type SiteProcess } from './site-process.js';

/** A stopped program is gone after this long. */
const STOP_LIMIT_MS = 10_000;
/** The second signal waits for nothing. */
const FORCED_LIMIT_MS = 2_000;
const SILENT_PAGES: readonly ModeSetting[] = [{ edition: 'am.sputniknews.ru', path: '\\d\\.html', mode: 'silence' }];
const CODES = { SIGTERM: 143, SIGINT: 130, SIGHUP: 143 } as const;

describe('a program that is told to stop', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const rows: string[][] = [];

  beforeAll(async () => {
    site = await startSite({
      seed: 41,
      stories: 24,
      editions: ['am.sputniknews.ru', 'az.sputniknews.ru'],
      latencyMs: 25,
    });
    // A page may take longer than a stop may.
    workplace = await createWorkplace(await settingsFor(site, { concurrencyPerHost: 4, timeoutMs: 30_000 }));
  });

  afterEach(() => site.clearModes());

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  const inData = (name: string): boolean => existsSync(join(workplace.dataDir, name));
  const phases: readonly (readonly [phase: string, isReached: (program: RunningProgram) => boolean])[] = [
    ['has just taken the lock', () => inData('lock.json')],
    ['has just started Redis', (program) => redisOf(program.pid) !== null],
    ['sends its first request', () => site.requestCount() >= 1],
    ['reads lists', () => site.requestCount() >= 5],
    ['fetches pages', () => site.requestCount() >= 20],
    ['has fetched its last page', () => site.requestCount() >= 34],
  ];

  async function begin(words: readonly string[]): Promise<RunningProgram> {
    await pause(1_001 - (Date.now() % 1_000));
    await site.publish({});
    await site.clearRequests();
    return startProgram(workplace, words);
  }

  async function expectStopped(program: RunningProgram, signal: keyof typeof CODES, limitMs: number): Promise<void> {
    const tree = processTree(program.pid).map(({ pid }) => pid);
    const toldAt = performance.now();
    sendSignal(program.pid, signal);
    const end = await endOf(program);
    const tookMs = performance.now() - toldAt;
    expect(end.code, end.stderr.slice(-3000)).toBe(CODES[signal]);
    expect(tookMs).toBeLessThan(limitMs);
    if (limitMs !== STOP_LIMIT_MS) return;
    expect(
      tree.filter((pid) => processTree(pid).length > 0),
      'left running',
    ).toEqual([]);
    expect(inData('lock.json'), 'the lock is given back').toBe(false);
  }

  async function expectNextEqual(): Promise<void> {
    const next = await endOf(startProgram(workplace, ['crawl', '--refetch']));
    expect(next.code, next.stderr.slice(-3000)).toBe(0);
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
  }

  it.each(phases)('stops in order when it %s', { timeout: 200_000 }, async (phase, isReached) => {
    const signal = phases.findIndex(([name]) => name === phase) % 2 === 0 ? 'SIGTERM' : 'SIGINT';
    const program = await begin(['crawl', '--refetch']);
    expect(await until(() => isReached(program), program)).toBe(true);
    await expectStopped(program, signal, STOP_LIMIT_MS);
    rows.push([`\`crawl\` ${phase}`, signal, `exit code ${CODES[signal]} within 10 s, nothing left running`]);
  });

  it('stops in order while a page does not answer', { timeout: 200_000 }, async () => {
    await site.setModes(SILENT_PAGES);
    const program = await begin(['crawl', '--refetch']);
    expect(await until(() => site.requestCount() >= 20, program)).toBe(true);
    await expectStopped(program, 'SIGTERM', STOP_LIMIT_MS);
    rows.push([
      '`crawl` waits for a page that does not answer',
      'SIGTERM',
      'exit code 143 within 10 s, nothing left running',
    ]);
  });

  it('ends at once on the second signal', { timeout: 200_000 }, async () => {
    await site.setModes(SILENT_PAGES);
    const program = await begin(['crawl', '--refetch']);
    expect(await until(() => site.requestCount() >= 20, program)).toBe(true);
    sendSignal(program.pid, 'SIGINT');
    await pause(100);
    await expectStopped(program, 'SIGINT', FORCED_LIMIT_MS);
    rows.push(['`crawl` is stopping already', 'SIGINT', 'exit code 130 at once']);
  });

  it.each([
    ['is idle', 'SIGTERM'],
    ['crawls', 'SIGTERM'],
    ['has lost its terminal', 'SIGHUP'],
  ] as const)('a service stops in order while it %s', { timeout: 200_000 }, async (phase, signal) => {
    const program = await begin(['serve']);
    const isReached = (): boolean => (phase === 'crawls' ? site.requestCount() >= 8 : site.requestCount() >= 1);
    expect(await until(isReached, program)).toBe(true);
    if (phase === 'is idle') await pause(1_500);
    await expectStopped(program, signal, STOP_LIMIT_MS);
    rows.push([`\`serve\` ${phase}`, signal, 'exit code 143 within 10 s, nothing left running']);
  });

  it('has left a state from which the next crawl ends equal', { timeout: 200_000 }, async () => {
    await expectNextEqual();
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({ title: 'Signals', columns: ['while', 'signal', 'outcome'], rows });
  });
});
