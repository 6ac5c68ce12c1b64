import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acquireDataDirLock, readLockHolder } from '../../../src/platform/data-dir-lock.js';
import { compileRooms } from './compile-rooms.js';

const CLOCK = { now: () => Date.UTC(2024, 4, 1) };
const request = (purpose: string) => ({ purpose, command: `sputnik ${purpose}`, clock: CLOCK, waitMs: 0 });

const HOLD = `
  const [module, dataDir] = process.argv.slice(1);
  const { acquireDataDirLock } = await import(module);
  const lock = await acquireDataDirLock(dataDir, { purpose: 'serve', command: 'sputnik serve', clock: { now: () => 0 } });
  await lock.announceRedis('unix:///redis.sock');
  process.stdout.write('held');
  setInterval(() => undefined, 60_000);
`;

let compiled = '';
const folders: string[] = [];
const children: ChildProcess[] = [];

beforeAll(() => {
  compiled = compileRooms(['domain', 'platform']);
});
afterAll(() => {
  rmSync(compiled, { recursive: true, force: true });
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-lock-'));
  folders.push(folder);
  return folder;
}

async function holder(dataDir: string): Promise<ChildProcess> {
  const module = join(compiled, 'platform/data-dir-lock.js');
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLD, module, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('the lock of a data directory', () => {
  it('lets one process in and tells the other who is there', async () => {
    const dataDir = scratch();
    const child = await holder(dataDir);
    expect(readLockHolder(dataDir)).toMatchObject({
      pid: child.pid,
      purpose: 'serve',
      command: 'sputnik serve',
      since: '1970-01-01T00:00:00Z',
      redisUrl: 'unix:///redis.sock',
    });
    await expect(acquireDataDirLock(dataDir, request('crawl'))).rejects.toMatchObject({
      name: 'FatalError',
      code: 'lock.held',
      message: expect.stringMatching(new RegExp(`sputnik serve.*process ${child.pid ?? ''} .*since 1970`)) as string,
    });
  });

  it('is free as soon as its holder is killed, whatever its file still says', async () => {
    const dataDir = scratch();
    await kill(await holder(dataDir));
    expect(existsSync(join(dataDir, 'lock.json'))).toBe(true);
    expect(readLockHolder(dataDir)).toBeNull();
    const lock = await acquireDataDirLock(dataDir, request('crawl'));
    expect(readLockHolder(dataDir)).toMatchObject({ pid: process.pid, purpose: 'crawl', redisUrl: null });
    lock.release();
  });

  it('shuts out a second holder in the same process too', async () => {
    const dataDir = scratch();
    const lock = await acquireDataDirLock(dataDir, request('serve'));
    await expect(acquireDataDirLock(dataDir, request('crawl'))).rejects.toMatchObject({ code: 'lock.held' });
    lock.release();
    lock.release();
    expect(readLockHolder(dataDir)).toBeNull();
    (await acquireDataDirLock(dataDir, request('crawl'))).release();
  });

  it('is held by nobody where there is no directory, and looking creates none', () => {
    const dataDir = join(scratch(), 'none');
    expect(readLockHolder(dataDir)).toBeNull();
    expect(existsSync(dataDir)).toBe(false);
  });

  it('says so when the directory cannot be used', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(acquireDataDirLock(file, request('crawl'))).rejects.toMatchObject({ name: 'FatalError' });
  });

  it('names an unknown holder where its file is torn', async () => {
    const dataDir = scratch();
    const lock = await acquireDataDirLock(dataDir, request('serve'));
    writeFileSync(join(dataDir, 'lock.json'), '{"pid"');
    expect(readLockHolder(dataDir)).toMatchObject({ pid: 0, purpose: 'unknown' });
    lock.release();
  });

  it('puts back what was deleted of it, before anybody else gets in', async () => {
    const dataDir = scratch();
    const lock = await acquireDataDirLock(dataDir, request('serve'));
    expect(await lock.keep()).toEqual([]);
    for (const name of ['lock.db', 'lock.json']) rmSync(join(dataDir, name));
    expect(readLockHolder(dataDir)).toBeNull();
    expect(await lock.keep()).toEqual(['lock.db', 'lock.json']);
    expect(readLockHolder(dataDir)).toMatchObject({ purpose: 'serve', pid: process.pid });
    await expect(acquireDataDirLock(dataDir, request('crawl'))).rejects.toMatchObject({ code: 'lock.held' });
    writeFileSync(join(dataDir, 'lock.json'), 'rubbish');
    expect(await lock.keep()).toEqual(['lock.json']);
    lock.release();
    expect(readLockHolder(dataDir)).toBeNull();
  });

  it.each(['moved', 'replaced'])(
    'is lost with the whole directory, and nothing is put in its place: %s',
    async (how) => {
      const dataDir = join(scratch(), 'data');
      const lock = await acquireDataDirLock(dataDir, request('serve'));
      renameSync(dataDir, `${dataDir}-moved`);
      if (how === 'replaced') mkdirSync(dataDir);
      await expect(lock.keep()).rejects.toMatchObject({ code: 'lock.lost' });
      lock.release();
      expect(existsSync(dataDir) ? readdirSync(dataDir) : []).toEqual([]);
    },
  );

  it('is not lost where the directory may not be looked at for a moment', async () => {
    const parent = join(scratch(), 'disk');
    mkdirSync(parent);
    const dataDir = join(parent, 'data');
    const lock = await acquireDataDirLock(dataDir, request('serve'));
    chmodSync(parent, 0);
    const asRoot = process.geteuid?.() === 0;
    if (asRoot) process.seteuid?.(65_534);
    const refused = await lock.keep().catch((error: unknown) => error);
    if (asRoot) process.seteuid?.(0);
    chmodSync(parent, 0o700);
    expect(refused).toMatchObject({ code: 'disk.notPermitted' });
    expect(await lock.keep()).toEqual([]);
    lock.release();
  });

  it('is lost where it was deleted and another process took the directory', async () => {
    const dataDir = scratch();
    const lock = await acquireDataDirLock(dataDir, request('serve'));
    rmSync(join(dataDir, 'lock.db'));
    const { pid } = await holder(dataDir);
    await expect(lock.keep()).rejects.toMatchObject({ code: 'lock.lost' });
    lock.release();
    expect(readLockHolder(dataDir)).toMatchObject({ pid });
  });
});
