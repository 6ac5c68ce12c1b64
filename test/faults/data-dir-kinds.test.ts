import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCaptureFiles } from '../../src/captures/capture-files.js';
import { readMember } from '../../src/captures/read-capture.js';
import type { ArticleKey } from '../../src/domain/page.js';
import { checkDataDir } from '../../src/platform/check-data-dir.js';
import { systemClock } from '../../src/platform/clock.js';
import { acquireDataDirLock, readLockHolder } from '../../src/platform/data-dir-lock.js';
import { articlePath, readRecord } from '../../src/store/files/article-files.js';
import { openForReading } from '../../src/store/catalogue/open-database.js';
import { verifyStore } from '../../src/store/verify/verify-store.js';
import { MAIN } from '../integration/program/run-sputnik.js';
import { expectSection } from './fault-table.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kinds-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a data directory with something of another kind in it', () => {
  it.each([
    'articles',
    'captures',
    'damaged',
    'duplicates',
    'redis',
    'catalogue.db',
    'catalogue.db-wal',
    'data-dir.json',
    'lock.db',
    'lock.json',
    'notify.db',
  ])('is refused by whoever writes, reads or verifies: %s', async (name) => {
    const path = join(dataDir, name);
    const isFile = name.includes('.');
    if (isFile) mkdirSync(path);
    else writeFileSync(path, 'no folder');
    const [wanted, found] = isFile ? ['file', 'folder'] : ['folder', 'file'];
    const refusal = { code: 'disk.wrongKind', message: `Expected a ${wanted} at ${path}, found a ${found}` };
    const request = { purpose: 'test', command: 'test', clock: systemClock };
    await expect(acquireDataDirLock(dataDir, request)).rejects.toMatchObject(refusal);
    await expect(verifyStore({ dataDir, repair: false, bodyBytesMax: 1 })).rejects.toMatchObject(refusal);
    expect(() => openForReading(dataDir)).toThrow(expect.objectContaining(refusal));
  });

  it.each([
    ...['catalogue.db', 'catalogue.db-journal', 'catalogue.db-shm', 'catalogue.db-wal'],
    ...['data-dir.json', 'lock.db', 'lock.db-journal', 'lock.json', 'notify.db', 'notify.db-wal'],
  ])('is refused with a pipe in it, which nobody waits for: %s', async (name) => {
    execFileSync('mkfifo', [join(dataDir, name)]);
    const refusal = {
      code: 'disk.wrongKind',
      message: `Expected a file at ${join(dataDir, name)}, found neither file nor folder`,
    };
    const request = { purpose: 'test', command: 'test', clock: systemClock };
    expect(() => readLockHolder(dataDir)).toThrow(expect.objectContaining(refusal));
    await expect(acquireDataDirLock(dataDir, request)).rejects.toMatchObject(refusal);
    expect(() => openForReading(dataDir)).toThrow(expect.objectContaining(refusal));
  });

  it('is read with a pipe in place of a record or of a capture, which counts as damaged', async () => {
    const location = { folder: 'articles', key: 'sputnik.az/470000013' as ArticleKey, month: '202610' } as const;
    const capture = { file: 'captures/sputnik-1.warc.gz', offset: 0, length: 100 };
    for (const path of [articlePath(location), capture.file]) {
      mkdirSync(join(dataDir, dirname(path)), { recursive: true });
      execFileSync('mkfifo', [join(dataDir, path)]);
    }
    expect(() => readRecord(dataDir, location)).toThrow(expect.objectContaining({ code: 'record.notJson' }));
    expect(() => readMember(dataDir, capture)).toThrow(expect.objectContaining({ code: 'capture.damaged' }));
    expect(await listCaptureFiles(dataDir)).toEqual([]);
  });

  it('is refused where it is itself a file, and where a device stands in it', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(() => {
      checkDataDir(file);
    }).toThrow(`Expected a folder at ${file}, found a file`);
    symlinkSync('/dev/null', join(dataDir, 'catalogue.db'));
    expect(() => {
      checkDataDir(dataDir);
    }).toThrow('found neither file nor folder');
  });

  it('is refused while a link in it leads nowhere: its disk is not mounted, and nothing is made in its place', async () => {
    for (const name of ['articles', 'captures', 'catalogue.db']) {
      symlinkSync(join(dataDir, 'not', 'mounted'), join(dataDir, name));
      const refusal = {
        code: 'disk.wrongKind',
        message: expect.stringContaining('found a link that leads nowhere') as string,
      };
      await expect(verifyStore({ dataDir, repair: true, bodyBytesMax: 1 })).rejects.toMatchObject(refusal);
      expect(() => openForReading(dataDir)).toThrow(expect.objectContaining(refusal));
      rmSync(join(dataDir, name));
    }
    const link = join(dataDir, 'data');
    symlinkSync(join(dataDir, 'unmounted'), link);
    const request = { purpose: 'test', command: 'test', clock: systemClock };
    await expect(acquireDataDirLock(link, request)).rejects.toMatchObject({ code: 'disk.wrongKind' });
  });

  it('is none where things are missing, or lead elsewhere by links', () => {
    checkDataDir(join(dataDir, 'missing'));
    symlinkSync(dataDir, join(dataDir, 'captures'));
    checkDataDir(dataDir);
  });

  it.each([['--version'], ['--help'], ['config', '--json']])(
    '%s into a full disk: one clear line, exit code 4',
    (...words) => {
      const full = openSync('/dev/full', 'w');
      const options = { stdio: ['ignore', full, 'pipe'] as ['ignore', number, 'pipe'], encoding: 'utf8' as const };
      const { status, stderr } = spawnSync(process.execPath, [MAIN, ...words], options);
      closeSync(full);
      expect(status).toBe(4);
      expect(stderr).toMatch(/^sputnik: Cannot write to standard output: ENOSPC.*\n {2}free space where it goes.*\n$/);
    },
  );

  it('comes to what docs/faults.md says', async () => {
    const refused = 'exit code 4, `disk.wrongKind` with the path; nothing is touched';
    await expectSection({
      title: 'Wrong kinds of files in the data directory, and output that cannot be written',
      columns: ['what is wrong', 'outcome'],
      rows: [
        [
          'a file where a folder belongs: `articles`, `captures`, `damaged`, `duplicates`, `redis`, the directory itself',
          refused,
        ],
        [
          'a folder, a device or a pipe where a file belongs: `catalogue.db`, `data-dir.json`, `lock.db`, `lock.json`, `notify.db`, what SQLite keeps beside them',
          refused,
        ],
        [
          'a link that leads nowhere, in place of any of these or of the directory: its disk is not mounted',
          'exit code 4, `disk.wrongKind` with the path; nothing is touched, also by `verify --repair`',
        ],
        ['a pipe, a socket or a device in place of a record or a capture', 'treated as damaged; nothing waits for it'],
        ['standard output goes to a full disk', 'exit code 4 and one line that says so'],
      ],
    });
  });
});
