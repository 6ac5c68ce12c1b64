import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Article } from '../../domain/article.js';
import { FatalError } from '../../domain/errors.js';
import { PROCESSED_BYTES } from '../catalogue/captures-table.js';
import { CATALOGUE_FILE, instantOf, query, readRows, type Database } from '../catalogue/database.js';
import { openForReading } from '../catalogue/open-database.js';
import { articlePath, type RecordLocation } from '../files/article-files.js';
import type { FaultList } from './fault.js';

/**
 * Opens the catalogue for checking.
 *
 * @param isRebuilt  One of another form is a fault like any other, since it is made again; otherwise it is thrown.
 * @returns          null if there is none, or none that can be read; which of them is a fault.
 */
export function openToCheck(dataDir: string, faults: FaultList, isRebuilt: boolean): Database | null {
  try {
    const database = openForReading(dataDir);
    if (!database) return null;
    const fault = faultOfTables(database);
    if (fault === null) return database;
    database.close();
    faults.add('catalogue.damaged', CATALOGUE_FILE, fault);
  } catch (error) {
    if (!isDamage(error) || (!isRebuilt && isOfAnotherForm(error))) throw error;
    faults.add('catalogue.damaged', CATALOGUE_FILE, error.message);
  }
  return null;
}

/**
 * Checks each table and its indexes by itself, those in which the full text is kept among them. The check of a whole database would also read
 * the full text word by word, which takes as long as all the records; its words are not the truth, and a rebuild makes them again.
 */
function faultOfTables(database: Database): string | null {
  const tables = readRows<{ name: string }>(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
  );
  for (const { name } of tables) {
    const check = `PRAGMA quick_check('${name.replaceAll("'", "''")}')`;
    const found = query<{ quick_check: string }>(database, check).get();
    if (found !== null && found.quick_check !== 'ok') return found.quick_check;
  }
  return null;
}

/** Sound for all we know: the release that belongs to it, or the next start of this one, takes it as it is. */
function isOfAnotherForm(error: Error): boolean {
  return error instanceof FatalError && ['catalogue.tooOld', 'catalogue.tooNew'].includes(error.code);
}

/** A file that is no database, is torn, or is of a form that this program does not know. */
function isDamage(error: unknown): error is FatalError | Error {
  if (error instanceof FatalError) return error.code.startsWith('catalogue.');
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}

/**
 * Names each capture file that lacks something of what was processed. Records name few of the captures, and none of the lists and of the pages on
 * no topic: from the records alone the loss of such a file would not be seen.
 */
export function checkCaptureFiles(dataDir: string, database: Database, faults: FaultList): void {
  const known = readRows<{ file: string; bytes: number }>(
    database,
    `SELECT f.path AS file, ${PROCESSED_BYTES} AS bytes
     FROM files f LEFT JOIN captures c ON c.file = f.id GROUP BY f.id ORDER BY f.path`,
  );
  for (const { file, bytes } of known) {
    const bytesLeft = statSync(join(dataDir, file), { throwIfNoEntry: false })?.size ?? 0;
    if (bytesLeft < bytes) faults.add('capture.missing', file, `${bytes} bytes were processed, ${bytesLeft} are left`);
  }
}

interface ComparedRecord {
  readonly record: Article;
  readonly location: RecordLocation;
}

/** What only the captures can decide between a record and its row; the rest follows when links and pages are derived again. */
const TOLD_BY_CAPTURES: readonly string[] = ['edition', 'publishedAt', 'topics', 'firstSeenAt'];

/**
 * @param contested  Receives the paths of records that say of {@link TOLD_BY_CAPTURES} something else than their row.
 * @returns          A function that compares records with their rows in the catalogue, many at a time, and names what differs.
 */
export function rowComparer(
  database: Database,
  faults: FaultList,
  contested: Set<string>,
): (records: readonly ComparedRecord[]) => void {
  const find = query<Facts & { readonly key: string }>(
    database,
    `SELECT a.key, a.folder || '/' || a.month AS location, e.name AS edition,
      'sha256:' || lower(hex(a.content_hash)) AS contentHash, ${instantOf('a.published_at')} AS publishedAt, a.topics,
      a.revisions, a.renditions, a.duplicate_kind || ' ' || o.key AS duplicateOf, a.similarity,
      ${instantOf('a.first_seen_at')} AS firstSeenAt, ${instantOf('a.last_seen_at')} AS lastSeenAt,
      ${instantOf('a.gone_at')} AS goneAt
    FROM json_each(?) wanted JOIN articles a ON a.key = wanted.value
    JOIN editions e ON e.id = a.edition LEFT JOIN articles o ON o.id = a.duplicate_of`,
  );
  return (records) => {
    const rows = find.all(JSON.stringify(records.map(({ record }) => record.id)));
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const { record, location } of records) {
      const path = articlePath(location);
      const row = byKey.get(record.id);
      if (row === undefined) {
        faults.add('record.notInCatalogue', path, 'its captures are about to be processed, or the catalogue is old');
        continue;
      }
      const facts = factsOf(record, location);
      const differing = Object.keys(facts).filter((name) => facts[name] !== row[name]);
      if (differing.length > 0) faults.add('catalogue.differs', path, `in ${differing.join(', ')}`);
      if (differing.some((name) => TOLD_BY_CAPTURES.includes(name))) contested.add(path);
    }
  };
}

type Facts = Readonly<Record<string, string | number | null>>;

