import type { Article, DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import type { Entry } from '../../dedupe/neighbour-index.js';
import type { RecordPlace } from '../article-files.js';
import { toInstantOrNull, toSecondsOrNull } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';

/** An article as its row says. */
export interface ArticleRow {
  readonly id: number;
  readonly place: RecordPlace;
  /** Whether every observation that is folded into the record has its row in the journal. */
  readonly journalWhole: boolean;
  readonly lastSeenAt: string | null;
  readonly entry: Entry;
}

export interface ArticleRows {
  get(key: ArticleKey): ArticleRow | null;
  /** Writes the row that a record amounts to; its links are left as they are. */
  put(record: Article, month: string, bands: readonly number[], journalWhole: boolean): number;
  setLink(key: ArticleKey, link: DuplicateOf | null): void;
  /** Keys of the articles whose link names this one, sorted. */
  duplicatesOf(key: ArticleKey): ArticleKey[];
  sameContent(contentHash: string): Entry[];
  sharingBand(entry: Entry, fromSeconds: number, toSeconds: number): Entry[];
}

interface Row {
  readonly id: number;
  readonly key: ArticleKey;
  readonly month: number;
  readonly folder: RecordPlace['folder'];
  readonly journal_whole: number;
  readonly content_hash: Uint8Array;
  readonly bands: Uint8Array;
  readonly published_at: number | null;
  readonly original: string | null;
  readonly duplicate_kind: DuplicateOf['kind'] | null;
  readonly similarity: number | null;
  readonly last_seen_at: number | null;
}

const SELECT = `
  SELECT a.id, a.key, a.month, a.folder, a.journal_whole, a.content_hash, a.bands, a.published_at,
    o.key AS original, a.duplicate_kind, a.similarity, a.last_seen_at
  FROM articles a LEFT JOIN articles o ON o.id = a.duplicate_of`;

export function articleRows(database: Database, names: NameRows): ArticleRows {
  const byKey = database.prepare(`${SELECT} WHERE a.key = ?`);
  const byHash = database.prepare(
    `${SELECT} WHERE substr(a.content_hash, 1, 8) = substr(?1, 1, 8) AND a.content_hash = ?1`,
  );
  const byBand = database.prepare(`${SELECT} WHERE a.key <> ?2 AND a.published_at BETWEEN ?3 AND ?4 AND a.id IN
    (SELECT b.article FROM bands b WHERE b.band IN (SELECT value FROM json_each(?1)))`);
  const byOriginal = database.prepare(
    'SELECT d.key FROM articles d JOIN articles o ON o.id = d.duplicate_of WHERE o.key = ? ORDER BY d.key',
  );
  const put = database.prepare(`
    INSERT INTO articles (key, month, folder, edition, content_hash, bands, published_at, topics, revisions, renditions,
      first_seen_at, last_seen_at, gone_at, journal_whole)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET month = excluded.month, edition = excluded.edition,
      content_hash = excluded.content_hash, bands = excluded.bands, published_at = excluded.published_at,
      topics = excluded.topics, revisions = excluded.revisions, renditions = excluded.renditions,
      first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at, gone_at = excluded.gone_at,
      journal_whole = excluded.journal_whole
    RETURNING id`);
  const replaceBands = bandWriter(database);
  const setLink = database.prepare(`
    UPDATE articles SET duplicate_of = (SELECT id FROM articles WHERE key = ?1), duplicate_kind = ?2, similarity = ?3,
      folder = ?4 WHERE key = ?5`);
  return {
    get: (key) => {
      const row = byKey.get(key) as Row | undefined;
      if (!row) return null;
      const place = { folder: row.folder, key: row.key, month: String(row.month) };
      const lastSeenAt = toInstantOrNull(row.last_seen_at);
      return { id: row.id, place, journalWhole: row.journal_whole === 1, lastSeenAt, entry: entryOf(row) };
    },
    put: (record, month, bands, journalWhole) => {
      const old = byKey.get(record.id) as Row | undefined;
      const { id } = put.get(
        record.id,
        Number(month),
        old?.folder ?? 'articles',
        names.edition(record.edition, record.family),
        Buffer.from(record.contentHash.slice('sha256:'.length), 'hex'),
        packBands(bands),
        toSecondsOrNull(record.publishedAt),
        record.topics.join(' '),
        record.revisions.length,
        record.renditions.length,
        toSecondsOrNull(record.firstSeenAt),
        toSecondsOrNull(record.lastSeenAt),
        toSecondsOrNull(record.goneAt),
        Number(journalWhole),
      ) as { id: number };
      replaceBands(id, old ? unpackBands(old.bands) : [], bands);
      return id;
    },
    setLink: (key, link) => {
      const folder = link?.kind === 'exact' ? 'duplicates' : 'articles';
      setLink.run(link?.id ?? null, link?.kind ?? null, link?.similarity ?? null, folder, key);
    },
    duplicatesOf: (key) => (byOriginal.all(key) as { key: ArticleKey }[]).map((row) => row.key),
    sameContent: (contentHash) =>
      (byHash.all(Buffer.from(contentHash.slice('sha256:'.length), 'hex')) as Row[]).map(entryOf),
    sharingBand: (entry, from, to) =>
      (byBand.all(JSON.stringify(entry.bands.map(signed)), entry.key, from, to) as Row[]).map(entryOf),
  };
}

/** @returns a function that brings an article's rows in `bands` from what they were to what they are to be. */
function bandWriter(database: Database): (id: number, before: readonly number[], after: readonly number[]) => void {
  const dropBands = database.prepare(
    'DELETE FROM bands WHERE article = ? AND band IN (SELECT value FROM json_each(?))',
  );
  const addBands = database.prepare('INSERT OR IGNORE INTO bands (band, article) SELECT value, ?2 FROM json_each(?1)');
  return (id, before, after) => {
    const gone = before.filter((band) => !after.includes(band));
    if (gone.length > 0) dropBands.run(id, JSON.stringify(gone.map(signed)));
    const added = after.filter((band) => !before.includes(band));
    if (added.length > 0) addBands.run(JSON.stringify(added.map(signed)), id);
  };
}

function entryOf(row: Row): Entry {
  const { original, duplicate_kind: kind, similarity } = row;
  return {
    key: row.key,
    contentHash: `sha256:${Buffer.from(row.content_hash).toString('hex')}`,
    bands: unpackBands(row.bands),
    publishedAt: toInstantOrNull(row.published_at),
    link: original === null || kind === null ? null : { id: original, kind, similarity: similarity ?? 0 },
  };
}

/** Signed, so that SQLite keeps each in four bytes. */
function signed(band: number): number {
  return band | 0;
}

function packBands(bands: readonly number[]): Buffer {
  const bytes = Buffer.alloc(bands.length * 4);
  bands.forEach((band, index) => bytes.writeInt32LE(signed(band), index * 4));
  return bytes;
}

function unpackBands(blob: Uint8Array): number[] {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
}
