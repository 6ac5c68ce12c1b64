import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_MODES, type HostileModeName } from '../../testsite/modes/hostile-modes.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { expectSection } from './fault-table.js';
import { endOf, follow, pause, until } from './faulty-program.js';
import { sendSignal } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite, type ModeSetting, type SiteProcess } from './site-process.js';

/** By edition: what costs its reader most, and which of its URLs give that. */
const MODES: readonly (readonly [edition: string, path: string, mode: HostileModeName])[] = [
  ['am.sputniknews.ru', '^/(geo_|services/)', 'unclosedLinks'],
  ['az.sputniknews.ru', '^/(export/rss2/|sitemap_article\\.xml)', 'crowdedList'],
  ['sputnik.az', '^/(export/rss2/|sitemap_article\\.xml)', 'evilTitleEntries'],
  ['sputnikglobe.com', '\\d\\.html', 'openTags'],
  ['sputniknews.jp', '\\d\\.html', 'deepNesting'],
  ['sarabic.ae', '\\d\\.html', 'hugeTitle'],
];
const EDITIONS = MODES.map(([edition]) => edition);
/** Of one silence, the time that the service's main thread was at work: what other processes take from it is not its own. */
const SILENCE_MS_MAX = 500;
const WATCH_MS = 20_000;
const TICK_MS = 10;

describe('a service whose sites are hostile', () => {
  let site: SiteProcess;
  let workplace: Workplace;

  beforeAll(async () => {
    site = await startSite({ seed: 29, stories: 60, days: 5, editions: EDITIONS, onTopicShare: 1, oldEngineShare: 0 });
    workplace = await createWorkplace(await settingsFor(site, { timeoutMs: 3_000, retries: 0 }));
    const modes = MODES.map(([edition, path, mode]): ModeSetting => ({ edition, path, mode }));
    await site.setModes(modes);
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  it('answers /healthz all the same', { timeout: 120_000 }, async () => {
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const program = follow(service);
    expect(await until(() => said.join('').includes('"origin"'), program)).toBe(true);
    const origin = /"origin": ?"(.+?)"/.exec(said.join(''))?.[1];
    const silences: number[] = [];
    const endsAt = performance.now() + WATCH_MS;
    while (performance.now() < endsAt && !program.hasEnded()) {
      const before = workedMs(program.pid);
      expect(await statusOf(`${origin}/healthz`)).toBe(200);
      silences.push(workedMs(program.pid) - before);
      await pause(20);
    }
    expect(await until(() => site.requestCount() > 40, program)).toBe(true);
    sendSignal(program.pid, 'SIGTERM');
    const { code, stderr } = await endOf(program);
    expect(code, stderr.slice(-3_000)).toBe(143);
    console.info(`the longest silence: ${Math.max(...silences)} ms at work, of ${silences.length} answers`);
    expect(Math.max(...silences)).toBeLessThan(SILENCE_MS_MAX);
  });

  it('comes to what docs/faults.md says', async () => {
    const rows = MODES.map(([, , mode]) => [HOSTILE_MODES[mode].what, 'never silent for 500 ms']);
    await expectSection({
      title: '/healthz while sites are hostile',
      columns: ['what they give', 'the service is'],
      rows,
    });
  });
});

/** On a connection of its own, as probes ask. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

/** Processor time of the main thread so far. */
function workedMs(pid: number): number {
  const line = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