/** What the row of a record has to say. */
function factsOf(record: Article, { folder, month }: RecordLocation): Facts {
  const { duplicateOf } = record;
  return {
    location: `${folder}/${month}`,
    edition: record.edition,
    contentHash: record.contentHash,
    publishedAt: record.publishedAt,
    topics: record.topics.join(' '),
    revisions: record.revisions.length,
    renditions: record.renditions.length,
    duplicateOf: duplicateOf && `${duplicateOf.kind} ${duplicateOf.id}`,
    similarity: duplicateOf?.similarity ?? null,
    firstSeenAt: record.firstSeenAt,
    lastSeenAt: record.lastSeenAt,
    goneAt: record.goneAt,
  };
}

/**
 * Everything in the catalogue that records and captures tell, by natural names and in a fixed order: two catalogues of the same files are
 * equal here, however they came about. Left out: numbers of rows, what an outcome was called when it happened, 304s and lists in the journal
 * (dropped once their file is processed), runs, attempts, which page is the example of a reading. Of the full text: the digest of what the
 * terms of each article were made of, and how many there are in each column.
 */
const TABLES: Readonly<Record<string, string>> = {
  pages: `SELECT e.name, e.family, p.article_id, p.url, p.url_at, p.day, p.end_state, p.reason, p.last_fetched_at, p.etag,
      p.last_modified, p.validators_at, p.published_at, p.touched_at, p.failures, p.last_failure, p.gone_suspected_at, p.gone_at
    FROM pages p JOIN editions e ON e.id = p.edition ORDER BY e.name, p.article_id`,
  captures: `SELECT f.path, c.offset, c.length, c.kind, e.name, p.article_id, c.fetched_at, hex(c.sha256), hex(c.state),
      c.on_topic, c.reason
    FROM captures c JOIN files f ON f.id = c.file LEFT JOIN pages p ON p.id = c.page LEFT JOIN editions e ON e.id = p.edition
    WHERE c.kind NOT IN ('notModified', 'list') ORDER BY f.path, c.offset`,
  articles: `SELECT a.key, a.month, a.folder, e.name, hex(a.content_hash), hex(a.bands), hex(a.sketch), hex(a.compared), a.decided, a.edited_at, a.published_at, a.topics, a.revisions,
      a.renditions, o.key AS original, a.duplicate_kind, a.similarity, a.first_seen_at, a.last_seen_at, a.gone_at, a.journal_whole
    FROM articles a JOIN editions e ON e.id = a.edition LEFT JOIN articles o ON o.id = a.duplicate_of ORDER BY a.key`,
  articleCounts: `SELECT c.day, e.name, c.topics, c.articles, c.exact, c.near, c.gone, c.edited, c.revisions, c.renditions
    FROM article_counts c JOIN editions e ON e.id = c.edition WHERE c.articles <> 0 ORDER BY c.day, e.name, c.topics`,
  pageCounts: `SELECT e.name, c.day, c.state, c.pages FROM page_counts c JOIN editions e ON e.id = c.edition
    WHERE c.pages <> 0 ORDER BY e.name, c.day, c.state`,
  articleSpans: `SELECT s.span, e.name, s.topics, s.articles FROM article_spans s JOIN editions e ON e.id = s.edition
    WHERE s.articles <> 0 ORDER BY s.span, e.name, s.topics`,
  delaySpans: 'SELECT span, delay, articles FROM delay_spans WHERE articles <> 0 ORDER BY span, delay',
  edits: 'SELECT a.key, m.kind, m.at FROM edits m JOIN articles a ON a.id = m.article ORDER BY a.key, m.kind, m.at',
  discoveries: `SELECT e.name, p.article_id, s.route, s.tag_path, l.url, s.first_seen_at, s.last_seen_at
    FROM sightings s JOIN pages p ON p.id = s.page JOIN editions e ON e.id = p.edition JOIN lists l ON l.id = s.list
    ORDER BY e.name, p.article_id, s.route, s.tag_path`,
  listFetches: `SELECT e.name, v.to_day, v.from_day, l.url, v.kind, v.is_whole, v.failure, v.first_at, v.last_at, v.visits
    FROM list_visits v JOIN editions e ON e.id = v.edition JOIN lists l ON l.id = v.list
    ORDER BY e.name, v.to_day, v.from_day, l.url, v.kind, v.is_whole, v.failure`,
  tagPages: `SELECT e.name, t.topic, t.path, t.learned_from, t.first_seen_at, t.last_seen_at
    FROM tag_pages t JOIN editions e ON e.id = t.edition ORDER BY e.name, t.topic, t.path`,
  quarantine: `SELECT f.path, q.offset, q.code, q.dropped_at FROM quarantine q JOIN files f ON f.id = q.file
    ORDER BY f.path, q.offset`,
  readings: `SELECT r.day, e.name, r.reader, r.filled, r.disagreed, r.pages FROM readings r JOIN editions e ON e.id = r.edition
    ORDER BY r.day, e.name, r.reader, r.filled, r.disagreed`,
  extractorChanges: `SELECT f.path, r.offset, r.article, r.noted_at, r.change FROM reader_changes r JOIN files f ON f.id = r.file
    ORDER BY f.path, r.offset`,
  words: `SELECT a.key, hex(a.indexed), hex(d.sz) FROM articles a FULL JOIN full_text_docsize d ON d.id = a.id ORDER BY a.key, d.id`,
};

/** @returns a SHA-256 in hex for each table: which of them differ tells where two catalogues do. */
export function catalogueDigest(database: Database): Record<string, string> {
  return Object.fromEntries(Object.entries(TABLES).map(([name, text]) => [name, digestOfRows(database, text)]));
}

function digestOfRows(database: Database, text: string): string {
  const hash = createHash('sha256');
  for (const row of query(database, text).iterate()) hash.update(`${JSON.stringify(row)}\n`);
  return hash.digest('hex');
}
