import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkRecords, SoundTexts } from '../../../src/store/verify/check-records.js';
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
