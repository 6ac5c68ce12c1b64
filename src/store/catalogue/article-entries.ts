import type { DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { mayReach } from '../../dedupe/fingerprint.js';
import { type Entry, leastSimilarity, type DedupeSettings } from '../../dedupe/neighbour-index.js';
import { unpackBands, type BandIndex } from './band-index.js';
import { query, hashBytes, hexOf, toInstantOrNull, toSeconds, type Database } from './database.js';

/** A row of an article with what duplicates are found by. */
export interface EntryRow {
  readonly id: number;
  readonly key: ArticleKey;
  readonly content_hash: Uint8Array;
  readonly bands: Uint8Array;
  readonly sketch: Uint8Array;
  readonly published_at: number | null;
  readonly original: ArticleKey | null;
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

const OF_CONTENT = `${SELECT_ENTRY} WHERE substr(a.content_hash, 1, 8) = substr(?1, 1, 8) AND a.content_hash = ?1`;
/** Canonical order, in the words of the index; numbers beyond 63 bits are told apart by their digits. */
const CANONICAL = `
  ORDER BY coalesce(a.published_at, 99999999999), CAST(substr(a.key, instr(a.key, '/') + 1) AS INTEGER),
    length(ltrim(substr(a.key, instr(a.key, '/') + 1), '0')), ltrim(substr(a.key, instr(a.key, '/') + 1), '0'), a.key`;

/** Finds articles by their text; see `NeighbourIndex`. */
export function neighbourQueries(database: Database, index: BandIndex) {
  const first = query<EntryRow>(database, `${OF_CONTENT} ${CANONICAL} LIMIT 1`);
  const all = query<EntryRow>(database, OF_CONTENT);
  const byKey = query<EntryRow>(database, `${SELECT_ENTRY} WHERE a.key = ?`);
  return {
    firstOfContent: (contentHash: string): Entry | null => {
      const row = first.get(hashBytes(contentHash));
      return row && entryOf(row);
    },
    sameContent: (contentHash: string): Entry[] => all.all(hashBytes(contentHash)).map(entryOf),
    originalsBefore: (entry: Entry, settings: DedupeSettings): Entry[] => {
      if (entry.publishedAt === null || entry.bands.length === 0) return [];
      const at = toSeconds(entry.publishedAt);
      const from = Math.ceil(at - settings.windowDays * DAY_SECONDS);
      const mayBeNear = (sketch: Uint8Array): boolean => mayReach(leastSimilarity(settings), entry.sketch, sketch);
      const keys = new Set<string>();
      for (const { key, sketch, isLinked } of index.before(
        { key: entry.key, at },
        entry.bands,
        from,
        settings.perBandMax,
      )) {
        if (isLinked) keys.add(entryOf(byKey.one(key)).link?.id ?? key);
        else if (mayBeNear(sketch)) keys.add(key);
      }
      return [...keys]
        .map((key) => entryOf(byKey.one(key)))
        .filter(({ publishedAt }) => publishedAt !== null && toSeconds(publishedAt) >= from)
        .filter(({ sketch }) => mayBeNear(sketch));
    },
    meetersAfter: (entry: Entry, settings: DedupeSettings, sketch?: Uint8Array): Entry[] => {
      if (entry.publishedAt === null || entry.bands.length === 0) return [];
      const at = toSeconds(entry.publishedAt);
      const to = Math.floor(at + settings.windowDays * DAY_SECONDS);
      const met = [...index.after({ key: entry.key, at }, entry.bands, to, settings.perBandMax)];
      return met
        .filter(
          (other) =>
            sketch === undefined || other.isLinked || mayReach(leastSimilarity(settings), sketch, other.sketch),
        )
        .map(({ key }) => entryOf(byKey.one(key)));
    },
  };
}
