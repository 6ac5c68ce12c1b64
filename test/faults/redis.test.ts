import { appendFile, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSection } from './fault-table.js';
import { endOf, pause } from './faulty-program.js';
import { openInterruptedCrawl, type InterruptedCrawl } from './interrupted-crawl.js';
import { killTree, redisOf, sendSignal } from './process-tree.js';

/** Whatever happens to Redis, the run is over after this long. */
const END_LIMIT_MS = 60_000;
/** Between two restarts of a server that keeps dying. */
const BETWEEN_KILLS_MS = 150;

interface Fault {
  readonly fault: string;
  readonly codes: readonly (0 | 4)[];
  readonly act: (redis: number | null, pid: number, tell: InterruptedCrawl['tell']) => Promise<void>;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  '0': 'the crawl goes on to its end',
  '4': 'the crawl ends with exit code 4',
  '0,4': 'the crawl goes on to its end, or ends with exit code 4',
};

const QUICK: readonly Fault[] = [
  {
    fault: 'killed once; it is started again',
    codes: [0, 4],
    act: (redis) => signalled(redis, 'SIGKILL'),
  },
  {
    fault: 'killed three times in a row',
    codes: [0, 4],
    act: async (_redis, pid) => {
      for (let time = 0; time < 3; time += 1) {
        sendSignal(redisOf(pid), 'SIGKILL');
        await pause(BETWEEN_KILLS_MS);
      }
    },
  },
  { fault: 'out of memory', codes: [4], act: (_redis, _pid, tell) => tell('CONFIG', 'SET', 'maxmemory', '1') },
];

/** They are mostly waiting, so they wait side by side, and beside all others. */
const SLOW: readonly Fault[] = [
  {
    fault: 'frozen for three seconds',
    codes: [0],
    act: async (redis) => {
      sendSignal(redis, 'SIGSTOP');
      await pause(3_000);
      sendSignal(redis, 'SIGCONT');
    },
  },
  { fault: 'made a read-only replica', codes: [4], act: (_redis, _pid, tell) => tell('REPLICAOF', '127.0.0.1', '1') },
  { fault: 'emptied by somebody', codes: [4], act: (_redis, _pid, tell) => tell('FLUSHALL') },
];

const DAMAGED_FILES: readonly (readonly [fault: string, act: (folder: string) => Promise<void>])[] = [
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

describe('Redis fails while a crawl is under way', () => {
  let crawl: InterruptedCrawl;
  let slow: readonly Promise<void>[];
  const seen = new Map<string, string>();

  beforeAll(async () => {
    crawl = await openInterruptedCrawl(31);
    slow = SLOW.map(async (fault, at) => {
      const interrupted = await openInterruptedCrawl(32 + at);
      await survive(fault, interrupted).finally(() => interrupted.close());
    });
    for (const ended of slow) ended.catch(() => undefined); // told by the test that waits for it
  });

  afterAll(() => crawl.close());

  async function survive({ fault, codes, act }: Fault, interrupted: InterruptedCrawl): Promise<void> {
    const { program, redis } = await interrupted.midCrawl();
    await act(redis, program.pid, interrupted.tell);
    const { code, stderr } = await endOf(program, END_LIMIT_MS);
    expect(codes, stderr.slice(-4000)).toContain(code);
    expect(stderr).not.toContain('bug of ours');
    await interrupted.expectNextEqual();
    seen.set(`Redis ${fault}`, `${OUTCOMES[String(codes)]}; the next one ends equal to the site`);
  }

  it.each(QUICK)('$fault: the crawl ends, and the next one ends equal', { timeout: 200_000 }, (fault) =>
    survive(fault, crawl),
  );

  it.each(DAMAGED_FILES)(
    'everything is killed and %s: the next run ends equal',
    { timeout: 200_000 },
    async (fault, act) => {
      const { program } = await crawl.midCrawl();
      // It is synced once a second.
      await pause(200);
      killTree(program.pid);
      await program.ended;
      await act(join(crawl.workplace.dataDir, 'redis'));
      await crawl.expectNextEqual();
      seen.set(`everything killed; of Redis, ${fault}`, 'the next run ends equal to the site');
    },
  );

  it.each(SLOW)('$fault: the crawl ends, and the next one ends equal', { timeout: 200_000 }, async (fault) => {
    await slow[SLOW.indexOf(fault)];
  });

  it('comes to what docs/faults.md says', async () => {
    const rows = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
    await expectSection({ title: 'Redis', columns: ['fault', 'outcome'], rows });
  });
});

function signalled(pid: number | null, signal: NodeJS.Signals): Promise<void> {
  sendSignal(pid, signal);
  return Promise.resolve();
}

async function logOf(folder: string): Promise<string> {
  const names = await readdir(join(folder, 'appendonlydir'));
  const last = names
    .filter((name) => name.endsWith('.incr.aof'))
    .sort()
    .at(-1);
  return join(folder, 'appendonlydir', last ?? '');
}

async function sizeOf(folder: string): Promise<number> {
  return (await stat(await logOf(folder))).size;
}
