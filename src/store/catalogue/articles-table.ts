import type { Article, DuplicateOf } from '../../domain/article.js';
import type { KeyedFingerprint } from '../../domain/extraction.js';
import type { ArticleKey } from '../../domain/page.js';
import type { Entry } from '../../dedupe/neighbour-index.js';
import { editedAt, type RecordLocation } from '../files/article-files.js';
import { entryOf, SELECT_ENTRY, type EntryRow } from './article-entries.js';
import { packBands, unpackBands, type BandIndex } from './band-index.js';
import {
  command,
  query,
  hashBytes,
  hexOf,
  toInstantOrNull,
  toSecondsOrNull,
  type Database,
  type NamesTable,
} from './database.js';

/** An article as its row says. */
export interface ArticleRow {
  readonly id: number;
  readonly location: RecordLocation;
  /** Whether every observation that is folded into the record has its row in the journal. */
  readonly journalWhole: boolean;
  readonly lastSeenAt: string | null;
  /** See {@link KeyedFingerprint}. */
  readonly comparedKey: string;
  readonly entry: Entry;
}

interface Row extends EntryRow {
  readonly month: number;
  readonly folder: RecordLocation['folder'];
  readonly journal_whole: number;
  readonly last_seen_at: number | null;
  readonly compared: Uint8Array;
  readonly decided: number;
}

export function articlesTable(database: Database, names: NamesTable, index: BandIndex) {
  const byKey = query<Row>(database, `${SELECT_ENTRY} WHERE a.key = ?`);
  const byOriginal = query<{ key: ArticleKey }>(
    database,
    'SELECT d.key FROM articles d JOIN articles o ON o.id = d.duplicate_of WHERE o.key = ? ORDER BY d.key',
  );
  /** Rows of the transaction under way; a new article's is asked for seven times. */
  let rows: Map<string, ReadRow | null> | null = null;
  const get = (key: string): ReadRow | null => {
    const known = rows?.get(key);
    if (known !== undefined) return known;
    const row = byKey.get(key);
    const read = row && { row, article: articleRowOf(row) };
    rows?.set(key, read);
    return read;
  };
  const write = rowWriter(database, names);
  const undecide = command(database, 'UPDATE articles SET decided = 0 WHERE id = ?');
  const setLink = command(
    database,
    `UPDATE articles SET duplicate_of = (SELECT id FROM articles WHERE key = ?1), duplicate_kind = ?2, similarity = ?3,
       folder = ?4, decided = 1 WHERE key = ?5`,
  );
  const postpone = command(database, 'UPDATE articles SET decided = 2 WHERE key = ? AND decided = 1');
  const postponed = query<Row>(database, `${SELECT_ENTRY} WHERE a.decided = 2 ORDER BY a.published_at LIMIT ?`);
  return {
    /**
     * From now on rows are read once and cached until they are written. For use in a transaction, in which nothing else
     * writes them.
     */
    remember: (): void => {
      rows = new Map();
    },
    /** Forgets the rows, and remembers none any more: the transaction has ended. */
    forget: (): void => {
      rows = null;
    },
    get: (key: ArticleKey): ArticleRow | null => get(key)?.article ?? null,
    /**
     * Writes the row that a record amounts to; its link is left as it is.
     *
     * @param fingerprint  null: the row's own still holds, and so does its link. Otherwise the article is undecided until `setLink`.
     */
    put: (record: Article, month: string, fingerprint: KeyedFingerprint | null, journalWhole: boolean): void => {
      const old = get(record.id)?.row ?? null;
      const isDecided = fingerprint === null && old?.published_at === toSecondsOrNull(record.publishedAt);
      if (old !== null && !isDecided) {
        takeOut(index, old);
        undecide(old.id);
      }
      const { compared, bands, sketch } = fingerprint === null ? (old ?? NOTHING) : packed(fingerprint);
      write(record, month, { compared, bands, sketch }, journalWhole);
      rows?.delete(record.id);
    },
    setLink: (key: ArticleKey, link: DuplicateOf | null): void => {
      const old = get(key)?.row ?? null;
      const folder = link?.kind === 'exact' ? 'duplicates' : 'articles';
      setLink(link?.id ?? null, link?.kind ?? null, link?.similarity ?? null, folder, key);
      rows?.delete(key);
      if (old === null) return;
      takeOut(index, old);
      if (link?.kind !== 'exact') putIn(index, old, link !== null);
    },
    /** Marks a decided article to be decided again, until `setLink`. */
    postpone: (key: ArticleKey): void => {
      postpone(key);
      rows?.delete(key);
    },
    /** @returns so many of the articles that are to be decided again, published first. */
    postponed: (limit: number): Entry[] => postponed.all(limit).map(entryOf),
    /** Keys of the articles whose link names this one, sorted. */
    duplicatesOf: (key: ArticleKey): ArticleKey[] => byOriginal.all(key).map((row) => row.key),
  };
}

type Packed = Pick<Row, 'compared' | 'bands' | 'sketch'>;

const NO_BYTES = new Uint8Array(0);
const NOTHING: Packed = { compared: NO_BYTES, bands: NO_BYTES, sketch: NO_BYTES };

function packed({ comparedKey, bands, sketch }: KeyedFingerprint): Packed {
  return { compared: Buffer.from(comparedKey, 'hex'), bands: packBands(bands), sketch };
}

interface ReadRow {
  readonly row: Row;
  readonly article: ArticleRow;
}

function rowWriter(database: Database, names: NamesTable) {
  const put = command(
    database,
    `INSERT INTO articles (key, month, folder, edition, content_hash, bands, sketch, compared, published_at, topics, revisions,
      renditions, edited_at, first_seen_at, last_seen_at, gone_at, journal_whole)
    VALUES (?, ?, 'articles', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET month = excluded.month, edition = excluded.edition,
      content_hash = excluded.content_hash, bands = excluded.bands, sketch = excluded.sketch, compared = excluded.compared,
      published_at = excluded.published_at, topics = excluded.topics, revisions = excluded.revisions,
      renditions = excluded.renditions, edited_at = excluded.edited_at, first_seen_at = excluded.first_seen_at,
      last_seen_at = excluded.last_seen_at, gone_at = excluded.gone_at, journal_whole = excluded.journal_whole`,
  );
  return (record: Article, month: string, { bands, sketch, compared }: Packed, journalWhole: boolean): void => {
    put(
      record.id,
      Number(month),
      names.edition(record.edition, record.family),
      hashBytes(record.contentHash),
      bands,
      sketch,
      compared,
      toSecondsOrNull(record.publishedAt),
      record.topics.join(' '),
      record.revisions.length,
      record.renditions.length,
      toSecondsOrNull(editedAt(record)),
      toSecondsOrNull(record.firstSeenAt),
      toSecondsOrNull(record.lastSeenAt),
      toSecondsOrNull(record.goneAt),
      Number(journalWhole),
    );
  };
}

function articleRowOf(row: Row): ArticleRow {
  return {
    id: row.id,
    location: { folder: row.folder, key: row.key, month: String(row.month) },
    journalWhole: row.journal_whole === 1,
    lastSeenAt: toInstantOrNull(row.last_seen_at),
    comparedKey: hexOf(row.compared),
    entry: entryOf(row),
  };
}

function takeOut(index: BandIndex, { key, bands, published_at: at }: Row): void {
  if (at !== null) index.remove({ key, at }, unpackBands(bands));
}

function putIn(index: BandIndex, { id, key, bands, sketch, published_at: at }: Row, isLinked: boolean): void {
  if (at !== null) index.add({ id, key, at, sketch, isLinked }, unpackBands(bands));
}
