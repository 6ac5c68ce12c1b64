import type { Config } from '../../config/config.js';
import { addDays, withDashes, withoutDashes, dayIn } from '../../sputnik/urls/calendar-days.js';
import type { Edition } from '../../domain/edition.js';
import type { PageId } from '../../domain/page.js';
import type { Clock } from '../../platform/clock.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { LedgerDay, PageGap } from '../../store/catalogue/coverage-queries.js';
import { ListLedger, type ListGap, type UnreadEntries } from './list-ledger.js';

export interface CoverageQuestion {
  /** Null: every enabled edition. */
  readonly editions: readonly string[] | null;
  /** Null: the whole and every topic. Gaps are of all topics: a page that was not read may be on any. */
  readonly topics: readonly string[] | null;
  /** `YYYY-MM-DD`; null: 30 days up to `until`, or up to today. */
  readonly since: string | null;
  readonly until: string | null;
}

/** An edition for which missing pages cannot be determined, because the content of its lists is not known. */
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
  /** Past days for which no complete list was ever read after they had ended. */
  readonly unreadDays: readonly string[];
  /** Entries of lists about these and later days. They are not gaps, since they may not be articles. */
  readonly unreadEntries: readonly UnreadEntries[];
}

const WINDOW_DAYS = 30;
/** Most pages without a good end that are named per edition. */
const GAP_PAGES_MAX = 1_000_000;

/** Reads the coverage of each edition and lists what is missing. Read only. */
export function readCoverage(
  question: CoverageQuestion,
  { config, clock, queries }: { readonly config: Config; readonly clock: Clock; readonly queries: CatalogueQueries },
): EditionCoverage[] {
  const editions = config.editions.filter(({ id, enabled }) => question.editions?.includes(id) ?? enabled);
  return editions.map((edition) => {
    const window = windowOf(question, edition, clock);
    const [since, until] = [withDashes(window.since), withDashes(window.until)];
    const lines = queries.coverage.ledger(edition.id, since, until);
    const passedOver = queries.coverage.passedOver(edition.id, since, until);
    const fetches = queries.coverage.listFetches(edition.id, window.since);
    const ledger = new ListLedger(edition, fetches, lines, passedOver);
    return coverageOf(edition, { question, window, lines, ledger, queries });
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
  readonly queries: CatalogueQueries;
}

function coverageOf({ id }: Edition, { question, window, lines, ledger, queries }: Known): EditionCoverage {
  const { since, until, today } = window;
  const { topics } = question;
  const days = { since, until, after: null };
  const unreadDays = ledger.unreadDays(since, until, today).map(withDashes);
  return {
    edition: id,
    since: withDashes(since),
    until: withDashes(until),
    days: topics === null ? lines : lines.filter(({ topic }) => topic !== null && topics.includes(topic)),
    gaps: {
      pages: queries.coverage.gapPages(id, days, GAP_PAGES_MAX),
      lists: ledger.gaps(since, until),
      unread: unreadGap(ledger, unreadDays, withDashes(until)),
    },
    givenUp: queries.coverage.givenUpPages(id, days, GAP_PAGES_MAX).map(({ pageId }) => pageId),
    unreadDays,
    unreadEntries: ledger.unreadEntries,
  };
}

function unreadGap(ledger: ListLedger, unreadDays: readonly string[], lastDay: string): UnreadGap | null {
  if (!ledger.hasRead) {
    return { reason: 'neverRead', failure: ledger.newestFailure, days: [...new Set([...unreadDays, lastDay])] };
  }
  return unreadDays.length === 0 ? null : { reason: 'notWhole', failure: ledger.newestFailure, days: unreadDays };
}

/**
 * @returns the number of gaps: pages, days with a list that could not be fetched, and editions that were not read to
 * the end.
 */
export function countGaps(coverage: readonly EditionCoverage[]): number {
  return coverage.reduce(
    (sum, { gaps: { pages, lists, unread } }) => sum + pages.length + lists.length + (unread === null ? 0 : 1),
    0,
  );
}
