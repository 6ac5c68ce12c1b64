import type { Article, DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { comparedKey } from '../../dedupe/comparable-text.js';
import type { Fingerprint } from '../../dedupe/fingerprint.js';
import type { Entry } from '../../dedupe/neighbour-index.js';
import type { RecordLocation } from '../files/article-files.js';
import { editedAt } from '../files/edited-at.js';
import { bandRows, packBands, unpackBands, type BandLocation } from './band-rows.js';
import { toInstantOrNull, toSecondsOrNull } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';

/** An article as its row says. */
export interface ArticleRow {
  readonly id: number;
  readonly place: RecordLocation;
  /** Whether every observation that is folded into the record has its row in the journal. */
  readonly journalWhole: boolean;
  readonly lastSeenAt: string | null;
  /** See {@link comparedKey}. */
  readonly comparedKey: string;
  readonly entry: Entry;
}

export interface ArticleRows {
  get(key: ArticleKey): ArticleRow | null;
  /**
   * Writes the row that a record amounts to; its link is left as it is.
   *
   * @param fingerprint  null: the row's own still holds, and so does its link. Otherwise the article is undecided until {@link setLink}.
   */
  put(record: Article, month: string, fingerprint: Fingerprint | null, journalWhole: boolean): number;
  setLink(key: ArticleKey, link: DuplicateOf | null): void;
  /** Keys of the articles whose link names this one, sorted. */
  duplicatesOf(key: ArticleKey): ArticleKey[];
}

/** A row with what its entry says. */
export interface EntryRow {
  readonly id: number;
  readonly key: ArticleKey;
  readonly content_hash: Uint8Array;
  readonly bands: Uint8Array;
  readonly sketch: Uint8Array;
  readonly published_at: number | null;
  readonly original: string | null;
  readonly duplicate_kind: DuplicateOf['kind'] | null;
  readonly similarity: number | null;
}

interface Row extends EntryRow {
  readonly month: number;
  readonly folder: RecordLocation['folder'];
  readonly journal_whole: number;
  readonly last_seen_at: number | null;
  readonly compared: Uint8Array;
  readonly decided: number;
}

export const SELECT_ENTRY = `
  SELECT a.id, a.key, a.content_hash, a.bands, a.sketch, a.published_at, o.key AS original, a.duplicate_kind, a.similarity,
    a.month, a.folder, a.journal_whole, a.last_seen_at, a.compared, a.decided
  FROM articles a LEFT JOIN articles o ON o.id = a.duplicate_of`;

export function articleRows(database: Database, names: NameRows): ArticleRows {
  const byKey = database.prepare(`${SELECT_ENTRY} WHERE a.key = ?`);
  const byOriginal = database.prepare(
    'SELECT d.key FROM articles d JOIN articles o ON o.id = d.duplicate_of WHERE o.key = ? ORDER BY d.key',
  );
  const write = rowWriter(database, names);
  const undecide = database.prepare('UPDATE articles SET decided = 0 WHERE id = ?');
  const setLink = database.prepare(`
    UPDATE articles SET duplicate_of = (SELECT id FROM articles WHERE key = ?1), duplicate_kind = ?2, similarity = ?3,
      folder = ?4, decided = 1 WHERE key = ?5`);
  const bands = bandRows(database);
  return {
    get: (key) => {
      const row = byKey.get(key) as Row | undefined;
      if (!row) return null;
      const place = { folder: row.folder, key: row.key, month: String(row.month) };
      const { id, journal_whole: whole, last_seen_at: seen, compared } = row;
      const lastSeenAt = toInstantOrNull(seen);
      return { id, place, journalWhole: whole === 1, lastSeenAt, comparedKey: hexOf(compared), entry: entryOf(row) };
    },
    put: (record, month, fingerprint, journalWhole) => {
      const old = byKey.get(record.id) as Row | undefined;
      const publishedAt = toSecondsOrNull(record.publishedAt);
      const isDecided = old !== undefined && fingerprint === null && old.published_at === publishedAt;
      if (old !== undefined && !isDecided) {
        bands.move(placeOf(old), null);
        undecide.run(old.id);
      }
      return write(record, month, fingerprint ?? (old ? fingerprintOf(old) : NO_FINGERPRINT), journalWhole);
    },
    setLink: (key, link) => {
      const old = byKey.get(key) as Row | undefined;
      const folder = link?.kind === 'exact' ? 'duplicates' : 'articles';
      setLink.run(link?.id ?? null, link?.kind ?? null, link?.similarity ?? null, folder, key);
      if (old) bands.move(placeOf(old), placeOf({ ...old, duplicate_kind: link?.kind ?? null, decided: 1 }));
    },
    duplicatesOf: (key) => (byOriginal.all(key) as { key: ArticleKey }[]).map((row) => row.key),
  };
}

const NO_FINGERPRINT: Pick<Fingerprint, 'bands' | 'sketch'> = { bands: [], sketch: new Uint8Array(0) };

function rowWriter(
  database: Database,
  names: NameRows,
): (
  record: Article,
  month: string,
  fingerprint: Pick<Fingerprint, 'bands' | 'sketch'>,
  journalWhole: boolean,
) => number {
  const put = database.prepare(`
    INSERT INTO articles (key, month, folder, edition, content_hash, bands, sketch, compared, published_at, topics, revisions,
      renditions, edited_at, first_seen_at, last_seen_at, gone_at, journal_whole)
    VALUES (?, ?, 'articles', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET month = excluded.month, edition = excluded.edition,
      content_hash = excluded.content_hash, bands = excluded.bands, sketch = excluded.sketch, compared = excluded.compared,
      published_at = excluded.published_at, topics = excluded.topics, revisions = excluded.revisions,
      renditions = excluded.renditions, edited_at = excluded.edited_at, first_seen_at = excluded.first_seen_at,
      last_seen_at = excluded.last_seen_at, gone_at = excluded.gone_at, journal_whole = excluded.journal_whole
    RETURNING id`);
  return (record, month, { bands, sketch }, journalWhole) => {
    const row: unknown = put.get(
      record.id,
      Number(month),
      names.edition(record.edition, record.family),
      Buffer.from(record.contentHash.slice('sha256:'.length), 'hex'),
      packBands(bands),
      sketch,
      Buffer.from(comparedKey(record), 'hex'),
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
    return (row as { id: number }).id;
  };
}

/** @returns the entry that a row of {@link SELECT_ENTRY} amounts to. */
export function entryOf(row: EntryRow): Entry {
  const { original, duplicate_kind: kind, similarity } = row;
  return {
    key: row.key,
    contentHash: `sha256:${hexOf(row.content_hash)}`,
    ...fingerprintOf(row),
    publishedAt: toInstantOrNull(row.published_at),
    link: original === null || kind === null ? null : { id: original, kind, similarity: similarity ?? 0 },
  };
}

function fingerprintOf({ bands, sketch }: EntryRow): Pick<Fingerprint, 'bands' | 'sketch'> {
  return { bands: unpackBands(bands), sketch };
}

function placeOf({ id, bands, published_at: publishedAt, duplicate_kind: kind, decided }: Row): BandLocation {
  const follows = decided === 0 || kind === 'exact' ? null : kind === 'near' ? 1 : 0;
  return { article: id, bands, publishedAt, follows };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
