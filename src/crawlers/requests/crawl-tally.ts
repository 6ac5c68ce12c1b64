import type { FetchTarget } from '../../domain/page.js';
import { FETCH_FAILURES, LIST_LOSSES, type FetchFailure } from '../../domain/outcome.js';
import type { ListProblemCode } from '../../sputnik/lists/parsed-list.js';
import type { BrowserCounts } from '../browser/browser-fetcher.js';

/** What a crawl itself finds wrong with a list, beside what the fetch or the parser says. */
export type ListFault =
  /** 404 or 410 where a list should be. */
  | 'notFound'
  /** A proper list without items, where there should be some. */
  | 'noItems'
  /** It goes on at an address it was already at. */
  | 'cursorStuck'
  /** A further page repeats what came before. */
  | 'nothingNew'
  /** A cap of the settings ended the reading. */
  | 'capped';

export type ProblemReason = ListFault | ListProblemCode | FetchFailure;

/** Reasons why what a list announces is not known, or not all of it; the others are worth a line, no more. */
const LOSSES: ReadonlySet<ProblemReason> = new Set<ProblemReason>([
  ...FETCH_FAILURES.filter((reason) => reason !== 'robots'),
  ...LIST_LOSSES.filter((loss) => loss !== 'noItems'),
  'wrongDocument',
]);

/** @returns whether the list is to be read again for what it may have announced. An empty feed is no feed; other lists may be empty. */
export function isLoss({ reason, foundBy }: Pick<CrawlProblem, 'reason' | 'foundBy'>): boolean {
  return LOSSES.has(reason) || (reason === 'noItems' && foundBy === 'feed');
}

export interface CrawlProblem {
  readonly edition: string;
  readonly foundBy: FetchTarget['foundBy'] | 'robots';
  readonly url: string;
  readonly reason: ProblemReason;
  /** One line for people. */
  readonly detail: string;
}

/** What one route brought. */
export interface RouteTally {
  /** Lists asked for. */
  lists: number;
  /** Items in them, repeats included. */
  items: number;
  /** Distinct pages that this route was the first to find. */
  found: number;
  /** Of these, handed to the sink. */
  fetched: number;
}

export interface EditionTally {
  readonly id: string;
  /** False: asked, and nothing but failures came. Unreachable is not empty. */
  reachable: boolean;
  /** First day of the archive, `YYYYMMDD`, as the sitemap's index tells it; null: it does not, or was not asked. */
  archiveFrom: string | null;
  /** The first failure, where the edition is unreachable. */
  reason: ProblemReason | null;
  detail: string | null;
  found: number;
  skipped: number;
  fetched: number;
  /** Article results that were failures, by reason. */
  readonly failures: Partial<Record<FetchFailure, number>>;
  readonly perRoute: Partial<Record<FetchTarget['foundBy'], RouteTally>>;
}

/** What one crawl did. `found = skipped + fetched`; `fetched` counts results handed to the sink, one for each page. */
export interface CrawlTally {
  readonly runId: string;
  readonly durationMs: number;
  /** Stopped by the signal before everything was done. */
  readonly aborted: boolean;
  /** HTTP exchanges: redirects, retries and what a browser asked for included. */
  readonly requests: number;
  readonly found: number;
  readonly skipped: number;
  readonly fetched: number;
  readonly editions: readonly EditionTally[];
  /** The first 500; `problemsMore` counts the rest. */
  readonly problems: readonly CrawlProblem[];
  readonly problemsMore: number;
  readonly browser: BrowserCounts;
}

/** Where a crawl stands; told about twice a second. */
export interface CrawlProgress {
  readonly requests: number;
  readonly found: number;
  readonly skipped: number;
  readonly fetched: number;
  /** Fetches that wait. */
  readonly waiting: number;
}
