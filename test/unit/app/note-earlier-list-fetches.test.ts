import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { noteEarlierListFetches } from '../../../src/app/harvester/recover-captures.js';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { LIST_FETCHES_NOTED } from '../../../src/store/catalogue/catalogue-tables.js';
import type { ListFetches } from '../../../src/store/catalogue/coverage-queries.js';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';
import type { InterpretCapture } from '../../../src/store/writer/capture-interpreter.js';
import { seededRandom } from '../../faults/random.js';
import { captureWorld, interpreterOf } from '../store/captured-world.js';
import { opened, scratchFolder, type QueriedStore } from '../store/fixtures.js';

const log = silentLogger;
const visitsIn = ({ queries }: QueriedStore): ListFetches[] =>
  queries.coverage.listFetches('sputniknews.cn', '20000101');

/** A data directory whose lists are processed, but for the last, and whose catalogue has forgotten that they were asked for. */
async function olderWorld(): Promise<{ dataDir: string; visits: ListFetches[] }> {
  const dataDir = scratchFolder();
  await captureWorld(dataDir, seededRandom(7));
  const store = await opened(dataDir);
  const lists = [];
  for await (const record of scanCaptures(dataDir)) {
    const meaning = await interpreterOf(dataDir)(record);
    if (meaning?.kind === 'list') lists.push(meaning.list);
  }
  expect(lists.length).toBeGreaterThan(2);
  for (const list of lists.slice(0, -1)) await store.storeList(list);
  const visits = visitsIn(store);
  await store.close();
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
  database.prepare('DELETE FROM list_visits').run();
  database.prepare('DELETE FROM meta WHERE name = ?').run(LIST_FETCHES_NOTED);
  database.close();
  return { dataDir, visits };
}

describe('a catalogue that does not know which lists were asked for', () => {
  it('learns it from the captures that are processed, and looks no second time', async () => {
    const { dataDir, visits } = await olderWorld();
    const store = await opened(dataDir);
    expect(visitsIn(store)).toEqual([]);
    let read = 0;
    const interpret: InterpretCapture = (record) => {
      read += 1;
      return interpreterOf(dataDir)(record);
    };
    await noteEarlierListFetches({ dataDir, store, interpret, log });
    expect(visits.length).toBeGreaterThan(0);
    expect(visitsIn(store)).toEqual(visits);
    const readOnce = read;
    await noteEarlierListFetches({ dataDir, store, interpret, log });
    expect(read).toBe(readOnce);
  });

  it('begins again after a stop in the middle, and counts nothing twice', async () => {
    const { dataDir, visits } = await olderWorld();
    const store = await opened(dataDir);
    const broken = async function* () {
      for await (const record of scanCaptures(dataDir)) {
        const meaning = await interpreterOf(dataDir)(record);
        if (meaning?.kind !== 'list') continue;
        for (let count = 0; count < 500; count += 1) yield meaning.list;
        throw new Error('killed');
      }
    };
    await expect(store.restoreListFetches(broken())).rejects.toThrow('killed');
    expect(store.knowsListFetches).toBe(false);
    await noteEarlierListFetches({ dataDir, store, interpret: interpreterOf(dataDir), log });
    expect(visitsIn(store)).toEqual(visits);
  });

  it('is made of one of the older form, of which a copy is kept', () => {
    const path = join(scratchFolder(), 'catalogue.db');
    const older = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE list_visits'));
    openForWriting(path, MIGRATIONS.slice(0, older)).database.close();
    const { database } = openForWriting(path);
    expect(database.prepare('SELECT count(*) AS count FROM list_visits').get()).toEqual({ count: 0 });
    expect(database.prepare('SELECT 1 FROM meta WHERE name = ?').get(LIST_FETCHES_NOTED)).toBeUndefined();
    database.close();
    expect(existsSync(`${path}.v${older}.bak`)).toBe(true);
  });
});
