import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { KnownPage } from '../../domain/known-page.js';
import type { ArticleKey, PageId } from '../../domain/page.js';
import { readMovingRecord, type RecordLocation } from '../files/article-files.js';
import { driftReport, type DriftReport } from '../drift/drift-report.js';
import { readArticlePositions, type ArticleFilters, type ArticleOrder, type ArticlePosition } from './article-keys.js';
import { journalOf, type ArticleJournal } from './article-journal.js';
import { captureLog } from './capture-log.js';
import type { CatalogueTables } from './catalogue-tables.js';
import { readCounts, type CorpusCounts } from './corpus-counts.js';
import { readDuePages, type DueQuery } from './due-pages.js';
import { editedArticles } from './edited-articles.js';
import { readFreshness, type Freshness } from './freshness.js';
import { toInstant } from './instants.js';
import { readKnownPages } from './known-pages.js';
import { readLedger, type LedgerDay } from './ledger.js';
import { readListFetches, type ListFetches } from './list-fetch-rows.js';
import { nameRows } from './name-rows.js';
import type { Database } from './open-database.js';
import { pageRows } from './page-rows.js';
import { readPageStory, type PageStory } from './page-story.js';
import { quarantineReads, type QuarantinedPage } from './quarantine-rows.js';
import { readReadings } from './reading-rows.js';
import { readExtractorChanges, type NotedExtractorChange, type ExtractorChangeQuery } from './extractor-change-rows.js';
import { readReadKeys, type ReadKeysQuery } from './read-keys.js';
import { searchArticles, type SearchFilters } from './search-articles.js';

/** A tag page that is known beyond the configuration. */
export interface KnownTagPage {
  readonly topic: string;
  readonly path: string;
  readonly learnedFrom: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

const QUARANTINE_LIST_MAX = 100_000;
const RUNS = 20;
const DRIFT_DAYS = 30;
const KEYS_PER_READ = 1_000;

/** Reads the catalogue and the article files; sees what the writer has committed. Never writes. */
export class CatalogueQueries {
  private statements: Pick<CatalogueTables, 'pages' | 'captures'> | null = null;

  constructor(
    private readonly dataDir: string,
    private readonly database: Database,
  ) {}

  /**
   * @returns the article's record as its file says; null if there is none.
   * @throws {PermanentError} `record.…` if the file is damaged.
   */
  article(key: ArticleKey): Article | null {
    const row = this.database.prepare('SELECT folder, month FROM articles WHERE key = ?').get(key) as
      { folder: RecordLocation['folder']; month: number } | undefined;
    return row
      ? (readMovingRecord(this.dataDir, { folder: row.folder, key, month: String(row.month) })?.record ?? null)
      : null;
  }

  /** @returns whether the article is linked to another that it repeats, exactly or nearly. */
  isDuplicate(key: ArticleKey): boolean {
    const row = this.database.prepare('SELECT duplicate_of FROM articles WHERE key = ?').get(key) as
      { duplicate_of: number | null } | undefined;
    return (row?.duplicate_of ?? null) !== null;
  }

  knownPages(pageIds: Iterable<PageId>): Map<PageId, KnownPage> {
    return readKnownPages(this.database, pageIds);
  }

  duePages(query: DueQuery): KnownPage[] {
    return readDuePages(this.database, query);
  }

  pageStory(pageId: PageId): PageStory | null {
    return readPageStory(this.database, pageId);
  }

  /** @returns page ids of an article id, for those who ask by id alone. */
  pagesOfArticleId(articleId: string): { readonly pageId: PageId; readonly articleKey: ArticleKey }[] {
    const rows = this.database
      .prepare(
        'SELECT e.name, e.family FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? ORDER BY e.name',
      )
      .all(articleId) as { name: string; family: string }[];
    return rows.map(({ name, family }) => ({ pageId: `${name}/${articleId}`, articleKey: `${family}/${articleId}` }));
  }

  counts(): CorpusCounts {
    return readCounts(this.database);
  }

  freshness(): Freshness[] {
    return readFreshness(this.database);
  }

  /** How well pages were read over the last days on which any were; cost: one row per day, edition, reader and outcome. */
  drift(): DriftReport {
    return driftReport(readReadings(this.database, DRIFT_DAYS));
  }

