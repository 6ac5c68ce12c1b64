import type { DiscoveryRoute } from './edition.js';
import type { FetchFailure } from './outcome.js';
import type { PageId } from './page.js';

/** What an address is asked for. The closed list; it is written into every capture. */
export const PAGE_KINDS = ['article', 'feed', 'sitemapIndex', 'sitemap', 'tag', 'day', 'more', 'robots'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** One address to be asked for, with the reason. */
export interface FetchTarget {
  readonly kind: PageKind;
  /** Edition id. */
  readonly edition: string;
  /** The real https address, whatever `fetchFrom` says. */
  readonly url: string;
  /** Set for `article`, null for lists. */
  readonly pageId: PageId | null;
  /** Which route led here; `url`: named by the user, `revisit`: due again by age, `seed`: a seed article of the edition. */
  readonly foundBy: DiscoveryRoute | 'url' | 'revisit' | 'seed';
  /** Of robots.txt: days, `YYYYMMDD`, of which lists are wanted that cannot be asked for without it. */
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
  /** Real address that answered, after redirects; equals `target.url` when there were none. */
  readonly finalUrl: string;
  readonly via: 'http' | 'browser' | 'ingest';
}

/** 304: the page stands as it was. */
export interface FetchedNotModified extends FetchedBase {
  readonly kind: 'notModified';
  readonly status: 304;
  readonly headers: readonly (readonly [name: string, value: string])[];
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
}

export type FetchResult = FetchedResponse | FetchedNotModified | FetchedFailure;
