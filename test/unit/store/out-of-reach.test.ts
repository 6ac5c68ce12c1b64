import { DatabaseSync } from '@photostructure/sqlite';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { copyFileSync, lstatSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PageResult } from '../../../src/domain/page-result.js';
import { readMovingRecord, setAside } from '../../../src/store/files/article-files.js';
import { verifyStore } from '../../../src/store/verify/verify-store.js';
import { articleResult, opened, recordFiles, scratchFolder } from './fixtures.js';

const TEXT = Array.from({ length: 60 }, (_, index) => `Sentence ${index} tells of dam ${index * 7}.`).join(' ');
const FOLDER = 'articles/sputniknews.cn/2024/05';
const pathOf = (dataDir: string, id: number): string => join(dataDir, `${FOLDER}/100000000${id}.json`);

function page(id: number, at: number, text: string): PageResult {
  const publishedAt = `2024-05-01T08:0${id}:00Z`;
  return articleResult({ articleId: `100000000${id}`, at, text, title: `Title ${text.slice(0, 9)}`, publishedAt });
}

/** Its first page is never mapped: reading it fails as a worn sector or a loose cable does. */
const WORN = '/proc/self/mem';

describe.skipIf(!existsSync(WORN))('a record where the disk gives an error', () => {
  it('has whatever is decided by it wait, costs nothing else, and stays where it is', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(page(1, 1, TEXT));
    const [first, aside] = [pathOf(dataDir, 1), join(dataDir, 'aside')];
    renameSync(first, aside);
    symlinkSync(WORN, first);
    const near = page(2, 2, `${TEXT} One more.`);
    const exact = page(3, 3, TEXT);
    await expect(store.storePage(near)).rejects.toMatchObject({ code: 'record.diskError' });
    await expect(store.storePage(exact)).rejects.toMatchObject({ code: 'record.diskError' });
    await expect(store.storePage(page(1, 4, 'Edited.'))).rejects.toMatchObject({ code: 'record.diskError' });
    expect((await store.storePage(page(4, 5, 'Of something else altogether.'))).outcome).toBe('new');
    expect(lstatSync(first).isSymbolicLink(), 'nothing was moved or replaced').toBe(true);
    expect(existsSync(join(dataDir, 'damaged'))).toBe(false);

    renameSync(aside, first);
    expect(await store.storePage(near)).toMatchObject({
      outcome: 'duplicate',
      record: { duplicateOf: { kind: 'near' } },
    });
    expect((await store.storePage(exact)).record?.duplicateOf).toMatchObject({ kind: 'exact' });
    await store.close();
    const { faultsByCode } = await verifyStore({ dataDir, repair: false, bodyBytesMax: 1 });
    const noCaptures = ['record.captureMissing', 'capture.missing'];
    expect(Object.keys(faultsByCode).filter((code) => !noCaptures.includes(code))).toEqual([]);
  });

  it('leaves links of others as they are until the next start, which decides them', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(page(2, 1, `${TEXT} One more.`));
    const [second, aside] = [pathOf(dataDir, 2), join(dataDir, 'aside')];
    renameSync(second, aside);
    symlinkSync(WORN, second);
    // Published first: what is there already would have to name it.
    expect((await store.storePage(page(1, 2, TEXT))).outcome).toBe('new');
    expect((await store.storePage(page(4, 3, 'Of something else altogether.'))).outcome).toBe('new');
    await store.close();
    renameSync(aside, second);
    await (await opened(dataDir)).close();
    expect(JSON.parse(readFileSync(second, 'utf8'))).toMatchObject({
      duplicateOf: { id: 'sputniknews.cn/1000000001' },
    });
    expect(JSON.parse(readFileSync(pathOf(dataDir, 1), 'utf8'))).toMatchObject({
      duplicates: ['sputniknews.cn/1000000002'],
    });
  });
});

describe('a record under the name of another', () => {
  it('is neither shown nor taken for it, and the other one stays as it is', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    for (const id of [1, 2]) await store.storePage(page(id, id, `Text of article ${id}.`));
    const before = readFileSync(pathOf(dataDir, 1), 'utf8');
    copyFileSync(pathOf(dataDir, 1), pathOf(dataDir, 2));
    const location = { folder: 'articles', key: 'sputniknews.cn/1000000002', month: '202405' } as const;
    expect(() => readMovingRecord(dataDir, location)).toThrow(
      expect.objectContaining({ code: 'record.otherIdentity' }),
    );
    await store.storePage(page(2, 3, 'Text of article 2.'));
    expect(readFileSync(pathOf(dataDir, 1), 'utf8')).toBe(before);
    expect(readFileSync(pathOf(dataDir, 2), 'utf8')).toContain('Text of article 2.');
    expect(readFileSync(join(dataDir, 'damaged', `${FOLDER}/1000000002.json`), 'utf8')).toBe(before);
  });
});

