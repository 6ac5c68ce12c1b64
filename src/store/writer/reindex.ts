import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Article, Revision } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { COMPARISON_VERSION } from '../../dedupe/compare-texts.js';
import { comparedKey, contentHashOf } from '../../dedupe/comparable-text.js';
import { decideLinks } from '../../dedupe/decide-links.js';
import { FINGERPRINT_VERSION, fingerprintOf } from '../../dedupe/fingerprint.js';
import type { DedupeSettings } from '../../dedupe/neighbour-index.js';
import { writeFilesAtomically } from '../../platform/atomic-files.js';
import { WORDS_VERSION } from '../../search/stem-word.js';
import { metaOf, query, readRows, setMeta, type Database } from '../catalogue/database.js';
import {
  articlePath,
  folderOf,
  nullIfDamaged,
  readRecord,
  type RecordFile,
  type RecordLocation,
} from '../files/article-files.js';
import { monthFolders } from '../files/record-folders.js';
import { isCanonical, serialiseArticle } from '../files/article-json.js';
import { Batch, type WriterContext } from './batch.js';
import { commitBatch } from './group-commit.js';
import { catalogueNeighbours, showLinks } from './links.js';

const ROWS_PER_COMMIT = 64;
const ROWS_PER_TURN = 8;
const WORDS_PER_COMMIT = 500;
const DECIDED_AT_ONCE = 1_000;
const SHOWN_AT_ONCE = 64;
const CLEAR_WORDS = "INSERT INTO full_text (full_text) VALUES ('delete-all'); UPDATE articles SET indexed = x''";

type StatedLinks = Pick<Article, 'duplicateOf' | 'duplicates'>;

/** What the article files say when they are indexed. */
export interface IndexedRecords {
  readonly count: number;
  /** Links as the records state them; only records that have some. */
  readonly stated: ReadonlyMap<ArticleKey, StatedLinks>;
  /** Records whose file is not as or where it would be written, and those of which there are two. */
  readonly toWrite: ReadonlySet<ArticleKey>;
}

/** Writes the rows of records, so many in a commit; those of their links are left to be decided. */
export class RecordRows {
  readonly #waiting: Article[] = [];

  /** Begins a transaction. */
  constructor(private readonly context: WriterContext) {
    context.database.exec('BEGIN IMMEDIATE');
  }

