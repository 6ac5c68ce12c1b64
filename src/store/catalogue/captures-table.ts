import type { CaptureReference } from '../../domain/article.js';
import { splitKey, type ArticleKey } from '../../domain/page.js';
import type { Timeline } from '../../records/timeline.js';
import { command, hexOf, instantOf, query, toSeconds, type Database, type NamesTable } from './database.js';
import type { CaptureKind, PageEvent, PageRow, PagesTable } from './pages-table.js';

/** Where a capture stands. */
export type CaptureLocation = Pick<CaptureReference, 'file' | 'offset' | 'length'>;

/** What an extractor made of a capture. */
export interface Reading {
  readonly kind: CaptureKind;
  /** Hash of the text, for `article`. */
  readonly stateKey: string | null;
  readonly onTopic: boolean | null;
  readonly reason: string | null;
}

/** One processed capture. */
type CaptureEntry = Reading & {
  readonly capture: CaptureLocation & Pick<CaptureReference, 'sha256' | 'fetchedAt'>;
  /** Row of the page, null for lists. */
  readonly page: number | null;
  readonly outcome: string | null;
  /** The crawl that asked for a page. */
  readonly runId?: string | undefined;
};

/** The rest of the entry of a capture that is about no page. */
export const ABOUT_NO_PAGE = { page: null, stateKey: null, onTopic: null, outcome: null, reason: null } as const;

/** The same, with where it stands. */
export interface JournalReading extends Reading {
  readonly page: number;
  readonly location: CaptureLocation;
  /** UTC instant. */
  readonly fetchedAt: string;
}

/** As many as tell observations of one second apart; see `compareEntries`. */
const SHA_HEX_DIGITS_KEPT = 16;

/** A row of an observation. */
interface ObservedRow extends CaptureLocation {
  readonly fetchedAt: string;
  readonly sha256: Uint8Array;
  readonly state: Uint8Array | null;
  readonly on_topic: number | null;
}

interface ReadingRow extends Omit<ObservedRow, 'sha256'> {
  readonly kind: CaptureKind;
  readonly page: number;
  readonly reason: string | null;
}

/** The journal of captures that have reached their end: one row each, by location. */
export function capturesTable(database: Database, names: NamesTable) {
  return { ...captureReads(database), ...captureWrites(database, names) };
}

/** SQL: up to which byte a capture file `f` was processed, grouped by file with its captures `c`. */
export const PROCESSED_BYTES = 'max(f.settled_to, coalesce(max(c.offset + c.length), 0))';

const SELECT = `SELECT f.path AS file, c.offset, c.length, ${instantOf('c.fetched_at')} AS fetchedAt, c.sha256, c.state, c.on_topic,
  c.kind, c.page, c.reason FROM captures c JOIN files f ON f.id = c.file`;

function captureReads(database: Database) {
  const processed = query<{ kind: string | null; outcome: string | null; settled_to: number }>(
    database,
    `SELECT c.kind, c.outcome, f.settled_to FROM files f LEFT JOIN captures c ON c.file = f.id AND c.offset = ?
     WHERE f.path = ?`,
  );
  const processedTo = query<{ settled_to: number }>(database, 'SELECT settled_to FROM files WHERE path = ?');
  const events = query<Omit<PageEvent, 'onTopic'> & { on_topic: number | null }>(
    database,
    'SELECT kind, fetched_at AS fetchedAt, on_topic, reason FROM captures WHERE page = ?',
  );
  const observed = query<ObservedRow>(
    database,
    `${SELECT} WHERE c.page = ? AND c.kind = 'article' ORDER BY c.fetched_at, c.sha256, f.path, c.offset`,
  );
  const judged = query<ReadingRow>(
    database,
    `${SELECT} WHERE c.page = ? AND (c.kind IN ('article', 'gone', 'notArticle', 'quarantined')
       OR (c.kind = 'unreachable' AND c.reason = 'blocked'))
     ORDER BY c.fetched_at, f.path, c.offset`,
  );
  return {
    /** @returns null if the capture has not been processed; outcome null where it was but no longer has a row of its own. */
    processed: ({ file, offset }: CaptureLocation): { readonly outcome: string | null } | null => {
      const row = processed.get(offset, file);
      return row && (row.kind !== null || offset < row.settled_to) ? { outcome: row.outcome } : null;
    },
    /** Up to where every capture of a file is known to be processed. */
    processedTo: (file: string): number => processedTo.get(file)?.settled_to ?? 0,
    events: (page: number): PageEvent[] => events.all(page).map((row) => ({ ...row, onTopic: row.on_topic === 1 })),
    /** Folded observations of the page, in order. */
    timeline: (page: number): Timeline =>
      observed.all(page).map(({ file, offset, fetchedAt, sha256, state, on_topic: onTopic }) => {
        const stateKey = state === null ? '' : hexOf(state);
        return { fetchedAt, sha256: hexOf(sha256), file, offset, stateKey, onTopic: onTopic === 1 };
      }),
    /** Where the observations of several pages stand. */
    observations: (pages: readonly PageRow[]): CaptureLocation[] =>
      pages.flatMap(({ id }) => observed.all(id)).map(({ file, offset, length }) => ({ file, offset, length })),
    /** Everything in the journal of a page that an extractor has judged: all but 304s and failures to get an answer. */
    readings: (page: number): JournalReading[] => judged.all(page).map(readingOf),
  };
}

