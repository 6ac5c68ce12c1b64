import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, eventually, finished, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, pause, startProgram, until } from './faulty-program.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

const DISK_BYTES = 48_000_000;
const END_LIMIT_MS = 60_000;

function mount(words: readonly string[]): void {
  execFileSync('mount', [...words], { stdio: 'pipe' });
}

/** Statements of the comparisons before keep the catalogue open until they are collected, and the disk busy. */
async function remountReadOnly(folder: string): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  for (let tries = 1; ; tries += 1) {
    collectGarbage();
    await pause(50);
    try {
      mount(['-o', 'remount,ro', folder]);
      return;
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

/** A small file system of our own needs root with the right to mount. */
function canMount(): boolean {
  const folder = join('/tmp', `sputnik-mount-${process.pid}`);
  try {
    mkdirSync(folder);
    mount(['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isAble = canMount();
if (!isAble) console.info('SKIPPED: full and read-only disks, since a tmpfs cannot be mounted here (needs root)');

describe.skipIf(!isAble)('a disk that is full or read-only', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const rows: string[][] = [];

  beforeAll(async () => {
    site = await startSite({
      ...{
        seed: 51,
        stories: 24,
        editions: ['am.sputniknews.ru', 'az.sputniknews.ru'],
        latencyMs: 25,
        pageBytes: 60_000,
      },
      gzip: false,
    });
    workplace = await createWorkplace(await settingsFor(site, { concurrencyPerHost: 2 }));
    mkdirSync(workplace.dataDir);
    mount(['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', workplace.dataDir]);
  });

  afterAll(async () => {
    await site.stop();
    execFileSync('umount', ['-l', workplace.dataDir]);
    await workplace.remove();
  });

  const ballast = (): string => join(workplace.dataDir, 'ballast');

  /** Leaves so many bytes free, or fewer: the program writes meanwhile. */
  function fill(freeBytes: number): void {
    const { bavail, bsize } = statfsSync(workplace.dataDir);
    try {
      writeFileSync(ballast(), Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  async function expectNextEqual(): Promise<void> {
    const next = await endOf(startProgram(workplace, ['crawl', '--refetch']));
    expect(next.code, next.stderr.slice(-3000)).toBe(0);
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
  }

  /** Which of its files the program cannot write first depends on how much is left. */
  async function crawlOnFullDisk(room: number): Promise<void> {
    await pause(1_001 - (Date.now() % 1_000));
    for (let count = 0; count < 10; count += 1) await site.publish({});
    await site.clearRequests();
    if (room === 0) fill(0);
    const program = startProgram(workplace, ['crawl', '--refetch']);
    if (room > 0) {
      expect(await until(() => site.requestCount() >= 6, program)).toBe(true);
      fill(room);
    }
    const { code, stderr } = await endOf(program, END_LIMIT_MS);
    rmSync(ballast(), { force: true });
    expect(code, stderr.slice(-3000)).toBe(4);
    // Its own files or those of its Redis meet the end of the disk first.
    expect(stderr).toMatch(/^sputnik: (Cannot|Redis has accepted no write) .*(no space|full)/im);
    expect(stderr).toMatch(/Free space on the disk that holds dataDir, then start again|memory and disk space/);
    expect(stderr).not.toContain('bug of ours');
  }

  it.each([
    [0, 100_000, 700_000],
    [16_000, 300_000, 1_200_000],
  ])('full but for %i, %i and %i bytes: exit code 4 and why; goes on', { timeout: 200_000 }, async (...rooms) => {
    for (const room of rooms) {
      await crawlOnFullDisk(room);
      const fault = room === 0 ? 'full before the start' : `full but for ${room / 1_000} KB while a crawl is under way`;
      rows.push([fault, 'exit code 4 and a hint; with space again the next run ends equal to the site']);
    }
    await expectNextEqual();
  });

  it(
    'captures on a disk of their own that is full: exit code 4 and which disk; goes on',
    { timeout: 200_000 },
    async () => {
      const apart = await createWorkplace(await settingsFor(site, { concurrencyPerHost: 2 }));
      const captures = join(apart.dataDir, 'captures');
      mkdirSync(captures, { recursive: true });
      mount(['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', captures]);
      try {
        const { code, stderr } = await endOf(startProgram(apart, ['crawl']), END_LIMIT_MS);
        expect(code, stderr.slice(-3000)).toBe(4);
        expect(stderr).toMatch(/^sputnik: Cannot .*captures.*(no space|full)/im);
        expect(stderr).not.toContain('bug of ours');
        mount(['-o', `remount,size=${DISK_BYTES}`, captures]);
        const next = await endOf(startProgram(apart, ['crawl']));
        expect(next.code, next.stderr.slice(-3000)).toBe(0);
        expect(await differencesFromTruth(apart.dataDir, site)).toEqual([]);
        expect((await apart.run(['verify'])).code).toBe(0);
      } finally {
        execFileSync('umount', ['-l', captures]);
        await apart.remove();
      }
      rows.push([
        'full, only for `captures/`',
        'exit code 4 and the name of the disk; with space again the next run ends equal to the site',
      ]);
    },
  );

  it('read-only: exit code 4 and why', { timeout: 200_000 }, async () => {
    await remountReadOnly(workplace.dataDir);
    const { code, stderr } = await endOf(startProgram(workplace, ['crawl']), END_LIMIT_MS);
    mount(['-o', 'remount,rw', workplace.dataDir]);
    expect(code, stderr).toBe(4);
    expect(stderr).toMatch(/read-?only|writ/i);
    await expectNextEqual();
    rows.push(['read-only', 'exit code 4 and a hint; writable again, the next run ends equal to the site']);
  });

  it('has left captures and catalogue in which nothing is wrong', async () => {
    const verified = await workplace.run(['verify']);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({ title: 'Disk', columns: ['the disk is', 'outcome'], rows });
  });
});

describe.skipIf(!isAble)('readiness of a service whose disk is full or read-only', () => {
  let workplace: Workplace;
  let service: ReturnType<Workplace['start']>;
  let origin: string;

  beforeAll(async () => {
    workplace = await createWorkplace(await settingsFor({ editionConfig: () => Promise.resolve({}) }));
    mkdirSync(workplace.dataDir);
    mount(['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', workplace.dataDir]);
    service = workplace.start(['serve', '--only', 'page,web', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    origin = await eventually(() => /"origin": "(.+)"/.exec(said.join(''))?.[1] ?? null, END_LIMIT_MS);
  });

  afterAll(async () => {
    service.kill('SIGTERM');
    await finished(service);
    execFileSync('umount', ['-l', workplace.dataDir]);
    await workplace.remove();
  });

  /** Waits for the status. @returns the reasons. */
  async function readiness(wanted: number): Promise<readonly string[]> {
    return eventually(async () => {
      const answer = await fetch(`${origin}/readyz`);
      return answer.status === wanted ? ((await answer.json()) as { reasons: string[] }).reasons : null;
    }, 20_000);
  }

  it('names the disk, stays alive meanwhile, and is back when there is space', async () => {
    expect(await readiness(200)).toEqual([]);
    const { bavail, bsize } = statfsSync(workplace.dataDir);
    const ballast = join(workplace.dataDir, 'ballast');
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 8_000_000));
    expect(await readiness(503)).toEqual([
      expect.stringMatching(/^the disk that holds dataDir is full: \d+ bytes are free$/),
    ]);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    rmSync(ballast);
    expect(await readiness(200)).toEqual([]);
  });

  it('names a folder that cannot be written', async () => {
    const captures = join(workplace.dataDir, 'captures');
    mount(['-t', 'tmpfs', '-o', 'ro', 'tmpfs', captures]);
    const [reason] = await readiness(503);
    execFileSync('umount', ['-l', captures]);
    expect(reason).toMatch(/^Cannot write to .*read-?only/i);
    expect(await readiness(200)).toEqual([]);
  });
});
