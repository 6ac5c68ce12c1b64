import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { AnnouncedPages, ArticleKey, KnownPage, PageId } from '../../domain/page.js';
import type { KnownIds } from '../../search/parse-query.js';
import { driftReport, type DriftReport } from '../drift/drift-report.js';
import { readMovingRecord, type RecordFolder } from '../files/article-files.js';
import {
  editedKeys,
  readArticlePositions,
  readReadKeys,
  type ArticleFilters,
  type ArticleOrder,
  type ArticlePosition,
  type ReadKeysQuery,
} from './article-queries.js';
import {
  changeLogEnd,
  readChangedArticles,
  readChangeLog,
  type ChangedArticles,
  type ChangedFilters,
  type ChangesSince,
} from './change-log.js';
import { capturesTable, journalOf, type ArticleJournal, type JournalTables } from './captures-table.js';
import {
  readCounts,
  readExtractorChanges,
  readReadings,
  readTagPages,
  type CorpusCounts,
  type ExtractorChangeQuery,
  type KnownTagPage,
  type NotedExtractorChange,
} from './corpus-queries.js';
import { CorpusViews } from './corpus-views.js';
import {
  countAnnounced,
  readIsOutOfReach,
  readLedger,
  readListFetches,
  readPagesByDay,
  type DayPages,
  type LedgerDay,
  type ListFetches,
} from './coverage-queries.js';
import { query, readRows, type Database } from './database.js';
import {
  countFailingPages,
  readFailingPages,
  readRetriablePages,
  type FailingPage,
  type RetryMinutes,
} from './failed-pages.js';
import { readFreshnessFacts, type FreshnessFacts } from './freshness-facts.js';
import { articleMatcher, readHappeningsSince, readPublishedAt, type DatedHappening } from './happenings.js';
import { openForReading } from './open-database.js';
import {
  pageStories,
  readDuePages,
  readKnownPages,
  readPagesAfter,
  type DueQuery,
  type PageStory,
} from './page-queries.js';
import { pagesTable } from './pages-table.js';
import { quarantineReads, type QuarantinedPage } from './quarantine-table.js';
import { namesTable } from './row-values.js';
import { readOutcomeSums, readRuns, readRunsAfter, type RunPosition } from './run-queries.js';
import { selectKeys, type CorpusSelection, type SelectedKeys } from './corpus-selection.js';
import { searchCorpus, type SearchRequest, type SearchResult } from './search-corpus.js';

/** The queries with the database that they read, beside a writer in this or another process. */
export interface OpenedCatalogue {
  readonly queries: CatalogueQueries;
  close(): void;
}

/**
 * Opens the catalogue read-only, for crawl processes and for verbs that only look.
 *
 * @returns null if nothing has been stored yet.
 * @throws {FatalError} `catalogue.tooNew`, `catalogue.tooOld`, `catalogue.damaged`, `disk.…`.
 */
export function openCatalogueQueries(dataDir: string): OpenedCatalogue | null {
  const database = openForReading(dataDir);
  if (!database) return null;
  return {
    queries: new CatalogueQueries(dataDir, database),
    close: () => {
      database.close();
    },
  };
}

const QUARANTINE_LIST_MAX = 100_000;
const DRIFT_DAYS = 30;
const KEYS_PER_READ = 1_000;

/** Reads the catalogue and the article files; sees what the writer has committed. Never writes. */
export class CatalogueQueries {
  /** What pages for people draw. */
  readonly views: CorpusViews;
  private readonly rowOf;
  private journalTables: JournalTables | undefined;
  private storyOf: ReturnType<typeof pageStories> | undefined;

  /** Use {@link openCatalogueQueries}. */
  constructor(
    private readonly dataDir: string,
    private readonly database: Database,
  ) {
    this.views = new CorpusViews(database);
    type Row = { readonly folder: RecordFolder; readonly month: number; readonly duplicate_of: number | null };
    this.rowOf = query<Row>(database, 'SELECT folder, month, duplicate_of FROM articles WHERE key = ?');
  }

  /**
   * @returns the article's record as its file says; null if there is none.
   * @throws {PermanentError} `record.…` if the file is damaged.
   */
  article(key: ArticleKey): Article | null {
    const row = this.rowOf.get(key);
    if (row === null) return null;
    return readMovingRecord(this.dataDir, { folder: row.folder, key, month: String(row.month) })?.record ?? null;
  }

