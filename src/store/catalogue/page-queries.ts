import type { DiscoveryRoute } from '../../domain/edition.js';
import { splitKey, type ArticleKey, type EndState, type KnownPage, type PageId } from '../../domain/page.js';
import { DAY_MS } from '../../domain/units.js';
import { withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { instantOf, PAGE_URL, query, readRows, type Database } from './database.js';
import type { CaptureKind } from './pages-table.js';
import { IS_GIVEN_UP, IS_LISTED } from './quarantine-table.js';

/** The columns of a {@link KnownPage}. */
export const KNOWN_PAGE = `e.name || '/' || p.article_id AS pageId, ${PAGE_URL} AS url, p.end_state AS endState, p.reason,
  ${instantOf('p.last_fetched_at')} AS lastFetchedAt, p.etag, p.last_modified AS lastModified,
  ${instantOf('p.published_at')} AS publishedAt, p.failures,
  (SELECT ${instantOf('max(s.first_seen_at)')} FROM sightings s WHERE s.page = p.id AND s.route = 'tag') AS tagListedAt`;

/** Articles younger than `ageMaxMs` are fetched again `everyMs` after the last answer. */
interface RecheckRule {
  /** null: of any age. */
  readonly ageMaxMs: number | null;
  readonly everyMs: number;
}

interface DueQuery {
  readonly edition: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Youngest first; an article older than every rule is not fetched again. */
  readonly rules: readonly RecheckRule[];
  /** Which pages are asked about; default: those that are stored. */
  readonly endStates?: readonly EndState[];
  /** Only those that are in their end state for one of these reasons. */
  readonly reasons?: readonly string[];
  /** Only those that can be asked for on condition. */
  readonly hasValidators?: true;
  /** Only those that have long answered alike, or only the others; default: both. */
  readonly isListed?: boolean;
  /** At most so many, those waiting longest first; default 10,000. */
  readonly limit?: number;
}

const LIMIT = 10_000;
/** A page that is suspected to be gone is asked again this soon, so that it is confirmed or cleared. */
export const CONFIRM_AFTER_MS = 10 * 60_000;

/** Everything that is known of one page. */
export interface PageStory extends KnownPage {
  readonly articleKey: ArticleKey;
  /** Whether the article has a record, whichever edition it came from. */
  readonly hasRecord: boolean;
  readonly goneSuspectedAt: string | null;
  readonly goneAt: string | null;
  /** Newest 304. */
  readonly lastUnchangedAt: string | null;
  /** Why the newest attempts got no answer. */
  readonly lastFailure: string | null;
  /** The newest of them. */
  readonly failedAt: string | null;
  readonly foundBy: readonly FoundBy[];
  /** Oldest first; at most {@link CAPTURES_MAX} of the newest. */
  readonly captures: readonly PageCapture[];
}

interface FoundBy {
  readonly route: DiscoveryRoute;
  readonly topic: string | null;
  /** The list that announced it first. */
  readonly list: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

interface PageCapture {
  readonly kind: CaptureKind;
  readonly fetchedAt: string;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly onTopic: boolean | null;
  readonly file: string;
  readonly offset: number;
}

const CAPTURES_MAX = 1_000;

/** Facts about pages. */
export class PageQueries {
  constructor(private readonly database: Database) {}

  /** @returns the facts about those of the pages that are known. */
  known(pageIds: Iterable<PageId>): Map<PageId, KnownPage> {
    const find = query<KnownPage>(
      this.database,
      `SELECT ${KNOWN_PAGE} FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? AND e.name = ?`,
    );
    const found = new Map<PageId, KnownPage>();
    for (const pageId of pageIds) {
      const [edition, articleId] = splitKey(pageId);
      const page = find.get(articleId, edition);
      if (page) found.set(pageId, page);
    }
    return found;
  }

  /** @returns the pages of an edition in the order of their rows, from the one after `row` on. */
  after(edition: string, row: number, limit: number): { row: number; pageId: PageId; url: string }[] {
    return readRows(
      this.database,
      `SELECT p.id AS row, e.name || '/' || p.article_id AS pageId, ${PAGE_URL} AS url
       FROM pages p JOIN editions e ON e.id = p.edition WHERE e.name = ? AND p.id > ? ORDER BY p.id LIMIT ?`,
      edition,
      row,
      limit,
    );
  }

  /**
   * Pages that were fetched too recently for any rule, or are too old for all of them, are excluded by the index alone.
   *
   * @returns pages that are due, by the age of the article (its publication, or otherwise the day in its URL), without
   * pages that were given up.
   */
  due(query: DueQuery): KnownPage[] {
    const { edition, nowMs, endStates = ['stored'], isListed, reasons, hasValidators, limit = LIMIT } = query;
    const wanted = [
      'p.end_state IN (SELECT value FROM json_each(?2))',
      '(?6 IS NULL OR p.reason IN (SELECT value FROM json_each(?6)))',
      ...(hasValidators ? ['(p.etag IS NOT NULL OR p.last_modified IS NOT NULL)'] : []),
      ...(isListed === undefined ? [] : [`${isListed ? '' : 'NOT '}${IS_LISTED}`]),
    ].join(' AND ');
    const dueBefore = query.rules.map(({ ageMaxMs, everyMs }) => {
      return `WHEN ${ageMaxMs === null ? 'true' : `age < ${seconds(ageMaxMs)}`} THEN ${seconds(nowMs - everyMs)}`;
    });
    const due = dueBefore.length === 0 ? '-1' : `CASE ${dueBefore.join(' ')} ELSE -1 END`;
    const ages = query.rules.map(({ ageMaxMs }) => ageMaxMs ?? Infinity);
    const age = `${seconds(nowMs)} - coalesce(published_at, unixepoch(
      substr(day, 1, 4) || '-' || substr(day, 5, 2) || '-' || substr(day, 7, 2)))`;
    return readRows<KnownPage>(
      this.database,
      `WITH edition AS (SELECT id FROM editions WHERE name = ?1), near AS (
         SELECT id FROM pages WHERE edition = (SELECT id FROM edition) AND day >= ?4
           AND end_state IN (SELECT value FROM json_each(?2)) AND (last_fetched_at IS NULL OR last_fetched_at <= ?5)
         UNION SELECT id FROM pages WHERE edition = (SELECT id FROM edition) AND gone_suspected_at IS NOT NULL)
       SELECT ${KNOWN_PAGE} FROM (SELECT *, ${age} AS age FROM near JOIN pages USING (id)) p
         JOIN editions e ON e.id = p.edition
       WHERE ${wanted} AND NOT ${IS_GIVEN_UP}
         AND (coalesce(p.last_fetched_at, 0) <= ${due} OR (p.gone_suspected_at IS NOT NULL AND p.gone_at IS NULL
           AND p.last_fetched_at <= ${seconds(nowMs - CONFIRM_AFTER_MS)}))
       ORDER BY coalesce(p.last_fetched_at, 0), p.article_id LIMIT ?3`,
      edition,
      JSON.stringify(endStates),
      limit,
      dayBefore(nowMs - Math.max(0, ...ages)),
      seconds(nowMs - Math.min(...query.rules.map(({ everyMs }) => everyMs), nowMs)),
      reasons === undefined ? null : JSON.stringify(reasons),
    );
  }

  /** @returns the story of a page; null if it was never heard of. */
  story(pageId: PageId): PageStory | null {
    type Row = Omit<PageStory, 'hasRecord' | 'foundBy' | 'captures'> & {
      readonly id: number;
      readonly hasRecord: number;
    };
    const text = `SELECT p.id, ${KNOWN_PAGE}, e.family || '/' || p.article_id AS articleKey,
       EXISTS (SELECT 1 FROM articles a WHERE a.key = e.family || '/' || p.article_id) AS hasRecord,
       ${instantOf('p.gone_suspected_at')} AS goneSuspectedAt, ${instantOf('p.gone_at')} AS goneAt,
       ${instantOf('p.touched_at')} AS lastUnchangedAt, p.last_failure AS lastFailure,
       ${instantOf('p.failed_at')} AS failedAt
     FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? AND e.name = ?`;
    const [edition, articleId] = splitKey(pageId);
    const row = query<Row>(this.database, text).get(articleId, edition);
    if (row === null) return null;
    const { id, hasRecord, ...page } = row;
    const [foundBy, captures] = [readFoundBy(this.database, id), readCaptures(this.database, id)];
    return { ...page, hasRecord: hasRecord === 1, foundBy, captures };
  }

  /** @returns page ids of an article id, for those who ask by id alone. */
  ofArticleId(articleId: string): { readonly pageId: PageId; readonly articleKey: ArticleKey }[] {
    return readRows<{ pageId: PageId; articleKey: ArticleKey }>(
      this.database,
      `SELECT e.name || '/' || p.article_id AS pageId, e.family || '/' || p.article_id AS articleKey
       FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? ORDER BY e.name`,
      articleId,
    );
  }
}

function readFoundBy(database: Database, page: number): FoundBy[] {
  return readRows<FoundBy>(
    database,
    `SELECT s.route,
       (SELECT min(t.topic) FROM pages p JOIN tag_pages t ON t.edition = p.edition AND t.path = s.tag_path
        WHERE p.id = s.page) AS topic,
       l.url AS list, ${instantOf('s.first_seen_at')} AS firstSeenAt, ${instantOf('s.last_seen_at')} AS lastSeenAt
     FROM sightings s JOIN lists l ON l.id = s.list
     WHERE s.page = ? ORDER BY s.first_seen_at, s.route, s.tag_path`,
    page,
  );
}

function readCaptures(database: Database, page: number): PageCapture[] {
  type Row = Omit<PageCapture, 'onTopic'> & { readonly onTopic: number | null };
  const rows = readRows<Row>(
    database,
    `SELECT c.kind, ${instantOf('c.fetched_at')} AS fetchedAt, c.outcome, c.reason, c.on_topic AS onTopic, f.path AS file, c.offset
     FROM captures c JOIN files f ON f.id = c.file WHERE c.page = ?
     ORDER BY c.fetched_at DESC, f.path DESC, c.offset DESC LIMIT ?`,
    page,
    CAPTURES_MAX,
  );
  return rows.reverse().map((row) => ({ ...row, onTopic: row.onTopic === null ? null : row.onTopic === 1 }));
}

/** @returns the day before an instant as the number YYYYMMDD, whatever the time zone; 0 where there is none. */
function dayBefore(atMs: number): number {
  if (!Number.isFinite(atMs) || atMs < DAY_MS) return 0;
  return Number(withoutDashes(new Date(atMs - DAY_MS).toISOString().slice(0, 10)));
}

/** Whole numbers only: they stand in the statement's text. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
