import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { FatalError, RetryableError } from '../../domain/errors.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { toUtcInstant } from '../../platform/clock.js';
import { sqliteResultCode } from '../../platform/disk-error.js';

export const CATALOGUE_FILE = 'catalogue.db';

/** An open catalogue. */
export type Database = DatabaseSyncInstance;

type Value = string | number | Uint8Array | null;

/** A prepared statement and the form of its rows. */
interface Query<Row> {
  get(...values: readonly Value[]): Row | null;
  /** A row that has to be there. */
  one(...values: readonly Value[]): Row;
  all(...values: readonly Value[]): Row[];
  iterate(...values: readonly Value[]): Iterable<Row>;
}

/**
 * Prepares a statement that reads. This is the only place where rows are given a type: `Row` has to say what the
 * columns of `text` are.
 */
export function query<Row extends object>(database: Database, text: string): Query<Row> {
  const statement = database.prepare(text);
  const get = (...values: readonly Value[]): Row | null => (statement.get(...values) ?? null) as Row | null;
  return {
    get,
    one: (...values) => {
      const row = get(...values);
      if (row === null) throw new Error(`No row for ${text}`);
      return row;
    },
    all: (...values) => statement.all(...values) as Row[],
    iterate: (...values) => statement.iterate(...values) as Iterable<Row>,
  };
}

/** Prepares a statement that writes. */
export function command(database: Database, text: string): (...values: readonly Value[]) => void {
  const statement = database.prepare(text);
  return (...values) => {
    statement.run(...values);
  };
}

/** Runs a query that is needed once. */
export function readRows<Row extends object>(database: Database, text: string, ...values: readonly Value[]): Row[] {
  return query<Row>(database, text).all(...values);
}

/** @returns what `meta` holds under a name; null: nothing. */
export function metaOf(database: Database, name: string): string | null {
  return query<{ value: string }>(database, 'SELECT value FROM meta WHERE name = ?').get(name)?.value ?? null;
}

export function setMeta(database: Database, name: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
}

/**
 * Moves the write-ahead log into the catalogue and cuts it, as far as nobody reads or writes at this moment; never
 * waits.
 */
export function emptyLog(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, CATALOGUE_FILE), { timeout: 0 });
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

/** What has to hold of rows, and the values of its parameters. */
export type Condition = readonly [text: string, ...values: (string | number)[]];

/** @returns the condition where there is a value for it, else none. */
export function when<T>(value: T | undefined, condition: (value: T) => Condition): Condition[] {
  return value === undefined ? [] : [condition(value)];
}

/** @returns the text that all conditions hold, and the values of its parameters in order. */
export function allOf(conditions: readonly Condition[]): { text: string; values: (string | number)[] } {
  return {
    text: conditions.map(([text]) => text).join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
  };
}

/**
 * Reads one page of a list. One row more than is wanted is asked for, which tells whether there is a further page.
 *
 * @param limit  Most rows of the page.
 * @param find   Finds the next so many rows; more do no harm.
 * @returns      The rows, and whether the list goes on behind them.
 */
export function pageOf<Row>(
  limit: number,
  find: (count: number) => readonly Row[],
): { readonly rows: readonly Row[]; readonly hasMore: boolean } {
  const found = find(limit + 1);
  return { rows: found.slice(0, limit), hasMore: found.length > limit };
}

const BUSY = 5;
const IO = 10;
const READ_ONLY = 8;
const FULL = 13;
const CANNOT_OPEN = 14;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Says in our words what SQLite refused; errors of other kinds pass as they are. */
export function catalogueError(path: string, error: unknown): unknown {
  const code = sqliteResultCode(error);
  if (code === null || !(error instanceof Error)) return error;
  const message = `Cannot use ${path}: ${error.message}`;
  if (code === BUSY) return new RetryableError(message, { code: 'catalogue.busy', cause: error });
  const [name, hint] = FATAL[code] ?? ['catalogue.failed', CHECK];
  return new FatalError(message, { code: name, hint, cause: error });
}

const REBUILD =
  'Stop the service, then run `sputnik verify --repair`, which rebuilds the catalogue from the article files and captures';
