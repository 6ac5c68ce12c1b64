import type { Request } from '@crawlee/basic';
import type { FetchTarget, PageId } from '../../domain/page.js';
import type { DayRange } from '../../sputnik/urls/calendar-days.js';
import type { Validators } from '../http/fetch-page.js';
import type { FetchFault } from '../http/fetch-fault.js';

/** What the user data of each route's requests holds, by the label that Crawlee's router goes by. */
export interface RouteData {
  robots: PageData;
  feed: PageData;
  sitemapIndex: SitemapIndexData;
  sitemap: SitemapData;
  /** A page of a topic, and what its load-more leads to. */
  tag: ListPageData;
  /** The page of a day, and what its load-more leads to. */
  day: ListPageData;
  article: ArticleData;
  /** A step without a page: finds out which tag pages are to be read next. */
  tagPages: TagPagesData;
  /** A step without a page: takes the next known pages that are due. */
  revisit: StepData;
}

type RouteLabel = keyof RouteData;

/** A request that fetches nothing; Crawlee calls that `skipNavigation`. */
export interface StepData {
  readonly label: RouteLabel;
  readonly edition: string;
  /** Not before every article of the edition that was found so far is done. */
  readonly waitsForArticles?: boolean;
}

export interface PageData extends StepData {
  /** The target of a request, as reported to the sink. */
  readonly target: FetchTarget;
  /** Validators of the copy that is held; null if the body is needed in any case. */
  readonly validators?: Validators | null;
  /** Why the URL may not be asked for: the request fails at once, and its host hears nothing. */
  refusal?: FetchFault | null;
  /** A browser could not help with it: plain HTTP, whatever the settings prefer. */
  isPlain?: boolean;
  /** Monotonic milliseconds at which its first attempt began. */
  firstTriedAtMs?: number;
  lastFault?: FetchFault;
}

/** Why a page is asked for. The closed list. */
export type FetchReason =
  'named' | 'unknown' | 'unfinished' | 'refetch' | 'due' | 'changed' | 'readdressed' | 'nowTagged';

export interface ArticleData extends PageData {
  readonly pageId: PageId;
  /** The route that found the page first; the counts go by it. */
  readonly firstFoundBy: FetchTarget['foundBy'];
  readonly reason: FetchReason;
  /** The URL of another article led to it: where it leads itself is not followed further. */
  readonly isTarget?: boolean;
}

export interface ListPageData extends PageData {
  readonly walk: ListWalk;
}

/** How far the reading of one list has come. */
interface ListWalk {
  /** The first page. */
  readonly firstUrl: string;
  /** Articles before this day are not wanted; null: only the first page is. */
  readonly firstDay: string | null;
  readonly asked: Set<string>;
  readonly seen: Set<PageId>;
  pages: number;
  /** Items seen, repeats included. */
  items: number;
}

export interface SitemapIndexData extends PageData {
  /** The days wanted; null: only where the archive begins. */
  readonly range: DayRange | null;
}

export interface SitemapData extends PageData {
  /** The days asked for; null: a sitemap that is no range of days. */
  readonly range: DayRange | null;
  /** The months that this range is one of, or part of one; null: it stands alone. */
  readonly months: MonthWalk | null;
  /** Whether the next month follows: not after the newer half of a month that was too large. */
  readonly endsMonth: boolean;
  /** The index that names it; null: none does. */
  readonly within: SitemapNesting | null;
}

/** Where a sitemap stands among indexes that name others. */
export interface SitemapNesting {
  /** 1: named by the edition's own index. */
  readonly depth: number;
  /** Shared by all that one index leads to. */
  readonly walk: {
    readonly asked: Set<string>;
    /** So many more sitemaps are read. */
    left: number;
  };
}

/** Months back in time, one request each. */
export interface MonthWalk {
  /** Months still to be read, newest first. */
  readonly rest: DayRange[];
  /** Nobody says where the archive begins: some empty months in a row are its beginning. */
  readonly isOpen: boolean;
  emptyInARow: number;
  /** Items of the month under way; null where it could not be read. */
  items: number | null;
}

export interface TagPagesData extends StepData {
  /** 0: the configured and known ones; later rounds: those that articles of this run have taught. */
  readonly round: number;
}

/** A request that was given out. */
export type TakenRequest<Data extends StepData = StepData> = Pick<
  Request<Data>,
  'url' | 'uniqueKey' | 'retryCount' | 'userData'
>;
export type PageRequest = TakenRequest<PageData>;

/** A request as a route adds it; the request manager gives it its key. */
export interface NewRequest<Data extends StepData = StepData> {
  readonly url: string;
  readonly skipNavigation?: boolean;
  readonly userData: Data;
}

export function isPageData(data: StepData): data is PageData {
  return 'target' in data;
}

export function isNewRequest(source: object): source is NewRequest {
  const data: unknown = 'url' in source && 'userData' in source ? source.userData : null;
  return typeof data === 'object' && data !== null && 'label' in data && 'edition' in data;
}
