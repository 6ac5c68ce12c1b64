import { PermanentError, UsageError } from '../../domain/errors.js';
import { splitKey, type ArticleKey } from '../../domain/page.js';
import type { FinishedRun, LearnedTagPage, ListResult, PageResult, StoredPage } from '../../domain/page-result.js';
import type { Clock } from '../../platform/clock.js';
import type { Timeline } from '../../records/timeline.js';
import { journalOf, type CaptureLocation } from '../catalogue/captures-table.js';
import { catalogueTables, type CatalogueTables } from '../catalogue/catalogue-tables.js';
import { emptyLog, setMeta, toSeconds, type Database } from '../catalogue/database.js';
import type { JudgedTopics } from '../catalogue/judged-topics-table.js';
import type { QuarantinedPage } from '../catalogue/quarantine-table.js';
import { readMovingRecord } from '../files/article-files.js';
import type { WriterContext } from './batch.js';
import type { NotedChange, ReadPageResult } from './capture-interpreter.js';
import { GroupCommit, type Write } from './group-commit.js';
import { applyReextraction, reextract, type Reextraction, type ReextractOutcome } from './reextract-article.js';
import { refreshPage } from './fold-article.js';
import { rememberTagPages, storeList, pageWrite } from './store-page.js';

/** Lists that are noted at once after an older form of the catalogue. */
const LISTS_PER_COMMIT = 500;

export interface StoreLimits {
  /** Most writes that share one commit. With more of them each waits longer, and the disk syncs less often. */
  readonly batchMax: number;
  /**
   * Most UTF-16 units that the records of one batch hold; further writes wait for the next batch. Bounds the memory of
   * a commit.
   */
  readonly batchTextMax: number;
  /** Most writes that wait for the disk before further ones are refused. */
  readonly waitingMax: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = { batchMax: 64, batchTextMax: 4_000_000, waitingMax: 10_000 };

export interface StoreDependencies {
  readonly clock: Clock;
  /** Extracts a captured answer again, whatever it is; needed for {@link Store.reextract}. */
  readonly readPageResult: ReadPageResult | null;
}

/** The one writer of a data directory. Every method may be called while others are under way. */
export class Store {
  private readonly commits: GroupCommit;
  /** Tables as committed, without the batch under way. */
  private readonly committed: CatalogueTables;
  private isOpen = true;

  /** Use `openStore`. */
  constructor(
    private readonly context: WriterContext,
    private readonly committedDatabase: Database,
    private readonly deps: StoreDependencies,
    limits: StoreLimits,
  ) {
    this.commits = new GroupCommit(context, limits);
    this.committed = catalogueTables(committedDatabase);
  }

  /**
   * Stores what one capture of an article's page turned out to be: record, links, page and index, on the disk when this
   * returns.
   *
   * @throws {PermanentError} `record.invalid`, `record.pathForbidden`, `page.otherIdentity`; {RetryableError}
   *         `store.overloaded`, `catalogue.busy`; {FatalError} `disk.…`.
   *
   * Idempotent: the same capture stored again changes nothing and gives the same outcome, also after a crash at any
   * moment. The order in which captures are stored does not show in the files.
   */
  storePage(result: PageResult): Promise<StoredPage> {
    return this.commits.submit(pageWrite(result));
  }

  /**
   * Extracts every capture of an article again and brings its record, journal and index to what today's extractor makes
   * of them.
   *
   * @param noted  The note of it, which is processed by this; null where no record changes.
   *
   * Idempotent; no state is added to a record because it was extracted otherwise. Fails as {@link storePage} does.
   */
  reextract(article: ArticleKey, noted: NotedChange | null): Promise<ReextractOutcome> {
    const read = this.readPageResult();
    return this.commits.submit({ apply: (batch) => applyReextraction(batch, article, noted, read) });
  }

  /** What {@link reextract} would come to; writes nothing. */
  async examine(article: ArticleKey): Promise<Reextraction> {
    const row = this.committed.articles.get(article);
    try {
      const stored = row && readMovingRecord(this.context.dataDir, row.location);
      return await reextract(stored?.record ?? null, journalOf(this.committed, article), this.readPageResult());
    } catch (error) {
      // The record is damaged: whoever writes it next makes it again, by today's extractor.
      if (error instanceof PermanentError) return { kind: 'kept', captures: 0, reason: 'unreadable' };
      throw error;
    }
  }

  /** Notes which pages a captured list announces, and that the capture is processed. Idempotent, order-independent. */
  storeList(list: ListResult): Promise<void> {
    return this.write((batch) => {
      storeList(batch, list);
    });
  }

  /** Remembers tag pages that were learned from tag links. */
  learnTagPages(learned: readonly LearnedTagPage[]): Promise<void> {
    return this.write((batch) => {
      rememberTagPages(batch, learned);
    });
  }

  /** Keeps the summary of a run; a later summary of the same run replaces it. */
  recordRun(run: FinishedRun): Promise<void> {
    return this.write(({ tables }) => {
      tables.runs.put(run);
    });
  }

  hasRun(runId: string): boolean {
    return this.committed.runs.has(runId);
  }

  /** Folded observations of one page of an article, in order. */
  timeline(key: ArticleKey, edition: string): Timeline {
    const [family, articleId] = splitKey(key);
    const page = this.committed.pages.ofArticle(family, articleId).find((candidate) => candidate.edition === edition);
    return page === undefined ? [] : this.committed.captures.timeline(page.id);
  }

  /** Whether a capture has reached its end; one that has not is to be queued again. */
  isProcessed(capture: CaptureLocation): boolean {
    return this.committed.captures.processed(capture) !== null;
  }

