import type { CaptureReference } from '../../domain/article.js';
import type { Timeline } from '../../records/timeline.js';
import type { CaptureKind, PageEvent } from './derive-page-state.js';
import { toInstant, toSeconds } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';

/** Where a capture stands. */
export type CaptureLocation = Pick<CaptureReference, 'file' | 'offset' | 'length'>;

/** One settled capture. */
export interface CaptureEntry {
  readonly capture: Pick<CaptureReference, 'file' | 'offset' | 'length' | 'sha256' | 'fetchedAt'>;
  readonly kind: CaptureKind;
  /** Row of the page, null for lists. */
  readonly page: number | null;
  /** Of the text, for `article`. */
  readonly stateKey: string | null;
  readonly onTopic: boolean | null;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** The journal of captures that have reached their end: one row each, kept by place. */
export interface CaptureLog {
  /** @returns null if the capture has not been settled; outcome null where it was settled but no longer has a row of its own. */
  settled(place: CaptureLocation): { readonly outcome: string | null } | null;
  /** Up to where every capture of a file is known to be processed. */
  processedTo(file: string): number;
  add(entry: CaptureEntry): void;
  setOutcome(place: CaptureLocation, outcome: string): void;
  /** Makes a capture count as not settled. */
  remove(place: CaptureLocation): void;
  /** Notes that everything in the file before the offset is settled, and drops rows of 304s and lists there. */
  compact(file: string, offset: number): void;
  events(page: number): PageEvent[];
  /** Folded observations of the page, in order. */
  timeline(page: number): Timeline;
  /** Where the observations of several pages stand. */
  observations(pages: readonly number[]): CaptureLocation[];
  /** Everything in the journal of several pages that a reader has judged: all but 304s and failures to get an answer. */
  readings(pages: readonly number[]): JournalReading[];
  /** Replaces what a capture was read as. */
  setReading(capture: CaptureReference, reading: Reading): void;
}

/** What a reader made of a capture. */
export type Reading = Pick<CaptureEntry, 'kind' | 'stateKey' | 'onTopic' | 'reason'>;

/** The same, with where it stands. */
export interface JournalReading extends Reading {
  readonly page: number;
  readonly place: CaptureLocation;
  /** UTC instant. */
  readonly fetchedAt: string;
}

/** As many as tell observations of one second apart; see `compareEntries`. */
const SHA_HEX_DIGITS_KEPT = 16;

interface CaptureRow {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly kind: CaptureKind;
  readonly fetched_at: number;
  readonly sha256: Uint8Array;
  readonly state: Uint8Array | null;
  readonly on_topic: number | null;
  readonly reason: string | null;
  readonly page: number;
}

export function captureLog(database: Database, names: NameRows): CaptureLog {
  return { ...captureReads(database), ...captureWrites(database, names) };
}

type CaptureReads = Pick<CaptureLog, 'settled' | 'processedTo' | 'events' | 'timeline' | 'observations' | 'readings'>;

function captureReads(database: Database): CaptureReads {
  const settled = database.prepare(
    `SELECT c.kind, c.outcome, f.settled_to FROM files f LEFT JOIN captures c ON c.file = f.id AND c.offset = ?
     WHERE f.path = ?`,
  );
  const processedTo = database.prepare('SELECT settled_to FROM files WHERE path = ?');
  const events = database.prepare('SELECT kind, fetched_at, on_topic, reason FROM captures WHERE page = ?');
  const observed = database.prepare(`
    SELECT f.path, c.offset, c.length, c.kind, c.fetched_at, c.sha256, c.state, c.on_topic, c.reason
    FROM captures c JOIN files f ON f.id = c.file WHERE c.page = ? AND c.kind = 'article'
    ORDER BY c.fetched_at, c.sha256, f.path, c.offset`);
  const read = database.prepare(`
    SELECT f.path, c.offset, c.length, c.kind, c.page, c.fetched_at, c.state, c.on_topic, c.reason
    FROM captures c JOIN files f ON f.id = c.file
    WHERE c.page = ? AND (c.kind IN ('article', 'gone', 'notArticle', 'quarantined') OR (c.kind = 'unreachable' AND c.reason = 'blocked'))
    ORDER BY c.fetched_at, f.path, c.offset`);
  const rowsOf = (page: number): CaptureRow[] => observed.all(page) as CaptureRow[];
  return {
    settled: ({ file, offset }) => {
      const row = settled.get(offset, file) as
        { kind: string | null; outcome: string | null; settled_to: number } | undefined;
      return row && (row.kind !== null || offset < row.settled_to) ? { outcome: row.outcome } : null;
    },
    processedTo: (file) => (processedTo.get(file) as { settled_to: number } | undefined)?.settled_to ?? 0,
    events: (page) =>
      (events.all(page) as CaptureRow[]).map((row) => ({
        kind: row.kind,
        fetchedAt: row.fetched_at,
        onTopic: row.on_topic === 1,
        reason: row.reason,
      })),
    timeline: (page) =>
      rowsOf(page).map((row) => ({
        fetchedAt: toInstant(row.fetched_at),
        sha256: Buffer.from(row.sha256).toString('hex'),
        file: row.path,
        offset: row.offset,
        stateKey: Buffer.from(row.state ?? []).toString('hex'),
        onTopic: row.on_topic === 1,
      })),
    observations: (pages) =>
      pages.flatMap(rowsOf).map((row) => ({ file: row.path, offset: row.offset, length: row.length })),
    readings: (pages) => pages.flatMap((page) => read.all(page) as CaptureRow[]).map(readingOf),
  };
}

function readingOf(row: CaptureRow): JournalReading {
  return {
    page: row.page,
    place: { file: row.path, offset: row.offset, length: row.length },
    fetchedAt: toInstant(row.fetched_at),
    kind: row.kind,
    stateKey: row.state === null ? null : Buffer.from(row.state).toString('hex'),
    onTopic: row.on_topic === null ? null : row.on_topic === 1,
    reason: row.reason,
  };
}

function captureWrites(
  database: Database,
  names: NameRows,
): Pick<CaptureLog, 'add' | 'setOutcome' | 'setReading' | 'remove' | 'compact'> {
  const insert = database.prepare(`
    INSERT INTO captures (file, offset, length, kind, page, fetched_at, sha256, state, on_topic, outcome, reason)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const outcome = database.prepare('UPDATE captures SET outcome = ? WHERE file = ? AND offset = ?');
  const reading = database.prepare(`
    UPDATE captures SET kind = ?, state = ?, on_topic = ?, reason = ?, sha256 = ? WHERE file = ? AND offset = ?`);
  const remove = database.prepare('DELETE FROM captures WHERE file = ? AND offset = ?');
  const settle = database.prepare('UPDATE files SET settled_to = max(settled_to, ?) WHERE id = ?');
  const unsettle = database.prepare('UPDATE files SET settled_to = min(settled_to, ?) WHERE id = ?');
  const drop = database.prepare(
    "DELETE FROM captures WHERE file = ? AND offset < ? AND kind IN ('notModified', 'list')",
  );
  return {
    add: ({ capture, kind, page, stateKey, onTopic, outcome: result, reason }) => {
      insert.run(
        names.file(capture.file),
        capture.offset,
        capture.length,
        kind,
        page,
        toSeconds(capture.fetchedAt),
        kind === 'article' ? shortDigest(capture.sha256) : null,
        stateKey === null ? null : Buffer.from(stateKey, 'hex'),
        onTopic === null ? null : Number(onTopic),
        result,
        reason,
      );
    },
    setOutcome: ({ file, offset }, result) => {
      outcome.run(result, names.file(file), offset);
    },
    setReading: ({ file, offset, sha256 }, { kind, stateKey, onTopic, reason }) => {
      const state = stateKey === null ? null : Buffer.from(stateKey, 'hex');
      const digest = kind === 'article' ? shortDigest(sha256) : null;
      reading.run(kind, state, onTopic === null ? null : Number(onTopic), reason, digest, names.file(file), offset);
    },
    remove: ({ file, offset }) => {
      const id = names.file(file);
      remove.run(id, offset);
      // It would else count as settled by standing in the part of the file that is.
      unsettle.run(offset, id);
    },
    compact: (file, offset) => {
      const id = names.file(file);
      settle.run(offset, id);
      drop.run(id, offset);
    },
  };
}

function shortDigest(sha256: string): Buffer {
  return Buffer.from(sha256.slice(0, SHA_HEX_DIGITS_KEPT), 'hex');
}
