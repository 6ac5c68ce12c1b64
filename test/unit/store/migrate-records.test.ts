import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../src/domain/errors.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { migrateRecords } from '../../../src/store/files/migrate-records.js';
import { RECORD_STEPS, type RecordSteps } from '../../../src/store/files/article-json.js';
import { verifyStore } from '../../../src/store/verify/verify-store.js';
import type { ReadObservation } from '../../../src/store/writer/capture-interpreter.js';
import { articleResult, observed, opened, recordFiles, scratchFolder } from './fixtures.js';

const FILES = ['1000000001', '1000000002'].map((id) => `articles/sputniknews.cn/2024/05/${id}.json`);
const [FILE = '', OTHER = ''] = FILES;

/** A form before the first, made up: the title was called headline. */
const STEPS: RecordSteps = new Map([
  ...RECORD_STEPS,
  [0, ({ headline, ...rest }) => ({ ...rest, schemaVersion: 1, title: headline })],
]);

/** Two records, closed; those named are put back into the made-up form. */
async function withOldRecords(old: readonly string[], note: string | null = '0'): Promise<string> {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  await store.storePage(articleResult({ at: 1, text: 'One text.' }));
  await store.storePage(articleResult({ at: 2, articleId: '1000000002', text: 'Quite another thing.' }));
  await store.close();
  for (const file of old) {
    const { title, ...rest } = JSON.parse(readFileSync(join(dataDir, file), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(dataDir, file), JSON.stringify({ ...rest, schemaVersion: 0, headline: title }));
  }
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
  if (note === null) database.exec("DELETE FROM meta WHERE name = 'recordForm'");
  else database.prepare("UPDATE meta SET value = ? WHERE name = 'recordForm'").run(note);
  database.close();
  return dataDir;
}

describe('records of an earlier form', () => {
  it.each([['the catalogue notes an earlier form', '0'] as const, ['the catalogue notes none', null] as const])(
    'are brought to today’s before the writer reads any, and kept as they were: %s',
    async (_why, note) => {
      const whole = recordFiles(await withOldRecords([], '2'));
      const dataDir = await withOldRecords(FILES, note);
      const before = recordFiles(dataDir);
      const store = await opened(dataDir, { recordSteps: STEPS });
      expect(recordFiles(dataDir)).toMatchObject(whole);
      for (const file of FILES) expect(readFileSync(join(dataDir, 'backup/form-0', file), 'utf8')).toBe(before[file]);
      await store.storePage(articleResult({ at: 3, text: 'One text, edited.' }));
      await store.close();
      expect((await verifyStore({ dataDir, repair: false, bodyBytesMax: 1_000 })).faultsByCode).not.toHaveProperty(
        'record.invalid',
      );
      expect(readFileSync(join(dataDir, 'backup/form-0', FILE), 'utf8')).toBe(before[FILE]);
    },
  );

  it('are brought on from where a kill left them', async () => {
    const dataDir = await withOldRecords(FILES);
    const stopping: RecordSteps = new Map([
      [0, (record) => (record['id'] === 'sputniknews.cn/1000000002' ? {} : STEPS.get(0)!(record, null))],
      ...RECORD_STEPS,
    ]);
    await expect(migrateRecords(dataDir, silentLogger, null, stopping)).rejects.toMatchObject({
      code: 'record.notMigrated',
    });
    expect(JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'))).toMatchObject({ schemaVersion: 2 });
    expect(JSON.parse(readFileSync(join(dataDir, OTHER), 'utf8'))).toMatchObject({ schemaVersion: 0 });
    expect(existsSync(join(dataDir, 'backup/form-0', OTHER))).toBe(false);
    expect(await migrateRecords(dataDir, silentLogger, null, STEPS)).toBe(1);
    expect(await migrateRecords(dataDir, silentLogger, null, STEPS)).toBe(0);
  });

  it('leave a torn record to verify', async () => {
    const dataDir = await withOldRecords([FILE]);
    writeFileSync(join(dataDir, OTHER), '{"schemaVersion": 0, "id"');
    expect(await migrateRecords(dataDir, silentLogger, null, STEPS)).toBe(1);
    expect(readFileSync(join(dataDir, OTHER), 'utf8')).toContain('"schemaVersion": 0, "id"');
  });
});

describe('records of the first form, which did not tell what an item is', () => {
  const asFirst = (dataDir: string, file: string): void => {
    const record = JSON.parse(readFileSync(join(dataDir, file), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(dataDir, file), JSON.stringify({ ...record, schemaVersion: 1, format: undefined }));
  };

  it('are told by their captures, and are texts where those are lost or cannot be read', async () => {
    const dataDir = await withOldRecords([], '1');
    const third = 'articles/sputniknews.cn/2024/05/1000000003.json';
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 3, articleId: '1000000003', text: 'A third matter.' }));
    await store.close();
    for (const file of [...FILES, third]) asFirst(dataDir, file);
    const { article, capture } = observed({ at: 1, text: 'One text.' });
    const torn = observed({ at: 3 }).capture.offset;
    const readCaptured: ReadObservation = ({ offset }) => {
      if (offset === torn) return Promise.reject(new PermanentError('torn', { code: 'capture.damaged' }));
      return Promise.resolve(offset === capture.offset ? { article: { ...article, format: 'video' }, capture } : null);
    };
    expect(await migrateRecords(dataDir, silentLogger, readCaptured)).toBe(3);
    const formats = [...FILES, third].map((file) => {
      const { schemaVersion, format } = JSON.parse(readFileSync(join(dataDir, file), 'utf8')) as Record<
        string,
        unknown
      >;
      return [schemaVersion, format];
    });
    expect(formats).toEqual([
      [2, 'video'],
      [2, 'text'],
      [2, 'text'],
    ]);
    for (const file of FILES) expect(existsSync(join(dataDir, 'backup/form-1', file))).toBe(true);
    const { faultsByCode } = await verifyStore({ dataDir, repair: false, bodyBytesMax: 1_000 });
    expect(Object.keys(faultsByCode)).toEqual(['record.captureMissing', 'capture.missing']);
  });
});

