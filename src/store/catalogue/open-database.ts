import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { FatalError } from '../../domain/errors.js';
import { checkDataDir } from '../../platform/check-data-dir.js';
import { diskError, whyNotOpened } from '../../platform/disk-error.js';
import { MIGRATIONS } from './migrations.js';
import { CATALOGUE_FILE, catalogueError, query, type Database } from './database.js';

const BUSY_TIMEOUT_MS = 5_000;
/** Pages of the catalogue that the writer keeps at hand. */
const WRITER_CACHE_KIB = 32_768;
/** A service reads over four connections, each with pages of its own; the system keeps the file's anyway. */
const READER_CACHE_KIB = 8_192;

/**
 * Opens the catalogue for the one writer, creating it or bringing it to today's form; an older one is copied to
 * `catalogue.db.v<N>.bak` first.
 *
 * @param steps  The form to bring it to; other than {@link MIGRATIONS} only in tests.
 * @returns      The database and whether it is new.
 * @throws {FatalError} `catalogue.tooNew`, `catalogue.damaged` (then `sputnik verify --repair` rebuilds it), `disk.…`.
 */
export function openForWriting(
  path: string,
  steps: readonly string[] = MIGRATIONS,
): { readonly database: Database; readonly isNew: boolean } {
  let database: Database | null = null;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -${WRITER_CACHE_KIB};
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA temp_store = MEMORY;
      PRAGMA journal_size_limit = 67108864;
    `);
    const version = migrate(database, path, steps);
    return { database, isNew: version === 0 };
  } catch (error) {
    database?.close();
    const reason = whyNotOpened(path, error);
    throw reason === error ? catalogueError(path, error) : diskError(`open ${path}`, reason);
  }
}

/**
 * Opens the catalogue beside a writer; reads committed data only.
 *
 * @returns null if there is none yet.
 * @throws {FatalError} `catalogue.…`, `disk.wrongKind`
 */
export function openForReading(dataDir: string): Database | null {
  checkDataDir(dataDir);
  const path = join(dataDir, CATALOGUE_FILE);
  if (!existsSync(path)) return null;
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    database.exec(`PRAGMA cache_size = -${READER_CACHE_KIB}`);
    const version = userVersion(database);
    if (version === 0) {
      database.close();
      return null;
    }
    if (version !== MIGRATIONS.length) throw wrongVersion(path, version);
    return database;
  } catch (error) {
    throw catalogueError(path, error);
  }
}

function migrate(database: Database, path: string, steps: readonly string[]): number {
  const version = userVersion(database);
  if (version > steps.length) throw wrongVersion(path, version);
  if (version === steps.length) return version;
  if (version > 0) backUp(database, `${path}.v${version}.bak`);
  database.exec('BEGIN IMMEDIATE');
  for (const step of steps.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${steps.length}`);
  database.exec('COMMIT');
  return version;
}

/** A whole copy, or none. */
function backUp(database: Database, path: string): void {
  if (existsSync(path)) return;
  const unfinished = `${path}.tmp`;
  rmSync(unfinished, { force: true });
  database.prepare('VACUUM INTO ?').run(unfinished);
  renameSync(unfinished, path);
}

function userVersion(database: Database): number {
  return query<{ user_version: number }>(database, 'PRAGMA user_version').one().user_version;
}

function wrongVersion(path: string, version: number): FatalError {
  const isNewer = version > MIGRATIONS.length;
  const form = isNewer ? 'newer' : 'older';
  return new FatalError(`${path} has the ${form} form ${version}; this program reads form ${MIGRATIONS.length}`, {
    code: isNewer ? 'catalogue.tooNew' : 'catalogue.tooOld',
    hint: isNewer
      ? 'A newer version of this program wrote it. Use that version, or rebuild the catalogue with `sputnik verify --repair`'
      : 'Run `sputnik crawl` or `sputnik serve` once, which brings the catalogue up to date and keeps a copy of the old one',
  });
}
