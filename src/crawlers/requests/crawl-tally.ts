import { splitKey, type FetchResult, type FetchTarget, type PageId } from '../../domain/page.js';
import { FETCH_FAILURES, LIST_LOSSES, type FetchFailure } from '../../domain/outcome.js';
import type { ListProblemCode } from '../../sputnik/lists/parsed-list.js';
import type { BrowserCounts, PageTried } from './request-fetcher.js';
import type { CrawlPause } from './request-manager.js';
import type { Logger } from '../../platform/logger.js';

/** What a crawl itself finds wrong with a list, beside what the fetch or the parser says. */
type ListFault =
  /** 404 or 410 where a list should be. */
  | 'notFound'
  /** A proper list without items, where there should be some. */
  | 'noItems'
  /** It goes on at a URL it was already at. */
  | 'cursorStuck'
  /** A further page of the list repeats earlier items. */
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
/** A feed is always there, and never empty; any other list may be. */
const FEED_LOSSES: ReadonlySet<ProblemReason> = new Set<ProblemReason>(['noItems', 'notFound']);

/** @returns whether the list must be read again because it may have announced more. */
export function isLoss({ reason, foundBy }: Pick<CrawlProblem, 'reason' | 'foundBy'>): boolean {
  return LOSSES.has(reason) || (foundBy === 'feed' && FEED_LOSSES.has(reason));
}

/**
 * @returns the problems that leave pages unknown; of an edition none of whose lists was read, every one, whatever robots.txt or a 404 makes of it.
 */
export function lossesOf({ problems, editions }: Pick<CrawlTally, 'problems' | 'editions'>): CrawlProblem[] {
  const read = editions.filter(({ perRoute }) => Object.values(perRoute).some(({ lists }) => lists > 0));
  const isRead = new Set(read.map(({ id }) => id));
  return problems.filter((problem) => isLoss(problem) || !isRead.has(problem.edition));
}

interface CrawlProblem {
  readonly edition: string;
  readonly foundBy: FetchTarget['foundBy'] | 'robots';
  readonly url: string;
  readonly reason: ProblemReason;
  /** One line for people. */
  readonly detail: string;
}

interface RouteTally {
  /** Lists that were read. */
  lists: number;
  /** Items in them, repeats included. */
  items: number;
  /** Distinct pages that this route was the first to find. */
  found: number;
  /** How many of these were handed to the sink. */
  fetched: number;
}

interface EditionTally {
  readonly id: string;
  /** False: asked, and nothing but failures came. Unreachable is not empty. */
  reachable: boolean;
  /** Something of use came. */
  hasAnswered: boolean;
  /** First day of the archive, `YYYYMMDD`, as the sitemap's index tells it; null: it does not, or was not asked. */
  archiveFrom: string | null;
  /** The first failure, where the edition is unreachable. */
  reason: ProblemReason | null;
  detail: string | null;
  found: number;
  skipped: number;
  /** How many of the found pages are known and not due. */
  known: number;
  taken: number;
  fetched: number;
  /** Article results that were failures, by reason. */
  readonly failures: Partial<Record<FetchFailure, number>>;
  readonly perRoute: Partial<Record<FetchTarget['foundBy'], RouteTally>>;
}

export type PageDecision = 'known' | 'taken';

/** What one crawl did. `found = skipped + fetched`; `fetched` counts results handed to the sink, one for each page. */
export interface CrawlTally {
  /** Stopped by the signal before everything was done. */
  readonly aborted: boolean;
  /** HTTP exchanges: redirects, retries and what a browser asked for included. */
  readonly requests: number;
  readonly found: number;
  readonly skipped: number;
  readonly fetched: number;
  readonly editions: readonly EditionTally[];
  readonly problems: readonly CrawlProblem[];
  readonly browser: BrowserCounts;
}

/** Where a crawl stands; told about twice a second. */
export interface CrawlProgress {
  readonly requests: number;
  readonly editions: Readonly<Record<string, PagesUnderWay>>;
  /** Article pages that are being asked for, or that wait for a further attempt; the first fifty. */
  readonly trying: readonly PageTried[];
  /** What all of it waits for; null: something is under way. */
  readonly pause: CrawlPause | null;
}

/**
 * Distinct pages of an edition so far. Pages that are found but neither taken nor known were left out because of a
 * limit or robots.txt.
 */
interface PagesUnderWay {
  readonly found: number;
  /** Known, and nothing speaks for asking again. */
  readonly known: number;
  /** To be fetched, or fetched. */
  readonly taken: number;
  readonly fetched: number;
}

/** Problems that are kept word for word. */
const PROBLEMS_KEPT_MAX = 500;

/** Failures that only the page is to blame for: the host was there. */
const PAGE_FAILURES: ReadonlySet<ProblemReason> = new Set<ProblemReason>([
  'tooLarge',
  'badEncoding',
  'empty',
  'clientError',
  'browser',
  'robots',
]);