  /** See {@link readLedger}. */
  ledger(edition: string, since: string, until: string): LedgerDay[] {
    return readLedger(this.database, edition, since, until);
  }

  /** See {@link readListFetches}. */
  listFetches(edition: string, since: string): ListFetches[] {
    return readListFetches(this.database, edition, since);
  }

  /** See {@link searchArticles}. */
  search(words: string, filters: SearchFilters = {}): ArticleKey[] {
    return searchArticles(this.database, words, filters);
  }

  /** See {@link editedArticles}. */
  *editedArticles(since: string | null): Generator<Article> {
    for (const key of editedArticles(this.database, since)) {
      const record = this.article(key);
      if (record) yield record;
    }
  }

  quarantine(includeDropped = false): QuarantinedPage[] {
    return quarantineReads(this.database).list(includeDropped, QUARANTINE_LIST_MAX);
  }

  quarantined(id: number): QuarantinedPage | null {
    return quarantineReads(this.database).get(id);
  }

  /** Newest first. */
  runs(limit = RUNS): Record<string, unknown>[] {
    const rows = this.database
      .prepare('SELECT summary FROM runs ORDER BY started_at DESC, run_id LIMIT ?')
      .all(limit) as { summary: string }[];
    return rows.map(({ summary }) => JSON.parse(summary) as Record<string, unknown>);
  }

  /** @returns how many pages came to each outcome, over all runs that are remembered. */
  outcomeSums(): Record<string, number> {
    const rows = this.database
      .prepare(
        `SELECT j.key AS outcome, sum(j.value) AS count FROM runs, json_each(runs.summary, '$.outcomes') j
         GROUP BY j.key ORDER BY j.key`,
      )
      .all() as { outcome: string; count: number }[];
    return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
  }

  tagPages(edition: string): KnownTagPage[] {
    const rows = this.database
      .prepare(
        `SELECT t.topic, t.path, t.learned_from, t.first_seen_at, t.last_seen_at
         FROM tag_pages t JOIN editions e ON e.id = t.edition WHERE e.name = ? ORDER BY t.topic, t.path`,
      )
      .all(edition) as {
      topic: string;
      path: string;
      learned_from: string;
      first_seen_at: number;
      last_seen_at: number;
    }[];
    return rows.map((row) => ({
      topic: row.topic,
      path: row.path,
      learnedFrom: row.learned_from,
      firstSeenAt: toInstant(row.first_seen_at),
      lastSeenAt: toInstant(row.last_seen_at),
    }));
  }

  /** What the journal holds of an article; see {@link journalOf}. */
  journal(key: ArticleKey): ArticleJournal {
    return journalOf(this.tables, key);
  }

  /** Keys of everything that a reader has judged, articles without a record too; sorted. */
  readKeys(query: ReadKeysQuery): ArticleKey[] {
    return readReadKeys(this.database, query);
  }

  /** Prepared on first use; of these only what reads is called. */
  private get tables(): Pick<CatalogueTables, 'pages' | 'captures'> {
    if (this.statements !== null) return this.statements;
    const names = nameRows(this.database);
    const statements = { pages: pageRows(this.database, names), captures: captureLog(this.database, names) };
    this.statements = statements;
    return statements;
  }

  /** When articles were read anew by another reader, and what that changed; oldest first. */
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
   * Walks the records in the order of publication; holds a thousand keys at a time.
   *
   * @param onDamaged  Told of a record that cannot be read, which is left out; without it the walk ends there with the error.
   */
  *articles(
    filters: ArticleFilters = {},
    order: ArticleOrder = 'oldest',
    onDamaged?: (key: ArticleKey, error: PermanentError) => void,
  ): Generator<Article> {
    let last: ArticlePosition | null = null;
    for (;;) {
      const positions = this.articlePositions(filters, order, last, KEYS_PER_READ);
      for (const { key } of positions) {
        const record = this.articleOrTell(key, onDamaged);
        if (record) yield record;
      }
      last = positions.at(-1) ?? null;
      if (last === null || positions.length < KEYS_PER_READ) return;
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
