import { type ArticleKey, END_STATES, type EndState } from '../../domain/page.js';
import { extractorChangeSchema, type ExtractorChange } from '../../domain/extraction.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { fieldsOf, type CountedReading, type ReadingExample } from '../drift/counted-reading.js';
import { instantOf, PAGE_URL, query, readRows, toInstant, topicsIn, toSeconds, type Database } from './database.js';
import { ALL_DAYS } from './kept-counts.js';

/** How much there is. */
export interface CorpusCounts {
  /** Records under `articles/`. */
  readonly articles: number;
  /** Records under `duplicates/`: exact repetitions. */
  readonly duplicates: number;
  /** Records under `articles/` that are near another. */
  readonly nearDuplicates: number;
  readonly renditions: number;
  readonly revisions: number;
  readonly gone: number;
  /** Waiting for a decision. */
  readonly quarantined: number;
  /** Records on each topic; one that is on two counts in both. */
  readonly topics: Readonly<Record<string, number>>;
  /** Known pages by end state, per edition. */
  readonly pages: Readonly<Record<string, Readonly<Record<EndState, number>>>>;
}

function topicCounts(database: Database): Record<string, number> {
  const rows = readRows<{ topics: string; count: number }>(
    database,
    `SELECT topics, sum(articles) AS count FROM article_counts WHERE day = ${ALL_DAYS} AND articles > 0 GROUP BY topics`,
  );
  const counts: Record<string, number> = {};
  for (const { topics, count } of rows) {
    for (const topic of topicsIn(topics)) counts[topic] = (counts[topic] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pageCounts(database: Database): Record<string, Record<EndState, number>> {
  const rows = readRows<{ edition: string; state: EndState; count: number }>(
    database,
    `SELECT e.name AS edition, c.state, c.pages AS count FROM editions e JOIN page_counts c ON c.edition = e.id
     WHERE c.day = ${ALL_DAYS} AND c.pages > 0 ORDER BY e.name`,
  );
  const counts: Record<string, Record<EndState, number>> = {};
  for (const { edition, state, count } of rows) (counts[edition] ??= noPages())[state] = count;
  return counts;
}

/** @returns every end state at zero. */
export function noPages(): Record<EndState, number> {
  return Object.fromEntries(END_STATES.map((state) => [state, 0])) as Record<EndState, number>;
}

/** Far more than what a year of days, editions and outcomes comes to. */
const READINGS_MAX = 200_000;

interface ReadingsRow extends Pick<CountedReading, 'edition' | 'reader' | 'pages'>, ReadingExample {
  readonly day: number;
  readonly filled: number;
  readonly disagreed: number;
}

/** A change of the extractor with the moment at which it was noted. */
export interface NotedExtractorChange extends ExtractorChange {
  /** UTC instant. */
  readonly notedAt: string;
}

interface ExtractorChangeQuery {
  /** null: of every article. */
  readonly article: ArticleKey | null;
  /** UTC instants of the note; `since` included, `until` not; null: open. */
  readonly since: string | null;
  readonly until: string | null;
}

const CHANGES_MAX = 100_000;

/** A tag page that is known beyond the configuration. */
interface KnownTagPage {
  readonly topic: string;
  readonly path: string;
  readonly learnedFrom: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

/** The size of the corpus, and facts learned while reading it. */
export class CorpusQueries {
  constructor(private readonly database: Database) {}

  counts(): CorpusCounts {
    const counts = query<Omit<CorpusCounts, 'topics' | 'pages'>>(
      this.database,
      `SELECT coalesce(sum(articles - exact), 0) AS articles, coalesce(sum(exact), 0) AS duplicates,
        coalesce(sum(near), 0) AS nearDuplicates, coalesce(sum(renditions), 0) AS renditions,
        coalesce(sum(revisions), 0) AS revisions, coalesce(sum(gone), 0) AS gone,
        (SELECT count(*) FROM quarantine WHERE dropped_at IS NULL) AS quarantined
       FROM article_counts WHERE day = ${ALL_DAYS}`,
    ).one();
    return { ...counts, topics: topicCounts(this.database), pages: pageCounts(this.database) };
  }

  /**
   * @param days  Number of days, counted back from the newest one on which anything was read.
   *
   * @returns The counts, oldest day first.
   */
  readings(days: number): CountedReading[] {
    const rows = readRows<ReadingsRow>(
      this.database,
      `SELECT r.day, e.name AS edition, r.reader, r.filled, r.disagreed, r.pages, e.name || '/' || p.article_id AS pageId,
         ${PAGE_URL} AS url, f.path AS file, r.example_offset AS offset
       FROM readings r JOIN pages p ON p.id = r.example_page JOIN files f ON f.id = r.example_file
       JOIN editions e ON e.id = p.edition
       WHERE r.day > (SELECT max(day) FROM readings) - ?
       ORDER BY r.day, e.name, r.reader, r.filled, r.disagreed LIMIT ${READINGS_MAX}`,
      days,
    );
    return rows.map(({ day, edition, reader, filled, disagreed, pages, ...example }) => ({
      day: toInstant(day * DAY_SECONDS).slice(0, 10),
      edition,
      reader,
      filled: fieldsOf(filled),
      disagreed: fieldsOf(disagreed),
      pages,
      example,
    }));
  }

  /** @returns the changes, oldest first; at most a hundred thousand. */
  extractorChanges(query: ExtractorChangeQuery): NotedExtractorChange[] {
    const secondsOf = (instant: string | null): number | null => (instant === null ? null : toSeconds(instant));
    const rows = readRows<{ notedAt: string; change: string }>(
      this.database,
      `SELECT ${instantOf('r.noted_at')} AS notedAt, r.change FROM reader_changes r JOIN files f ON f.id = r.file
       WHERE (?1 IS NULL OR r.article = ?1) AND (?2 IS NULL OR r.noted_at >= ?2) AND (?3 IS NULL OR r.noted_at < ?3)
       ORDER BY r.noted_at, f.path, r.offset LIMIT ${CHANGES_MAX}`,
      query.article,
      secondsOf(query.since),
      secondsOf(query.until),
    );
    return rows.map(({ notedAt, change }) => ({ ...extractorChangeSchema.parse(JSON.parse(change)), notedAt }));
  }

  /** @returns the tag pages of an edition. */
  tagPages(edition: string): KnownTagPage[] {
    return readRows<KnownTagPage>(
      this.database,
      `SELECT t.topic, t.path, t.learned_from AS learnedFrom, ${instantOf('t.first_seen_at')} AS firstSeenAt,
         ${instantOf('t.last_seen_at')} AS lastSeenAt
       FROM tag_pages t JOIN editions e ON e.id = t.edition WHERE e.name = ? ORDER BY t.topic, t.path`,
      edition,
    );
  }
}
