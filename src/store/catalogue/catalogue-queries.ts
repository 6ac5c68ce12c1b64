import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ArticleKey, PageId } from '../../domain/page.js';
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
import { journalOf, type ArticleJournal, type JournalTables, PROCESSED_BYTES } from './captures-table.js';
import { catalogueTables } from './catalogue-tables.js';
import { ChangeQueries } from './change-queries.js';
import { CorpusQueries } from './corpus-queries.js';
import { CorpusViews } from './corpus-views.js';
import { CoverageQueries } from './coverage-queries.js';
import { query, instantOf, type Database } from './database.js';
import { FailedPageQueries } from './failed-pages.js';
import { readFreshnessFacts, type FreshnessFacts } from './freshness-facts.js';
import { openForReading } from './open-database.js';
import { PageQueries } from './page-queries.js';
import { quarantineReads, type QuarantinedPage } from './quarantine-table.js';
import { RunQueries } from './run-queries.js';
import {
  articleMatcher,
  searchCorpus,
  selectKeys,
  type CorpusSelection,
  type SearchRequest,
  type SearchResult,
  type SelectedKeys,
} from './search-corpus.js';

/** The queries with the database that they read, beside a writer in this or another process. */
export interface OpenedCatalogue {
  readonly queries: CatalogueQueries;
  readonly close: () => void;
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

/** Told of a record that cannot be read, which is left out; without it a walk ends there with the error. */
type OnDamaged = (key: ArticleKey, error: PermanentError) => void;

const QUARANTINE_LIST_MAX = 100_000;
const DRIFT_DAYS = 30;
const KEYS_PER_READ = 1_000;

/** Reads the catalogue and the article files; sees what the writer has committed. Never writes. */
export class CatalogueQueries {
  readonly pages: PageQueries;
  readonly failedPages: FailedPageQueries;
  readonly coverage: CoverageQueries;
  readonly changes: ChangeQueries;
  readonly runs: RunQueries;
  readonly corpus: CorpusQueries;
  /** What pages for people draw. */
  readonly views: CorpusViews;
  private readonly rowOf;
  private journalTables: JournalTables | undefined;

  /** Use {@link openCatalogueQueries}. */
  constructor(
    private readonly dataDir: string,
    private readonly database: Database,
  ) {
    this.pages = new PageQueries(database);
    this.failedPages = new FailedPageQueries(database);
    this.coverage = new CoverageQueries(database);
    this.changes = new ChangeQueries(database);
    this.runs = new RunQueries(database);
    this.corpus = new CorpusQueries(database);
    this.views = new CorpusViews(database);
    type Row = { readonly folder: RecordFolder; readonly month: number; readonly duplicate_of: number | null };
    this.rowOf = query<Row>(database, 'SELECT folder, month, duplicate_of FROM articles WHERE key = ?');
  }

  /**
   * @returns the article's record as its file says; null if there is none.
   * @throws {PermanentError} `record.…` if the file is damaged.
   */
  article(key: ArticleKey): Article | null {
    // One that moves to another month meanwhile stands where its row says by now.
    return this.articleWhereListed(key) ?? this.articleWhereListed(key);
  }

  private articleWhereListed(key: ArticleKey): Article | null {
    const row = this.rowOf.get(key);
    if (row === null) return null;
    return readMovingRecord(this.dataDir, { folder: row.folder, key, month: String(row.month) })?.record ?? null;
  }

  /**
   * The same for an article that the catalogue knows.
   *
   * @throws {PermanentError} `record.missing` if its file is gone; else as {@link article}.
   */
  knownArticle(key: ArticleKey): Article | null {
    const article = this.article(key);
    if (article !== null || !this.knows(key)) return article;
    throw new PermanentError(`The catalogue knows ${key}, but the file of its record is missing`, {
      code: 'record.missing',
      hint: 'Stop the service, then run `sputnik verify --repair`, which rebuilds the record from the captures',
    });
  }

  /** @returns whether the catalogue knows the article. */
  knows(key: ArticleKey): boolean {
    return this.rowOf.get(key) !== null;
  }

