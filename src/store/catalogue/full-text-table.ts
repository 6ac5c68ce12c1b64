import { createHash } from 'node:crypto';
import type { Article } from '../../domain/article.js';
import { WORDS_VERSION } from '../../search/stem-word.js';
import { facetColumn, wordColumns } from '../../search/word-columns.js';
import { editedAt } from '../files/article-files.js';
import { command, query, type Database } from './database.js';

export interface FullTextTable {
  /** Brings the terms and the number of the last change of an article that has a row to what its record says. Idempotent. */
  put(record: Article): void;
}

interface Row {
  readonly id: number;
  readonly compared: Uint8Array;
  readonly indexed: Uint8Array;
  readonly state: Uint8Array;
}

const DIGEST_BYTES = 8;

export function fullTextTable(database: Database): FullTextTable {
  const rowOf = query<Row>(database, 'SELECT id, compared, indexed, state FROM articles WHERE key = ?');
  const remove = command(database, 'DELETE FROM full_text WHERE rowid = ?');
  const add = command(database, 'INSERT INTO full_text (rowid, title, tags, body, facets) VALUES (?, ?, ?, ?, ?)');
  const noteWords = command(database, 'UPDATE articles SET indexed = ? WHERE id = ?');
  const noteChange = command(
    database,
    'UPDATE articles SET state = ?, changed = (SELECT max(changed) + 1 FROM articles) WHERE id = ?',
  );
  const putWords = (row: Row, record: Article): void => {
    const source = { article: record, isEdited: editedAt(record) !== null };
    // The compared key stands for title, lead and body.
    const names = record.tags.map(({ name }) => name);
    const digest = digestOf(row.compared, [WORDS_VERSION, names, facetColumn(source)]);
    if (digest.equals(row.indexed)) return;
    if (row.indexed.length > 0) remove(row.id);
    const { title, tags, text, facets } = wordColumns(source);
    add(row.id, title, tags, text, facets);
    noteWords(digest, row.id);
  };
  return {
    put: (record) => {
      const row = rowOf.get(record.id);
      if (row === null) return;
      putWords(row, record);
      // What a visit alone changes is no change.
      const state = digestOf('', { ...record, lastSeenAt: null, capture: null, provenance: null, extractor: null });
      if (!state.equals(row.state)) noteChange(state, row.id);
    },
  };
}

function digestOf(first: Uint8Array | string, rest: unknown): Buffer {
  const hash = createHash('sha256').update(first).update(JSON.stringify(rest));
  return hash.digest().subarray(0, DIGEST_BYTES);
}
