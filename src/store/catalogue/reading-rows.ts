import type { CountedReading } from '../drift/counted-reading.js';
import { fieldsOf } from '../drift/reading-fields.js';
import type { CaptureLocation } from './capture-log.js';
import { toInstant } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';
import { PAGE_URL } from './page-url.js';

/** One page that was read. */
export interface Reading {
  readonly edition: string;
  readonly family: string;
  /** Name of the reader; {@link NO_READER} where none found an article. */
  readonly reader: string;
  /** Bits of `READING_FIELDS`. */
  readonly filled: number;
  readonly disagreed: number;
  /** Row of the page. */
  readonly page: number;
  /** Whether an article was known of this page: what it said then can be compared. */
  readonly isKnown: boolean;
  readonly capture: CaptureLocation;
  /** Seconds since 1970. */
  readonly fetchedAt: number;
}

/** How pages were read, counted by day, edition, reader and outcome. */
export interface ReadingRows {
  add(reading: Reading): void;
}

const SECONDS_PER_DAY = 86_400;
/** Far more than what a year of days, editions and outcomes comes to. */
const ROWS_MAX = 200_000;

export function readingRows(database: Database, names: NameRows): ReadingRows {
  const count = database.prepare(`
    INSERT INTO readings (day, edition, reader, filled, disagreed, pages, example_page, example_file, example_offset, example_known)
    VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
    ON CONFLICT (day, edition, reader, filled, disagreed) DO UPDATE SET pages = pages + 1`);
  const example = database.prepare(`
    UPDATE readings SET example_page = ?, example_file = ?, example_offset = ?, example_known = 1
    WHERE day = ? AND edition = ? AND reader = ? AND filled = ? AND disagreed = ? AND example_known = 0`);
  return {
    add: (reading) => {
      const { filled, disagreed, page, capture, isKnown } = reading;
      const file = names.file(capture.file);
      const edition = names.edition(reading.edition, reading.family);
      const day = Math.floor(reading.fetchedAt / SECONDS_PER_DAY);
      const key = [day, edition, reading.reader, filled, disagreed] as const;
      count.run(...key, page, file, capture.offset, Number(isKnown));
      if (isKnown) example.run(page, file, capture.offset, ...key);
    },
  };
}

interface Row {
  readonly day: number;
  readonly edition: string;
  readonly reader: string;
  readonly filled: number;
  readonly disagreed: number;
  readonly pages: number;
  readonly article_id: string;
  readonly url: string;
  readonly path: string;
  readonly example_offset: number;
}

/**
 * @param days  How many days back from the newest one on which anything was read.
 * @returns     What was counted, oldest day first.
 */
export function readReadings(database: Database, days: number): CountedReading[] {
  const rows = database
    .prepare(
      `SELECT r.day, e.name AS edition, r.reader, r.filled, r.disagreed, r.pages, p.article_id, ${PAGE_URL}, f.path, r.example_offset
       FROM readings r JOIN pages p ON p.id = r.example_page JOIN files f ON f.id = r.example_file
       JOIN editions e ON e.id = p.edition
       WHERE r.day > (SELECT max(day) FROM readings) - ?
       ORDER BY r.day, e.name, r.reader, r.filled, r.disagreed LIMIT ${ROWS_MAX}`,
    )
    .all(days) as unknown as Row[];
  return rows.map((row) => ({
    day: toInstant(row.day * SECONDS_PER_DAY).slice(0, 10),
    edition: row.edition,
    reader: row.reader,
    filled: fieldsOf(row.filled),
    disagreed: fieldsOf(row.disagreed),
    pages: row.pages,
    example: {
      pageId: `${row.edition}/${row.article_id}`,
      url: row.url,
      file: row.path,
      offset: row.example_offset,
    },
  }));
}
