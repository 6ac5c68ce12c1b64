import { extractorChangeSchema, type ExtractorChange } from '../../domain/extractor-change.js';
import type { ArticleKey } from '../../domain/page.js';
import type { CaptureLocation } from './capture-log.js';
import { toInstant } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';

/** A reader change with the moment at which it was noted. */
export interface NotedExtractorChange extends ExtractorChange {
  /** UTC instant. */
  readonly notedAt: string;
}

export interface ExtractorChangeRows {
  /** Repeating it changes nothing. */
  add(place: CaptureLocation, notedAt: number, change: ExtractorChange): void;
}

export interface ExtractorChangeQuery {
  /** null: of every article. */
  readonly article: ArticleKey | null;
  /** UTC instants of the note; `since` included, `until` not; null: open. */
  readonly since: string | null;
  readonly until: string | null;
}

const CHANGES_MAX = 100_000;

export function extractorChangeRows(database: Database, names: NameRows): ExtractorChangeRows {
  const add = database.prepare(
    'INSERT OR IGNORE INTO reader_changes (file, offset, article, noted_at, change) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    add: ({ file, offset }, notedAt, change) => {
      add.run(names.file(file), offset, change.article, notedAt, JSON.stringify(change));
    },
  };
}

/** @returns the changes, oldest first; at most a hundred thousand. */
export function readExtractorChanges(database: Database, query: ExtractorChangeQuery): NotedExtractorChange[] {
  const rows = database
    .prepare(
      `SELECT r.noted_at, r.change FROM reader_changes r JOIN files f ON f.id = r.file
       WHERE (?1 IS NULL OR r.article = ?1) AND (?2 IS NULL OR r.noted_at >= ?2) AND (?3 IS NULL OR r.noted_at < ?3)
       ORDER BY r.noted_at, f.path, r.offset LIMIT ${CHANGES_MAX}`,
    )
    .all(query.article, secondsOf(query.since), secondsOf(query.until)) as { noted_at: number; change: string }[];
  return rows.map(({ noted_at: notedAt, change }) => ({
    ...extractorChangeSchema.parse(JSON.parse(change)),
    notedAt: toInstant(notedAt),
  }));
}

function secondsOf(instant: string | null): number | null {
  return instant === null ? null : Math.floor(Date.parse(instant) / 1000);
}
