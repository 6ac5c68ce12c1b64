import type { Article, CaptureReference } from './article.js';
import type { DiscoveryRoute } from './edition.js';
import type { ExtractedArticle, KeyedFingerprint } from './extraction.js';
import type { PageId, PageKind } from './page.js';
import type { FetchFailure, GoneReason, ListLoss, NotArticleReason, Outcome } from './outcome.js';

/** What names a page: the family is not told by its id. */
export interface PageName {
  readonly pageId: PageId;
  readonly family: string;
  /** Canonical URL under which it was seen. */
  readonly url: string;
}

interface OfPage {
  readonly page: PageName;
  readonly capture: CaptureReference;
  /** The crawl that asked for it. */
  readonly runId?: string;
}

/** The page shows an article. */
export interface ArticleResult extends OfPage {
  readonly kind: 'article';
  readonly article: ExtractedArticle;
  /** Fingerprint of its text, if it was made already. */
  readonly fingerprint?: KeyedFingerprint | undefined;
  /** Fields about which parts of the page contradict each other. */
  readonly disagreed?: readonly string[];
  /** Tag pages that its tag links lead to, to be remembered if it is on topic. */
  readonly tagPages?: readonly LearnedTagPage[];
}

/** What one captured answer for an article's page turned out to be. */
export type PageResult =
  | ArticleResult
  /** 304. */
  | (OfPage & { readonly kind: 'notModified' })
  /** 404, 410, redirect to a front page; counts for a stored page once a second capture says the same. */
  | (OfPage & { readonly kind: 'gone'; readonly reason: GoneReason })
  /** Says nothing about a page that is stored. */
  | (OfPage & {
      readonly kind: 'notArticle';
      readonly reason: NotArticleReason;
      /**
       * With `emptyBody` and `cutOff`: the item as the page shows it, which is stored if the missing part stays
       * missing.
       */
      readonly shown?: ArticleResult;
    })
  /** No usable answer. */
  | (OfPage & { readonly kind: 'unreachable'; readonly reason: FetchFailure })
  /** An answer that could not be read. */
  | (OfPage & {
      readonly kind: 'quarantined';
      /** Code of the error. */
      readonly code: string;
      /** One line for people. */
      readonly detail: string;
      readonly attempts: number;
    });

/** What storing a page result came to. */
export interface StoredPage {
  readonly outcome: Outcome;
  /** The record afterwards; null where the page belongs to none, or where the capture had been processed before. */
  readonly record: Article | null;
  /** The capture had been processed before: nothing was done, and the outcome is the one of then. */
  readonly isRepeat: boolean;
}

/** A tag page learned from a tag link. */
export interface LearnedTagPage {
  readonly edition: string;
  readonly family: string;
  readonly topic: string;
  /** Path on the edition's host, case kept. */
  readonly path: string;
  /** The page or list that carried the link. */
  readonly learnedFrom: string;
  /** UTC instant. */
  readonly seenAt: string;
}

/** What a captured list says, or why it could not be fetched. */
export interface ListResult {
  readonly capture: CaptureReference;
  readonly listUrl: string;
  /** Null for robots.txt, which announces nothing. */
  readonly route: DiscoveryRoute | null;
  /** Path of the tag page, null for other lists; whose it is, the learned tag pages tell. */
  readonly tagPath: string | null;
  readonly pages: readonly PageName[];
  readonly fetch: ListFetch;
}

/** A request for a list, and its result. */
export interface ListFetch {
  readonly edition: string;
  readonly family: string;
  readonly kind: ListPageKind;
  /**
   * The days, `YYYYMMDD`, that the list covers: from its URL, or the day of the fetch if the list shows the newest
   * articles.
   */
  readonly days: { readonly from: string; readonly to: string };
  /** It names every page of these days. */
  readonly isWhole: boolean;
  /** Closed-list reason why it was not read, or not all of it; null: it was. */
  readonly failure: ListFailure | null;
  /** Entries that lead to no article and no list of a known form; absent: none do. */
  readonly unreadEntries?: number;
}

/** Whatever is captured beside articles. */
export type ListPageKind = Exclude<PageKind, 'article'>;
export type ListFailure = FetchFailure | ListLoss | 'notFound';

/** The summary of a finished run, as the contract's `crawl --json` prints it. */
export interface FinishedRun {
  readonly runId: string;
  /** UTC instant. */
  readonly startedAt: string;
  readonly [key: string]: unknown;
}

/** The route of discovery that a list of each kind belongs to; null: it announces nothing. */
export const ROUTE_OF_LIST: Readonly<Record<ListPageKind, DiscoveryRoute | null>> = {
  feed: 'feed',
  sitemapIndex: 'sitemap',
  sitemap: 'sitemap',
  tag: 'tag',
  more: 'tag',
  day: 'day',
  robots: null,
};