const CHECK = `Run \`sputnik verify\`. If that finds nothing: ${REBUILD}`;
const FATAL: Readonly<Record<number, readonly [code: string, hint: string]>> = {
  [FULL]: ['disk.full', 'Free space on the disk that holds dataDir, then start again; nothing is lost'],
  [READ_ONLY]: ['disk.readOnly', 'Make dataDir and its disk writable'],
  [CANNOT_OPEN]: [
    'disk.notPermitted',
    'Let the user who runs this command own dataDir; where it does, raise the limit of open files (ulimit -n)',
  ],
  [IO]: ['disk.damaged', 'The disk reports errors or is full; free space, then `sputnik verify`'],
  [CORRUPT]: ['catalogue.damaged', REBUILD],
  [NOT_A_DATABASE]: ['catalogue.damaged', REBUILD],
};

/**
 * How values stand in the rows of the catalogue: instants as whole seconds since 1970, URLs of the edition's own host
 * as paths, hashes as bytes, names as numbers.
 */

/** @returns whole seconds since 1970 of a UTC instant such as `2023-04-12T11:40:00Z`. */
export function toSeconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}

/** The inverse of {@link toSeconds}. */
export function toInstant(seconds: number): string {
  return toUtcInstant(seconds * 1000);
}

export function toSecondsOrNull(instant: string | null): number | null {
  return instant === null ? null : toSeconds(instant);
}

export function toInstantOrNull(seconds: number | null): string | null {
  return seconds === null ? null : toInstant(seconds);
}

/** SQL for {@link toInstantOrNull} of a column. */
export function instantOf(column: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%SZ', ${column}, 'unixepoch')`;
}

/** @returns the topics of a row, which stand in one text. */
export function topicsIn(text: string): string[] {
  return text.split(' ').filter((topic) => topic !== '');
}

/** @param day  `YYYY-MM-DD`. @returns days since 1970. */
export function dayNumberOf(day: string): number {
  return Math.floor(toSeconds(`${day}T00:00:00Z`) / DAY_SECONDS);
}

/** @returns `YYYY-MM-DD` of days since 1970. */
export function nameOfDay(day: number): string {
  return toInstant(day * DAY_SECONDS).slice(0, 10);
}

/** SQL for the URL of a page `p` of edition `e`. */
export const PAGE_URL = `iif(substr(p.url, 1, 1) = '/', 'https://' || e.name || p.url, p.url)`;

/** The form that {@link PAGE_URL} reads. */
export function keptUrl(edition: string, url: string): string {
  const origin = `https://${edition}`;
  return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
}

/** @returns the day in a canonical article URL, as the number YYYYMMDD; 0 if it holds none. */
export function dayOf(url: string): number {
  return Number(/\/(\d{8})(?=[\d/])/.exec(url)?.[1] ?? 0);
}

/** @returns the bytes of `sha256:<hex>`. */
export function hashBytes(contentHash: string): Buffer {
  return Buffer.from(contentHash.slice('sha256:'.length), 'hex');
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Numbers for names that stand in many rows, given out on first use. Nothing is cached: a number that a rollback took
 * back must not be used again.
 */
export function namesTable(database: Database) {
  const numbered = (find: string, add: string) => {
    const known = query<{ id: number }>(database, find);
    const insert = database.prepare(add);
    return (name: string, ...more: string[]): number =>
      known.get(name)?.id ?? Number(insert.run(name, ...more).lastInsertRowid);
  };
  const edition = numbered(
    'SELECT id FROM editions WHERE name = ?',
    'INSERT INTO editions (name, family) VALUES (?, ?)',
  );
  return {
    edition: (name: string, family: string): number => edition(name, family),
    /** By path. */
    file: numbered('SELECT id FROM files WHERE path = ?', 'INSERT INTO files (path) VALUES (?)'),
    /** By URL. */
    list: numbered('SELECT id FROM lists WHERE url = ?', 'INSERT INTO lists (url) VALUES (?)'),
    run: numbered('SELECT id FROM run_names WHERE name = ?', 'INSERT INTO run_names (name) VALUES (?)'),
  };
}
export type NamesTable = ReturnType<typeof namesTable>;
