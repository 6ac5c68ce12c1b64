import type { Edition } from '../domain/edition.js';
import type { FetchTarget, PageKind } from '../domain/fetched.js';
import type { ProblemReason } from './crawl-tally.js';
import type { DiscoveredUrl } from './fetch-decision.js';

/** A list that is to be read. */
export interface ListRequest {
  readonly edition: Edition;
  readonly kind: Exclude<PageKind, 'article' | 'robots'>;
  /** Real https address. */
  readonly url: string;
  readonly foundBy: FetchTarget['foundBy'];
}

/** What a list said. */
export interface ListReading {
  readonly sightings: readonly DiscoveredUrl[];
  /** Real address at which the list goes on; null where it ends or the page does not say. */
  readonly next: string | null;
  /** Real addresses of the lists that an index names. */
  readonly children: readonly string[];
}

export type ListResult =
  | ({ readonly kind: 'read' } & ListReading)
  /** It could not be had or read; the problem is on record. */
  | { readonly kind: 'failed'; readonly reason: ProblemReason }
  /** The run was stopped. */
  | { readonly kind: 'stopped' };

/** Asks for a list, records what is wrong with it, and reads it. */
export type ReadList = (request: ListRequest) => Promise<ListResult>;
