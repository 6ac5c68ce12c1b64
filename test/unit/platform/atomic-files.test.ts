import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  removeFiles,
  removeStaleTemporaryFiles,
  writeFileAtomically,
  writeFilesAtomically,
} from '../../../src/platform/atomic-files.js';
import { runLimited } from '../../../src/platform/in-turns.js';

const folders: string[] = [];
const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-files-'));
  folders.push(folder);
  return folder;
};

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('writeFilesAtomically', () => {
  it('creates the folders on the way and leaves nothing but the files', async () => {
    const folder = scratch();
    const files = ['a/b/1.json', 'a/b/2.json', 'a/c/3.json'].map((name) => ({
      path: join(folder, name),
      content: name,
    }));
    await writeFilesAtomically(files);
    expect(files.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['a/b/1.json', 'a/b/2.json', 'a/c/3.json']);
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['1.json', '2.json']);
  });

  it('shows the old or the new content at every moment, never a part', async () => {
    const path = join(scratch(), 'record.json');
    await writeFileAtomically(path, 'old');
    const seen = new Set<string>();
    await writeFileAtomically(path, 'new', () => seen.add(readFileSync(path, 'utf8')));
    expect([...seen]).toEqual(['old', 'new']);
  });

  it('passes its named moments in order, each file synced before any is renamed', async () => {
    const folder = scratch();
    const moments: string[] = [];
    const files = ['1', '2'].map((name) => ({ path: join(folder, name), content: name }));
    await writeFilesAtomically(files, (name) => moments.push(name));
    expect(moments.filter((name) => name === 'files.tempSynced')).toHaveLength(2);
    expect(moments.lastIndexOf('files.tempSynced')).toBeLessThan(moments.indexOf('files.beforeRename'));
    expect(moments.at(-1)).toBe('files.folderSynced');
  });

  it('says what the disk refuses, and takes its temporary files away', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'taken'));
    const files = [
      { path: join(folder, 'fine'), content: 'x' },
      { path: join(folder, 'taken'), content: 'a folder stands there' },
    ];
    await expect(writeFilesAtomically(files)).rejects.toMatchObject({ name: 'FatalError', code: 'disk.unusable' });
    expect(readdirSync(folder)).toEqual(['fine', 'taken']);
    writeFileSync(join(folder, 'file'), '');
    await expect(writeFileAtomically(join(folder, 'file/below'), 'x')).rejects.toMatchObject({ name: 'FatalError' });
  });

  it('removes what killed writers left, and only that', async () => {
    const folder = scratch();
    for (const name of ['.1.json.0123abcd.tmp', '1.json', '.hidden', 'x.tmp']) writeFileSync(join(folder, name), '');
    expect(await removeStaleTemporaryFiles(folder)).toBe(1);
    expect(readdirSync(folder)).toEqual(['.hidden', '1.json', 'x.tmp']);
  });

  it('removes files that are there and forgives those that are not', async () => {
    const folder = scratch();
    writeFileSync(join(folder, '1'), '');
    await removeFiles([join(folder, '1'), join(folder, '2')]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('runLimited', () => {
  it('keeps the order, never exceeds the limit, and starts nothing after a failure', async () => {
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const work = async (item: number): Promise<number> => {
      started.push(item);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      if (item === 3) throw new Error('third');
      return item * 10;
    };
    expect(await runLimited([1, 2, 4, 5], 2, work)).toEqual([10, 20, 40, 50]);
    expect(most).toBe(2);
    started.length = 0;
    await expect(runLimited([1, 3, 5, 7, 9], 1, work)).rejects.toThrow('third');
    expect(started).toEqual([1, 3]);
  });
});
