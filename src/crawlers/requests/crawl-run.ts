import type { Edition, DiscoveryRoute, Topic } from '../../domain/edition.js';
import type { ArticleUrl, FetchedFailure, PageId } from '../../domain/page.js';
import type { Logger } from '../../platform/logger.js';
import type { DayRange } from '../../sputnik/urls/calendar-days.js';
import type { ListTask, ReadList } from '../../sputnik/lists/parsed-list.js';
import { robotsUrl } from '../../sputnik/urls/site-urls.js';
import type { UrlRules } from '../../sputnik/urls/url-rules.js';
import type { RobotsRulesCache } from '../politeness/robots-rules.js';
import type { CrawlCounts, ProblemReason } from './crawl-tally.js';
import type { DiscoveredUrl } from './select-articles.js';
import type { FailedPages } from './page-retries.js';
import type { NewRequest, PageData, StepData, TakenRequest } from './request-data.js';
import type { RequestFetcher } from './request-fetcher.js';
import type { ArticleSelection, DuePage, KnownPages } from './select-articles.js';
import type { Config } from '../../config/config.js';

/** The part of the settings that a crawl needs. */
export type CrawlSettings = Pick<Config, 'politeness' | 'proxy' | 'browser' | 'crawl'>;

export type ParseList = (task: ListTask) => Promise<ReadList>;

export interface CrawlPlan {
  readonly runId: string;
  readonly editions: readonly Edition[];
  readonly topics: readonly Topic[];
  readonly via: readonly DiscoveryRoute[];
  /**
   * First day, `YYYY-MM-DD`, by the date in an article's URL; null: the current lists and the last days of the sitemap.
   */
  readonly since: string | null;
  /** Last day, the same form; null: today. */
  readonly until: string | null;
  /** Only these articles, known or not; empty: discover. */
  readonly urls: readonly ArticleUrl[];
  /** Fetches every known page of the window again, due or not, listed or not. */
  readonly refetch: boolean;
  /** Reads no lists: only pages that are due by age. */
  readonly revisitOnly: boolean;
  /** Reads nothing but how far each edition's archive goes back. */
  readonly archiveOnly: boolean;
  readonly failedPages: FailedPages;
  /** Lets other crawls go first at every host. */
  readonly isPatient: boolean;
  /** Most articles that are fetched; null: all. */
  readonly limit: number | null;
  /** Pages that an earlier try of this run has fetched: they are counted, and not asked for. */
  readonly fetchedBefore: ReadonlySet<PageId>;
}

/** Earlier than any article of these sites. */
export const FIRST_DAY = '19900101';

/** What a route's handler gets: Crawlee's context, as far as it is used, and the run that the request belongs to. */
export interface RouteContext<Data extends StepData = PageData> {
  readonly request: TakenRequest<Data>;
  readonly addRequests: (requests: NewRequest[], options?: { forefront?: boolean }) => Promise<void>;
  readonly run: CrawlRun;
}

/** The context of a request that failed for good. */
export interface FailedContext<Data extends StepData = PageData> extends RouteContext<Data> {
  /** As the sink has it. */
  readonly failure: FetchedFailure;
}

/** What all routes of one run share. */
export interface CrawlRun {
  readonly plan: CrawlPlan;
  readonly settings: CrawlSettings;
  readonly known: KnownPages;
  readonly urlRules: UrlRules;
  readonly robots: RobotsRulesCache;
  readonly articles: Pick<ArticleSelection, 'select' | 'setDue'>;
  readonly counts: CrawlCounts;
  readonly fetcher: Pick<RequestFetcher, 'fetch'>;
  /** Fetches a list, counts its problems, and parses it. */
  readonly readList: (context: RouteContext) => Promise<ListResult>;
  readonly parseList: ParseList;
  /** Resolves once everything that was handed to the sink so far is processed. */
  readonly allProcessed: () => Promise<void>;
  readonly log: Logger;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly edition: (id: string) => EditionCrawl;
  /** Whether nothing further is wanted: stopped, or the limit is reached. */
  readonly isOver: () => boolean;
}

/** One edition of one run. */
export interface EditionCrawl {
  readonly edition: Edition;
  /** The days asked for; null where the plan names none. */
  readonly window: DayRange | null;
  /** The days for which its sitemap is read: the requested ones, otherwise the newest. */
  readonly listDays: DayRange;
  /** The day that it is where the edition is. */
  readonly today: string;
  readonly tagPagesRead: Set<string>;
  /** Its robots.txt was read, and its routes have begun. */
  hasBegun: boolean;
  /** Known pages that are still to be fetched again; null: not begun. */
  due: AsyncIterator<DuePage> | null;
}

/**
 * Asks for robots.txt, which comes before anything else of an edition. The days whose lists are wanted go with it: where it fails, they are
 * what the ledger has to call unread.
 */
export function robotsRequest({ plan }: CrawlRun, { edition, listDays }: EditionCrawl): NewRequest<PageData> {
  const url = robotsUrl(edition);
  const target = { kind: 'robots', edition: edition.id, url, pageId: null, foundBy: 'feed' } as const;
  const readsLists = plan.urls.length === 0 && !plan.revisitOnly;
  const userData: PageData = {
    label: 'robots',
    edition: edition.id,
    target: readsLists ? { ...target, wantedDays: listDays } : target,
  };
  return { url, userData };
}

interface ListContent {
  readonly discovered: readonly DiscoveredUrl[];
  /** Real URL at which the list goes on; null where it ends or the page does not say. */
  readonly next: string | null;
  /** Real URLs of the lists that an index names. */
  readonly children: readonly string[];
  /** What the server gave, another edition's and the unreadable included. */
  readonly entries: number;
}

export type ListResult =
  | ({ readonly kind: 'read' } & ListContent)
  /** It could not be fetched or read; the problem is counted. */
  | { readonly kind: 'failed'; readonly reason: ProblemReason }
  /** It is not asked for now: the run was stopped, or robots.txt comes first. */
  | { readonly kind: 'stopped' };
