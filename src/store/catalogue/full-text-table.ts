import { createHash } from 'node:crypto';
import type { Article } from '../../domain/article.js';
import { WORDS_VERSION } from '../../search/stem-word.js';
import { facetColumn, wordColumns } from '../../search/terms-of-text.js';
import { editedAt } from '../files/article-files.js';
import { atOnce } from '../../platform/in-turns.js';
import { command, query, type Database } from './database.js';

export interface FullTextTable {
  /** Brings the terms of an article that has a row to what its record says. Idempotent. */
  put(record: Article): void;
  /** The same in steps: a long text takes a third of a second. */
  putInSteps(record: Article): Generator<undefined, void>;
}

interface Row {
  readonly id: number;
  readonly compared: Uint8Array;
  readonly indexed: Uint8Array;
}

const DIGEST_BYTES = 8;

export function fullTextTable(database: Database): FullTextTable {
  const rowOf = query<Row>(database, 'SELECT id, compared, indexed FROM articles WHERE key = ?');
  const remove = command(database, 'DELETE FROM full_text WHERE rowid = ?');
  const add = command(database, 'INSERT INTO full_text (rowid, title, tags, body, facets) VALUES (?, ?, ?, ?, ?)');
  const noteWords = command(database, 'UPDATE articles SET indexed = ? WHERE id = ?');
  function* putWords(row: Row, record: Article): Generator<undefined, void> {
    const source = { article: record, isEdited: editedAt(record) !== null };
    // The compared key stands for title, lead and body.
    const names = record.tags.map(({ name }) => name);
    const facets = facetColumn(source);
    const digest = digestOf(row.compared, [WORDS_VERSION, names, facets]);
    if (digest.equals(row.indexed)) return;
    const { title, tags, text } = yield* wordColumns(record);
    if (row.indexed.length > 0) remove(row.id);
    yield;
    add(row.id, title, tags, text, facets);
    noteWords(digest, row.id);
  }
  function* putInSteps(record: Article): Generator<undefined, void> {
    const row = rowOf.get(record.id);
    if (row !== null) yield* putWords(row, record);
  }
  return {
    putInSteps,
    put: (record) => {
      atOnce(putInSteps(record));
    },
  };
}

function digestOf(first: Uint8Array, rest: unknown): Buffer {
  const hash = createHash('sha256').update(first).update(JSON.stringify(rest));
  return hash.digest().subarray(0, DIGEST_BYTES);
}