/** What one run counts, edition by edition. */
export class CrawlCounts {
  readonly #problems: CrawlProblem[] = [];
  readonly #editions = new Map<string, EditionTally>();
  readonly #log: Logger;

  constructor(editionIds: readonly string[], log: Logger) {
    this.#log = log;
    for (const id of editionIds) {
      this.#editions.set(id, {
        id,
        reachable: true,
        hasAnswered: false,
        archiveFrom: null,
        reason: null,
        detail: null,
        found: 0,
        skipped: 0,
        known: 0,
        taken: 0,
        fetched: 0,
        failures: {},
        perRoute: {},
      });
    }
  }

  tally(): Pick<CrawlTally, 'found' | 'skipped' | 'fetched' | 'editions' | 'problems'> {
    const editions = this.#editionTallies();
    const sumOf = (key: 'found' | 'fetched'): number => editions.reduce((sum, tally) => sum + tally[key], 0);
    const [found, fetched] = [sumOf('found'), sumOf('fetched')];
    return { found, skipped: found - fetched, fetched, editions, problems: this.#problems };
  }

  /** With what follows from other counts filled in. */
  #editionTallies(): EditionTally[] {
    const tallies = [...this.#editions.values()];
    for (const tally of tallies) {
      tally.skipped = tally.found - tally.fetched;
      tally.reachable = tally.reason === null || tally.hasAnswered;
      if (tally.reachable) Object.assign(tally, { reason: null, detail: null });
    }
    return tallies;
  }

  progress(): CrawlProgress['editions'] {
    const editions: Record<string, PagesUnderWay> = {};
    for (const { id, found, known, taken, fetched } of this.#editions.values())
      editions[id] = { found, known, taken, fetched };
    return editions;
  }

  problem(problem: CrawlProblem): void {
    const { edition, url, reason, detail } = problem;
    this.#log.warn({ event: 'list.problem', edition, url, reason, err: detail }, 'a list gave less than it should');
    if (this.#problems.length < PROBLEMS_KEPT_MAX) this.#problems.push(problem);
  }

  /** Whether all that was asked of the edition's host so far was in vain. */
  isOutOfReach(edition: string): boolean {
    const tally = this.#editions.get(edition);
    return tally !== undefined && tally.reason !== null && !tally.hasAnswered;
  }

  /** The edition's host gave something of use. */
  answered(edition: string): void {
    const tally = this.#editions.get(edition);
    if (tally !== undefined) tally.hasAnswered = true;
  }

  /**
   * A page or list of the edition could not be fetched. The first failure of its host is the reason if the edition
   * gives nothing else.
   */
  failed(edition: string, reason: ProblemReason, detail: string): void {
    if (PAGE_FAILURES.has(reason)) {
      this.answered(edition);
      return;
    }
    const tally = this.#editions.get(edition);
    if (tally?.reason === null) Object.assign(tally, { reason, detail });
  }

  archive(edition: string, firstDay: string): void {
    const tally = this.#editions.get(edition);
    if (tally !== undefined) tally.archiveFrom = firstDay;
  }

  list(edition: string, foundBy: FetchTarget['foundBy'], items: number): void {
    const route = this.#route(edition, foundBy);
    route.lists += 1;
    route.items += items;
  }

  foundPage(edition: string, foundBy: FetchTarget['foundBy']): void {
    const tally = this.#editions.get(edition);
    if (tally === undefined) return;
    tally.found += 1;
    this.#route(edition, foundBy).found += 1;
  }

  /** The decision about a found page; a later decision replaces it. */
  decidedPage(edition: string, decision: PageDecision, before: PageDecision | null): void {
    const tally = this.#editions.get(edition);
    if (tally === undefined) return;
    if (before !== null) tally[before] -= 1;
    tally[decision] += 1;
  }

  /**
   * @param foundBy      The route that was first to find the page.
   * @param isOwnAnswer  The site itself answered: a portal's page in place of the article says nothing of the edition.
   */
  fetchedPage(foundBy: FetchTarget['foundBy'], result: FetchResult, isOwnAnswer: boolean): void {
    const { edition } = result.target;
    const tally = this.#editions.get(edition);
    if (tally === undefined) return;
    tally.fetched += 1;
    this.#route(edition, foundBy).fetched += 1;
    if (result.kind !== 'failure') {
      if (isOwnAnswer) this.answered(edition);
      return;
    }
    tally.failures[result.reason] = (tally.failures[result.reason] ?? 0) + 1;
    this.failed(edition, result.reason, result.detail);
  }

  /** A page that an earlier try of the run has found and fetched. */
  fetchedBefore(pageId: PageId): void {
    const [edition] = splitKey(pageId);
    const tally = this.#editions.get(edition);
    if (tally === undefined) return;
    tally.found += 1;
    tally.taken += 1;
    tally.fetched += 1;
  }

  #route(edition: string, foundBy: FetchTarget['foundBy']): RouteTally {
    const perRoute = this.#editions.get(edition)?.perRoute ?? {};
    return (perRoute[foundBy] ??= { lists: 0, items: 0, found: 0, fetched: 0 });
  }
}
