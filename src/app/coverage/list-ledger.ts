import type { Config } from '../../config/config.js';
import type { DiscoveryRoute, Edition } from '../../domain/edition.js';
import { ROUTE_OF_LIST } from '../../domain/page-result.js';
import { DAY_MS } from '../../domain/units.js';
import type { Clock } from '../../platform/clock.js';
import { addDays, daysOf, withDashes, dayIn, withoutDashes } from '../../sputnik/urls/calendar-days.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { LedgerDay, ListFetches } from '../../store/catalogue/coverage-queries.js';

/** A day with a list that could not be fetched, and which no complete list has covered since. */
export interface ListGap {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `robots`: without robots.txt nothing else was asked for. */
  readonly route: DiscoveryRoute | 'robots';
  readonly reason: string;
  /** The list of the newest failure. */
  readonly url: string;
  readonly failedAt: string;
  /** Attempts in vain that made the gap, or kept it open. */
  readonly failures: number;
}

/** A list with entries that lead to no known form of article URL; there may be articles among them. */
export interface UnreadEntries {
  readonly url: string;
  readonly entries: number;
  /** UTC instant of the newest answer. */
  readonly readAt: string;
}

/** A range longer than this is no list of days that anybody asked for. */
const RANGE_DAYS_MAX = 3_700;
/**
 * No cache keeps a copy of a list for longer: known articles that whole lists of their day, read so far apart, do not name are of a kind that
 * they never name (found by tag page or redirect only).
 */
const STALE_MS_MAX = 2 * DAY_MS;

/**
 * Which days of one edition were announced whole, and which were not.
 *
 * A failure counts for the days that the list is about (robots.txt: those of which the crawl wanted lists; feed and tag
 * pages: the day on which they failed). It stands until a whole list of that day (sitemap, day page without a second part)
 * is read after it. A list that names no article of the day while the day lasts does so for a feed only once the feed has answered again:
 * it may be late, or empty in error. The failure of a tag page stands until the same page answers, since only tag pages tell of tags that are put on old
 * articles. Days that had been read whole after their end are not reopened because robots.txt failed later. Errs towards
 * naming a gap.
 */
export class ListLedger {
  readonly #edition: Edition;
  readonly #failures: ListFetches[] = [];
  readonly #wholeLists: ListFetches[] = [];
  /** Newest whole list of each day, `YYYYMMDD` → instant. */
  readonly #whole = new Map<string, string>();
  /** Newest answer of each tag page and feed. */
  readonly #answered = new Map<string, string>();
  /** Days with known articles that no list of the day names. */
  readonly #unnamed: ReadonlySet<string>;
  /** Days for which a list names articles; null: not known. */
  readonly #named: ReadonlySet<string> | null;
  /** Days that a list of days passes over the end of, and since when that was to be seen. */
  readonly #passedOver: ReadonlyMap<string, string>;
  /** Newest answer of each list. */
  readonly #entries = new Map<string, UnreadEntries>();
  #hasRead = false;

  /**
   * @param fetches  In any order.
   * @param pages       What came of the edition's pages: a day of which articles are known that no list of it names was not read whole, until lists
   *                    of it that were read two days apart do not name them.
   * @param passedOver  See `CoverageQueries.passedOver`: nor was one whose list left out newer articles that were known before it was read, likewise.
   */
  constructor(
    edition: Edition,
    fetches: readonly ListFetches[],
    pages: readonly LedgerDay[] | null = null,
    passedOver: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#edition = edition;
    this.#passedOver = passedOver;
    this.#unnamed = new Set(pages?.filter(isUnnamed).map(({ day }) => withoutDashes(day)));
    this.#named = pages && new Set(pages.filter(isNamed).map(({ day }) => withoutDashes(day)));
    for (const fetch of fetches) this.#note(fetch);
  }

