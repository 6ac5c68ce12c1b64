import type { Config } from '../../config/config.js';
import type { Edition } from '../../domain/edition.js';
import { HOUR_MS } from '../../domain/units.js';
import type { Clock } from '../../platform/clock.js';
import { splitRoutes } from '../../queue/backfill-jobs.js';
import type { CrawlJob } from '../../queue/crawl-jobs.js';
import { dayIn, daysOf, withDashes, withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { openCatalogueQueries, type CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { DayPages } from '../../store/catalogue/coverage-queries.js';
import { ListLedger } from '../coverage/list-ledger.js';
import { requestCrawl, type CrawlRequest } from './request-crawl.js';

/** What a back-fill of one edition will take. */
export interface EditionEstimate {
  readonly edition: string;
  /** First day that is asked for and that the archive has, `YYYY-MM-DD`; null: nobody knows where the archive begins. */
  readonly from: string | null;
  readonly days: number;
  readonly listRequests: number;
  /** Pages that are still to be fetched. */
  readonly pages: number;
  readonly hours: number;
  /** Where the first day comes from. `asked`: the archive does not tell, or could not be asked. */
  readonly beginKnownFrom: 'index' | 'asked' | 'corpus' | 'nothing';
  /** Why its index could not be asked; null: it could. */
  readonly unreachable: string | null;
  /** Pages on a day that was not read yet, and whether that is the edition's own history, other editions', or only assumed. */
  readonly pagesPerDay: number;
  readonly pagesPerDayFrom: 'history' | 'otherEditions' | 'assumption';
}

export interface BackfillEstimate {
  readonly since: string | null;
  readonly until: string;
  readonly editions: readonly EditionEstimate[];
  readonly listRequests: number;
  readonly pages: number;
  /** Hosts are asked side by side: that of the slowest, or more where the places are fewer. */
  readonly hours: number;
  /** Least time between two requests to one host, in milliseconds. */
  readonly delayMs: number;
  /** Parts worked on at a time. */
  readonly places: number;
}

/** The newest days that were read to the end, which show the usual number of articles. */
const HISTORY_DAYS_MAX = 90;
const HISTORY_DAYS_MIN = 3;
/** Where nobody has read any day of any edition: between the small editions' dozen and the large ones' hundreds. */
const PAGES_PER_DAY_ASSUMED = 50;
/** robots.txt and the index of the sitemap. */
const REQUESTS_FIRST = 2;

/**
 * Says what a back-fill will take, from the indexes of the archives and from what the corpus knows of its days. Asks the sites for nothing
 * but robots.txt and the index of the sitemap. A Crawl-delay is not counted in.
 */
export async function estimateBackfill(job: CrawlJob, request: CrawlRequest): Promise<BackfillEstimate> {
  const { config, clock } = request;
  const answer = await requestCrawl({ ...job, archiveOnly: true, via: ['sitemap'] }, { ...request, detach: false });
  if (answer.kind === 'detached') throw new Error('an estimate is waited for');
  const { archives = {}, unreachable } = answer.summary;
  const catalogue = openCatalogueQueries(config.dataDir);
  try {
    const editions = config.editions.filter(({ id, enabled }) => job.editions?.includes(id) ?? enabled);
    const reasons = new Map(unreachable.map(({ edition, reason }) => [edition, reason]));
    return estimateOf(job, editions, { config, clock, queries: catalogue?.queries ?? null, archives, reasons });
  } finally {
    catalogue?.close();
  }
}

interface Known {
  readonly config: Config;
  readonly clock: Clock;
  /** Null: nothing is stored yet. */
  readonly queries: CatalogueQueries | null;
  /** Edition → first day of its archive, as far as it told. */
  readonly archives: Readonly<Record<string, string | null>>;
  /** Edition → why it could not be asked. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** What the corpus knows of the days of one edition. */
interface History {
  /** `YYYYMMDD` → its pages. */
  readonly pages: ReadonlyMap<string, DayPages>;
  /** Past days whose list was read to its end. */
  readonly isWhole: (day: string) => boolean;
  /** Null: too few such days. */
  readonly perDay: number | null;
}

function estimateOf(job: CrawlJob, editions: readonly Edition[], known: Known): BackfillEstimate {
  const { config } = known;
  const { delayMs } = config.politeness;
  const histories = new Map(editions.map((edition) => [edition.id, historyOf(edition, known)]));
  const rates = [...histories.values()].flatMap(({ perDay }) => perDay ?? []);
  const others = rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const estimates = editions.map((edition) => {
    const history = histories.get(edition.id) ?? NO_HISTORY;
    return editionEstimate(job, edition, { ...known, history, others });
  });
  const sumOf = (key: 'listRequests' | 'pages' | 'hours'): number => estimates.reduce((sum, one) => sum + one[key], 0);
  const places = config.workers.backfillConcurrency;
  const until = estimates.length === 0 ? '' : lastDayOf(job, editions, known.clock);
  return {
    ...{ since: job.since, until, editions: estimates, listRequests: sumOf('listRequests'), pages: sumOf('pages') },
    hours: rounded(Math.max(0, sumOf('hours') / places, ...estimates.map(({ hours }) => hours))),
    ...{ delayMs, places },
  };
}

const NO_HISTORY: History = { pages: new Map(), isWhole: () => false, perDay: null };

function historyOf(edition: Edition, { queries, clock }: Known): History {
  if (queries === null) return NO_HISTORY;
  const pages = new Map(queries.coverage.pagesByDay(edition.id).map((day) => [day.day, day]));
  const [first] = [...pages.keys()].sort();
  if (first === undefined) return NO_HISTORY;
  const today = dayIn(edition.timeZone, clock.now());
  const unread = new Set(
    new ListLedger(edition, queries.coverage.listFetches(edition.id, first)).unreadDays(first, today, today),
  );
  const isWhole = (day: string): boolean => day < today && day >= first && !unread.has(day);
  const counts = [...pages].filter(([day]) => isWhole(day)).sort(([a], [b]) => (a < b ? 1 : -1));
  const newest = counts.slice(0, HISTORY_DAYS_MAX).map(([, { pages: count }]) => count);
  const perDay = newest.reduce((sum, count) => sum + count, 0) / newest.length;
  return { pages, isWhole, perDay: newest.length < HISTORY_DAYS_MIN ? null : perDay };
}

function editionEstimate(
  job: CrawlJob,
  edition: Edition,
  known: Known & { readonly history: History; readonly others: number | null },
): EditionEstimate {
  const { config, clock, archives, reasons, history, others, queries } = known;
  const until = withoutDashes(lastDayOf(job, [edition], clock));
  const archive = archives[edition.id] ?? null;
  const begin = beginOf(job.since, archive, [...history.pages.keys()].sort()[0] ?? null);
  const from = begin.day === null ? null : withoutDashes(begin.day);
  const days = from === null || from > until ? [] : daysOf({ from, to: until });
  const perDay = history.perDay ?? others ?? PAGES_PER_DAY_ASSUMED;
  const pages = days.reduce((sum, day) => sum + pagesToFetch(day, history, perDay), 0);
  const { byDay, now } = splitRoutes(job.via ?? config.crawl.via);
  const tagPages = now.includes('tag') ? (queries?.corpus.tagPages(edition.id).length ?? 0) : 0;
  const listRequests = REQUESTS_FIRST + days.length * byDay.length + (now.includes('feed') ? 1 : 0) + tagPages;
  const source = history.perDay !== null ? 'history' : others !== null ? 'otherEditions' : 'assumption';
  return {
    ...{ edition: edition.id, from: begin.day, days: days.length, listRequests, pages: Math.round(pages) },
    hours: rounded(((listRequests + pages) * config.politeness.delayMs) / HOUR_MS),
    ...{ beginKnownFrom: begin.source, unreachable: reasons.get(edition.id) ?? null },
    ...{ pagesPerDay: Math.round(perDay), pagesPerDayFrom: source },
  };
}

function beginOf(
  since: string | null,
  archive: string | null,
  known: string | null,
): { readonly day: string | null; readonly source: EditionEstimate['beginKnownFrom'] } {
  if (archive !== null) return { day: since !== null && since > archive ? since : archive, source: 'index' };
  if (since !== null) return { day: since, source: 'asked' };
  return known === null ? { day: null, source: 'nothing' } : { day: withDashes(known), source: 'corpus' };
}

/**
 * For a day that was read to its end, the pages left to fetch; for another, the usual number minus the pages already
 * fetched.
 */
function pagesToFetch(day: string, { pages, isWhole }: History, perDay: number): number {
  const { pages: known = 0, answered = 0 } = pages.get(day) ?? {};
  return Math.max(0, (isWhole(day) ? known : Math.max(known, perDay)) - answered);
}

/** Where it is tomorrow already, the first articles of tomorrow stand under it. */
function lastDayOf({ until }: CrawlJob, editions: readonly Edition[], clock: Clock): string {
  const last = editions
    .map(({ timeZone }) => dayIn(timeZone, clock.now()))
    .sort()
    .at(-1);
  return until ?? withDashes(last ?? dayIn('UTC', clock.now()));
}

function rounded(hours: number): number {
  return Math.round(hours * 100) / 100;
}