describe('a folder of records that is a link', () => {
  it('is read as whoever writes there reads it', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    for (const id of [1, 2]) await store.storePage(page(id, id, `Text of article ${id}.`));
    await store.close();
    renameSync(join(dataDir, 'articles/sputniknews.cn'), join(dataDir, 'elsewhere'));
    symlinkSync(join(dataDir, 'elsewhere'), join(dataDir, 'articles/sputniknews.cn'));
    const { records, faultsByCode } = await verifyStore({ dataDir, repair: false, bodyBytesMax: 1 });
    expect({ records, faultsByCode }).toEqual({
      records: 2,
      faultsByCode: { 'record.captureMissing': 2, 'capture.missing': 1 },
    });
  });

  it('has no file removed for standing under two names', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(page(1, 1, TEXT));
    await store.close();
    symlinkSync('05', join(dataDir, 'articles/sputniknews.cn/2024/06'));
    const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
    database.exec("DELETE FROM meta WHERE name = 'closed'"); // as a kill leaves it
    database.close();
    await (await opened(dataDir)).close();
    expect(readdirSync(join(dataDir, FOLDER))).toEqual(['1000000001.json']);
  });
});

describe('a link between two folders of records', () => {
  it.each([
    ['a month to the one before', 'articles/sputniknews.cn/2024/04', '05'],
    ['a family to another', 'articles/arabic.sputniknews.com', 'sputniknews.cn'],
    ['duplicates to articles', 'duplicates/sputniknews.cn', '../articles/sputniknews.cn'],
  ])('is named and left alone, and costs no record: %s', async (_, link, target) => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(page(1, 1, TEXT));
    await store.close();
    mkdirSync(dirname(join(dataDir, link)), { recursive: true });
    symlinkSync(target, join(dataDir, link));
    const { faults } = await verifyStore({ dataDir, repair: true, bodyBytesMax: 1 });
    expect(faults.filter(({ code }) => code === 'file.foreign').map(({ place }) => place)).toEqual([link]);
    expect(readdirSync(join(dataDir, FOLDER))).toEqual(['1000000001.json']);
    expect(existsSync(join(dataDir, 'damaged'))).toBe(false);
  });

  it('costs no record that belongs where the link stands', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(page(1, 1, TEXT));
    await store.close();
    renameSync(join(dataDir, FOLDER), join(dataDir, `${FOLDER}/../06`));
    symlinkSync('06', join(dataDir, FOLDER));
    await verifyStore({ dataDir, repair: true, bodyBytesMax: 1 });
    expect(readFileSync(pathOf(dataDir, 1), 'utf8')).toContain(TEXT);
    expect(existsSync(join(dataDir, 'damaged'))).toBe(false);
  });

  it('costs no record that moves from one to the other', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const sketch = { articleId: '1000000001', text: TEXT, title: 'Dams' };
    await store.storePage(articleResult({ ...sketch, at: 2, url: 'https://sputniknews.cn/20240601/1000000001.html' }));
    symlinkSync('06', join(dataDir, FOLDER));
    // Captured first: its month is the record's from now on.
    await store.storePage(articleResult({ ...sketch, at: 1, url: 'https://sputniknews.cn/20240501/1000000001.html' }));
    expect(readFileSync(pathOf(dataDir, 1), 'utf8')).toContain(TEXT);
  });
});

const SHARED_MEMORY = '/dev/shm';
const hasSecondDisk = existsSync(SHARED_MEMORY) && statSync(SHARED_MEMORY).dev !== statSync('/tmp').dev;

describe.skipIf(!hasSecondDisk)('what is set aside to another disk', () => {
  it('is copied there before it goes', () => {
    const dataDir = scratchFolder();
    const other = mkdtempSync(join(SHARED_MEMORY, 'sputnik-damaged-'));
    try {
      symlinkSync(other, join(dataDir, 'damaged'));
      mkdirSync(join(dataDir, FOLDER), { recursive: true });
      writeFileSync(pathOf(dataDir, 1), 'rubbish');
      setAside(dataDir, { folder: 'articles', key: 'sputniknews.cn/1000000001', month: '202405' });
      expect(existsSync(pathOf(dataDir, 1))).toBe(false);
      expect(recordFiles(other)).toEqual({ [`${FOLDER}/1000000001.json`]: 'rubbish' });
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});