  /** @returns whether the article is linked to another that it repeats, exactly or nearly. */
  isDuplicate(key: ArticleKey): boolean {
    return (this.rowOf.get(key)?.duplicate_of ?? null) !== null;
  }

  knownPages(pageIds: Iterable<PageId>): Map<PageId, KnownPage> {
    return readKnownPages(this.database, pageIds);
  }

  duePages(query: DueQuery): KnownPage[] {
    return readDuePages(this.database, query);
  }

  /** @returns the pages of an edition in the order of their rows, from the one after `row` on. */
  pagesAfter(edition: string, row: number, limit: number): { row: number; pageId: PageId; url: string }[] {
    return readPagesAfter(this.database, edition, row, limit);
  }

  /** See {@link readRetriablePages}. */
  retriablePages(edition: string, nowMs: number, retryMinutes: RetryMinutes): KnownPage[] {
    return readRetriablePages(this.database, { edition, nowMs, retryMinutes });
  }

  /** See {@link readFailingPages}. */
  failingPages(retryMinutes: RetryMinutes, limit: number): { readonly count: number; readonly pages: FailingPage[] } {
    return { count: countFailingPages(this.database), pages: readFailingPages(this.database, retryMinutes, limit) };
  }

  /** @returns the end of the last processed capture of a file, in bytes; 0 for a file that is not known. */
  processedBytes(file: string): number {
    const sql = `SELECT max(f.settled_to, coalesce(max(c.offset + c.length), 0)) AS bytes
      FROM files f LEFT JOIN captures c ON c.file = f.id WHERE f.path = ?`;
    return query<{ bytes: number | null }>(this.database, sql).get(file)?.bytes ?? 0;
  }

  pageStory(pageId: PageId): PageStory | null {
    return (this.storyOf ??= pageStories(this.database))(pageId);
  }

  /** @returns page ids of an article id, for those who ask by id alone. */
  pagesOfArticleId(articleId: string): { readonly pageId: PageId; readonly articleKey: ArticleKey }[] {
    return readRows<{ pageId: PageId; articleKey: ArticleKey }>(
      this.database,
      `SELECT e.name || '/' || p.article_id AS pageId, e.family || '/' || p.article_id AS articleKey
       FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? ORDER BY e.name`,
      articleId,
    );
  }

  /** See {@link readChangeLog}. */
  changesSince(after: string, limit: number): ChangesSince | null {
    return readChangeLog(this.database, { after, limit });
  }

  /** See {@link readChangedArticles}. */
  changedArticles(after: string, filters: ChangedFilters, limit: number): ChangedArticles | null {
    return readChangedArticles(this.database, after, filters, limit);
  }

  /** See {@link changeLogEnd}. */
  changesEnd(): string {
    return changeLogEnd(this.database);
  }

  /** See {@link readHappeningsSince}. */
  happeningsSince(instant: string): DatedHappening[] {
    return readHappeningsSince(this.database, instant);
  }

  /** See {@link articleMatcher}. */
  matcher(text: string, known: KnownIds): (key: ArticleKey) => boolean {
    return articleMatcher(this.database, text, known);
  }

  publishedAt(key: ArticleKey): string | null {
    return readPublishedAt(this.database, key);
  }

  counts(): CorpusCounts {
    return readCounts(this.database);
  }

  freshness(): FreshnessFacts[] {
    return readFreshnessFacts(this.database);
  }

  /** How well pages were read over the last days on which any were; cost: one row per day, edition, extractor and outcome. */
  drift(): DriftReport {
    return driftReport(readReadings(this.database, DRIFT_DAYS));
  }

  /** See {@link countAnnounced}. */
  countAnnounced(pages: AnnouncedPages): number {
    return countAnnounced(this.database, pages);
  }

  /** See {@link readLedger}. */
  ledger(edition: string, since: string, until: string): LedgerDay[] {
    return readLedger(this.database, edition, since, until);
  }

  /** See {@link readListFetches}. */
  listFetches(edition: string, since: string): ListFetches[] {
    return readListFetches(this.database, edition, since);
  }

  /** See {@link readPagesByDay}. */
  pagesByDay(edition: string): DayPages[] {
    return readPagesByDay(this.database, edition);
  }

  /** See {@link readIsOutOfReach}. */
  isOutOfReach(edition: string, since: string): boolean {
    return readIsOutOfReach(this.database, edition, since);
  }

