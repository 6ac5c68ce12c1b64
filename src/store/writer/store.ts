import { mkdirSync } from 'node:fs';
import { UsageError } from '../../domain/errors.js';
import type { Clock } from '../../platform/clock.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import { silentLogger, type Logger } from '../../platform/logger.js';
import type { Timeline } from '../../records/timeline.js';
import { journalOf } from '../catalogue/article-journal.js';
import type { CaptureLocation } from '../catalogue/capture-log.js';
import { catalogueTables, type CatalogueTables } from '../catalogue/catalogue-tables.js';
import { readMovingRecord } from '../files/article-files.js';
import { reextract, type Reextraction } from './reextract-article.js';
import { openForReading, type Database } from '../catalogue/open-database.js';
import type { QuarantinedPage } from '../catalogue/quarantine-rows.js';
import { commitBatch, type CommitContext, type Member } from './commit-batch.js';
import { CommitQueue } from './commit-queue.js';
import { decideAllLinks } from './decide-all-links.js';
import { isOnBasis, noteBasis } from './dedupe-basis.js';
import { indexRecords } from './index-records.js';
import { openWriter } from './open-writer.js';
import { noteRecordForm, readyRecords } from './ready-records.js';
import type { RecordSteps } from '../files/record-forms.js';
import { emptyLog } from '../catalogue/open-database.js';
import { refreshPage } from './refresh-page.js';
import { checkSample } from '../verify/check-sample.js';
import { removeOrphans } from './remove-orphans.js';
import type { ArticleKey } from '../../domain/page.js';
import type { NotedChange, ReadPageResult } from './capture-interpreter.js';
import { applyReextraction, type ReextractOutcome } from './apply-reextraction.js';
import type { ReadObservation } from './store-article.js';
import { noteListFetch, rememberRun, rememberTagPages, storeList } from './store-list.js';
import { storePage } from './store-page.js';
import type { FinishedRun } from '../../domain/page-result.js';
import type { LearnedTagPage, ListResult, StoredPage, PageResult } from '../../domain/page-result.js';
import { DEFAULT_STORE_SETTINGS, type StoreSettings } from './store-settings.js';

/** Lists that are noted at once after an older form of the catalogue. */
const LISTS_PER_COMMIT = 500;

/** Sums of runs that are kept: about six weeks of schedules. The captures keep them all. */
const RUNS_KEPT_MAX = 10_000;
const DROP_OLD_RUNS = `DELETE FROM runs WHERE run_id NOT IN
  (SELECT run_id FROM runs ORDER BY started_at DESC, run_id LIMIT ?)`;

export interface StoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly settings?: StoreSettings;
  readonly log?: Logger;
  /** For tests: called at named moments of a commit. */
  readonly crashPoint?: CrashPoint;
  /**
   * Reads an article again from its capture. Needed where an older capture arrives late; without it such a one is placed by time, and
   * the moment at which a text was seen a second time may be lost.
   */
  readonly readObservation?: ReadObservation;
  /** The way of records to today's form; other than the program's own only in tests. */
  readonly recordSteps?: RecordSteps;
  /** Reads a captured answer again, whatever it is; needed for {@link Store.reextract}. */
  readonly readPageResult?: ReadPageResult;
}

/**
 * Opens the article files and the catalogue of a data directory for its one writer. The caller holds the lock of the directory (see
 * `acquireDataDirLock`) until after {@link Store.close}. What a kill left behind is resolved first; a catalogue that is missing is rebuilt from
 * the article files (its journal comes back by settling the captures again).
 *
 * @throws {FatalError} `disk.…`, `catalogue.damaged`, `catalogue.tooNew`, `record.tooNew`, `record.notMigrated`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, log = silentLogger, settings = DEFAULT_STORE_SETTINGS, crashPoint = noCrash } = options;
  mkdirSync(dataDir, { recursive: true });
  const context = openWriter({ dataDir, log, dedupe: settings.dedupe, crashPoint });
  const { database } = context;
  try {
    const isFilled = await readyRecords(context, log, options.recordSteps);
    await readyFiles(context, isFilled, log);
    noteRecordForm(database);
    database.exec("DELETE FROM meta WHERE name = 'closed'");
    return new Store(context, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Leaves each record at one place and in the catalogue. */
async function readyFiles(context: CommitContext, isFilled: boolean, log: Logger): Promise<void> {
  const { dataDir, database, tables, strays } = context;
  const isClean = database.prepare("SELECT 1 FROM meta WHERE name = 'closed'").get() !== undefined;
  if (!isFilled) await reindex(context, 'the catalogue was missing; rebuilt it from the article files', log);
  if (!isClean) {
    const left = await removeOrphans(dataDir, (key) => tables.articles.get(key));
    for (const [key, place] of left.strays) strays.set(key, place);
    const count = left.temporaryFiles + left.secondCopies + left.strays.size;
    if (count > 0) log.info({ count }, 'found what a killed writer left');
  }
  if (!isOnBasis(database, context.dedupe)) {
    await reindex(context, 'fingerprints and links were made by another method or settings; made them anew', log);
  }
}

