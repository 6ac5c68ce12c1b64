import { describe, expect, it } from 'vitest';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError, whyNotOpened } from '../../../src/platform/disk-error.js';

const fromSystem = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });
/** SQLite's extended codes keep the primary one in their last byte. */
const fromSqlite = (errcode: number): Error => Object.assign(new Error('refused'), { code: 'ERR_SQLITE', errcode });

describe('what a disk refuses', () => {
  it.each([
    ['the system', fromSystem('ENOSPC'), 'disk.full'],
    ['SQLite', fromSqlite(13), 'disk.full'],
    ['the system', fromSystem('EFBIG'), 'disk.full'],
    ['the system', fromSystem('EROFS'), 'disk.readOnly'],
    ['SQLite', fromSqlite(8 | (1 << 8)), 'disk.readOnly'],
    ['SQLite', fromSqlite(10 | (3 << 8)), 'disk.damaged'],
    ['SQLite', fromSqlite(14), 'disk.notPermitted'],
    ['SQLite', fromSqlite(1), 'disk.unusable'],
    ['the system', fromSystem('ENODEV'), 'disk.unusable'],
  ])('is told alike whoever says so: %s', (_who, cause, code) => {
    const error = diskError('lock data', cause);
    expect(error).toMatchObject({ code, cause, message: `Cannot lock data: ${cause.message}` });
    expect(error.hint).not.toBe('');
  });

  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO'])(
    'names no data directory where people named a path: %s',
    (code) => {
      expect(diskError('write out.csv', fromSystem(code), 'output').hint).not.toContain('dataDir');
      expect(diskError('write out.csv', fromSystem(code)).hint).not.toContain('this path');
    },
  );

  it('is asked for where SQLite has one word for many reasons', () => {
    const folder = mkdtempSync(join(tmpdir(), 'not-opened-'));
    const given = fromSqlite(14);
    expect(whyNotOpened(join(folder, 'lock.db'), given), 'nothing else is wrong').toBe(given);
    expect(whyNotOpened(join(folder, 'missing', 'lock.db'), given)).toMatchObject({ code: 'ENOENT' });
    expect(whyNotOpened(join('/proc', 'lock.db'), fromSqlite(5))).toMatchObject({ errcode: 5 });
    expect(readdirSync(folder), 'nothing is left').toEqual([]);
    rmSync(folder, { recursive: true });
  });

  // Root may read whatever it wants.
  it.skipIf(process.getuid?.() === 0)('is asked for of the files beside the database', () => {
    const folder = mkdtempSync(join(tmpdir(), 'not-opened-'));
    writeFileSync(join(folder, 'lock.db-wal'), '', { mode: 0 });
    expect(whyNotOpened(join(folder, 'lock.db'), fromSqlite(14))).toMatchObject({ code: 'EACCES' });
    rmSync(folder, { recursive: true });
  });
});
