import type { ArticleKey } from '../../domain/page.js';
import { FatalError } from '../../domain/errors.js';
import { CATALOGUE_FILE, openForReading, type Database } from '../catalogue/open-database.js';
import type { FaultList } from './fault.js';

/** Opens the catalogue for checking. @returns null if there is none, or none that can be read; which of them is a fault. */
export function openToCheck(dataDir: string, faults: FaultList): Database | null {
  try {
    const database = openForReading(dataDir);
    if (!database) return null;
    const fault = faultOfTables(database);
    if (fault === null) return database;
    database.close();
    faults.add('catalogue.damaged', CATALOGUE_FILE, fault);
  } catch (error) {
    if (!isDamage(error)) throw error;
    faults.add('catalogue.damaged', CATALOGUE_FILE, error.message);
  }
  return null;
}

/**
 * Checks each table and its indexes by itself, those in which the full text is kept among them. The check of a whole database would also read
 * the full text word by word, which takes as long as all the records; its words are not the truth, and a rebuild makes them anew.
 */
function faultOfTables(database: Database): string | null {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    .all() as { name: string }[];
  for (const { name } of tables) {
    const found = database.prepare(`PRAGMA quick_check('${name.replaceAll("'", "''")}')`).get() as
      { quick_check: string } | undefined;
    if (found !== undefined && found.quick_check !== 'ok') return found.quick_check;
  }
  return null;
}

/** Checks that every article of the catalogue has its record. */
export function checkRows(database: Database, keys: ReadonlySet<ArticleKey>, faults: FaultList): void {
  for (const row of database.prepare('SELECT key FROM articles').iterate()) {
    const { key } = row as { key: ArticleKey };
    if (!keys.has(key)) faults.add('catalogue.noRecord', CATALOGUE_FILE, `${key} has no file`);
  }
}

/** A file that is no database, is torn, or is of a form that this program does not know. */
function isDamage(error: unknown): error is FatalError | Error {
  if (error instanceof FatalError) return error.code.startsWith('catalogue.');
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}