  /**
   * @returns up to where every capture of a file is known to be processed; a search for pending ones may start there.
   */
  processedTo(file: string): number {
    return this.committed.captures.processedTo(file);
  }

  /**
   * Says that every capture of a file up to an offset has been found processed, so that later searches may start there.
   * Rows that nothing else needs (304s, lists) are dropped.
   */
  markProcessedTo(file: string, offset: number): Promise<void> {
    return this.write(({ tables }) => {
      tables.captures.compact(file, offset);
    });
  }

  quarantined(id: number): QuarantinedPage | null {
    return this.committed.quarantine.get(id);
  }

  /**
   * Takes a page out of quarantine, so that its capture counts as pending; the caller queues it again.
   *
   * @throws {UsageError} `quarantine.unknown`.
   */
  releaseQuarantined(id: number): Promise<QuarantinedPage> {
    return this.write(({ tables }) => {
      const page = known(tables.quarantine.get(id), id);
      const row = tables.quarantine.pageOf(id);
      tables.captures.remove(page.capture);
      tables.quarantine.remove(id);
      if (row !== null) refreshPage(tables, row, false);
      return page;
    });
  }

  /**
   * Gives a quarantined page up: it stays listed with the moment, and no longer counts as waiting.
   *
   * @throws {UsageError} `quarantine.unknown`.
   */
  dropQuarantined(id: number): Promise<QuarantinedPage> {
    const at = Math.floor(this.deps.clock.now() / 1000);
    return this.write(({ tables }) => {
      const page = known(tables.quarantine.get(id), id);
      tables.quarantine.drop(id, at);
      return page;
    });
  }

  /** By which topics everything was judged; null: none are noted yet. */
  judgedTopics(): JudgedTopics | null {
    return this.committed.topics.read();
  }

  noteJudgedTopics(topics: JudgedTopics): Promise<void> {
    return this.write(({ tables }) => {
      tables.topics.note(topics);
    });
  }

  /** Says by which names of topics pages are judged from now on; before any is stored. */
  judgeBy(names: ReadonlySet<string>): Promise<void> {
    return this.limitTopicsAway((topics) => topics.away(names));
  }

  /** @returns the articles with a page that was stored while not all of these names were configured, sorted. */
  unjudgedBy(names: ReadonlySet<string>): ArticleKey[] {
    return this.committed.topics.unjudgedBy(names);
  }

  /** Says that the pages of some articles were judged by these names; null: those of all. */
  noteJudged(names: ReadonlySet<string>, articles: readonly ArticleKey[] | null): Promise<void> {
    return this.write(({ tables }) => {
      tables.topics.noteJudged(names, articles);
    });
  }

  /** Whether the fetches of lists of all processed captures are noted; not so after an older form of the catalogue. */
  get knowsListFetches(): boolean {
    return this.committed.lists.areFetchesNoted();
  }

  /**
   * Forgets the fetches of lists and notes these instead: those of all processed captures, each once. For catalogues of
   * an older form (see {@link knowsListFetches}). Started again from the beginning after a crash.
   */
  async restoreListFetches(lists: AsyncIterable<ListResult>): Promise<number> {
    await this.write(({ tables }) => {
      tables.lists.forgetFetches();
    });
    let count = 0;
    const waiting: ListResult[] = [];
    for await (const list of lists) {
      count += 1;
      if (waiting.push(list) === LISTS_PER_COMMIT) await this.noteListFetches(waiting.splice(0));
    }
    await this.noteListFetches(waiting);
    await this.write(({ tables }) => {
      tables.lists.markFetchesNoted();
    });
    return count;
  }

  private noteListFetches(lists: readonly ListResult[]): Promise<void> {
    return this.write(({ tables }) => {
      for (const list of lists) tables.lists.addFetch(list.fetch, list.listUrl, toSeconds(list.capture.fetchedAt));
    });
  }

  /** Takes effect once it is committed: names that are forgotten without that would come back incomplete. */
  private async limitTopicsAway(find: (topics: CatalogueTables['topics']) => string | null): Promise<void> {
    this.context.topicsAway = await this.write(({ tables: { topics } }) => {
      const away = find(topics);
      return away === null ? null : topics.limitAway(away);
    });
  }

  /**
   * Drops the oldest summaries of runs and the oldest changes, gives up topics that are away for too many articles, and
   * brings the catalogue's statistics and its log in order. @returns how many runs went.
   */
  async maintain(): Promise<number> {
    const { database, dataDir, topicsAway } = this.context;
    await this.limitTopicsAway(() => topicsAway);
    const dropped = await this.write(({ tables }) => {
      tables.changeLog.trim();
      const runs = tables.runs.trim();
      database.exec('PRAGMA optimize');
      return runs;
    });
    emptyLog(dataDir);
    return dropped;
  }

  /** Finishes what is under way, then closes. Repeating it does nothing. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.commits.close();
    this.committedDatabase.close();
    const { database, orphans, needsScan } = this.context;
    // Otherwise the next start looks for them again.
    if (orphans.size === 0 && !needsScan) setMeta(database, 'closed', '1');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
  }

  private write<Result>(apply: Write<Result>['apply']): Promise<Result> {
    return this.commits.submit({ apply });
  }

  private readPageResult(): ReadPageResult {
    if (this.deps.readPageResult !== null) return this.deps.readPageResult;
    throw new Error('the store was opened without what extracts captures again');
  }
}

function known(page: QuarantinedPage | null, id: number): QuarantinedPage {
  if (page) return page;
  throw new UsageError(`There is no quarantined page with the id ${id}`, { code: 'quarantine.unknown' });
}