describe('records of a newer form', () => {
  const NEWER = { schemaVersion: 3, id: 'sputniknews.cn/1000000001', somethingNew: true };

  it.each([
    [
      'the writer, by the catalogue’s note',
      async (dataDir: string) => {
        const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
        database.exec("UPDATE meta SET value = '3' WHERE name = 'recordForm'");
        database.close();
        await opened(dataDir);
      },
    ],
    [
      'the writer, where the catalogue is gone',
      async (dataDir: string) => {
        rmSync(join(dataDir, 'catalogue.db'));
        await opened(dataDir);
      },
    ],
    [
      'a page that belongs to one',
      async (dataDir: string) => {
        const store = await opened(dataDir);
        await store.storePage(articleResult({ at: 3, text: 'Edited.' }));
      },
    ],
    ['verify', (dataDir: string) => verifyStore({ dataDir, repair: false, bodyBytesMax: 1_000 })],
    ['a repair', (dataDir: string) => verifyStore({ dataDir, repair: true, bodyBytesMax: 1_000 })],
  ])('are refused by %s, and stay as they are', async (_who, act) => {
    const dataDir = await withOldRecords([], '2');
    writeFileSync(join(dataDir, FILE), JSON.stringify(NEWER));
    await expect(act(dataDir)).rejects.toMatchObject({ code: 'record.tooNew' });
    expect(readFileSync(join(dataDir, FILE), 'utf8')).toBe(JSON.stringify(NEWER));
    expect(existsSync(join(dataDir, 'damaged'))).toBe(false);
  });

  it.each([1, 3])(
    'cost their own page and no other where one says form %i of a sudden, as a flipped byte does',
    async (form) => {
      const dataDir = await withOldRecords([], '2');
      const store = await opened(dataDir);
      const text = readFileSync(join(dataDir, FILE), 'utf8').replace('"schemaVersion": 2', `"schemaVersion": ${form}`);
      writeFileSync(join(dataDir, FILE), text);
      const other = { at: 4, articleId: '1000000002', text: 'Quite another thing, edited.' };
      const [hit, good] = await Promise.allSettled([
        store.storePage(articleResult({ at: 3, text: 'Edited.' })),
        store.storePage(articleResult(other)),
      ]);
      expect(hit).toMatchObject({ status: 'rejected', reason: expect.any(PermanentError) as PermanentError });
      expect(good).toMatchObject({ status: 'fulfilled' });
      expect(readFileSync(join(dataDir, FILE), 'utf8')).toBe(text);
      expect(readFileSync(join(dataDir, OTHER), 'utf8')).toContain('edited');
      // Nor does it hold up those that repeat its text.
      const twin = articleResult({ at: 5, articleId: '1000000003', text: 'One text.' });
      await expect(store.storePage(twin)).resolves.toBeDefined();
      await store.close();
    },
  );
});