/** Interrupted, it starts over at the next start: the basis is noted last. */
async function reindex(context: CommitContext, message: string, log: Logger): Promise<void> {
  const { database, dedupe } = context;
  database.exec("DELETE FROM meta WHERE name IN ('closed', 'basis')");
  const count = await indexRecords(context);
  await decideAllLinks(context);
  noteBasis(database, dedupe);
  if (count > 0) log.warn({ count }, message);
}

/** The one writer of a data directory, and the reader of what it has committed. Every method may be called while others are under way. */
export class Store {
  private readonly queue: CommitQueue<Member<unknown>, unknown>;
  /** Sees what is committed, and nothing of the batch under way. */
  private readonly committed: { readonly database: Database; readonly tables: CatalogueTables };
  private readonly readObservation: ReadObservation | null;
  private readonly readPageResult: ReadPageResult | null;
  private readonly clock: Clock;
  private isOpen = true;

  /** Use {@link openStore}. */
  constructor(
    private readonly context: CommitContext,
    options: StoreOptions,
  ) {
    const { batchMax, waitingMax } = options.settings ?? DEFAULT_STORE_SETTINGS;
    this.queue = new CommitQueue((members) => commitBatch(context, members), { batchMax, waitingMax });
    const database = openForReading(options.dataDir);
    if (!database) throw new Error(`No catalogue in ${options.dataDir} although it was opened`);
    this.committed = { database, tables: catalogueTables(database) };
    this.readObservation = options.readObservation ?? null;
    this.readPageResult = options.readPageResult ?? null;
    this.clock = options.clock;
  }

  /**
   * Settles one capture of an article's page for good: record, links, page and index, on the disk when this returns.
   *
   * @throws {PermanentError} `record.invalid`, `record.pathForbidden`, `settlement.otherPage`; {RetryableError} `store.overloaded`,
   *         `catalogue.busy`; {FatalError} `disk.…`.
   *
   * Idempotent: the same capture settled again changes nothing and gives the same outcome, also after a crash at any moment. The order in
   * which captures are settled does not show in the files.
   */
  storePage(result: PageResult): Promise<StoredPage> {
    const { readObservation } = this;
    return this.commit((batch) => storePage(batch, result, { readObservation, isRebuilding: false }));
  }

  /**
   * Reads every capture of an article again and brings its record, journal and index to what today's reader makes of them.
   *
   * @param noted  The note of it, which is settled by this; null where no record changes.
   *
   * Idempotent; no state is added to a record because it was read otherwise. Fails as {@link storePage} does.
   */
  reextract(article: ArticleKey, noted: NotedChange | null): Promise<ReextractOutcome> {
    const read = this.readPageResult;
    if (read === null) throw new Error('reextract: the store was opened without a reader of captures');
    return this.commit((batch) => applyReextraction(batch, article, noted, read));
  }

  /** What {@link Store.reextract} would come to; writes nothing. */
  examine(key: ArticleKey): Promise<Reextraction> {
    const { readPageResult: read, committed } = this;
    if (read === null) throw new Error('examine: the store was opened without a reader of captures');
    const row = committed.tables.articles.get(key);
    const stored = row && readMovingRecord(this.context.dataDir, row.place);
    return reextract(stored?.record ?? null, journalOf(committed.tables, key), read);
  }

  /** Folded observations of one page of an article, in order. */
  timeline(key: ArticleKey, edition: string): Timeline {
    const { pages, captures } = this.committed.tables;
    const [family = '', articleId = ''] = key.split('/');
    const page = pages.ofArticle(family, articleId).find((candidate) => candidate.edition === edition);
    return page === undefined ? [] : captures.timeline(page.id);
  }

  /** Whether a capture has reached its end; one that has not is to be queued again. */
  isProcessed(place: CaptureLocation): boolean {
    return this.committed.tables.captures.settled(place) !== null;
  }

  /** @returns up to where every capture of a file is known to be processed; a search for pending ones may start there. */
  processedTo(file: string): number {
    return this.committed.tables.captures.processedTo(file);
  }

  hasRun(runId: string): boolean {
    return this.committed.tables.runs.has(runId);
  }

  /** Whether the fetches of lists of all processed captures are noted; not so after an older form of the catalogue. */
  get knowsListFetches(): boolean {
    return this.committed.tables.listFetches.areNoted();
  }

