import { dayIn, daysOf, addDays } from '../crawlers/calendar-days.js';
import type { DiscoveryRoute, Edition } from '../domain/edition.js';
import type { PageKind } from '../domain/fetched.js';

/** A list that was asked for. */
export interface ListVisit {
  readonly edition: string;
  readonly kind: Exclude<PageKind, 'article'>;
  readonly url: string;
  /** UTC instant. */
  readonly at: string;
  /** Closed-list reason why nothing usable came; null: it was read. */
  readonly failure: string | null;
}

/** A day of which a list could not be had, and which no complete list has covered since. */
export interface ListGap {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `robots`: without robots.txt nothing else was asked for. */
  readonly route: DiscoveryRoute | 'robots';
  readonly reason: string;
  /** The list of the newest failure. */
  readonly url: string;
  readonly failedAt: string;
  readonly failures: number;
}

const ROUTE_OF_KIND: Readonly<Record<ListVisit['kind'], ListGap['route']>> = {
  feed: 'feed',
  sitemapIndex: 'sitemap',
  sitemap: 'sitemap',
  tag: 'tag',
  more: 'tag',
  day: 'day',
  robots: 'robots',
};
/** A range longer than this is no list of days that anybody asked for. */
const RANGE_DAYS_MAX = 3_700;

/**
 * Which days of one edition were announced whole, and which were not.
 *
 * A failure counts for the days that the list would have covered (feed, tag pages and robots.txt: the day on which they
 * failed). It stands until a complete list of that day (sitemap, day page) is read after it; that of a tag page until the
 * same page answers, since only tag pages tell of tags that are put on old articles. Errs towards naming a gap. Visits may be
 * noted in any order.
 */
export class ListLedger {
  readonly #edition: Edition;
  readonly #failures: ListVisit[] = [];
  /** Newest complete list of each day, `YYYYMMDD` → instant. */
  readonly #complete = new Map<string, string>();
  /** Newest answer of each tag page. */
  readonly #answered = new Map<string, string>();

  constructor(edition: Edition) {
    this.#edition = edition;
  }

  note(visit: ListVisit): void {
    if (visit.kind === 'tag' && (visit.failure === null || visit.failure === 'notFound')) {
      keepNewest(this.#answered, visit.url, visit.at);
    } else if (visit.failure !== null) this.#failures.push(visit);
    else for (const day of coveredDays(visit)) keepNewest(this.#complete, day, visit.at);
  }

  /** @returns gaps of the days from `since` to `until` (`YYYYMMDD`), by day, then route. */
  gaps(since: string, until: string): ListGap[] {
    const gaps = new Map<string, ListGap>();
    for (const visit of this.#failures) {
      for (const day of this.#affectedDays(visit)) {
        if (day < since || day > until || this.#isClosed(visit, day)) continue;
        const route = ROUTE_OF_KIND[visit.kind];
        const name = `${day} ${route}`;
        const earlier = gaps.get(name);
        const newest = earlier === undefined || earlier.failedAt <= visit.at;
        gaps.set(name, {
          day: withDashes(day),
          route,
          reason: newest ? (visit.failure ?? '') : earlier.reason,
          url: newest ? visit.url : earlier.url,
          failedAt: newest ? visit.at : earlier.failedAt,
          failures: (earlier?.failures ?? 0) + 1,
        });
      }
    }
    return [...gaps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
  }

  /** @returns past days (before `today`, all `YYYYMMDD`) of which no complete list was read after they had ended. */
  unreadDays(since: string, until: string, today: string): string[] {
    const last = until < today ? until : addDays(today, -1);
    if (last < since) return [];
    return daysOf({ from: since, to: last })
      .reverse()
      .filter((day) => {
        const readAt = this.#complete.get(day);
        return readAt === undefined || dayIn(this.#edition.timeZone, Date.parse(readAt)) <= day;
      });
  }

  #affectedDays(visit: ListVisit): string[] {
    const covered = coveredDays(visit);
    return covered.length > 0 ? covered : [dayIn(this.#edition.timeZone, Date.parse(visit.at))];
  }

  #isClosed(visit: ListVisit, day: string): boolean {
    const since = visit.kind === 'tag' ? this.#answered.get(visit.url) : this.#complete.get(day);
    return since !== undefined && since >= visit.at;
  }
}

/** @returns the days that the list covers whole, `YYYYMMDD`; none where it is no list of days. */
function coveredDays({ kind, url }: ListVisit): string[] {
  const { pathname, searchParams } = new URL(url);
  if (kind === 'day') return /^\/(\d{8})\/$/.exec(pathname)?.slice(1) ?? [];
  const from = searchParams.get('date_start') ?? '';
  const to = searchParams.get('date_end') ?? '';
  if (kind !== 'sitemap' || !/^\d{8}$/.test(from) || !/^\d{8}$/.test(to) || to < from) return [];
  return daysOf({ from, to }).slice(0, RANGE_DAYS_MAX);
}

function keepNewest(instants: Map<string, string>, key: string, at: string): void {
  const known = instants.get(key);
  if (known === undefined || known < at) instants.set(key, at);
}

/** `20230412` → `2023-04-12` */
export function withDashes(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
