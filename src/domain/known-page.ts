import type { PageId } from './page.js';

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
  /** Canonical address under which it was last seen. */
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
