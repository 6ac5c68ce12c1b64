import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/platform/logger.js';
import type { Database } from '../../../src/store/catalogue/database.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';
import { carryOver } from '../../../src/store/verify/carry-over.js';
import { scratchFolder } from './fixtures.js';

/** A catalogue in which one of two captures is in quarantine for each file; what stands in it has other numbers in each. */
function catalogueWith(path: string, files: readonly string[]): Database {
  const { database } = openForWriting(path);
  for (const file of files) {
    database.prepare('INSERT INTO files (path) VALUES (?)').run(file);
    database
      .prepare(
        `INSERT INTO quarantine (file, offset, page, code, detail, attempts, quarantined_at, capture)
         SELECT id, 7, 1, 'extract.timeout', '', 1, 0, '{}' FROM files WHERE path = ?`,
      )
      .run(file);
  }
  return database;
}

const rows = (database: Database, text: string): unknown[] => database.prepare(text).all();

describe('from an old catalogue', () => {
  it('what people gave up is taken over, and runs and tag pages that are not told otherwise', () => {
    const folder = scratchFolder();
    const old = catalogueWith(join(folder, 'old.db'), ['captures/a', 'captures/b']);
    old.exec(`
      UPDATE quarantine SET dropped_at = 99 WHERE file = 2;
      INSERT INTO runs VALUES ('one', 1, '{"old":1}'), ('two', 2, '{"old":2}');
      INSERT INTO editions (id, name, family) VALUES (5, 'other', 'other'), (6, 'sputnik.az', 'sputnik.az');
      INSERT INTO tag_pages VALUES (6, 'armenia', '/tag/', 'from', 3, 4);
    `);
    old.close();
    const database = catalogueWith(join(folder, 'new.db'), ['captures/b', 'captures/a']);
    database.exec(`INSERT INTO runs VALUES ('two', 2, '{"new":2}')`);
    carryOver(database, join(folder, 'old.db'), silentLogger);
    const dropped = `SELECT f.path, q.dropped_at AS at FROM quarantine q JOIN files f ON f.id = q.file ORDER BY f.path`;
    expect(rows(database, dropped)).toEqual([
      { path: 'captures/a', at: null },
      { path: 'captures/b', at: 99 },
    ]);
    expect(rows(database, 'SELECT run_id, summary FROM runs ORDER BY run_id')).toEqual([
      { run_id: 'one', summary: '{"old":1}' },
      { run_id: 'two', summary: '{"new":2}' },
    ]);
    expect(rows(database, 'SELECT e.name, t.path FROM tag_pages t JOIN editions e ON e.id = t.edition')).toEqual([
      { name: 'sputnik.az', path: '/tag/' },
    ]);
    expect(rows(database, 'SELECT name FROM editions')).toEqual([{ name: 'sputnik.az' }]);
    database.close();
  });

  it.each(['no database', '', null])('that cannot be read nothing is (%j)', (content) => {
    const folder = scratchFolder();
    const database = catalogueWith(join(folder, 'new.db'), ['captures/a']);
    if (content !== null) writeFileSync(join(folder, 'old.db'), content.padEnd(content === '' ? 0 : 8_192, 'x'));
    carryOver(database, join(folder, 'old.db'), silentLogger);
    carryOver(database, join(folder, 'old.db'), silentLogger);
    expect(rows(database, 'SELECT * FROM runs')).toEqual([]);
    database.close();
  });
});
