import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_DEDUPE_SETTINGS, type DedupeSettings } from '../../dedupe/neighbour-index.js';
import { RecentTexts } from '../../dedupe/prepared-text.js';
import type { ArticleKey } from '../../domain/page.js';
import { removeFiles, removeStaleTemporaryFiles, fileNumber } from '../../platform/atomic-files.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import { silentLogger, type Logger } from '../../platform/logger.js';
import { catalogueTables } from '../catalogue/catalogue-tables.js';
import { CATALOGUE_FILE, metaOf, setMeta } from '../catalogue/database.js';
import { openForReading, openForWriting } from '../catalogue/open-database.js';
import { articlePath, setAside, type RecordLocation } from '../files/article-files.js';
import { migrateRecords } from '../files/migrate-records.js';
import { monthFolders } from '../files/record-folders.js';
import { RECORD_FORM, recordTooNew, type RecordSteps } from '../files/article-json.js';
import type { WriterContext } from './batch.js';
import type { ReadObservation } from './capture-interpreter.js';
import { commitAllPostponed } from './group-commit.js';
import {
  basisOf,
  decideAllLinks,
  forgetWords,
  indexAllWords,
  indexRecords,
  noteAllEdits,
  WORDS_BASIS,
} from './reindex.js';
import { DEFAULT_STORE_LIMITS, Store, type StoreDependencies, type StoreLimits } from './store.js';

export interface StoreOptions extends Partial<StoreDependencies> {
  readonly dataDir: string;
  readonly clock: StoreDependencies['clock'];
  readonly dedupe?: DedupeSettings;
  readonly limits?: StoreLimits;
  /**
   * Extracts an article again from its capture. Needed where an older capture arrives late, or a record is damaged; without it such a capture
   * is placed by time (the moment at which a text was seen a second time may be lost), and such a record is lost.
   */
  readonly readObservation?: ReadObservation;
  readonly log?: Logger;
  /** For tests: called at named moments of a commit. */
  readonly crashPoint?: CrashPoint;
  /** The way of records to today's form; other than the program's own only in tests. */
  readonly recordSteps?: RecordSteps;
}

/**
 * Opens the article files and the catalogue of a data directory for its one writer. The caller holds the lock of the directory (see
 * `acquireDataDirLock`) until after {@link Store.close}. What a kill left behind is resolved first; a catalogue that is missing is rebuilt from
 * the article files (its journal comes back by processing the captures again).
 *
 * @throws {FatalError} `disk.…`, `catalogue.damaged`, `catalogue.tooNew`, `record.tooNew`, `record.notMigrated`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, clock, log = silentLogger, dedupe = DEFAULT_DEDUPE_SETTINGS, crashPoint = noCrash } = options;
  const { limits = DEFAULT_STORE_LIMITS, readObservation = null, readPageResult = null } = options;
  mkdirSync(dataDir, { recursive: true });
  const context = openWriter({ dataDir, log, dedupe, crashPoint, readObservation });
  const { database } = context;
  try {
    const isFilled = await readyRecords(context, options.recordSteps);
    await readyFiles(context, isFilled);
    setMeta(database, 'recordForm', String(RECORD_FORM));
    database.exec("DELETE FROM meta WHERE name = 'closed'");
    const committed = openForReading(dataDir);
    if (committed === null) throw new Error(`No catalogue in ${dataDir} although it was opened`);
    return new Store(context, committed, { clock, readPageResult }, limits);
  } catch (error) {
    database.close();
    throw error;
  }
}

interface WriterOptions extends Pick<WriterContext, 'dataDir' | 'dedupe' | 'log' | 'readObservation'> {
  readonly crashPoint?: CrashPoint;
  /** Name of the catalogue's file where one is made again; default `catalogue.db`, of records that come in. */
  readonly rebuiltFile?: string;
}

/** Opens the catalogue with everything a commit needs. @throws as `openForWriting` does. */
export function openWriter(options: WriterOptions): WriterContext {
  const { dataDir, dedupe, log, readObservation, crashPoint = noCrash, rebuiltFile } = options;
  const { database, isNew } = openForWriting(join(dataDir, rebuiltFile ?? CATALOGUE_FILE));
  const tables = catalogueTables(database);
  // Nothing is processed yet, so nothing is missing.
  if (isNew) tables.lists.markFetchesNoted();
  return {
    dataDir,
    database,
    tables,
    dedupe,
    crashPoint,
    log,
    readObservation,
    isRebuilding: rebuiltFile !== undefined,
    setAside: (location, { code, message }) => {
      setAside(dataDir, location);
      log.error(
        { event: 'record.setAside', file: articlePath(location), code, reason: message },
        'set a record aside that cannot be read',
      );
    },
    orphans: new Map(),
    outOfReach: new Set(),
    topicsAway: null,
    recentTexts: new RecentTexts(),
    needsScan: false,
  };
}

