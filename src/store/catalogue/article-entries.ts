import type { DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import type { Entry, CandidatePart } from '../../dedupe/neighbour-index.js';
import { mayReach } from '../../dedupe/fingerprint.js';
import { command, query, type Database } from './database.js';
import { hashBytes, hexOf, toInstantOrNull, toSeconds } from './row-values.js';

/** A row of an article with what duplicates are found by. */
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

export const SELECT_ENTRY = `
  SELECT a.id, a.key, a.content_hash, a.bands, a.sketch, a.published_at, o.key AS original, a.duplicate_kind, a.similarity,
    a.month, a.folder, a.journal_whole, a.last_seen_at, a.compared, a.decided
  FROM articles a LEFT JOIN articles o ON o.id = a.duplicate_of`;

/** @returns the entry that a row of {@link SELECT_ENTRY} amounts to. */
export function entryOf(row: EntryRow): Entry {
  const { original, duplicate_kind: kind, similarity } = row;
  return {
    key: row.key,
    contentHash: `sha256:${hexOf(row.content_hash)}`,
    bands: unpackBands(row.bands),
    sketch: row.sketch,
    publishedAt: toInstantOrNull(row.published_at),
    link: original === null || kind === null ? null : { id: original, kind, similarity: similarity ?? 0 },
  };
}

/** Finds articles by what they say. */
export interface NeighbourQueries {
  firstOfContent(contentHash: string): Entry | null;
  sameContent(contentHash: string): Entry[];
  /**
   * @param windowSeconds  Greatest distance of publication, both ends included.
   * @param least          See `mayReach`.
   */
  candidates(entry: Entry, part: CandidatePart, windowSeconds: number, least: number): Entry[];
}

const OF_CONTENT = `${SELECT_ENTRY} WHERE substr(a.content_hash, 1, 8) = substr(?1, 1, 8) AND a.content_hash = ?1`;
/** Canonical order, in the words of the index; numbers beyond 63 bits are told apart by their digits. */
const CANONICAL = `
  ORDER BY coalesce(a.published_at, 99999999999), CAST(substr(a.key, instr(a.key, '/') + 1) AS INTEGER),
    length(ltrim(substr(a.key, instr(a.key, '/') + 1), '0')), ltrim(substr(a.key, instr(a.key, '/') + 1), '0'), a.key`;

export function neighbourQueries(database: Database): NeighbourQueries {
  const first = query<EntryRow>(database, `${OF_CONTENT} ${CANONICAL} LIMIT 1`);
  const all = query<EntryRow>(database, OF_CONTENT);
  const byId = query<EntryRow>(database, `${SELECT_ENTRY} WHERE a.id = ?`);
  // One look per period, part and band; a row of `articles` only once for all the bands that it shares.
  const sharing = query<{ id: number; sketch: Uint8Array }>(
    database,
    `SELECT a.id, a.sketch FROM articles a WHERE a.key <> ?4 AND a.published_at BETWEEN ?5 AND ?6 AND a.id IN (
      SELECT article FROM bands WHERE period IN (SELECT value FROM json_each(?1))
        AND follows IN (SELECT value FROM json_each(?2)) AND band IN (SELECT value FROM json_each(?3)))`,
  );
  return {
    firstOfContent: (contentHash) => {
      const row = first.get(hashBytes(contentHash));
      return row && entryOf(row);
    },
    sameContent: (contentHash) => all.all(hashBytes(contentHash)).map(entryOf),
    candidates: (entry, part, windowSeconds, least) => {
      if (entry.publishedAt === null || entry.bands.length === 0) return [];
      const at = toSeconds(entry.publishedAt);
      const [from, to] = [Math.ceil(at - windowSeconds), Math.floor(at + windowSeconds)];
      const periods = Array.from({ length: periodOf(to) - periodOf(from) + 1 }, (_, i) => periodOf(from) + i);
      const parts = part === 'originals' ? '[0]' : '[0, 1]';
      const bands = JSON.stringify(entry.bands.map(signed));
      return sharing
        .all(JSON.stringify(periods), parts, bands, entry.key, from, to)
        .filter(({ sketch }) => mayReach(least, entry.sketch, sketch))
        .map(({ id }) => entryOf(byId.one(id)));
    },
  };
}

/** Articles are found by the week of their publication: what is compared lies in two or three of them. */
const PERIOD_SECONDS = 7 * 86_400;

/** Where an article stands in the index of bands. */
export interface BandLocation {
  readonly article: number;
  /** Packed by {@link packBands}. */
  readonly bands: Uint8Array;
  readonly publishedAt: number | null;
  /** 0: an original, 1: a near duplicate, null: not in the index (undecided, or an exact duplicate). */
  readonly follows: 0 | 1 | null;
}

/** Brings the rows of one article in the index of bands from what they were to what they are to be. */
export type MoveBands = (before: BandLocation | null, after: BandLocation | null) => void;

export function bandMover(database: Database): MoveBands {
  const remove = command(
    database,
    `DELETE FROM bands WHERE period = ?1 AND follows = ?2 AND band IN (SELECT value FROM json_each(?3)) AND article = ?4`,
  );
  const add = command(
    database,
    `INSERT OR IGNORE INTO bands (period, follows, band, article) SELECT ?1, ?2, value, ?4 FROM json_each(?3)`,
  );
  const run = (statement: typeof add, location: BandLocation | null): void => {
    if (location === null || location.publishedAt === null || location.follows === null) return;
    if (location.bands.length === 0) return;
    const bands = JSON.stringify(unpackBands(location.bands).map(signed));
    statement(periodOf(location.publishedAt), location.follows, bands, location.article);
  };
  return (before, after) => {
    if (before && after && isSame(before, after)) return;
    run(remove, before);
    run(add, after);
  };
}

function isSame(a: BandLocation, b: BandLocation): boolean {
  if (a.follows !== b.follows || a.publishedAt !== b.publishedAt) return false;
  return Buffer.compare(a.bands, b.bands) === 0;
}

function periodOf(seconds: number): number {
  return Math.floor(seconds / PERIOD_SECONDS);
}

/** Signed, so that SQLite keeps each in three bytes. */
function signed(band: number): number {
  return (band << 8) >> 8;
}

/** @returns the numbers as three bytes each, little-endian. */
export function packBands(bands: readonly number[]): Buffer {
  const bytes = Buffer.alloc(bands.length * 3);
  bands.forEach((band, index) => bytes.writeUIntLE(band, index * 3, 3));
  return bytes;
}

function unpackBands(blob: Uint8Array): number[] {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 3) }, (_, index) => bytes.readUIntLE(index * 3, 3));
}
