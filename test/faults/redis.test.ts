import { readFileSync } from 'node:fs';
import { appendFile, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, pause, startProgram, until, type RunningProgram } from './faulty-program.js';
import { killTree, redisOf, sendSignal } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

/** Whatever happens to Redis, the run is over after this long. */
const END_LIMIT_MS = 60_000;
const REQUESTS_BEFORE = 12;

describe('Redis fails while a crawl is under way', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const rows: string[][] = [];

  beforeAll(async () => {
    site = await startSite({
      seed: 31,
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

  /** A crawl in the middle of its pages, with something new among them. */
  async function midCrawl(): Promise<{ program: RunningProgram; redis: number | null }> {
    await pause(1_001 - (Date.now() % 1_000));
    await site.publish({});
    await site.clearRequests();
    const program = startProgram(workplace, ['crawl', '--refetch']);
    expect(await until(() => site.requestCount() >= REQUESTS_BEFORE, program)).toBe(true);
    return { program, redis: redisOf(program.pid) };
  }

  /** Sends words to the server that the program has brought along. */
  async function tell(...words: [string, ...string[]]): Promise<void> {
    const holder = JSON.parse(readFileSync(join(workplace.dataDir, 'lock.json'), 'utf8')) as { redisUrl: string };
    const connection = new Redis(holder.redisUrl);
    await connection.call(...words);
    connection.disconnect();
  }

  async function expectNextEqual(): Promise<void> {
    const next = await endOf(startProgram(workplace, ['crawl', '--refetch']));
    expect(next.code, next.stderr.slice(-3000)).toBe(0);
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
  }

  const COMPLETES = 'the crawl goes on to its end';
  const STOPS = 'the crawl ends with exit code 4';

  const faults: readonly (readonly [
    fault: string,
    outcome: string,
    act: (redis: number | null, pid: number) => Promise<void>,
  ])[] = [
    [
      'killed once; it is started again',
      `${COMPLETES}, or ends with exit code 4`,
      (redis) => signalled(redis, 'SIGKILL'),
    ],
    [
      'killed three times in a row',
      `${COMPLETES}, or ends with exit code 4`,
      async (_redis, pid) => {
        for (let time = 0; time < 3; time += 1) {
          sendSignal(redisOf(pid), 'SIGKILL');
          await pause(150);
        }
      },
    ],
    [
      'frozen for three seconds',
      COMPLETES,
      async (redis) => {
        sendSignal(redis, 'SIGSTOP');
        await pause(3_000);
        sendSignal(redis, 'SIGCONT');
      },
    ],
    ['made a read-only replica', STOPS, () => tell('REPLICAOF', '127.0.0.1', '1')],
    ['emptied by somebody', STOPS, () => tell('FLUSHALL')],
    ['out of memory', STOPS, () => tell('CONFIG', 'SET', 'maxmemory', '1')],
  ];

  it.each(faults)('%s: %s, and the next one ends equal', { timeout: 200_000 }, async (fault, outcome, act) => {
    const { program, redis } = await midCrawl();
    await act(redis, program.pid);
    const { code, stderr } = await endOf(program, END_LIMIT_MS);
    const allowed = outcome === COMPLETES ? [0] : outcome === STOPS ? [4] : [0, 4];
    expect(allowed, stderr.slice(-4000)).toContain(code);
    if (code === 4) expect(stderr).not.toMatch(/\n {4}at .*\n\s*at .*bug/);
    await expectNextEqual();
    rows.push([`Redis ${fault}`, `${outcome}; the next one ends equal to the site`]);
  });

  const leftovers: readonly (readonly [fault: string, act: (folder: string) => Promise<void>])[] = [
    ['its folder is gone', (folder) => rm(folder, { recursive: true })],
    ['its log is torn at the end', async (folder) => truncate(await logOf(folder), (await sizeOf(folder)) - 37)],
    ['its log ends in rubbish', async (folder) => appendFile(await logOf(folder), Buffer.alloc(4_096, 0xa5))],
    [
      'its log holds rubbish in the middle',
      async (folder) => {
        const file = await open(await logOf(folder), 'r+');
        await file.write(Buffer.alloc(512, 0xa5), 0, 512, Math.floor((await sizeOf(folder)) / 2));
        await file.close();
      },
    ],
  ];

  it.each(leftovers)(
    'everything is killed and %s: the next run ends equal',
    { timeout: 200_000 },
    async (fault, act) => {
      const { program } = await midCrawl();
      // It is synced once a second.
      await pause(200);
      killTree(program.pid);
      await program.ended;
      await act(join(workplace.dataDir, 'redis'));
      await expectNextEqual();
      rows.push([`everything killed; of Redis, ${fault}`, 'the next run ends equal to the site']);
    },
  );

  it('comes to what docs/faults.md says', async () => {
    await expectSection({ title: 'Redis', columns: ['fault', 'what comes of it'], rows });
  });
});

function signalled(pid: number | null, signal: NodeJS.Signals): Promise<void> {
  sendSignal(pid, signal);
  return Promise.resolve();
}

async function logOf(folder: string): Promise<string> {
  const names = await readdir(join(folder, 'appendonlydir'));
  return join(
    folder,
    'appendonlydir',
    names
      .filter((name) => name.endsWith('.incr.aof'))
      .sort()
      .at(-1) ?? '',
  );
}

async function sizeOf(folder: string): Promise<number> {
  return (await stat(await logOf(folder))).size;
}