/**
 * Has all records in today's form before the writer reads any. The catalogue notes the form, so that nothing is read twice.
 *
 * @returns whether a form was noted; if none, this catalogue has not been filled to the end yet.
 * @throws {FatalError} `record.tooNew`: a newer version of this program has worked here; else as `migrateRecords`.
 */
async function readyRecords(
  { dataDir, database, log, readObservation }: WriterContext,
  steps?: RecordSteps,
): Promise<boolean> {
  const noted = metaOf(database, 'recordForm');
  if (Number(noted) > RECORD_FORM) throw recordTooNew(Number(noted), 'the catalogue’s note');
  if (Number(noted) !== RECORD_FORM) await migrateRecords(dataDir, log, readObservation, steps);
  return noted !== null;
}

/** Leaves each record at one location and in the catalogue. */
async function readyFiles(context: WriterContext, isFilled: boolean): Promise<void> {
  const { database, tables, orphans, log } = context;
  const isClean = metaOf(database, 'closed') !== null;
  if (!isFilled) {
    await reindex(context, 'the catalogue was missing; rebuilt it from the article files');
    tables.changeLog.forget();
  }
  noteAllEdits(context);
  if (!isClean) {
    const count = (await removeOrphans(context)) + orphans.size;
    if (count > 0) log.info({ event: 'store.recovered', count }, 'found what a killed writer left');
  }
  if (metaOf(database, 'basis') !== basisOf(context.dedupe)) {
    await reindex(context, 'fingerprints and links were made by another method or settings; made them again');
  }
  if (metaOf(database, 'words') !== WORDS_BASIS) {
    const count = indexAllWords(context);
    setMeta(database, 'words', WORDS_BASIS);
    if (count > 0)
      log.warn(
        { event: 'catalogue.reindexed', count },
        'the words of the full text were made by another version; made them again',
      );
  }
  await commitAllPostponed(context);
}

/** Interrupted, it starts over at the next start: the basis is noted last. */
async function reindex(context: WriterContext, message: string): Promise<void> {
  const { database, dedupe, log } = context;
  database.exec("DELETE FROM meta WHERE name IN ('closed', 'basis')");
  forgetWords(context);
  const indexed = await indexRecords(context);
  await decideAllLinks(context, indexed);
  setMeta(database, 'basis', basisOf(dedupe));
  setMeta(database, 'words', WORDS_BASIS);
  const { count } = indexed;
  if (count > 0) log.warn({ event: 'catalogue.reindexed', count }, message);
}

/**
 * Removes what killed writers left: temporary files, and the second file of a record that stands at two locations. The catalogue says
 * which one is right. A record it does not know was written by a commit that was lost; it is left, and noted as an orphan, since its
 * captures are about to be processed again; of several such files of one article the last one found stays.
 *
 * @returns how many files were removed.
 */
async function removeOrphans({ dataDir, tables, orphans }: WriterContext): Promise<number> {
  let temporaryFiles = 0;
  const copies: RecordLocation[] = [];
  const standing = new Map<ArticleKey, string>();
  for await (const folder of monthFolders(dataDir)) {
    if (folder.names.length > folder.locations.length) {
      temporaryFiles += await removeStaleTemporaryFiles(folder.path, folder.names);
    }
    for (const location of folder.locations) {
      const right = tables.articles.get(location.key)?.location;
      if (right !== undefined && articlePath(right) !== articlePath(location)) {
        copies.push(location);
        continue;
      }
      standing.set(location.key, join(dataDir, articlePath(location)));
      if (right !== undefined) continue;
      const earlier = orphans.get(location.key);
      if (earlier) copies.push(earlier);
      orphans.set(location.key, location);
    }
  }
  const second = copies.flatMap((copy) => {
    const path = join(dataDir, articlePath(copy));
    const kept = standing.get(copy.key);
    // By a link between folders one file stands under two names: it is the one that is kept.
    return kept === undefined || fileNumber(kept) === fileNumber(path) ? [] : [path];
  });
  await removeFiles(second);
  return temporaryFiles + second.length;
}
