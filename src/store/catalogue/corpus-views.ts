import type { ArticleKey, EndState } from '../../domain/page.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { withDashes, withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { countArticles, type ArticleFilters } from './article-queries.js';
import type { CaptureLocation } from './captures-table.js';
import type { ListedPage } from './coverage-queries.js';
import {
  dayNumberOf,
  instantOf,
  nameOfDay,
  PAGE_URL,
  query,
  readRows,
  toInstant,
  topicsIn,
  toSeconds,
  type Database,
} from './database.js';
import { countDelayed, readDelayed, readDelays, type DayDelay, type DelayedArticle } from './delay-queries.js';
import { ALL_DAYS, isOfSpans, SPAN_DAYS } from './kept-counts.js';
import { countPages, listPages, type PageFilters, type PagePosition } from './listed-pages.js';

/** Records published on one day in one edition with the same topics. */
export interface DayCount {
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string;
  readonly edition: string;
  readonly topics: readonly string[];
  readonly articles: number;
}

/** What became other in one week, told by its Monday. */
export interface WeekChanges {
  readonly week: string;
  /** Edits of articles that were first seen in it, trivial ones too. */
  readonly edited: number;
  /** Articles that were found withdrawn in it, and still are. */
  readonly withdrawn: number;
}

/** Known pages of one day, by the day in their URLs. */
export interface DayPages {
  readonly day: string;
  readonly state: EndState;
  readonly pages: number;
}

const WEEK_SECONDS = 7 * DAY_SECONDS;
/** 1970 began on a Thursday: weeks are counted from the Monday before. */
const MONDAY_SECONDS = 3 * DAY_SECONDS;
/** What the pages for people draw; each question is answered from kept counts or along an index. */
export class CorpusViews {
  constructor(private readonly database: Database) {}

  /**
   * @param stepDays  How many days are told as one, by the first of them, counted from `since` on.
   * @returns         What was published, both days included; nothing for steps in which nothing was. Cost: that of the days; of whole
   *                  {@link SPAN_DAYS}, where `since` begins such a span, that of the spans.
   */
  articlesByDay(since: string, until: string, stepDays = 1): DayCount[] {
    type Row = Omit<DayCount, 'day' | 'topics'> & { readonly step: number; readonly topics: string };
    const first = Math.max(0, dayNumberOf(since));
    const last = dayNumberOf(until);
    // Of the last span, which may reach beyond, the days are counted.
    const days = isOfSpans(first, stepDays) ? Math.max(first, last - ((last + 1) % SPAN_DAYS) + 1) : first;
    const rows = readRows<Row>(
      this.database,
      `SELECT (c.day - ?1) / ?2 AS step, e.name AS edition, c.topics, sum(c.articles) AS articles
       FROM (
         SELECT day, edition, topics, articles FROM article_counts WHERE day BETWEEN ?3 AND ?4
         UNION ALL SELECT span * ${SPAN_DAYS}, edition, topics, articles FROM article_spans
           WHERE span >= ?1 / ${SPAN_DAYS} AND span < ?3 / ${SPAN_DAYS} AND ?1 < ?3
       ) c JOIN editions e ON e.id = c.edition
       WHERE c.articles > 0 GROUP BY step, c.edition, c.topics ORDER BY step`,
      ...[first, stepDays, days, last],
    );
    // Many rows share few days and topics.
    const dayOf = remembered((step: number) => nameOfDay(first + step * stepDays));
    const topicsOf = remembered(topicsIn);
    return rows.map(({ step, edition, topics, articles }) => ({
      ...{ edition, articles },
      day: dayOf(step),
      topics: topicsOf(topics),
    }));
  }

  /** @returns the first day on which anything was published; null: nothing is dated. */
  firstDay(): string | null {
    const text = 'SELECT min(day) AS day FROM article_counts WHERE day >= 0 AND articles > 0';
    const { day } = query<{ day: number | null }>(this.database, text).one();
    return day === null ? null : nameOfDay(day);
  }

  delays(since: string, stepDays = 1): DayDelay[] {
    return readDelays(this.database, since, stepDays);
  }

  /** @returns each week from that of `since` on in which anything became other. */
  changesByWeek(since: string): WeekChanges[] {
    const from = Math.floor((toSeconds(`${since}T00:00:00Z`) + MONDAY_SECONDS) / WEEK_SECONDS);
    const rows = readRows<{ week: number; edited: number; withdrawn: number }>(
      this.database,
      `SELECT (at + ${MONDAY_SECONDS}) / ${WEEK_SECONDS} AS week, sum(kind = 'edited') AS edited,
         sum(kind = 'withdrawn') AS withdrawn
       FROM edits WHERE kind IN ('edited', 'withdrawn') AND at >= ? GROUP BY 1 ORDER BY 1`,
      from * WEEK_SECONDS - MONDAY_SECONDS,
    );
    return rows.map((row) => ({
      ...row,
      week: toInstant(row.week * WEEK_SECONDS - MONDAY_SECONDS).slice(0, 10),
    }));
  }