  /** @returns whether the article is linked to another that it repeats, exactly or nearly. */
  isDuplicate(key: ArticleKey): boolean {
    return (this.rowOf.get(key)?.duplicate_of ?? null) !== null;
  }

  /** @returns the end of the last processed capture of a file, in bytes; 0 for a file that is not known. */
  processedBytes(file: string): number {
    const sql = `SELECT ${PROCESSED_BYTES} AS bytes
      FROM files f LEFT JOIN captures c ON c.file = f.id WHERE f.path = ?`;
    return query<{ bytes: number | null }>(this.database, sql).get(file)?.bytes ?? 0;
  }

  matcher(text: string, known: KnownIds): (key: ArticleKey) => boolean {
    return articleMatcher(this.database, text, known);
  }

  /** @returns when an article was published; null: not known. */
  publishedAt(key: ArticleKey): string | null {
    type Row = { readonly at: string | null };
    const text = `SELECT ${instantOf('published_at')} AS at FROM articles WHERE key = ?`;
    return query<Row>(this.database, text).get(key)?.at ?? null;
  }

  freshness(): FreshnessFacts[] {
    return readFreshnessFacts(this.database);
  }

  /**
   * How well pages were read over the last days on which any were; cost: one row per day, edition, extractor and
   * outcome.
   */
  drift(): DriftReport {
    return driftReport(this.corpus.readings(DRIFT_DAYS));
  }

  /**
   * Looks for articles: the one search of command line, API and pages.
   *
   * @throws {QueryError} `search.syntax` with the position in the query.
   */
  search(request: SearchRequest): SearchResult {
    return searchCorpus(this.database, (key, onDamaged) => this.articleOrTell(key, onDamaged), request);
  }

  *editedArticles(since: string | null): Generator<Article> {
    for (const key of editedKeys(this.database, since)) {
      const record = this.article(key);
      if (record) yield record;
    }
  }

  quarantine(includeDropped = false, limit = QUARANTINE_LIST_MAX): QuarantinedPage[] {
    return quarantineReads(this.database).list(includeDropped, limit);
  }

  /** What of a page is in quarantine or was given up. */
  quarantineOf(pageId: PageId): QuarantinedPage[] {
    return quarantineReads(this.database).ofPage(pageId);
  }

  quarantined(id: number): QuarantinedPage | null {
    return quarantineReads(this.database).get(id);
  }

  journal(key: ArticleKey): ArticleJournal {
    return journalOf((this.journalTables ??= catalogueTables(this.database)), key);
  }

  /** Keys of everything that an extractor has judged, articles without a record too; sorted. */
  readKeys(query: ReadKeysQuery): ArticleKey[] {
    return readReadKeys(this.database, query);
  }

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
   * @throws {QueryError} `search.syntax`; {UsageError} `usage.cursor`.
   */
  select(
    selection: CorpusSelection = {},
    onDamaged?: OnDamaged,
  ): SelectedKeys & { readonly articles: Iterable<Article> } {
    const selected = selectKeys(this.database, selection);
    return { ...selected, articles: this.recordsOf(selected.keys, onDamaged) };
  }

  /** Walks the records in the order of publication, as {@link select} does; holds a thousand keys at a time. */
  *articles(filters: ArticleFilters, order: ArticleOrder, onDamaged?: OnDamaged): Generator<Article> {
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

  private *recordsOf(keys: readonly ArticleKey[], onDamaged: OnDamaged | undefined): Generator<Article> {
    for (const key of keys) {
      const record = this.articleOrTell(key, onDamaged);
      if (record) yield record;
    }
  }

  /**
   * @param onDamaged  Told of a record that cannot be read; without it, as {@link knownArticle}.
   * @returns          null where there is none that can be read.
   */
  articleOrTell(key: ArticleKey, onDamaged: OnDamaged | undefined): Article | null {
    try {
      return this.knownArticle(key);
    } catch (error) {
      if (onDamaged === undefined || !(error instanceof PermanentError)) throw error;
      onDamaged(key, error);
      return null;
    }
  }
}
