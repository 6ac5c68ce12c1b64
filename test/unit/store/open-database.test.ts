import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { openForReading, openForWriting } from '../../../src/store/catalogue/open-database.js';
import { scratchFolder } from './fixtures.js';

const STEP = 'ALTER TABLE articles ADD COLUMN added INTEGER NOT NULL DEFAULT 7';

function withOneArticle(): { dataDir: string; path: string } {
  const dataDir = scratchFolder();
  const path = join(dataDir, 'catalogue.db');
  const { database, isNew } = openForWriting(path);
  expect(isNew).toBe(true);
  database.exec("INSERT INTO editions (id, name, family) VALUES (1, 'a', 'a')");
  database.close();
  return { dataDir, path };
}

describe('the form of the catalogue', () => {
  it('is brought forward step by step, after a copy of the old one was kept', () => {
    const { path } = withOneArticle();
    const { database, isNew } = openForWriting(path, [...MIGRATIONS, STEP]);
    expect(isNew).toBe(false);
    expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: MIGRATIONS.length + 1 });
    expect(() => database.prepare('SELECT added FROM articles')).not.toThrow();
    database.close();
    const copy = new DatabaseSync(`${path}.v${MIGRATIONS.length}.bak`, { readOnly: true });
    expect(copy.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: MIGRATIONS.length });
    expect(copy.prepare('SELECT name FROM editions').all()).toMatchObject([{ name: 'a' }]);
    copy.close();
  });

  it('stays what it was when a step fails', () => {
    const { dataDir, path } = withOneArticle();
    expect(() => openForWriting(path, [...MIGRATIONS, STEP, 'THIS IS NO SQL'])).toThrow();
    const { database, isNew } = openForWriting(path);
    expect(isNew).toBe(false);
    expect(() => database.prepare('SELECT added FROM articles')).toThrow(/added/);
    database.close();
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is refused where a newer program wrote it, by readers too', () => {
    const { dataDir, path } = withOneArticle();
    openForWriting(path, [...MIGRATIONS, STEP]).database.close();
    expect(() => openForWriting(path)).toThrow(expect.objectContaining({ code: 'catalogue.tooNew' }) as Error);
    expect(() => openForReading(dataDir)).toThrow(expect.objectContaining({ code: 'catalogue.tooNew' }) as Error);
  });

  it('says that a file is damaged which is no database', () => {
    const path = join(scratchFolder(), 'catalogue.db');
    writeFileSync(path, 'no database at all'.repeat(100));
    expect(() => openForWriting(path)).toThrow(expect.objectContaining({ code: 'catalogue.damaged' }) as Error);
    expect(existsSync(path)).toBe(true);
  });
});
