import { compareText, type AnnouncedPages, type EndState, type PageId } from '../../domain/page.js';
import { DISCOVERY_ROUTES, type DiscoveryRoute } from '../../domain/edition.js';
import { MISHAPS } from '../../domain/outcome.js';
import type { ListFetch, ListPageKind } from '../../domain/page-result.js';
import { withDashes, withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { ANSWERED_FAILURES } from './judge-freshness.js';
import { noPages } from './corpus-queries.js';
import { query, readRows, instantOf, PAGE_URL, topicsIn, type Database } from './database.js';
import { passedOverDays } from './passed-over-days.js';

/** One line of the coverage: an edition's pages of one day, as a whole or of one topic. */
export interface LedgerDay {
  /** `YYYY-MM-DD`, of the URL. */
  readonly day: string;
  /** null: all pages; else those whose record is on the topic or that a tag page of the topic announced. */
  readonly topic: string | null;
  readonly pages: number;
  /** Pages that each kind of list announced; one page may be announced by several. */
  readonly announced: Readonly<Record<DiscoveryRoute, number>>;
  /** Pages that were answered at least once. */
  readonly fetched: number;
  /** Every page in exactly one. */
  readonly endStates: Readonly<Record<EndState, number>>;
  /** Pages in neither `stored`, `offTopic` nor `gone`, nor for a good reason in `notArticle`, by end state and reason. */
  readonly gaps: Readonly<Record<string, number>>;
}

interface LedgerRow {
  readonly day: number;
  readonly topics: string;
  readonly routes: string;
  readonly fetched: number;
  readonly state: EndState;
  readonly reason: string | null;
  readonly pages: number;
}

/** SQL for the kinds of lists that announced a page `p`, in one text. */
export const ROUTES_OF_PAGE = `coalesce((SELECT group_concat(route, ' ') FROM (SELECT DISTINCT route FROM sightings WHERE page = p.id ORDER BY route)), '')`;
/** SQL for the topics of a page `p` of edition `e`, in one text: those of its record, and of the tag pages that announced it. */
export const TOPICS_OF_PAGE = `coalesce((SELECT group_concat(topic, ' ') FROM (SELECT DISTINCT t.topic AS topic
    FROM sightings s JOIN tag_pages t ON t.path = s.tag_path AND t.edition = p.edition
    WHERE s.page = p.id AND s.tag_path <> '' ORDER BY t.topic)), '')
  || ' ' || coalesce((SELECT a.topics FROM articles a WHERE a.key = e.family || '/' || p.article_id), '')`;

/** End states that are final. */
const FINAL: readonly EndState[] = ['stored', 'offTopic', 'gone', 'notArticle'];

interface Draft {
  readonly day: string;
  readonly topic: string | null;
  pages: number;
  announced: Record<DiscoveryRoute, number>;
  fetched: number;
  endStates: Record<EndState, number>;
  gaps: Record<string, number>;
}

/** Announced pages and their results. */
export class CoverageQueries {
  constructor(private readonly database: Database) {}

  /**
   * @param since  First day, `YYYY-MM-DD`.
   * @param until  Last day, included.
   * @returns      Lines by day, for each day that has pages: the whole first, then each topic by id.
   */
  ledger(edition: string, since: string, until: string): LedgerDay[] {
    const rows = readRows<LedgerRow>(
      this.database,
      `SELECT day, topics, routes, fetched, state, reason, count(*) AS pages FROM (
          SELECT p.day, p.end_state AS state, p.reason, p.last_fetched_at IS NOT NULL AS fetched,
            ${ROUTES_OF_PAGE} AS routes, ${TOPICS_OF_PAGE} AS topics
          FROM pages p JOIN editions e ON e.id = p.edition
          WHERE e.name = ? AND p.day BETWEEN ? AND ?)
        GROUP BY day, topics, routes, fetched, state, reason ORDER BY day`,
      edition,
      dayNumber(since),
      dayNumber(until),
    );
    const drafts = new Map<string, Draft>();
    for (const row of rows) {
      const topics = new Set(topicsIn(row.topics));
      for (const topic of [null, ...topics]) count(drafts, row, topic);
    }
    return [...drafts.values()].sort((a, b) => compareText(a.day, b.day) || compareText(a.topic ?? '', b.topic ?? ''));
  }

  /** @returns days whose list names none of the newest articles; see {@link passedOverDays}. */
  passedOver(edition: string, since: string, until: string): Map<string, string> {
    return passedOverDays(this.database, edition, { from: dayNumber(since), to: dayNumber(until) });
  }

  /** @returns how many distinct pages lists of any kind have announced since then. */
  countAnnounced({ editions, since, until, announcedSinceMs }: AnnouncedPages): number {
    const text = `SELECT count(*) AS pages FROM pages p
      WHERE p.edition IN (SELECT id FROM editions WHERE name IN (SELECT value FROM json_each(?))) AND p.day BETWEEN ? AND ?
        AND EXISTS (SELECT 1 FROM sightings s WHERE s.page = p.id AND s.last_seen_at >= ?)`;
    return query<{ pages: number }>(this.database, text).one(
      JSON.stringify(editions),
      since === null ? 0 : dayNumber(since),
      dayNumber(until),
      Math.floor(announcedSinceMs / 1000),
    ).pages;
  }

  /**
   * @param since  Day, `YYYYMMDD`.
   * @returns      Fetches of the edition's lists of that day and of later ones. A range of the table's key.
   */
  listFetches(edition: string, since: string): ListFetches[] {
    const rows = readRows<ListFetchesRow>(
      this.database,
      `SELECT v.kind, l.url, v.from_day, v.to_day, v.is_whole, nullif(v.failure, '') AS failure,
         ${instantOf('v.first_at')} AS firstAt, ${instantOf('v.last_at')} AS lastAt, v.visits,
         v.unread_entries AS unreadEntries
       FROM list_visits v JOIN lists l ON l.id = v.list
       WHERE v.edition = (SELECT id FROM editions WHERE name = ?) AND v.to_day >= ?`,
      edition,
      Number(since),
    );
    return rows.map(({ from_day: from, to_day: to, is_whole: isWhole, ...row }) => ({
      ...row,
      days: { from: String(from), to: String(to) },
      isWhole: isWhole === 1,
    }));
  }

  /**
   * @param since  Day, `YYYYMMDD`, some days ago.
   * @returns      Whether the host of an edition has answered for no list lately, so that asking for its articles would be in vain. Errs towards no.
   */
  isOutOfReach(edition: string, since: string): boolean {
    const { answeredAt, failedAt } = query<{ answeredAt: number | null; failedAt: number | null }>(
      this.database,
      `SELECT max(CASE WHEN v.failure IN (SELECT value FROM json_each(?3)) THEN v.last_at END) AS answeredAt,
         max(CASE WHEN v.failure NOT IN (SELECT value FROM json_each(?3)) THEN v.last_at END) AS failedAt
       FROM list_visits v WHERE v.edition = (SELECT id FROM editions WHERE name = ?1) AND v.to_day >= ?2`,
    ).one(edition, Number(since), JSON.stringify(['', ...ANSWERED_FAILURES]));
    return failedAt !== null && failedAt > (answeredAt ?? 0) + RUN_SECONDS;
  }

  /** @returns the days with known pages of an edition. Reads a range of the index by day. */
  pagesByDay(edition: string): DayPages[] {
    return readRows<DayPages>(
      this.database,
      `SELECT CAST(p.day AS TEXT) AS day, count(*) AS pages, count(p.last_fetched_at) AS answered FROM pages p
       WHERE p.edition = (SELECT id FROM editions WHERE name = ?) GROUP BY p.day ORDER BY p.day`,
      edition,
    );
  }

  /** @returns pages of an edition that were announced and have no good end, by day and id; those that somebody has given up are left out. */
  gapPages(edition: string, window: GapWindow, limit: number): PageGap[] {
    return this.endless(edition, window, limit, `NOT ${GIVEN_UP}`);
  }

  /** @returns the days of which there are such pages, both ends included; of each, its pages are looked at up to the first. */
  gapDays(edition: string, since: string, until: string): string[] {
    const rows = readRows<{ day: number }>(
      this.database,
      `SELECT c.day FROM (SELECT DISTINCT day FROM page_counts
         WHERE edition = (SELECT id FROM editions WHERE name = ?1) AND day BETWEEN ?2 AND ?3 AND pages > 0 AND state IN (${ENDLESS_STATES})) c
       WHERE EXISTS (SELECT 1 FROM pages p WHERE p.edition = (SELECT id FROM editions WHERE name = ?1) AND p.day = c.day
         AND ${endless('?4')} AND NOT ${GIVEN_UP})`,
      ...[edition, dayNumber(since), dayNumber(until), JSON.stringify([...MISHAPS])],
    );
    return rows.map(({ day }) => withDashes(String(day)));
  }

  /** @returns those that somebody has given up. */
  givenUpPages(edition: string, window: GapWindow, limit: number): PageGap[] {
    return this.endless(edition, window, limit, GIVEN_UP);
  }

  private endless(edition: string, { since, until, after }: GapWindow, limit: number, condition: string): PageGap[] {
    return readRows(
      this.database,
      `SELECT e.name || '/' || p.article_id AS pageId, ${PAGE_URL} AS url,
         substr(p.day, 1, 4) || '-' || substr(p.day, 5, 2) || '-' || substr(p.day, 7) AS day, p.end_state AS endState, p.reason
       FROM pages p JOIN editions e ON e.id = p.edition
       WHERE p.edition = (SELECT id FROM editions WHERE name = ?1) AND p.day BETWEEN max(?2, ?4) AND ?3
         AND (p.day > ?4 OR p.article_id > ?5) AND ${endless('?7')}
         AND ${condition}
       ORDER BY p.day, p.article_id LIMIT ?6`,
      ...[
        edition,
        dayNumber(since),
        dayNumber(until),
        dayNumber(after?.day ?? '0'),
        after?.articleId ?? '',
        limit,
        JSON.stringify([...MISHAPS]),
      ],
    );
  }
}

const ENDLESS_STATES = "'pending', 'unreachable', 'quarantined', 'notArticle'";

/** That a page has no good end. @param mishaps  Parameter that holds the reasons for which one that is no article may yet be one. */
function endless(mishaps: string): string {
  return `(p.end_state IN ('pending', 'unreachable', 'quarantined')
    OR p.end_state = 'notArticle' AND p.reason IN (SELECT value FROM json_each(${mishaps})))`;
}

/** For a page in quarantine: nothing of it waits there. For other pages: one of its captures was given up. */
const GIVEN_UP = `CASE p.end_state
  WHEN 'quarantined' THEN NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.page = p.id AND q.dropped_at IS NULL)
  ELSE EXISTS (SELECT 1 FROM quarantine q WHERE q.page = p.id AND q.dropped_at IS NOT NULL) END`;

function count(drafts: Map<string, Draft>, row: LedgerRow, topic: string | null): void {
  const name = `${row.day} ${topic ?? ''}`;
  const draft = drafts.get(name) ?? emptyDraft(row.day, topic);
  drafts.set(name, draft);
  draft.pages += row.pages;
  draft.fetched += row.fetched * row.pages;
  draft.endStates[row.state] += row.pages;
  for (const route of DISCOVERY_ROUTES) if (row.routes.split(' ').includes(route)) draft.announced[route] += row.pages;
  if (FINAL.includes(row.state) && !(row.state === 'notArticle' && MISHAPS.has(row.reason))) return;
  const gap = row.reason === null ? row.state : `${row.state}: ${row.reason}`;
  draft.gaps[gap] = (draft.gaps[gap] ?? 0) + row.pages;
}

function emptyDraft(day: number, topic: string | null): Draft {
  return {
    day: withDashes(String(day)),
    topic,
    pages: 0,
    announced: Object.fromEntries(DISCOVERY_ROUTES.map((route) => [route, 0])) as Record<DiscoveryRoute, number>,
    fetched: 0,
    endStates: noPages(),
    gaps: {},
  };
}

function dayNumber(day: string): number {
  return Number(withoutDashes(day.slice(0, 10)));
}

/** How often a list was asked for with one result, by the days that it is about. */
export interface ListFetches extends Pick<ListFetch, 'days' | 'isWhole' | 'failure' | 'unreadEntries'> {
  readonly kind: ListPageKind;
  readonly url: string;
  /** UTC instants. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly visits: number;
}

type ListFetchesRow = Omit<ListFetches, 'days' | 'isWhole'> & {
  readonly from_day: number;
  readonly to_day: number;
  readonly is_whole: number;
};

/** Lists of one run answer within this time of each other, those that fail among them. */
const RUN_SECONDS = 180;

/** The known pages of one day. */
export interface DayPages {
  /** `YYYYMMDD` */
  readonly day: string;
  readonly pages: number;
  /** Those that were answered at least once. */
  readonly answered: number;
}

/** One page of a day with what became of it. */
export interface ListedPage {
  readonly pageId: PageId;
  readonly family: string;
  readonly url: string;
  readonly endState: EndState;
  readonly reason: string | null;
  readonly lastFetchedAt: string | null;
}

/** A page that was announced and has no good end. */
export interface PageGap {
  readonly pageId: PageId;
  readonly url: string;
  readonly day: string;
  /** `notArticle`: it shows no article, for one of the reasons in `MISHAPS`. */
  readonly endState: Extract<EndState, 'pending' | 'unreachable' | 'quarantined' | 'notArticle'>;
  readonly reason: string | null;
}

/** Days in URLs, both included, and the last page of the answer before. */
interface GapWindow {
  readonly since: string;
  readonly until: string;
  readonly after: { readonly day: string; readonly articleId: string } | null;
}
