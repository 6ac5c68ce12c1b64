import type { Database } from './open-database.js';

/** Articles are found by the week of their publication: what is compared lies in two or three of them. */
export const PERIOD_SECONDS = 7 * 86_400;

/** Where an article stands in the index of bands. */
export interface BandLocation {
  readonly article: number;
  /** Packed by {@link packBands}. */
  readonly bands: Uint8Array;
  readonly publishedAt: number | null;
  /** 0: an original, 1: a near duplicate, null: not in the index (undecided, or an exact duplicate). */
  readonly follows: 0 | 1 | null;
}

export interface BandRows {
  /** Brings the rows of one article from what they were to what they are to be. */
  move(before: BandLocation | null, after: BandLocation | null): void;
}

export function bandRows(database: Database): BandRows {
  const remove = database.prepare(`
    DELETE FROM bands WHERE period = ?1 AND follows = ?2 AND band IN (SELECT value FROM json_each(?3)) AND article = ?4`);
  const add = database.prepare(`
    INSERT OR IGNORE INTO bands (period, follows, band, article) SELECT ?1, ?2, value, ?4 FROM json_each(?3)`);
  const run = (statement: typeof add, place: BandLocation | null): void => {
    if (place?.publishedAt === undefined || place.publishedAt === null || place.follows === null) return;
    if (place.bands.length === 0) return;
    const bands = JSON.stringify(unpackBands(place.bands).map(signed));
    statement.run(periodOf(place.publishedAt), place.follows, bands, place.article);
  };
  return {
    move: (before, after) => {
      if (before && after && isSame(before, after)) return;
      run(remove, before);
      run(add, after);
    },
  };
}

export function periodOf(seconds: number): number {
  return Math.floor(seconds / PERIOD_SECONDS);
}

/** Signed, so that SQLite keeps each in three bytes. */
export function signed(band: number): number {
  return (band << 8) >> 8;
}

export function packBands(bands: readonly number[]): Buffer {
  const bytes = Buffer.alloc(bands.length * 3);
  bands.forEach((band, index) => bytes.writeUIntLE(band, index * 3, 3));
  return bytes;
}

export function unpackBands(blob: Uint8Array): number[] {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 3) }, (_, index) => bytes.readUIntLE(index * 3, 3));
}

function isSame(a: BandLocation, b: BandLocation): boolean {
  if (a.follows !== b.follows || a.publishedAt !== b.publishedAt) return false;
  return Buffer.compare(a.bands, b.bands) === 0;
}
