import type { DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { mayReach } from '../../dedupe/fingerprint.js';
import { compareCanonically, type Entry, leastSimilarity, type DedupeSettings } from '../../dedupe/neighbour-index.js';
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

/** Finds articles by what they say; see `NeighbourIndex`. */
export interface NeighbourQueries {
  firstOfContent(contentHash: string): Entry | null;
  sameContent(contentHash: string): Entry[];
  originalsBefore(entry: Entry, settings: DedupeSettings): Entry[];
  meetersAfter(entry: Entry, settings: DedupeSettings): Entry[];
}

const OF_CONTENT = `${SELECT_ENTRY} WHERE substr(a.content_hash, 1, 8) = substr(?1, 1, 8) AND a.content_hash = ?1`;
/** Canonical order, in the words of the index; numbers beyond 63 bits are told apart by their digits. */
const CANONICAL = `
  ORDER BY coalesce(a.published_at, 99999999999), CAST(substr(a.key, instr(a.key, '/') + 1) AS INTEGER),
    length(ltrim(substr(a.key, instr(a.key, '/') + 1), '0')), ltrim(substr(a.key, instr(a.key, '/') + 1), '0'), a.key`;

/**
 * The rows of each band up to the ?5-th before, or after, a moment. Those of one second come together, so that the caller can put them in
 * canonical order. ?1: bands, ?2: periods, ?3 and ?4: first and last second.
 */
const BEFORE = `
  SELECT j.value AS band, b.article FROM json_each(?1) j CROSS JOIN json_each(?2) p CROSS JOIN bands b
  WHERE b.period = p.value AND b.band = j.value AND b.at <= ?4 AND b.at >= coalesce(
    (SELECT at FROM bands WHERE period = p.value AND band = j.value AND at >= ?3 AND at < ?4
      ORDER BY at DESC LIMIT 1 OFFSET ?5 - 1), ?3)`;
const AFTER = `
  SELECT j.value AS band, b.article FROM json_each(?1) j CROSS JOIN json_each(?2) p CROSS JOIN bands b
  WHERE b.period = p.value AND b.band = j.value AND b.at >= ?3 AND b.at <= coalesce(
    (SELECT at FROM bands WHERE period = p.value AND band = j.value AND at > ?3 AND at <= ?4
      ORDER BY at LIMIT 1 OFFSET ?5 - 1), ?4)`;

interface BandRow {
  readonly band: number;
  readonly article: number;
}

const DAY_SECONDS = 86_400;

export function neighbourQueries(database: Database): NeighbourQueries {
  const first = query<EntryRow>(database, `${OF_CONTENT} ${CANONICAL} LIMIT 1`);
  const all = query<EntryRow>(database, OF_CONTENT);
  const byId = query<EntryRow>(database, `${SELECT_ENTRY} WHERE a.id = ?`);
  const byKey = query<EntryRow>(database, `${SELECT_ENTRY} WHERE a.key = ?`);
  const before = query<BandRow>(database, BEFORE);
  const after = query<BandRow>(database, AFTER);
  const entriesOf = (rows: readonly BandRow[]): Map<number, Entry> =>
    new Map([...new Set(rows.map((row) => row.article))].map((id) => [id, entryOf(byId.one(id))]));
  return {
    firstOfContent: (contentHash) => {
      const row = first.get(hashBytes(contentHash));
      return row && entryOf(row);
    },
    sameContent: (contentHash) => all.all(hashBytes(contentHash)).map(entryOf),
    originalsBefore: (entry, settings) => {
      if (entry.publishedAt === null || entry.bands.length === 0) return [];
      const at = toSeconds(entry.publishedAt);
      const from = Math.ceil(at - settings.windowDays * DAY_SECONDS);
      const rows = before.all(bandsOf(entry), periodsFrom(from, at), from, at, settings.perBandMax);
      const entries = entriesOf(rows);
      const perBand = new Map<number, Entry[]>();
      for (const { band, article } of rows) {
        const other = entries.get(article);
        if (other && compareCanonically(other, entry) < 0) perBand.set(band, [...(perBand.get(band) ?? []), other]);
      }
      const met = [...perBand.values()].flatMap((some) => some.sort(compareCanonically).slice(-settings.perBandMax));
      const originals = new Map(met.map((other) => [other.link?.id ?? other.key, other]));
      return [...originals]
        .map(([key, other]) => (other.link === null ? other : entryOf(byKey.one(key))))
        .filter(({ publishedAt }) => publishedAt !== null && toSeconds(publishedAt) >= from)
        .filter(({ sketch }) => mayReach(leastSimilarity(settings), entry.sketch, sketch));
    },
    meetersAfter: (entry, { windowDays, perBandMax }) => {
      if (entry.publishedAt === null || entry.bands.length === 0) return [];
      const at = toSeconds(entry.publishedAt);
      const to = Math.floor(at + windowDays * DAY_SECONDS);
      const rows = after.all(bandsOf(entry), periodsFrom(at, to), at, to, perBandMax);
      return [...entriesOf(rows).values()].filter((other) => compareCanonically(other, entry) > 0);
    },
  };
}

function bandsOf({ bands }: Entry): string {
  return JSON.stringify(bands.map(signed));
}

function periodsFrom(from: number, to: number): string {
  const [first, last] = [periodOf(from), periodOf(to)];
  return JSON.stringify(Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

/** Articles are found by the week of their publication: what is compared lies in two or three of them. */
const PERIOD_SECONDS = 7 * 86_400;

/** Where an article stands in the index of bands. */
export interface BandLocation {
  readonly article: number;
  /** Packed by {@link packBands}. */
  readonly bands: Uint8Array;
  readonly publishedAt: number | null;
  /** Originals and near duplicates are in the index; undecided articles and exact duplicates are not. */
  readonly isIndexed: boolean;
}

/** Brings the rows of one article in the index of bands from what they were to what they are to be. */
export type MoveBands = (before: BandLocation | null, after: BandLocation | null) => void;

export function bandMover(database: Database): MoveBands {
  const remove = command(
    database,
    `DELETE FROM bands WHERE period = ?1 AND band IN (SELECT value FROM json_each(?2)) AND at = ?3 AND article = ?4`,
  );
  const add = command(
    database,
    `INSERT OR IGNORE INTO bands (period, band, at, article) SELECT ?1, value, ?3, ?4 FROM json_each(?2)`,
  );
  const run = (statement: typeof add, location: BandLocation | null): void => {
    if (location === null || location.publishedAt === null || !location.isIndexed) return;
    if (location.bands.length === 0) return;
    const bands = JSON.stringify(unpackBands(location.bands).map(signed));
    statement(periodOf(location.publishedAt), bands, location.publishedAt, location.article);
  };
  return (before, after) => {
    if (before && after && isSame(before, after)) return;
    run(remove, before);
    run(add, after);
  };
}

function isSame(a: BandLocation, b: BandLocation): boolean {
  if (a.isIndexed !== b.isIndexed || a.publishedAt !== b.publishedAt) return false;
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