  /** @returns how the known pages of an edition ended, by day; both days included. */
  pagesByDay(edition: string, since: string, until: string): DayPages[] {
    type Row = Omit<DayPages, 'day'> & { readonly day: number };
    const rows = readRows<Row>(
      this.database,
      `SELECT c.day, c.state, c.pages FROM page_counts c
       WHERE c.edition = (SELECT id FROM editions WHERE name = ?) AND c.day BETWEEN ? AND ? AND c.pages > 0 ORDER BY c.day`,
      edition,
      Number(withoutDashes(since)),
      Number(withoutDashes(until)),
    );
    return rows.map(({ day, ...row }) => ({ ...row, day: withDashes(String(day)) }));
  }

  /** @returns the first day that any page of the edition bears in its URL; null: none does. */
  firstPageDay(edition: string): string | null {
    const text = `SELECT min(day) AS day FROM page_counts
      WHERE edition = (SELECT id FROM editions WHERE name = ?) AND day > 19700000`;
    const { day } = query<{ day: number | null }>(this.database, text).one(edition);
    return day === null ? null : withDashes(String(day));
  }

  delaysOf(day: string, days: number, limit: number, offset: number): DelayedArticle[] {
    return readDelayed(this.database, day, days, limit, offset);
  }

  countDelays(day: string, days: number): number {
    return countDelayed(this.database, day, days);
  }

  pages(filters: PageFilters, after: PagePosition | null, limit: number): ReturnType<typeof listPages> {
    return listPages(this.database, filters, after, limit);
  }

  countPages(filters: PageFilters): number {
    return countPages(this.database, filters);
  }

  /** @returns at most `limit` pages of one day, by end state. */
  pagesOfDay(edition: string, day: string, limit: number): ListedPage[] {
    return readRows<ListedPage>(
      this.database,
      `SELECT e.name || '/' || p.article_id AS pageId, e.family, ${PAGE_URL} AS url, p.end_state AS endState, p.reason,
         ${instantOf('p.last_fetched_at')} AS lastFetchedAt
       FROM pages p JOIN editions e ON e.id = p.edition
       WHERE e.name = ?1 AND p.day = ?2 ORDER BY p.end_state, p.article_id LIMIT ?3`,
      edition,
      Number(withoutDashes(day)),
      limit,
    );
  }

  countArticles(filters: ArticleFilters): number {
    return countArticles(this.database, filters);
  }

  /** @returns where the capture of a page ends that begins there; null: none does. */
  pageCapture(file: string, offset: number): CaptureLocation | null {
    const text = `SELECT f.path AS file, c.offset, c.length FROM files f JOIN captures c ON c.file = f.id
      WHERE f.path = ? AND c.offset = ? AND c.page IS NOT NULL`;
    return readRows<CaptureLocation>(this.database, text, file, offset)[0] ?? null;
  }

  /** @returns the stored article that an edition's host has under this id; null: none is stored. */
  articleOn(host: string, articleId: string): ArticleKey | null {
    const text = `SELECT a.key FROM editions e JOIN articles a ON a.key = e.family || '/' || ?2 WHERE e.name = ?1`;
    return readRows<{ key: ArticleKey }>(this.database, text, host, articleId)[0]?.key ?? null;
  }

  /** @returns of each edition, how many pages with an article are stored from a day on, by the day in their URLs. */
  storedPagesByDay(since: string): Omit<DayCount, 'topics'>[] {
    const rows = readRows<{ edition: string; day: number; articles: number }>(
      this.database,
      `SELECT e.name AS edition, c.day, c.pages AS articles FROM editions e CROSS JOIN page_counts c ON c.edition = e.id
       WHERE c.day >= ? AND c.state = 'stored' AND c.pages > 0 ORDER BY e.name, c.day`,
      Number(withoutDashes(since)),
    );
    return rows.map(({ day, ...row }) => ({ ...row, day: withDashes(String(day)) }));
  }

  /** @returns how many records there are of each edition. */
  articlesByEdition(): Record<string, number> {
    const rows = readRows<{ edition: string; articles: number }>(
      this.database,
      `SELECT e.name AS edition, sum(c.articles) AS articles FROM article_counts c JOIN editions e ON e.id = c.edition
       WHERE c.day = ${ALL_DAYS} GROUP BY e.name`,
    );
    return Object.fromEntries(rows.map(({ edition, articles }) => [edition, articles]));
  }
}

function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    const value = make(key);
    known.set(key, value);
    return value;
  };
}