function readingOf({ file, offset, length, fetchedAt, kind, page, state, reason, ...row }: ReadingRow): JournalReading {
  const stateKey = state === null ? null : hexOf(state);
  const onTopic = row.on_topic === null ? null : row.on_topic === 1;
  return { page, location: { file, offset, length }, fetchedAt, kind, stateKey, onTopic, reason };
}

function captureWrites(database: Database, names: NamesTable) {
  const insert = command(
    database,
    `INSERT INTO captures (file, offset, length, page, fetched_at, outcome, run, kind, state, on_topic, reason, sha256)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setOutcome = command(database, 'UPDATE captures SET outcome = ? WHERE file = ? AND offset = ?');
  const setReading = command(
    database,
    'UPDATE captures SET kind = ?, state = ?, on_topic = ?, reason = ?, sha256 = ? WHERE file = ? AND offset = ?',
  );
  const remove = command(database, 'DELETE FROM captures WHERE file = ? AND offset = ?');
  const raise = command(database, 'UPDATE files SET settled_to = max(settled_to, ?) WHERE id = ?');
  const lower = command(database, 'UPDATE files SET settled_to = min(settled_to, ?) WHERE id = ?');
  const drop = command(
    database,
    "DELETE FROM captures WHERE file = ? AND offset < ? AND kind IN ('notModified', 'list')",
  );
  return {
    add: ({ capture, page, outcome, runId, ...reading }: CaptureEntry): void => {
      const { file, offset, length, fetchedAt, sha256 } = capture;
      const run = runId === undefined ? null : names.run(runId);
      const location = [names.file(file), offset, length, page, toSeconds(fetchedAt)] as const;
      insert(...location, outcome, run, ...readingValues(reading, sha256));
    },
    setOutcome: ({ file, offset }: CaptureLocation, outcome: string): void => {
      setOutcome(outcome, names.file(file), offset);
    },
    /** Replaces what a capture was read as. */
    setReading: ({ file, offset, sha256 }: CaptureReference, reading: Reading): void => {
      setReading(...readingValues(reading, sha256), names.file(file), offset);
    },
    /** Makes a capture count as not processed. */
    remove: ({ file, offset }: CaptureLocation): void => {
      const id = names.file(file);
      remove(id, offset);
      // It would otherwise count as processed by standing in the part of the file that is.
      lower(offset, id);
    },
    /** Notes that everything in the file before the offset is processed, and drops rows of 304s and lists there. */
    compact: (file: string, offset: number): void => {
      const id = names.file(file);
      raise(offset, id);
      drop(id, offset);
    },
  };
}

function readingValues({ kind, stateKey, onTopic, reason }: Reading, sha256: string) {
  const state = stateKey === null ? null : Buffer.from(stateKey, 'hex');
  const digest = kind === 'article' ? Buffer.from(sha256.slice(0, SHA_HEX_DIGITS_KEPT), 'hex') : null;
  return [kind, state, onTopic === null ? null : Number(onTopic), reason, digest] as const;
}

/** What the catalogue knows of an article's pages and of their captures that an extractor has judged. */
export interface ArticleJournal {
  readonly pages: readonly PageRow[];
  readonly captures: readonly JournalReading[];
}

/** What the journal of an article is read from. */
export interface JournalTables {
  readonly pages: PagesTable;
  readonly captures: ReturnType<typeof capturesTable>;
}

/** Reads the journal of one article. */
export function journalOf({ pages, captures }: JournalTables, key: ArticleKey): ArticleJournal {
  const [family, articleId] = splitKey(key);
  const rows = pages.ofArticle(family, articleId);
  return { pages: rows, captures: rows.flatMap(({ id }) => captures.readings(id)) };
}