  quarantined(id: number): QuarantinedPage | null {
    return this.committed.tables.quarantine.get(id);
  }

  /** Notes which pages a captured list announces, and that the capture is settled. Idempotent, order-independent. */
  storeList(list: ListResult): Promise<void> {
    return this.commit((batch) => {
      storeList(batch, list);
      return () => undefined;
    });
  }

  /**
   * Forgets the fetches of lists and notes these instead: those of all processed captures, each once. For catalogues of an
   * older form (see `knowsListFetches`). Started again from the beginning after a crash.
   */
  async restoreListFetches(lists: AsyncIterable<ListResult>): Promise<number> {
    await this.commit(({ tables }) => {
      tables.listFetches.clear();
      return () => undefined;
    });
    const note = (some: readonly ListResult[]): Promise<void> =>
      this.commit((batch) => {
        for (const list of some) noteListFetch(batch, list);
        return () => undefined;
      });
    let count = 0;
    let waiting: ListResult[] = [];
    for await (const list of lists) {
      waiting.push(list);
      count += 1;
      if (waiting.length < LISTS_PER_COMMIT) continue;
      await note(waiting);
      waiting = [];
    }
    await note(waiting);
    await this.commit(({ tables }) => {
      tables.listFetches.markNoted();
      return () => undefined;
    });
    return count;
  }

  /** Remembers tag pages that were learned from tag links. */
  learnTagPages(learned: readonly LearnedTagPage[]): Promise<void> {
    return this.commit((batch) => {
      rememberTagPages(batch, learned);
      return () => undefined;
    });
  }

  /** Keeps the sum of a run; a later sum of the same run replaces it. */
  recordRun(run: FinishedRun): Promise<void> {
    return this.commit((batch) => {
      rememberRun(batch, run);
      return () => undefined;
    });
  }

  /**
   * Says that every capture of a file up to an offset has been found processed, so that later searches may start there. Rows that nothing
   * else needs (304s, lists) are dropped.
   */
  markProcessedTo(file: string, offset: number): Promise<void> {
    return this.commit(({ tables }) => {
      tables.captures.compact(file, offset);
      return () => undefined;
    });
  }

  /**
   * Takes a page out of quarantine, so that its capture counts as not settled; the caller queues it again.
   *
   * @throws {UsageError} `quarantine.unknown`.
   */
  releaseQuarantined(id: number): Promise<QuarantinedPage> {
    return this.commit(({ tables }) => {
      const page = known(tables.quarantine.get(id), id);
      const row = tables.quarantine.pageOf(id);
      tables.captures.remove(page.capture);
      tables.quarantine.remove(id);
      if (row !== null) refreshPage(tables, row, false);
      return () => page;
    });
  }

  /**
   * Gives a quarantined page up: it stays listed with the moment, and no longer counts as waiting.
   *
   * @throws {UsageError} `quarantine.unknown`.
   */
  dropQuarantined(id: number): Promise<QuarantinedPage> {
    const at = Math.floor(this.clock.now() / 1000);
    return this.commit(({ tables }) => {
      const page = known(tables.quarantine.get(id), id);
      tables.quarantine.drop(id, at);
      return () => page;
    });
  }

  /** Drops the oldest sums of runs, and brings the catalogue's statistics and its log in order. @returns how many runs went. */
  async tidy(): Promise<number> {
    const { database, dataDir } = this.context;
    const dropped = await this.commit(() => {
      const { changes } = database.prepare(DROP_OLD_RUNS).run(RUNS_KEPT_MAX);
      database.exec('PRAGMA optimize');
      return () => changes;
    });
    emptyLog(dataDir);
    return dropped;
  }

  /** Reads some records by lot, see {@link checkSample}. */
  checkSample(recordsMax: number, bodyBytesMax: number): ReturnType<typeof checkSample> {
    return checkSample(this.context.dataDir, this.committed.database, recordsMax, bodyBytesMax);
  }

  /** Finishes what is under way, then closes. Repeating it does nothing. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.queue.close();
    this.committed.database.close();
    const { database, strays, needsScan } = this.context;
    // Otherwise the next start looks for them again.
    if (strays.size === 0 && !needsScan)
      database.exec("INSERT OR REPLACE INTO meta (name, value) VALUES ('closed', '1')");
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
  }

  private commit<Result>(
    member: (...args: Parameters<Member<Result>>) => Promise<() => Result> | (() => Result),
  ): Promise<Result> {
    return this.queue.submit(async (batch) => member(batch)) as Promise<Result>;
  }
}

function known(page: QuarantinedPage | null, id: number): QuarantinedPage {
  if (page) return page;
  throw new UsageError(`Wanted a quarantined page, found none under ${id}`, { code: 'quarantine.unknown' });
}
