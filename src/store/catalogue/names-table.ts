import { query, type Database } from './database.js';

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
