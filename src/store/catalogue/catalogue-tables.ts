import type { Article } from '../../domain/article.js';
import type { ExtractorChange } from '../../domain/extractor-change.js';
import { compactText } from '../../dedupe/compact-text.js';
import { neighbourQueries, type NeighbourQueries } from './article-entries.js';
import { articlesTable, type ArticlesTable } from './articles-table.js';
import { capturesTable, type CaptureLocation, type CapturesTable } from './captures-table.js';
import { command, query, type Database } from './database.js';
import { listsTable, type ListsTable } from './lists-table.js';
import { namesTable, type NamesTable } from './names-table.js';
import { pagesTable, type PagesTable } from './pages-table.js';
import { quarantineTable, type QuarantineTable } from './quarantine-table.js';

/** The writer's view of the catalogue: one object per table, statements prepared once. */
export interface CatalogueTables {
  readonly articles: ArticlesTable;
  readonly neighbours: NeighbourQueries;
  readonly captures: CapturesTable;
  readonly pages: PagesTable;
  readonly lists: ListsTable;
  readonly quarantine: QuarantineTable;
  readonly fullText: FullText;
  readonly readings: ReadingsTable;
  readonly extractorChanges: ExtractorChangesTable;
  readonly runs: RunsTable;
}

export function catalogueTables(database: Database): CatalogueTables {
  const names = namesTable(database);
  return {
    articles: articlesTable(database, names),
    neighbours: neighbourQueries(database),
    captures: capturesTable(database, names),
    pages: pagesTable(database, names),
    lists: listsTable(database, names),
    quarantine: quarantineTable(database, names),
    fullText: fullText(database),
    readings: readingsTable(database, names),
    extractorChanges: extractorChangesTable(database, names),
    runs: runsTable(database),
  };
}

/** The index of words: texts and queries are folded alike, so that either Chinese script finds the other. */
interface FullText {
  /** @param isNew  Whether the row has no words yet. */
  put(article: number, record: Article, isNew: boolean): void;
}

/** Two blanks at the end let a word of one or two characters be found as the start of a trigram. */
const TAIL = '  ';

function fullText(database: Database): FullText {
  const remove = command(database, 'DELETE FROM full_text WHERE rowid = ?');
  const add = command(database, 'INSERT INTO full_text (rowid, text) VALUES (?, ?)');
  return {
    put: (article, { title, lead, body }, isNew) => {
      if (!isNew) remove(article);
      const parts = [title, lead ?? '', ...body.map((block) => block.text)];
      add(article, parts.map((part) => `${compactText(part)}${TAIL}`).join(''));
    },
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
interface ReadingsTable {
  add(reading: PageReading): void;
}

export const SECONDS_PER_DAY = 86_400;

function readingsTable(database: Database, names: NamesTable): ReadingsTable {
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
    add: ({ edition, family, reader, filled, disagreed, page, isKnown, capture, fetchedAt }) => {
      const example = [page, names.file(capture.file), capture.offset] as const;
      const day = Math.floor(fetchedAt / SECONDS_PER_DAY);
      const key = [day, names.edition(edition, family), reader, filled, disagreed] as const;
      count(...key, ...example, Number(isKnown));
      if (isKnown) setExample(...example, ...key);
    },
  };
}

/** Notes that articles were read by another extractor than before, with what that changed. */
interface ExtractorChangesTable {
  /** Repeating it changes nothing. */
  add(location: CaptureLocation, notedAt: number, change: ExtractorChange): void;
}

function extractorChangesTable(database: Database, names: NamesTable): ExtractorChangesTable {
  const add = command(
    database,
    'INSERT OR IGNORE INTO reader_changes (file, offset, article, noted_at, change) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    add: ({ file, offset }, notedAt, change) => {
      add(names.file(file), offset, change.article, notedAt, JSON.stringify(change));
    },
  };
}

/** Summaries of finished runs. */
interface RunsTable {
  put(runId: string, startedAt: number, summary: string): void;
  has(runId: string): boolean;
}

function runsTable(database: Database): RunsTable {
  const known = query(database, 'SELECT 1 FROM runs WHERE run_id = ?');
  return {
    put: command(database, 'INSERT OR REPLACE INTO runs (run_id, started_at, summary) VALUES (?, ?, ?)'),
    has: (runId) => known.get(runId) !== null,
  };
}