  #note(fetch: ListFetches): void {
    const { kind, failure, isWhole, days, url, lastAt } = fetch;
    if (failure === null && kind !== 'robots') {
      this.#hasRead = true;
      const known = this.#entries.get(url);
      if (known === undefined || known.readAt < lastAt) {
        this.#entries.set(url, { url, entries: fetch.unreadEntries ?? 0, readAt: lastAt });
      }
    }
    if (kind === 'feed' && failure === null) keepNewest(this.#answered, url, lastAt);
    if (kind === 'tag' && (failure === null || failure === 'notFound')) keepNewest(this.#answered, url, lastAt);
    else if (failure !== null) this.#failures.push(fetch);
    else if (isWhole) {
      this.#wholeLists.push(fetch);
      for (const day of boundedDays(days)) keepNewest(this.#whole, day, lastAt);
    }
  }

  /** @returns gaps of the days from `since` to `until` (`YYYYMMDD`), by day, then route. */
  gaps(since: string, until: string): ListGap[] {
    const gaps = new Map<string, ListGap>();
    for (const fetch of this.#failures) {
      for (const day of boundedDays(fetch.days)) {
        if (day < since || day > until || this.#isClosed(fetch, day)) continue;
        const route = ROUTE_OF_LIST[fetch.kind] ?? 'robots';
        const name = `${day} ${route}`;
        const earlier = gaps.get(name);
        const newest = earlier === undefined || earlier.failedAt <= fetch.lastAt;
        gaps.set(name, {
          day: withDashes(day),
          route,
          reason: newest ? (fetch.failure ?? '') : earlier.reason,
          url: newest ? fetch.url : earlier.url,
          failedAt: newest ? fetch.lastAt : earlier.failedAt,
          failures: (earlier?.failures ?? 0) + fetch.visits,
        });
      }
    }
    return [...gaps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
  }

  /** @returns lists with entries that lead to nothing known, by URL. */
  get unreadEntries(): UnreadEntries[] {
    return [...this.#entries.values()].filter(({ entries }) => entries > 0).sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  /** @returns whether any of these fetches read a list. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  /** @returns why the newest attempt that failed did so; null: none failed. */
  get newestFailure(): string | null {
    const newest = this.#failures.reduce<ListFetches | null>(
      (last, fetch) => (last === null || fetch.lastAt > last.lastAt ? fetch : last),
      null,
    );
    return newest?.failure ?? null;
  }

  /** @returns past days (before `today`, all `YYYYMMDD`) for which no complete list was read after they had ended. */
  unreadDays(since: string, until: string, today: string): string[] {
    const last = until < today ? until : addDays(today, -1);
    if (last < since) return [];
    return daysOf({ from: since, to: last })
      .reverse()
      .filter((day) => !this.#isDone(day) || this.#isUnnamed(day) || this.#isPassedOver(day));
  }

  #isPassedOver(day: string): boolean {
    const knownAt = this.#passedOver.get(day);
    return knownAt !== undefined && (this.#whole.get(day) ?? '') > knownAt && !this.#isConfirmed(day, knownAt);
  }

  #isUnnamed(day: string): boolean {
    return this.#unnamed.has(day) && !this.#isConfirmed(day, `${withDashes(addDays(day, 1))}T00:00:00Z`);
  }

  /** Whether whole lists of the day were read so far apart after that instant that no cache can have kept them. */
  #isConfirmed(day: string, since: string): boolean {
    const later = this.#wholeLists.filter(({ days, lastAt }) => days.from <= day && day <= days.to && lastAt > since);
    const first = Math.min(...later.map(({ firstAt }) => Date.parse(firstAt > since ? firstAt : since)));
    return later.some(({ lastAt }) => Date.parse(lastAt) - first >= STALE_MS_MAX);
  }

  #isClosed({ kind, url, lastAt }: ListFetches, day: string): boolean {
    if (kind === 'robots' && this.#isDone(day)) return true;
    const answeredSince = (this.#answered.get(url) ?? '') >= lastAt;
    if (kind === 'tag') return answeredSince;
    if ((this.#whole.get(day) ?? '') < lastAt) return false;
    if (kind !== 'feed' || answeredSince) return true;
    return (this.#named?.has(day) ?? true) || (this.#isDone(day) && !this.#isUnnamed(day));
  }

  /** A day that was read whole after it had ended. */
  #isDone(day: string): boolean {
    const readAt = this.#whole.get(day);
    return readAt !== undefined && dayIn(this.#edition.timeZone, Date.parse(readAt)) > day;
  }
}

/** The newest of them: a robots.txt that failed a crawl of everything there ever was would else name each day of it. */
function boundedDays(days: ListFetches['days']): string[] {
  const earliest = addDays(days.to, 1 - RANGE_DAYS_MAX);
  return daysOf({ from: days.from < earliest ? earliest : days.from, to: days.to });
}

function isUnnamed({ topic, announced, endStates }: LedgerDay): boolean {
  return topic === null && endStates.stored + endStates.offTopic > 0 && announced.sitemap + announced.day === 0;
}

function isNamed({ topic, announced }: LedgerDay): boolean {
  return topic === null && announced.sitemap + announced.day > 0;
}

function keepNewest(instants: Map<string, string>, key: string, at: string): void {
  const known = instants.get(key);
  if (known === undefined || known < at) instants.set(key, at);
}

/** What the lists of an edition said about some days. Only pages of these days are examined, by an index. */
export function readListDays(
  edition: string,
  { since, until }: { readonly since: string; readonly until: string },
  { config, clock, queries }: { readonly config: Config; readonly clock: Clock; readonly queries: CatalogueQueries },
): { readonly gaps: readonly ListGap[]; readonly unreadDays: readonly string[] } {
  const known = config.editions.find(({ id }) => id === edition);
  if (known === undefined) return { gaps: [], unreadDays: [] };
  const [first, last] = [withoutDashes(since), withoutDashes(until)];
  const pages = queries.coverage.ledger(edition, since, until);
  const passedOver = queries.coverage.passedOver(edition, since, until);
  const ledger = new ListLedger(known, queries.coverage.listFetches(edition, first), pages, passedOver);
  const today = dayIn(known.timeZone, clock.now());
  return { gaps: ledger.gaps(first, last), unreadDays: ledger.unreadDays(first, last, today).map(withDashes) };
}
