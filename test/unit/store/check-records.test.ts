import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openForReading } from '../../../src/store/catalogue/open-database.js';
import { checkRecords, checkRows, SoundTexts } from '../../../src/store/verify/check-records.js';
import { FaultList } from '../../../src/store/verify/fault.js';
import { articleResult, opened, recordFiles, scratchFolder } from './fixtures.js';

it('a second check of the records finds what became of them since the first, and the same records where nothing did', async () => {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  for (const at of [1, 2])
    await store.storePage(articleResult({ articleId: `105770000${at}`, at, text: `text of ${at}` }));
  await store.close();
  const [first, second] = Object.keys(recordFiles(dataDir)).filter((path) => path.startsWith('articles/'));
  const sound = new SoundTexts();
  const check = async (): Promise<{ readonly faults: FaultList; readonly records: unknown[] }> => {
    const faults = new FaultList();
    const records: unknown[] = [];
    await checkRecords(dataDir, null, faults, (_, found) => records.push(found), sound);
    return { faults, records };
  };
  const before = await check();
  expect(before.faults.faults).toEqual([]);
  expect(await check()).toEqual(before);

  const [mine, other] = [first, second].map((path) => join(dataDir, path!)) as [string, string];
  const text = readFileSync(mine, 'utf8');
  writeFileSync(mine, text.replace('text of', 'text by'));
  expect((await check()).faults.byCode()).toEqual({ 'record.wrongHash': 1 });
  // The text of one record, sound there, is none for another.
  writeFileSync(mine, text);
  writeFileSync(other, text);
  expect((await check()).faults.byCode()).toEqual({ 'record.otherIdentity': 1 });
});

it('a record that the writer moves to the other folder meanwhile is read there, once', async () => {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  const texts = ['one and the same', 'one and the same', 'one and the same', 'another'];
  for (const [at, text] of texts.entries())
    await store.storePage(articleResult({ articleId: `105770000${at}`, at, text }));
  await store.close();
  const inFolder = (folder: string, id: number): string =>
    join(dataDir, `${folder}/sputniknews.cn/2024/05/105770000${id}.json`);
  // One is about to leave the folder that is read last, one the folder that is read first.
  renameSync(inFolder('articles', 3), inFolder('duplicates', 3));
  renameSync(inFolder('duplicates', 1), inFolder('articles', 1));
  const faults = new FaultList();
  const found: (string | undefined)[] = [];
  const database = openForReading(dataDir);
  const survey = await checkRecords(
    dataDir,
    database,
    faults,
    (_, one) => {
      found.push(one?.record.id.slice(-1));
      if (found.length === 1) renameSync(inFolder('articles', 1), inFolder('duplicates', 1));
      if (found.length === 3) renameSync(inFolder('duplicates', 3), inFolder('articles', 3));
    },
    null,
  );
  expect(faults.faults).toEqual([]);
  expect([found, survey.count]).toEqual([['0', '1', '2', '3'], 4]);

  // Where it moved between the listings of both folders, neither names it.
  rmSync(inFolder('articles', 3));
  checkRows(dataDir, database!, new Set(), faults);
  database?.close();
  expect(faults.faults).toMatchObject([
    { code: 'catalogue.noRecord', detail: 'sputniknews.cn/1057700003 has no file' },
  ]);
});
