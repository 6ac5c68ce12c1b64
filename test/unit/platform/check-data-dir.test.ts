import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOfDataDir } from '../../../src/platform/check-data-dir.js';

describe('a path that an export would overwrite', () => {
  let folder: string;
  let dataDir: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'of-data-dir-'));
    dataDir = join(folder, 'data');
    mkdirSync(join(dataDir, 'articles'), { recursive: true });
    symlinkSync(dataDir, join(folder, 'link'));
    symlinkSync(join(dataDir, 'articles'), join(folder, 'records'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    'data',
    'data/catalogue.db',
    'data/articles/a/2023/04/1.json',
    'link/catalogue.db-wal',
    'records/x',
    'data/../data/captures/a',
  ])('%s is of the corpus', (path) => {
    expect(isOfDataDir(join(folder, path), dataDir)).toBe(true);
    expect(isOfDataDir(join(folder, path), join(folder, 'link'))).toBe(true);
  });

  it.each(['out.csv', 'data/out.csv', 'data/exports/new/out.csv', 'data2/catalogue.db', 'articles/x'])(
    '%s is not',
    (path) => {
      expect(isOfDataDir(join(folder, path), dataDir)).toBe(false);
    },
  );
});