  /** @param record  As it stands at the location. */
  put(record: Article, location: RecordLocation): void {
    const { tables } = this.context;
    const earlier = tables.articles.get(location.key);
    tables.articles.put(
      record,
      location.month,
      { ...fingerprintOf(record), comparedKey: comparedKey(record) },
      earlier?.journalWhole ?? false,
    );
    this.#waiting.push(record);
    if (this.#waiting.length < ROWS_PER_COMMIT) return;
    this.end();
    this.context.database.exec('BEGIN IMMEDIATE');
  }

  /** Commits. Terms come last: a statement that fires a trigger has the full text write out what it has gathered. */
  end(): void {
    const { tables, database } = this.context;
    const records = this.#waiting.splice(0);
    for (const record of records) tables.changeLog.noteArticle(record);
    for (const record of records) tables.fullText.put(record);
    database.exec('COMMIT');
  }
}

/** Forgets the terms of all articles, which are to be indexed again. */
export function forgetWords({ database }: WriterContext): void {
  database.exec(`BEGIN IMMEDIATE; ${CLEAR_WORDS}; COMMIT`);
}

/**
 * Brings the rows of article files to what the files say: articles, fingerprints, words. Records whose hashes are of another folding are
 * written again. Links are left to be decided; what only captures tell (pages, validators, the journal) is left as it is.
 *
 * Files that cannot be read are set aside.
 *
 * @param known  Articles whose one record is sound and has its rows already.
 */
export async function indexRecords(
  context: WriterContext,
  known: ReadonlySet<ArticleKey> = new Set(),
): Promise<IndexedRecords> {
  const { dataDir } = context;
  const indexed = new Map<string, string>();
  const stated = new Map<ArticleKey, StatedLinks>();
  const toWrite = new Set<ArticleKey>();
  context.recentTexts.clear();
  const rows = new RecordRows(context);
  for await (const folder of monthFolders(dataDir)) {
    for (const location of folder.locations) {
      if (known.has(location.key)) continue;
      const read = readOrSetAside(context, location);
      if (!read) continue;
      // A kill while it moved may have left two files of one record: the one seen later counts, then the one in `articles`.
      const { text, record } = read;
      const lastSeenAt = record.lastSeenAt ?? '';
      const earlier = indexed.get(location.key);
      if (earlier !== undefined || !isCanonical(text, record) || folderOf(record) !== location.folder)
        toWrite.add(location.key);
      if (earlier !== undefined && earlier >= lastSeenAt) continue;
      indexed.set(location.key, lastSeenAt);
      const { duplicateOf, duplicates } = record;
      if (duplicateOf !== null || duplicates.length > 0) stated.set(location.key, { duplicateOf, duplicates });
      else stated.delete(location.key);
      rows.put(await withHashesOnDisk(dataDir, record, location), location);
      // Threads that extract meanwhile are given their next pages.
      if (indexed.size % ROWS_PER_TURN === 0) await setImmediate();
    }
  }
  rows.end();
  return { count: known.size + indexed.size, stated, toWrite };
}

function readOrSetAside({ dataDir, setAside }: WriterContext, location: RecordLocation): RecordFile | null {
  try {
    return readRecord(dataDir, location);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    nullIfDamaged(error);
    setAside(location, error);
    return null;
  }
}

async function withHashesOnDisk(dataDir: string, record: Article, location: RecordLocation): Promise<Article> {
  const renewed = withTodaysHashes(record);
  if (renewed !== record) {
    await writeFilesAtomically([{ path: join(dataDir, articlePath(location)), content: serialiseArticle(renewed) }]);
  }
  return renewed;
}

/**
 * @returns the record with its hashes as today's folding makes them; the very same one if that on top is right. Earlier states and
 *          renditions are hashed without the dateline of the text on top, the only one that a record keeps. Pure.
 */
export function withTodaysHashes(record: Article): Article {
  const { dateline } = record;
  const contentHash = contentHashOf(record);
  if (contentHash === record.contentHash) return record;
  const rehashed = (revisions: readonly Revision[], language: string): Revision[] =>
    revisions.map((state) => ({ ...state, contentHash: contentHashOf({ ...state, language, dateline }) }));
  return {
    ...record,
    contentHash,
    revisions: rehashed(record.revisions, record.language),
    renditions: record.renditions.map((rendition) => {
      const { language, revisions } = rendition;
      const renewed = { ...rendition, contentHash: contentHashOf({ ...rendition, dateline }) };
      return revisions === undefined ? renewed : { ...renewed, revisions: rehashed(revisions, language) };
    }),
  };
}

/**
 * Decides every link as if all articles had just come, and brings the records to it. Oldest first: an article's link depends on earlier
 * ones only, so what is decided once stays.
 */
export async function decideAllLinks(context: WriterContext, indexed: IndexedRecords): Promise<void> {
  const { database, dedupe } = context;
  const oldestFirst = 'SELECT key FROM articles ORDER BY published_at IS NULL, published_at, key';
  const keys = readRows<{ key: ArticleKey }>(database, oldestFirst).map((row) => row.key);
  const index = catalogueNeighbours(new Batch(context));
  database.exec('BEGIN IMMEDIATE');
  database.exec('UPDATE articles SET decided = 0 WHERE decided <> 0');
  context.tables.bands.forget();
  for (let start = 0; start < keys.length; start += DECIDED_AT_ONCE) {
    context.tables.articles.remember();
    decideLinks({ changed: keys.slice(start, start + DECIDED_AT_ONCE), previous: [] }, index, dedupe);
  }
  context.tables.articles.forget();
  database.exec('COMMIT');
  const toShow = keysToShow(database, indexed);
  for (let start = 0; start < toShow.length; start += SHOWN_AT_ONCE) {
    const some = toShow.slice(start, start + SHOWN_AT_ONCE);
    const apply = (batch: Batch): void => {
      for (const key of some) showLinks(batch, key);
    };
    await commitBatch(context, [{ apply }]);
  }
}

/** @returns the records that do not state the links of their rows, or are to be written for another reason. */
function keysToShow(database: Database, { stated, toWrite }: IndexedRecords): ArticleKey[] {
  type Row = NonNullable<StatedLinks['duplicateOf']> & { readonly key: ArticleKey };
  const rows = query<Row>(
    database,
    `SELECT d.key, o.key AS id, d.duplicate_kind AS kind, d.similarity
     FROM articles d JOIN articles o ON o.id = d.duplicate_of ORDER BY d.key`,
  );
  const decided = new Map<ArticleKey, { duplicateOf: StatedLinks['duplicateOf']; readonly duplicates: ArticleKey[] }>();
  const linksOf = (key: ArticleKey) => {
    const links = decided.get(key) ?? { duplicateOf: null, duplicates: [] };
    decided.set(key, links);
    return links;
  };
  for (const { key, ...duplicateOf } of rows.iterate()) {
    linksOf(key).duplicateOf = duplicateOf;
    linksOf(duplicateOf.id).duplicates.push(key);
  }
  const keys = new Set(toWrite);
  for (const key of [...stated.keys(), ...decided.keys()]) {
    if (!isDeepStrictEqual({ ...decided.get(key) }, { ...stated.get(key) })) keys.add(key);
  }
  return [...keys];
}

/** By which method and settings the fingerprints and links of a catalogue were made: in its `meta` as `basis`. */
export function basisOf({ threshold, windowDays, perBandMax, comparedMax }: DedupeSettings): string {
  const versions = { fingerprint: FINGERPRINT_VERSION, comparison: COMPARISON_VERSION };
  return JSON.stringify({ ...versions, threshold, windowDays, perBandMax, comparedMax });
}

/** By which version the terms of the full text were made: in `meta` as `words`. */
export const WORDS_BASIS = String(WORDS_VERSION);

/** Makes the terms of all articles again. Interrupted, it starts over. @returns how many articles there are. */
export function indexAllWords(context: WriterContext): number {
  const { database, tables } = context;
  const keys = readRows<{ key: ArticleKey }>(database, 'SELECT key FROM articles ORDER BY id').map(({ key }) => key);
  database.exec(`BEGIN IMMEDIATE; ${CLEAR_WORDS}`);
  const batch = new Batch(context);
  keys.forEach((key, index) => {
    const record = batch.load(key, tables.articles.get(key))?.record;
    if (record) tables.fullText.put(record);
    if ((index + 1) % WORDS_PER_COMMIT === 0) database.exec('COMMIT; BEGIN IMMEDIATE');
  });
  database.exec('COMMIT');
  return keys.length;
}

/** Notes when articles were edited and withdrawn, for catalogues of an older form. Repeating it changes nothing. */
export function noteAllEdits(context: WriterContext): void {
  const { database, tables } = context;
  if (metaOf(database, 'edits') !== null) return;
  const changed = 'SELECT key FROM articles WHERE edited_at IS NOT NULL OR gone_at IS NOT NULL';
  const batch = new Batch(context);
  database.exec('BEGIN IMMEDIATE');
  for (const { key } of readRows<{ key: ArticleKey }>(database, changed)) {
    const record = batch.load(key, tables.articles.get(key))?.record;
    if (record) tables.changeLog.noteArticle(record);
  }
  setMeta(database, 'edits', '1');
  database.exec('COMMIT');
}
