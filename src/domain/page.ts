import type { DiscoveryRoute } from './edition.js';
import type { FetchFailure } from './outcome.js';

/**
 * A page is one article id in one edition: the unit that is found, fetched and counted.
 */

/** `<edition>/<articleId>`, e.g. `big5.sputniknews.cn/1049499304`. */
export type PageId = `${string}/${string}`;

/** `<family>/<articleId>`, e.g. `sputniknews.cn/1049499304`: the identity of a stored article. */
export type ArticleKey = `${string}/${string}`;

/** @returns edition or family, and the id of the article. */
export function splitKey(key: PageId): [name: string, articleId: string] {
  const [name = '', articleId = ''] = key.split('/');
  return [name, articleId];
}

/** What both look like. */
export const KEY_FORM = /^[a-z0-9.-]+\/\d{4,19}$/;

/** @returns whether a text has the form of a page's id, and so of an article's key. */
export function isKey(text: string): text is ArticleKey {
  return KEY_FORM.test(text);
}

/** Orders ids, and other texts, by their UTF-16 units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A URL of an article, reduced to its one spelling. */
export interface ArticleUrl {
  readonly edition: string;
  readonly family: string;
  /** Decimal digits, 4 to 19 of them. */
  readonly articleId: string;
  readonly pageId: PageId;
  readonly articleKey: ArticleKey;
  /** Canonical https URL: no query, no fragment, no `/amp`, no print suffix. */
  readonly url: string;
  /** `YYYYMMDD` of the URL, in the edition's time zone. */
  readonly date: string;
}

/** What a URL is asked for. The closed list; it is written into every capture. */
export const PAGE_KINDS = ['article', 'feed', 'sitemapIndex', 'sitemap', 'tag', 'day', 'more', 'robots'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** One URL to be asked for, with the reason. */
export interface FetchTarget {
  readonly kind: PageKind;
  /** Edition id. */
  readonly edition: string;
  /** The real https URL, whatever `fetchFrom` says. */
  readonly url: string;
  /** Set for `article`, null for lists. */
  readonly pageId: PageId | null;
  /** Which route led here; `url`: named by the user, `revisit`: due again by age, `seed`: a seed article of the edition. */
  readonly foundBy: DiscoveryRoute | 'url' | 'revisit' | 'seed';
  /** For robots.txt: the days, `YYYYMMDD`, whose lists cannot be fetched without it. */
  readonly wantedDays?: { readonly from: string; readonly to: string };
}

interface FetchedBase {
  readonly target: FetchTarget;
  readonly runId: string;
  /** UTC instant to the second, when the answer (or the failure) was complete. */
  readonly fetchedAt: string;
  readonly durationMs: number;
}

/** An answer with a body, as received. */
export interface FetchedResponse extends FetchedBase {
  readonly kind: 'response';
  readonly status: number;
  readonly statusText: string;
  /** As received, order and repeats kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As received: still in its content encoding. */
  readonly body: Buffer;
  /** Lower-case hex SHA-256 of the body without its content encoding. */
  readonly bodySha256: string;
  /** Real URL that answered, after redirects; equals `target.url` when there were none. */
  readonly finalUrl: string;
  readonly via: 'http' | 'browser' | 'ingest';
}

/** 304: the page stands as it was. */
export interface FetchedNotModified extends FetchedBase {
  readonly kind: 'notModified';
  readonly status: 304;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** An attempt that brought no usable answer. */
export interface FailedTry {
  /** UTC instant to the second at which it ended. */
  readonly at: string;
  readonly reason: FetchFailure;
}

/** No usable answer after all attempts: unreachable is not empty. */
export interface FetchedFailure extends FetchedBase {
  readonly kind: 'failure';
  readonly reason: FetchFailure;
  /** One line for people, without secrets. */
  readonly detail: string;
  /** HTTP status where there was one. */
  readonly status: number | null;
  readonly attempts: number;
  /** Each of them, as far as they are known. */
  readonly tries?: readonly FailedTry[];
}

export type FetchResult = FetchedResponse | FetchedNotModified | FetchedFailure;

/** Where a discovered page stands; every discovered page is in exactly one end state. The closed list. */
export const END_STATES = [
  'pending',
  'stored',
  'offTopic',
  'gone',
  'notArticle',
  'unreachable',
  'quarantined',
] as const;
export type EndState = (typeof END_STATES)[number];

/** What the catalogue knows of a page; decides whether and how it is asked for again. */
export interface KnownPage {
  readonly pageId: PageId;
  /** Canonical URL under which it was last seen. */
  readonly url: string;
  readonly endState: EndState;
  /** Closed-list reason behind the end state, null for `stored` and `pending`. */
  readonly reason: string | null;
  /** UTC instant of the newest response (also 304), null if it was never answered. */
  readonly lastFetchedAt: string | null;
  /** Validators of the newest 200 response. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** UTC instant; null if the page shows none. */
  readonly publishedAt: string | null;
  /** Attempts in a row that ended `unreachable`. */
  readonly failures: number;
  /** UTC instant since when a topic's tag page lists it, the one that began last; null: none does. */
  readonly tagListedAt: string | null;
}

/** The pages that a crawl of several parts may have found. */
export interface AnnouncedPages {
  /** Edition ids. */
  readonly editions: readonly string[];
  /** First day of the URLs, `YYYY-MM-DD`; null: every one. */
  readonly since: string | null;
  /** Last day, included. */
  readonly until: string;
  /** Milliseconds since the epoch: announced then or later. */
  readonly announcedSinceMs: number;
}

/** The kind of an item: as the site names it, or otherwise by what it shows. */
export const ARTICLE_FORMATS = ['text', 'video', 'photo', 'infographic', 'live', 'longread', 'other'] as const;
