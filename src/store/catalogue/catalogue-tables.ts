import type { FinishedRun } from '../../domain/page-result.js';
import type { ExtractorChange } from '../../domain/extractor-change.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { neighbourQueries } from './article-entries.js';
import { articlesTable } from './articles-table.js';
import { BandIndex } from './band-index.js';
import { changeLog, type ChangeLog } from './change-log.js';
import { capturesTable, type CaptureLocation } from './captures-table.js';
import { command, query, toSeconds, namesTable, type Database, type NamesTable } from './database.js';
import { fullTextTable } from './full-text-table.js';
import { listsTable } from './lists-table.js';
import { pagesTable } from './pages-table.js';
import { quarantineTable } from './quarantine-table.js';

export type CatalogueTables = ReturnType<typeof catalogueTables>;

/** The writer's view of the catalogue: one object per table, statements prepared once. */
export function catalogueTables(database: Database) {
  const names = namesTable(database);
  const log = changeLog(database);
  const bands = new BandIndex(database);
  return {
    changeLog: log,
    articles: articlesTable(database, names, bands),
    neighbours: neighbourQueries(database, bands),
    bands,
    captures: capturesTable(database, names),
    pages: pagesTable(database, names),
    lists: listsTable(database, names),
    quarantine: quarantineTable(database, names),
    fullText: fullTextTable(database),
    readings: readingsTable(database, names),
    extractorChanges: extractorChangesTable(database, names),
    runs: runsTable(database, log),
  };
}

/** One page that was read. */
interface PageReading {
  readonly edition: string;
  readonly family: string;
  /** Name of the extractor; `NO_READER` where none found an article. */
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

/** How pages were read, counted by day, edition, extractor and outcome; each count keeps one page as its example. */
function readingsTable(database: Database, names: NamesTable) {
  const count = command(
    database,
    `INSERT INTO readings (day, edition, reader, filled, disagreed, pages, example_page, example_file, example_offset, example_known)
    VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
    ON CONFLICT (day, edition, reader, filled, disagreed) DO UPDATE SET pages = pages + 1`,
  );
  const setExample = command(
    database,
    `UPDATE readings SET example_page = ?, example_file = ?, example_offset = ?, example_known = 1
    WHERE day = ? AND edition = ? AND reader = ? AND filled = ? AND disagreed = ? AND example_known = 0`,
  );
  return {
    add: ({ edition, family, reader, filled, disagreed, page, isKnown, capture, fetchedAt }: PageReading): void => {
      const example = [page, names.file(capture.file), capture.offset] as const;
      const day = Math.floor(fetchedAt / DAY_SECONDS);
      const key = [day, names.edition(edition, family), reader, filled, disagreed] as const;
      count(...key, ...example, Number(isKnown));
      if (isKnown) setExample(...example, ...key);
    },
  };
}

/** Notes that articles were read by another extractor than before, with what that changed. */
function extractorChangesTable(database: Database, names: NamesTable) {
  const text = 'INSERT OR IGNORE INTO reader_changes (file, offset, article, noted_at, change) VALUES (?, ?, ?, ?, ?)';
  const add = command(database, text);
  return {
    /** Repeating it changes nothing. */
    add: ({ file, offset }: CaptureLocation, notedAt: number, change: ExtractorChange): void => {
      add(names.file(file), offset, change.article, notedAt, JSON.stringify(change));
    },
  };
}

/** Summaries of finished runs. */
function runsTable(database: Database, log: ChangeLog) {
  const put = command(database, 'INSERT OR REPLACE INTO runs (run_id, started_at, summary) VALUES (?, ?, ?)');
  const known = query(database, 'SELECT 1 FROM runs WHERE run_id = ?');
  return {
    put: (run: FinishedRun): void => {
      if (known.get(run.runId) === null) log.noteRun(run);
      put(run.runId, toSeconds(run.startedAt), JSON.stringify(run));
    },
    has: (runId: string): boolean => known.get(runId) !== null,
  };
}
