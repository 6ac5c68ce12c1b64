import { createHash } from 'node:crypto';
import type { Article } from '../../domain/article.js';
import type { DiscoveryRoute } from '../../domain/edition.js';
import type { ExtractorChange } from '../../domain/extraction.js';
import type { FinishedRun, LearnedTagPage, ListFetch } from '../../domain/page-result.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { atOnce } from '../../platform/in-turns.js';
import { WORDS_VERSION } from '../../search/stem-word.js';
import { facetColumn, wordColumns } from '../../search/terms-of-text.js';
import { editedAt } from '../files/article-files.js';
import { neighbourQueries } from './article-entries.js';
import { articlesTable } from './articles-table.js';
import { BandIndex } from './band-index.js';
import { capturesTable, type CaptureLocation } from './captures-table.js';
import { changeLog, type ChangeLog } from './change-log.js';
import { command, metaOf, query, setMeta, toSeconds, namesTable, type Database, type NamesTable } from './database.js';
import { judgedTopicsTable } from './judged-topics-table.js';
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
    topics: judgedTopicsTable(database),
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
  /** Whether the page is known to have held an article, so that its text can be compared. */
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

/** Summaries of runs that are kept: about six weeks of schedules. The captures keep them all. */
const RUNS_KEPT_MAX = 10_000;

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
    /** Drops the oldest. @returns how many. */
    trim: (): number => {
      const kept = `SELECT run_id FROM runs ORDER BY started_at DESC, run_id LIMIT ${RUNS_KEPT_MAX}`;
      return database.prepare(`DELETE FROM runs WHERE run_id NOT IN (${kept})`).run().changes;
    },
  };
}

interface Row {
  readonly id: number;
  readonly compared: Uint8Array;
  readonly indexed: Uint8Array;
}

const DIGEST_BYTES = 8;

export function fullTextTable(database: Database) {
  const rowOf = query<Row>(database, 'SELECT id, compared, indexed FROM articles WHERE key = ?');
  const remove = command(database, 'DELETE FROM full_text WHERE rowid = ?');
  const add = command(database, 'INSERT INTO full_text (rowid, title, tags, body, facets) VALUES (?, ?, ?, ?, ?)');
  const noteWords = command(database, 'UPDATE articles SET indexed = ? WHERE id = ?');
  function* putWords(row: Row, record: Article): Generator<undefined, void> {
    const source = { article: record, isEdited: editedAt(record) !== null };
    // The compared key stands for title, lead and body.
    const names = record.tags.map(({ name }) => name);
    const facets = facetColumn(source);
    const digest = digestOf(row.compared, [WORDS_VERSION, names, facets]);
    if (digest.equals(row.indexed)) return;
    const { title, tags, text } = yield* wordColumns(record);
    if (row.indexed.length > 0) remove(row.id);
    yield;
    add(row.id, title, tags, text, facets);
    noteWords(digest, row.id);
  }
  function* putInSteps(record: Article): Generator<undefined, void> {
    const row = rowOf.get(record.id);
    if (row !== null) yield* putWords(row, record);
  }
  return {
    /** The same in steps: a long text takes a third of a second. */
    putInSteps,
    /** Brings the terms of an article that has a row to what its record says. Idempotent. */
    put: (record: Article): void => {
      atOnce(putInSteps(record));
    },
  };
}

function digestOf(first: Uint8Array, rest: unknown): Buffer {
  const hash = createHash('sha256').update(first).update(JSON.stringify(rest));
  return hash.digest().subarray(0, DIGEST_BYTES);
}

/** In `meta` once the fetches of all processed lists are noted. */
export const LIST_FETCHES_NOTED = 'listVisitsNoted';

/** A list announced a page. */
interface Announcement {
  /** Row of the page. */
  readonly page: number;
  readonly route: DiscoveryRoute;
  /** Path of the tag page; null for other lists. */
  readonly tagPath: string | null;
  readonly listUrl: string;
  /** Seconds since 1970. */
  readonly seenAt: number;
}

/**
 * Facts about lists: which pages they announced, where tags lead, and how often each list was fetched. Announcements
 * and tag pages keep their earliest source (of several in one second the first by name) and the first and last sight,
 * so that the order of arrival does not show.
 */
function listsTable(database: Database, names: NamesTable) {
  const announce = command(
    database,
    `INSERT INTO sightings (page, route, tag_path, list, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (page, route, tag_path) DO UPDATE SET
      list = CASE WHEN (excluded.first_seen_at, (SELECT url FROM lists WHERE id = excluded.list))
        < (first_seen_at, (SELECT url FROM lists WHERE id = list)) THEN excluded.list ELSE list END,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at)`,
  );
  const addTagPage = command(
    database,
    `INSERT INTO tag_pages (edition, topic, path, learned_from, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (edition, topic, path) DO UPDATE SET
      learned_from = CASE WHEN (excluded.first_seen_at, excluded.learned_from) < (first_seen_at, learned_from)
        THEN excluded.learned_from ELSE learned_from END,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at)`,
  );
  const addFetch = command(
    database,
    `INSERT INTO list_visits (edition, to_day, from_day, list, kind, is_whole, failure, first_at, last_at, visits, unread_entries)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1, ?9)
    ON CONFLICT DO UPDATE SET unread_entries = CASE WHEN excluded.last_at > last_at THEN excluded.unread_entries
        WHEN excluded.last_at = last_at THEN max(unread_entries, excluded.unread_entries) ELSE unread_entries END,
      first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
      visits = visits + 1`,
  );
  return {
    announce: ({ page, route, tagPath, listUrl, seenAt }: Announcement): void => {
      announce(page, route, tagPath ?? '', names.list(listUrl), seenAt);
    },
    addTagPage: ({ edition, family, topic, path, learnedFrom, seenAt }: LearnedTagPage): void => {
      addTagPage(names.edition(edition, family), topic, path, learnedFrom, toSeconds(seenAt));
    },
    /** Counts one fetch; the order does not show. @param at  Seconds since 1970. */
    addFetch: (fetch: ListFetch, url: string, at: number): void => {
      const { edition, family, kind, days, isWhole, failure, unreadEntries = 0 } = fetch;
      const numbers = [names.edition(edition, family), Number(days.to), Number(days.from), names.list(url)] as const;
      addFetch(...numbers, kind, Number(isWhole), failure ?? '', at, unreadEntries);
    },
    /** Forgets all fetches, and that all were noted. */
    forgetFetches: (): void => {
      database.exec(`DELETE FROM list_visits; DELETE FROM meta WHERE name = '${LIST_FETCHES_NOTED}'`);
    },
    /** Says that the fetches of all processed lists are noted. */
    markFetchesNoted: (): void => {
      setMeta(database, LIST_FETCHES_NOTED, '1');
    },
    /** Whether they are; not so after an older form of the catalogue. */
    areFetchesNoted: (): boolean => metaOf(database, LIST_FETCHES_NOTED) !== null,
  };
}
