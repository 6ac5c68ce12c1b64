import { query, type Database } from './database.js';

/** How values stand in the rows of the catalogue: instants as whole seconds since 1970, URLs of the edition's own host as paths, hashes as bytes, names as numbers. */

/** @returns whole seconds since 1970 of a UTC instant such as `2023-04-12T11:40:00Z`. */
export function toSeconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}

/** The inverse of {@link toSeconds}. */
export function toInstant(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
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

/** Numbers for names that stand in many rows. Nothing is cached: a number that a rollback took back must not be used again. */
export interface NamesTable {
  /** @returns the edition's number, given out on first use. */
  edition(name: string, family: string): number;
  /** @returns the capture file's number, given out on first use. */
  file(path: string): number;
  /** @returns the list's number, given out on first use. */
  list(url: string): number;
}

export function namesTable(database: Database): NamesTable {
  const numbered = (find: string, add: string): ((name: string, family?: string) => number) => {
    const known = query<{ id: number }>(database, find);
    const insert = database.prepare(add);
    return (name, ...more) => known.get(name)?.id ?? Number(insert.run(name, ...more).lastInsertRowid);
  };
  return {
    edition: numbered('SELECT id FROM editions WHERE name = ?', 'INSERT INTO editions (name, family) VALUES (?, ?)'),
    file: numbered('SELECT id FROM files WHERE path = ?', 'INSERT INTO files (path) VALUES (?)'),
    list: numbered('SELECT id FROM lists WHERE url = ?', 'INSERT INTO lists (url) VALUES (?)'),
  };
}
