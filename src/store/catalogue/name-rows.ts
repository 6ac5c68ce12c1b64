import type { Database } from './open-database.js';

/** Numbers for names that stand in many rows. Nothing is cached: a number that a rollback took back must not be used again. */
export interface NameRows {
  /** @returns the edition's number, given out on first use. */
  edition(name: string, family: string): number;
  /** @returns the capture file's number, given out on first use. */
  file(path: string): number;
  /** @returns the list's number, given out on first use. */
  list(url: string): number;
}

export function nameRows(database: Database): NameRows {
  const row = (statement: ReturnType<Database['prepare']>, name: string): number | null =>
    (statement.get(name) as { id: number } | undefined)?.id ?? null;
  const editions = database.prepare('SELECT id FROM editions WHERE name = ?');
  const addEdition = database.prepare('INSERT INTO editions (name, family) VALUES (?, ?)');
  const files = database.prepare('SELECT id FROM files WHERE path = ?');
  const addFile = database.prepare('INSERT INTO files (path) VALUES (?)');
  const lists = database.prepare('SELECT id FROM lists WHERE url = ?');
  const addList = database.prepare('INSERT INTO lists (url) VALUES (?)');
  return {
    edition: (name, family) => row(editions, name) ?? Number(addEdition.run(name, family).lastInsertRowid),
    file: (path) => row(files, path) ?? Number(addFile.run(path).lastInsertRowid),
    list: (url) => row(lists, url) ?? Number(addList.run(url).lastInsertRowid),
  };
}
