import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FilesAtWork, watchFiles } from '../../../src/app/harvester/files-at-work.js';
import { servicePrefix } from '../../../src/app/harvester/runtime.js';
import type { Config } from '../../../src/config/config.js';
import { closeOutboxDatabase, openOutboxDatabase } from '../../../src/notify/outbox/outbox-database.js';
import { ensureDataDirIdentity, keepDataDirIdentity } from '../../../src/platform/data-dir-id.js';
import { acquireDataDirLock, type DataDirLock } from '../../../src/platform/data-dir-lock.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger, type Logger } from '../../../src/platform/logger.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sputnik-files-'));
  for (const name of ['captures', 'articles']) mkdirSync(join(dataDir, name));
  writeFileSync(join(dataDir, 'catalogue.db'), 'x');
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

const configOf = () => ({ dataDir, redis: { url: null, prefix: null } }) as Config;
const idFile = () => join(dataDir, 'data-dir.json');

describe('files that the writer works with', () => {
  it('are named when they are deleted or replaced, not when they appear', () => {
    const files = new FilesAtWork(dataDir);
    expect(files.look()).toEqual([]);
    openOutboxDatabase(dataDir).close();
    mkdirSync(join(dataDir, 'duplicates'));
    expect(files.look()).toEqual([]);
    rmSync(join(dataDir, 'notify.db'));
    renameSync(join(dataDir, 'articles'), join(dataDir, 'elsewhere'));
    writeFileSync(join(dataDir, 'articles'), 'a file');
    writeFileSync(join(dataDir, 'copy'), 'x');
    renameSync(join(dataDir, 'copy'), join(dataDir, 'catalogue.db'));
    expect(files.look()).toEqual([
      expect.stringMatching(/^catalogue.db was replaced/),
      expect.stringMatching(/^notify.db was deleted/),
      expect.stringMatching(/^articles was replaced/),
    ]);
  });

  it('have the id of the directory put back, and nobody works under another one meanwhile', async () => {
    const lock = await acquireDataDirLock(dataDir, {
      purpose: 'serve',
      command: 'sputnik serve',
      clock: { now: () => 0 },
    });
    const identity = ensureDataDirIdentity(dataDir);
    const prefix = servicePrefix(configOf());
    for (const harm of ['', '{"id":"000000000000","isOlder":false}', null]) {
      if (harm === null) rmSync(idFile());
      else writeFileSync(idFile(), harm);
      if (harm === null || harm === '') {
        expect(() => servicePrefix(configOf())).toThrow(expect.objectContaining({ code: 'disk.identity' }));
      }
      expect(await keepDataDirIdentity(dataDir, identity)).toBe(true);
      expect(servicePrefix(configOf())).toBe(prefix);
    }
    expect(await keepDataDirIdentity(dataDir, identity)).toBe(false);
    lock.release();
    rmSync(idFile());
    expect(servicePrefix(configOf())).toBe('sputnik-none');
  });

  it('are complained of once, however long what was deleted cannot be put back, and again when it changes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const said: unknown[][] = [];
    const note = (...words: unknown[]): void => void said.push(words);
    let refused: Error | null = Object.assign(new Error('EACCES: .lock.json.1234.tmp'), { code: 'EACCES' });
    const keep = (): Promise<string[]> => (refused === null ? Promise.resolve([]) : Promise.reject(refused));
    const closers = new Closers(silentLogger);
    const files = watchFiles({
      dataDir,
      lock: { keep } as unknown as DataDirLock,
      identity: ensureDataDirIdentity(dataDir),
      log: { error: note, warn: note, info: note } as unknown as Logger,
      onFatal: (error) => said.push([error]),
      closers,
    });
    const looks = async (count: number): Promise<void> => {
      for (let look = 0; look < count; look += 1) {
        vi.advanceTimersByTime(5_000);
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      }
    };
    await looks(3);
    expect(said).toEqual([[expect.objectContaining({ event: 'files.gone' }), expect.any(String)]]);
    expect(files.look()).toEqual([expect.stringMatching(/cannot be kept in place \(disk.notPermitted\)/)]);
    refused = null;
    await looks(2);
    expect(said.slice(1)).toEqual([[expect.objectContaining({ event: 'files.back' }), expect.any(String)]]);
    refused = Object.assign(new Error('EROFS'), { code: 'EROFS' });
    await looks(2);
    expect(said.slice(2)).toEqual([[expect.objectContaining({ event: 'files.gone' }), expect.any(String)]]);
    await closers.closeAll();
    vi.useRealTimers();
  });

  it('include what people are to be told: it is written once more when it was deleted', () => {
    const database = openOutboxDatabase(dataDir);
    database.exec("INSERT INTO state VALUES ('cursor', '7')");
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `notify.db${suffix}`), { force: true });
    closeOutboxDatabase(database, dataDir);
    const again = openOutboxDatabase(dataDir);
    expect(again.prepare('SELECT value FROM state').get()).toEqual({ value: '7' });
    closeOutboxDatabase(again, dataDir);
    expect(readFileSync(join(dataDir, 'notify.db')).length).toBeGreaterThan(0);
  });
});
