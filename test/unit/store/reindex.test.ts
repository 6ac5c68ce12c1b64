import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../../../src/dedupe/neighbour-index.js';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { openForReading, openForWriting } from '../../../src/store/catalogue/open-database.js';
import { serialiseArticle } from '../../../src/store/files/article-json.js';
import type { ReadObservation } from '../../../src/store/writer/capture-interpreter.js';
import { openStore, type StoreOptions } from '../../../src/store/writer/open-store.js';
import { seededRandom } from '../../faults/random.js';
import { differences, opened, recordFiles, scratchFolder, pageResultOf, wholeDigestOf } from './fixtures.js';
import { makePlan } from './plan.js';

const plan = makePlan(seededRandom(3), 40);
const byOffset = new Map(plan.map((item) => [item.capture.offset, item]));
const readObservation: ReadObservation = ({ offset }) => Promise.resolve(byOffset.get(offset) ?? null);

async function processed(options: Partial<StoreOptions> = {}): Promise<string> {
  const dataDir = scratchFolder();
  const store = await opened(dataDir, { readObservation, ...options });
  for (const item of plan) await store.storePage(pageResultOf(item));
  await store.close();
  return dataDir;
}

async function reopened(dataDir: string, options: Partial<StoreOptions> = {}): Promise<void> {
  await (await opened(dataDir, { readObservation, ...options })).close();
}

/** Makes catalogue and one record what a program of another folding would have left: other hashes, fingerprints, words and links. */
function asByAnotherMethod(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
  database.exec(`
    UPDATE meta SET value = 'another' WHERE name = 'basis';
    UPDATE articles SET content_hash = randomblob(32), bands = randomblob(96), sketch = randomblob(32), compared = x'',
      duplicate_of = NULL, duplicate_kind = NULL, similarity = NULL;
    DELETE FROM full_text;
  `);
  database.close();
  const [path, text] = Object.entries(recordFiles(dataDir)).find(([name]) => name.endsWith('.json'))!;
  const record = JSON.parse(text) as Article;
  const contentHash = `sha256:${'0'.repeat(64)}`;
  writeFileSync(join(dataDir, path), serialiseArticle({ ...record, contentHash, duplicateOf: null, duplicates: [] }));
}

describe('a catalogue whose fingerprints are of another version', () => {
  it('is made again from the article files when the writer starts, hashes and links of the records with it', async () => {
    const dataDir = await processed();
    const [files, digest] = [recordFiles(dataDir), wholeDigestOf(dataDir)];
    expect(Object.keys(files).some((path) => path.startsWith('duplicates/'))).toBe(true);
    asByAnotherMethod(dataDir);
    expect(wholeDigestOf(dataDir)).not.toEqual(digest);
    await reopened(dataDir);
    expect(differences(recordFiles(dataDir), files)).toEqual([]);
    expect(wholeDigestOf(dataDir)).toEqual(digest);
  });

  it.each(['batch.folded', 'files.renamed', 'batch.filesWritten', 'batch.committed'] as const)(
    'is made again at the next start where one was stopped at %s',
    async (point) => {
      const dataDir = await processed();
      const [files, digest] = [recordFiles(dataDir), wholeDigestOf(dataDir)];
      asByAnotherMethod(dataDir);
      const stopped = openStore({
        dataDir,
        clock: { now: () => 0 },
        crashPoint: (name) => {
          if (name === point) throw new Error('stopped');
        },
      });
      await expect(stopped).rejects.toThrow('stopped');
      await reopened(dataDir);
      expect(differences(recordFiles(dataDir), files)).toEqual([]);
      expect(wholeDigestOf(dataDir)).toEqual(digest);
    },
  );

  it('is left alone where nothing has changed', async () => {
    const dataDir = await processed();
    const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
    database.exec("UPDATE articles SET sketch = x'00'");
    database.close();
    await reopened(dataDir);
    const after = openForReading(dataDir)!;
    expect(after.prepare("SELECT count(*) AS n FROM articles WHERE sketch <> x'00'").get()).toMatchObject({ n: 0 });
    after.close();
  });
});

describe('other settings of deduplication', () => {
  it('hold for what is stored already from the next start on', async () => {
    const strict = { ...DEFAULT_DEDUPE_SETTINGS, threshold: 1 };
    const [wanted, dataDir] = [await processed({ dedupe: strict }), await processed()];
    expect(recordFiles(dataDir)).not.toEqual(recordFiles(wanted));
    await reopened(dataDir, { dedupe: strict });
    expect(differences(recordFiles(dataDir), recordFiles(wanted))).toEqual([]);
    expect(wholeDigestOf(dataDir)).toEqual(wholeDigestOf(wanted));
  });
});

describe('a catalogue of the first form', () => {
  it('is brought forward and holds the same afterwards', async () => {
    const dataDir = await processed();
    const [files, digest] = [recordFiles(dataDir), wholeDigestOf(dataDir)];
    const path = join(dataDir, 'catalogue.db');
    const { database: old } = openForWriting(`${path}.old`, MIGRATIONS.slice(0, 1));
    old.prepare('ATTACH ? AS today').run(path);
    for (const table of ['editions', 'files', 'pages', 'captures', 'articles', 'lists', 'sightings', 'tag_pages']) {
      const columns = (old.prepare(`PRAGMA main.table_info(${table})`).all() as { name: string }[])
        .map(({ name }) => name)
        .join(', ');
      old.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM today.${table}`);
    }
    old.exec('DETACH today');
    old.prepare('VACUUM INTO ?').run(`${path}.copy`);
    old.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    renameSync(`${path}.copy`, path);
    await reopened(dataDir);
    expect(differences(recordFiles(dataDir), files)).toEqual([]);
    // What readers found is counted since a later form.
    expect({ ...wholeDigestOf(dataDir), readings: '' }).toEqual({ ...digest, readings: '' });
  });
});
