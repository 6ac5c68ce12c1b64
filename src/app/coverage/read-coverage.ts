import type { Config } from '../../config/config.js';
import { addDays, withDashes, withoutDashes, dayIn } from '../../sputnik/urls/calendar-days.js';
import type { Edition } from '../../domain/edition.js';
import { MISHAPS } from '../../domain/outcome.js';
import type { EndState, PageId } from '../../domain/page.js';
import type { Clock } from '../../platform/clock.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { LedgerDay } from '../../store/catalogue/coverage-queries.js';
import { dayOf } from '../../store/catalogue/database.js';
import { ListLedger, type ListGap } from './list-ledger.js';

export interface CoverageQuestion {
  /** Null: every enabled edition. */
  readonly editions: readonly string[] | null;
  /** Null: the whole and every topic. Gaps are of all topics: a page that was not read may be on any. */
  readonly topics: readonly string[] | null;
  /** `YYYY-MM-DD`; null: 30 days up to `until`, or up to today. */
  readonly since: string | null;
  readonly until: string | null;
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

/** An edition of which nobody can say what is missing: whatever its lists would announce is not known. */
export interface UnreadGap {
  /** `neverRead`: no list was read since the first of the days asked for; `notWhole`: not to the end of some days. */
  readonly reason: 'neverRead' | 'notWhole';
  /** Why the newest attempt failed; null: none did. */
  readonly failure: string | null;
  /** Days that no whole list was read of after they had ended; of an edition that was never read the last day too. */
  readonly days: readonly string[];
}

export interface EditionCoverage {
  readonly edition: string;
  readonly since: string;
  readonly until: string;
  readonly days: readonly LedgerDay[];
  readonly gaps: {
    readonly pages: readonly PageGap[];
    readonly lists: readonly ListGap[];
    /** Null: every day that is over was read whole. */
    readonly unread: UnreadGap | null;
  };
  /** Quarantined pages that somebody has given up; no gaps. */
  readonly givenUp: readonly PageId[];
  /** Past days of which no whole list was ever read after they had ended. */
  readonly unreadDays: readonly string[];
}

const WINDOW_DAYS = 30;
/** Most pages without a good end that are named per edition. */
const GAP_PAGES_MAX = 1_000_000;
const GAP_STATES = ['pending', 'unreachable', 'quarantined', 'notArticle'] as const;

/** Reads the ledger of each edition and names what is missing. Changes nothing. */
export function readCoverage(
  question: CoverageQuestion,
  { config, clock, queries }: { readonly config: Config; readonly clock: Clock; readonly queries: CatalogueQueries },
): EditionCoverage[] {
  const editions = config.editions.filter(({ id, enabled }) => question.editions?.includes(id) ?? enabled);
  const listed = queries.quarantine(true);
  const idsOf = (isDropped: boolean): Set<PageId> =>
    new Set(listed.flatMap(({ pageId, droppedAt }) => ((droppedAt !== null) === isDropped ? [pageId] : [])));
  const [waiting, dropped] = [idsOf(false), idsOf(true)];
  return editions.map((edition) => {
    const window = windowOf(question, edition, clock);
    const lines = queries.coverage.ledger(edition.id, withDashes(window.since), withDashes(window.until));
    const ledger = new ListLedger(edition, queries.coverage.listFetches(edition.id, window.since), lines);
    return coverageOf(edition, { question, window, lines, ledger, waiting, dropped, queries });
  });
}

interface Window {
  /** `YYYYMMDD`, as the edition counts days. */
  readonly since: string;
  readonly until: string;
  readonly today: string;
}

/** @returns the days that a question means for an edition. Pure but for the clock. */
export function windowOf(question: Pick<CoverageQuestion, 'since' | 'until'>, edition: Edition, clock: Clock): Window {
  const today = dayIn(edition.timeZone, clock.now());
  const until = question.until === null ? today : withoutDashes(question.until);
  const since = question.since === null ? addDays(until, 1 - WINDOW_DAYS) : withoutDashes(question.since);
  return { since, until, today };
}

interface Known {
  readonly question: CoverageQuestion;
  readonly window: Window;
  readonly lines: readonly LedgerDay[];
  readonly ledger: ListLedger;
  /** Pages that wait in quarantine, and those that somebody has given up. */
  readonly waiting: ReadonlySet<PageId>;
  readonly dropped: ReadonlySet<PageId>;
  readonly queries: CatalogueQueries;
}

function coverageOf(
  { id }: Edition,
  { question, window, lines, ledger, waiting, dropped, queries }: Known,
): EditionCoverage {
  const { since, until, today } = window;
  const { topics } = question;
  const pages = gapPages(id, window, queries);
  const unreadDays = ledger.unreadDays(since, until, today).map(withDashes);
  const isGivenUp = ({ endState, pageId }: PageGap): boolean =>
    endState === 'quarantined' ? !waiting.has(pageId) : dropped.has(pageId);
  return {
    edition: id,
    since: withDashes(since),
    until: withDashes(until),
    days: topics === null ? lines : lines.filter(({ topic }) => topic !== null && topics.includes(topic)),
    gaps: {
      pages: pages.filter((page) => !isGivenUp(page)),
      lists: ledger.gaps(since, until),
      unread: unreadGap(ledger, unreadDays, withDashes(until)),
    },
    givenUp: pages.filter(isGivenUp).map(({ pageId }) => pageId),
    unreadDays,
  };
}

function unreadGap(ledger: ListLedger, unreadDays: readonly string[], lastDay: string): UnreadGap | null {
  if (!ledger.hasRead) {
    return { reason: 'neverRead', failure: ledger.newestFailure, days: [...new Set([...unreadDays, lastDay])] };
  }
  return unreadDays.length === 0 ? null : { reason: 'notWhole', failure: ledger.newestFailure, days: unreadDays };
}

function gapPages(edition: string, { since, until }: Window, queries: CatalogueQueries): PageGap[] {
  return GAP_STATES.flatMap((endState) =>
    queries.pages
      .due({
        edition,
        nowMs: Number.MAX_SAFE_INTEGER,
        rules: [{ ageMaxMs: null, everyMs: 0 }],
        endStates: [endState],
        limit: GAP_PAGES_MAX,
      })
      .flatMap(({ pageId, url, reason }): PageGap[] => {
        if (endState === 'notArticle' && !MISHAPS.has(reason)) return [];
        const day = String(dayOf(url));
        return day < since || day > until ? [] : [{ pageId, url, day: withDashes(day), endState, reason }];
      }),
  ).sort((a, b) => (a.day === b.day ? (a.pageId < b.pageId ? -1 : 1) : a.day < b.day ? -1 : 1));
}

/** @returns how many gaps there are: pages, days of which a list could not be had, and editions that were not read whole. */
export function countGaps(coverage: readonly EditionCoverage[]): number {
  return coverage.reduce(
    (sum, { gaps: { pages, lists, unread } }) => sum + pages.length + lists.length + (unread === null ? 0 : 1),
    0,
  );
}
