import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeStreamAtomically, createFolder } from '../../../src/platform/atomic-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sputnik-folder-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('creating a folder', () => {
  it('makes what is missing above it, and is content with what is there', () => {
    const deep = join(folder, 'a', 'b', 'c');
    createFolder(deep);
    createFolder(deep);
    createFolder(join(folder, 'a', '..', 'a', 'd'));
    createFolder('/');
    expect(statSync(deep).isDirectory()).toBe(true);
    expect(existsSync(join(folder, 'a', 'd'))).toBe(true);
  });

  it('takes a link to a folder for one', () => {
    symlinkSync(folder, join(folder, 'link'));
    createFolder(join(folder, 'link'));
    createFolder(join(folder, 'link', 'below'));
    expect(existsSync(join(folder, 'below'))).toBe(true);
  });

  it('says that a file is in the way', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => {
      createFolder(file);
    }).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => {
      createFolder(join(file, 'below', 'it'));
    }).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  it.skipIf(process.platform !== 'linux').each(['/proc/nowhere/at/all', '/proc/nowhere'])(
    'ends where a file system takes no folders: %s',
    async (path) => {
      expect(() => {
        createFolder(path);
      }).toThrow(expect.objectContaining({ code: 'ENOENT' }));
      await expect(writeStreamAtomically(join(path, 'x.ndjson'), Readable.from([]))).rejects.toMatchObject({
        code: 'disk.unusable',
      });
    },
  );
});
