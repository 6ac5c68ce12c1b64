import type { CandidatePart, Entry } from '../../dedupe/neighbour-index.js';
import { mayReach } from '../../dedupe/fingerprint.js';
import { entryOf, SELECT_ENTRY, type EntryRow } from './article-rows.js';
import { periodOf, signed } from './band-rows.js';
import { toSeconds } from './instants.js';
import type { Database } from './open-database.js';

/** Finds articles by what they say. */
export interface NeighbourRows {
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

interface Sight {
  readonly id: number;
  readonly sketch: Uint8Array;
}

export function neighbourRows(database: Database): NeighbourRows {
  const first = database.prepare(`${OF_CONTENT} ${CANONICAL} LIMIT 1`);
  const all = database.prepare(OF_CONTENT);
  const byId = database.prepare(`${SELECT_ENTRY} WHERE a.id = ?`);
  // One look per period, part and band; a row of `articles` only once for all the bands that it shares.
  const sights = database.prepare(`
    SELECT a.id, a.sketch FROM articles a WHERE a.key <> ?4 AND a.published_at BETWEEN ?5 AND ?6 AND a.id IN (
      SELECT article FROM bands WHERE period IN (SELECT value FROM json_each(?1))
        AND follows IN (SELECT value FROM json_each(?2)) AND band IN (SELECT value FROM json_each(?3)))`);
  return {
    firstOfContent: (contentHash) => {
      const row = first.get(bytesOf(contentHash)) as EntryRow | undefined;
      return row ? entryOf(row) : null;
    },
    sameContent: (contentHash) => (all.all(bytesOf(contentHash)) as unknown as EntryRow[]).map(entryOf),
    candidates: (entry, part, windowSeconds, least) => {
      if (entry.publishedAt === null || entry.bands.length === 0) return [];
      const at = toSeconds(entry.publishedAt);
      const [from, to] = [Math.ceil(at - windowSeconds), Math.floor(at + windowSeconds)];
      const periods = Array.from({ length: periodOf(to) - periodOf(from) + 1 }, (_, i) => periodOf(from) + i);
      const parts = part === 'originals' ? [0] : [0, 1];
      const bands = entry.bands.map(signed);
      const words = [periods, parts, bands].map((list) => JSON.stringify(list)) as [string, string, string];
      const found = sights.all(...words, entry.key, from, to) as unknown as Sight[];
      return found
        .filter(({ sketch }) => mayReach(least, entry.sketch, sketch))
        .map(({ id }) => entryOf(byId.get(id) as unknown as EntryRow));
    },
  };
}

function bytesOf(contentHash: string): Buffer {
  return Buffer.from(contentHash.slice('sha256:'.length), 'hex');
}
