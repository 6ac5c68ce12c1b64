import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { FatalError } from '../../domain/errors.js';
import { catalogueError, query, type Database } from '../../store/catalogue/database.js';

/**
 * `<dataDir>/notify.db`: notifications that are pending or sent. It is not derived from other data, so losing it loses
 * unsent messages.
 *
 * - `state` holds the cursor up to which changes were looked at.
 * - `rules` has a row for each rule since it began: from which change on it tells.
 * - `told` is what a rule was last told of each thing that can be sick.
 * - `notices` are the events that match a rule, each once; `batch` is null while they wait.
 * - `messages` are what goes to each target: `queued`, `sent`, `undelivered`, `dropped`.
 * - `unread` are events that match a rule, and whose records could not be read yet.
 */
export const NOTIFY_FILE = 'notify.db';
const FORM = 1;
const BUSY_TIMEOUT_MS = 5_000;

const TABLES = `
  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE rules (
    name TEXT PRIMARY KEY, began_ms INTEGER NOT NULL, held_back INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE TABLE told (rule TEXT NOT NULL, thing TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (rule, thing)) WITHOUT ROWID;
  CREATE TABLE notices (
    id INTEGER PRIMARY KEY, rule TEXT NOT NULL, event TEXT NOT NULL, found_ms INTEGER NOT NULL, notice TEXT, batch TEXT,
    UNIQUE (rule, event)
  );
  CREATE INDEX notices_waiting ON notices (rule, id) WHERE batch IS NULL;
  CREATE TABLE messages (
    id TEXT PRIMARY KEY, batch TEXT NOT NULL, rule TEXT NOT NULL, target TEXT NOT NULL, created_ms INTEGER NOT NULL,
    message TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, retries INTEGER NOT NULL DEFAULT 0,
    tried_ms INTEGER, answer TEXT
  ) WITHOUT ROWID;
  CREATE INDEX messages_by_rule ON messages (rule, created_ms);
  CREATE INDEX messages_open ON messages (state, created_ms);
`;
/**
 * Since form 1: a file of before is given them when it is opened. By the one index a flood of edits is counted, by the
 * other the events of a message are found.
 */
const ADDED = `
  CREATE INDEX IF NOT EXISTS notices_edits ON notices (rule, found_ms) WHERE event GLOB 'edit *';
  CREATE INDEX IF NOT EXISTS notices_told ON notices (batch) WHERE batch IS NOT NULL;
  CREATE TABLE IF NOT EXISTS unread (rule TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (rule, event)) WITHOUT ROWID;
`;

/** Opens it for the one process that writes the data directory. @throws {FatalError} `notify.tooNew`, `disk.…` */
export function openOutboxDatabase(dataDir: string): Database {
  const path = join(dataDir, NOTIFY_FILE);
  let database: Database | null = null;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    if (formOf(database, path) === 0) database.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${FORM}; COMMIT`);
    database.exec(ADDED);
    return database;
  } catch (error) {
    database?.close();
    throw catalogueError(path, error);
  }
}

/** Closes it. If the file was deleted meanwhile, it is written again, since its content is nowhere else. */
export function closeOutboxDatabase(database: Database, dataDir: string): void {
  const path = join(dataDir, NOTIFY_FILE);
  if (existsSync(path)) {
    database.close();
    return;
  }
  const unfinished = `${path}.tmp`;
  rmSync(unfinished, { force: true });
  database.prepare('VACUUM INTO ?').run(unfinished);
  database.close();
  renameSync(unfinished, path);
}

/**
 * Opens it beside the process that writes. @returns null if there is none yet. @throws {FatalError} `notify.tooNew`,
 * `disk.…`
 */
export function openOutboxForReading(dataDir: string): Database | null {
  const path = join(dataDir, NOTIFY_FILE);
  if (!existsSync(path)) return null;
  let database: Database | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    if (formOf(database, path) > 0) return database;
    database.close();
    return null;
  } catch (error) {
    database?.close();
    throw catalogueError(path, error);
  }
}

function formOf(database: Database, path: string): number {
  const { user_version: form } = query<{ user_version: number }>(database, 'PRAGMA user_version').one();
  if (form <= FORM) return form;
  throw new FatalError(`Expected ${path} to have form ${FORM}, found form ${form}`, {
    code: 'notify.tooNew',
    hint: 'A newer version of this program wrote it. Use that version, or move the file away, which loses unsent messages',
  });
}
