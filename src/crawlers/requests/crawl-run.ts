import type { Edition } from '../../domain/edition.js';
import type { FetchedFailure, KnownPage } from '../../domain/page.js';
import type { Logger } from '../../platform/logger.js';
import type { DayRange } from '../../sputnik/urls/calendar-days.js';
import type { UrlRules } from '../../sputnik/urls/url-rules.js';
import type { RobotsRulesCache } from '../politeness/robots-rules.js';
import type { CrawlCounts } from './crawl-counts.js';
import type { CrawlPlan, CrawlSettings } from './crawl-plan.js';
import type { ProblemReason } from './crawl-tally.js';
import type { DiscoveredUrl } from './fetch-decision.js';
import type { NewRequest, PageData, StepData, TakenRequest } from './request-data.js';
import type { RequestFetcher } from './request-fetcher.js';
import type { ArticleSelection, KnownPages } from './select-articles.js';

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
  /** Asks for a list, counts what is wrong with it, and parses it. */
  readonly readList: (context: RouteContext) => Promise<ListResult>;
  /** Resolves when everything handed to the sink so far is processed. */
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
  /** The day that it is where the edition is. */
  readonly today: string;
  /** URLs of the tag pages that were asked for. */
  readonly tagPagesRead: Set<string>;
  /** Its robots.txt was read, and its routes have begun. */
  hasBegun: boolean;
  /** Known pages that are still to be fetched again; null: not begun. */
  due: Iterator<KnownPage> | null;
}

/** What a list said. */
export interface ListContent {
  readonly discovered: readonly DiscoveredUrl[];
  /** Real URL at which the list goes on; null where it ends or the page does not say. */
  readonly next: string | null;
  /** Real URLs of the lists that an index names. */
  readonly children: readonly string[];
}

export type ListResult =
  | ({ readonly kind: 'read' } & ListContent)
  /** It could not be had or read; the problem is counted. */
  | { readonly kind: 'failed'; readonly reason: ProblemReason }
  /** It is not asked for now: the run was stopped, or robots.txt comes first. */
  | { readonly kind: 'stopped' };