  /**
   * Looks for articles: the one search of command line, API and pages.
   *
   * @throws {QueryError} `search.syntax` with the position in the query.
   */
  search(request: SearchRequest): SearchResult {
    return searchCorpus(this.database, (key) => this.articleOrTell(key, () => undefined), request);
  }

  /** See {@link editedKeys}. */
  *editedArticles(since: string | null): Generator<Article> {
    for (const key of editedKeys(this.database, since)) {
      const record = this.article(key);
      if (record) yield record;
    }
  }

  quarantine(includeDropped = false, limit = QUARANTINE_LIST_MAX): QuarantinedPage[] {
    return quarantineReads(this.database).list(includeDropped, limit);
  }

  quarantined(id: number): QuarantinedPage | null {
    return quarantineReads(this.database).get(id);
  }

  /** See {@link readRuns}. */
  runs(limit?: number, isTelling?: boolean): Record<string, unknown>[] {
    return readRuns(this.database, limit, isTelling);
  }

  /** See {@link readRunsAfter}. */
  runsAfter(after: RunPosition | null, limit: number): ReturnType<typeof readRunsAfter> {
    return readRunsAfter(this.database, after, limit);
  }

  /** See {@link readOutcomeSums}. */
  outcomeSums(): Record<string, number> {
    return readOutcomeSums(this.database);
  }

  tagPages(edition: string): KnownTagPage[] {
    return readTagPages(this.database, edition);
  }

  /** What the journal holds of an article; see {@link journalOf}. */
  journal(key: ArticleKey): ArticleJournal {
    return journalOf((this.journalTables ??= this.openJournal()), key);
  }

  private openJournal(): JournalTables {
    const names = namesTable(this.database);
    return { pages: pagesTable(this.database, names), captures: capturesTable(this.database, names) };
  }

  /** Keys of everything that an extractor has judged, articles without a record too; sorted. */
  readKeys(query: ReadKeysQuery): ArticleKey[] {
    return readReadKeys(this.database, query);
  }

  /** When articles were read by another extractor than before, and what that changed; oldest first. */
  extractorChanges(query: ExtractorChangeQuery): NotedExtractorChange[] {
    return readExtractorChanges(this.database, query);
  }

  /** See {@link readArticlePositions}. */
  articlePositions(
    filters: ArticleFilters,
    order: ArticleOrder,
    after: ArticlePosition | null,
    limit: number,
  ): ArticlePosition[] {
    return readArticlePositions(this.database, filters, order, after, limit);
  }

  /**
   * Chooses articles at this moment; their records are read as they are walked.
   *
   * @param onDamaged  Told of a record that cannot be read, which is left out; without it the walk ends there with the error.
   * @throws {QueryError} `search.syntax`; {UsageError} `usage.cursor`.
   */
  select(
    selection: CorpusSelection = {},
    onDamaged?: (key: ArticleKey, error: PermanentError) => void,
  ): SelectedKeys & { readonly articles: Iterable<Article> } {
    const selected = selectKeys(this.database, selection);
    return { ...selected, articles: this.recordsOf(selected.keys, onDamaged) };
  }

  /** Walks the records in the order of publication, as {@link select} does; holds a thousand keys at a time. */
  *articles(
    filters: ArticleFilters,
    order: ArticleOrder,
    onDamaged?: (key: ArticleKey, error: PermanentError) => void,
  ): Generator<Article> {
    let last: ArticlePosition | null = null;
    for (;;) {
      const positions = this.articlePositions(filters, order, last, KEYS_PER_READ);
      yield* this.recordsOf(
        positions.map(({ key }) => key),
        onDamaged,
      );
      last = positions.at(-1) ?? null;
      if (last === null || positions.length < KEYS_PER_READ) return;
    }
  }

  private *recordsOf(
    keys: readonly ArticleKey[],
    onDamaged: ((key: ArticleKey, error: PermanentError) => void) | undefined,
  ): Generator<Article> {
    for (const key of keys) {
      const record = this.articleOrTell(key, onDamaged);
      if (record) yield record;
    }
  }

  private articleOrTell(
    key: ArticleKey,
    onDamaged: ((key: ArticleKey, error: PermanentError) => void) | undefined,
  ): Article | null {
    try {
      return this.article(key);
    } catch (error) {
      if (onDamaged === undefined || !(error instanceof PermanentError)) throw error;
      onDamaged(key, error);
      return null;
    }
  }
}
