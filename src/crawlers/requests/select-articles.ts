import type { ArticleUrl, FetchTarget, KnownPage, PageId } from '../../domain/page.js';
import { DAY_MS } from '../../domain/units.js';
import type { Clock } from '../../platform/clock.js';
import type { DayRange } from '../../sputnik/urls/calendar-days.js';
import { faultOf } from '../http/fetch-fault.js';
import type { RobotsRulesCache } from '../politeness/robots-rules.js';
import type { CrawlCounts, PageDecision } from './crawl-tally.js';
import type { FailedPages } from './page-retries.js';
import type { ArticleData, FetchReason, NewRequest } from './request-data.js';
import type { Validators } from '../http/fetch-page.js';

/** A known page that is to be asked for again. */
export type DuePage = Pick<KnownPage, 'pageId' | 'url'>;

/**
 * What a crawl may ask of the catalogue: read only, and live, so that what a run stores is seen later in the same run. The
 * catalogue may stand on another host.
 */
export interface KnownPages {
  /** @param pageIds  At most 500. @returns those of the pages that are known, in no order. */
  find(pageIds: readonly PageId[]): Promise<ReadonlyMap<PageId, KnownPage>>;
  /** @returns paths of the tag pages that articles of this edition have taught, for the topics that are collected. */
  tagPages(editionId: string): Promise<readonly string[]>;
  /**
   * @param nowMs  Milliseconds since the epoch.
   * @returns      pages that are due by age, and those that are still `pending` or `unreachable`, most urgent first.
   */
  due(editionId: string, nowMs: number): Promise<readonly DuePage[]>;
  /** @returns pages that did not answer when they were last asked for and whose time has come to be tried again, those that waited longest first. */
  failed(editionId: string, nowMs: number): Promise<readonly DuePage[]>;
  /** @returns every known page of the edition, in any order; for a crawl that fetches all again. */
  all(editionId: string): AsyncIterable<DuePage>;
}

interface ArticleSelectionOptions {
  readonly plan: {
    readonly refetch: boolean;
    readonly limit: number | null;
    readonly failedPages: FailedPages;
    readonly fetchedBefore: ReadonlySet<PageId>;
  };
  readonly clock: Clock;
  readonly known: KnownPages;
  readonly robots: RobotsRulesCache;
  readonly counts: CrawlCounts;
  /** Most distinct pages this run takes note of. */
  readonly pagesMax: number;
}

/** Pages asked of the catalogue at a time. */
const BATCH = 500;

interface PageState {
  readonly foundBy: FetchTarget['foundBy'];
  decision: PageDecision | null;
}

/** The pages of one run: each is counted once, decided on, and fetched at most once. */
export class ArticleSelection {
  readonly #options: ArticleSelectionOptions;
  readonly #pages = new Map<PageId, PageState>();
  readonly #due = new Set<PageId>();
  #taken = 0;
  #saidFull = false;

  constructor(options: ArticleSelectionOptions) {
    this.#options = options;
    for (const pageId of options.plan.fetchedBefore) {
      this.#pages.set(pageId, { foundBy: 'url', decision: 'taken' });
      this.#taken += 1;
    }
  }

  /** Whether no further article will be fetched, because of the limit. */
  get isFull(): boolean {
    const { limit } = this.#options.plan;
    return limit !== null && this.#taken >= limit;
  }

  /** Notes which pages are due by age. */
  setDue(pages: readonly DuePage[]): void {
    for (const { pageId } of pages) this.#due.add(pageId);
  }

  /**
   * Takes note of articles that were found.
   *
   * @param window  Only articles whose URL bears one of these days; null: all.
   * @returns       Requests for those that are to be fetched.
   */
  async select(discovered: readonly DiscoveredUrl[], window: DayRange | null): Promise<NewRequest<ArticleData>[]> {
    const requests: NewRequest<ArticleData>[] = [];
    for (let start = 0; start < discovered.length; start += BATCH) {
      const batch = discovered
        .slice(start, start + BATCH)
        .filter(
          ({ article }) => isInside(article.date, window) && this.#pages.get(article.pageId)?.decision !== 'taken',
        );
      const known = await this.#options.known.find(batch.map(({ article }) => article.pageId));
      for (const one of batch) {
        const request = this.#requestFor(one, known.get(one.article.pageId) ?? null);
        if (request !== null) requests.push(request);
      }
    }
    return requests;
  }

  #requestFor(discovered: DiscoveredUrl, known: KnownPage | null): NewRequest<ArticleData> | null {
    const { article, foundBy } = discovered;
    const state = this.#stateOf(discovered);
    if (state === null || state.decision === 'taken') return null;
    const { plan, clock, robots } = this.#options;
    const reason = decideFetch(discovered, known, {
      refetch: plan.refetch,
      leavesFailed: plan.failedPages === 'leave',
      due: this.#due.has(article.pageId),
      nowMs: clock.now(),
    });
    if (reason === null) this.#decide(article, state, 'known');
    if (reason === null || this.isFull) return null;
    const isOpen = robots.allows(article.edition, article.url);
    // It was closed when it was last wanted, and is closed still: nothing new to be told.
    if (known?.reason === 'robots' && !isOpen) return null;
    this.#decide(article, state, 'taken');
    this.#taken += 1;
    const { edition, url, pageId } = article;
    const userData: ArticleData = {
      label: 'article',
      edition,
      target: { kind: 'article', edition, url, pageId, foundBy },
      pageId,
      firstFoundBy: state.foundBy,
      reason,
      validators: validatorsFor(reason, known),
      refusal: isOpen ? null : faultOf('robots', 'robots.txt does not allow it'),
    };
    return { url, userData };
  }

  #decide({ edition }: ArticleUrl, state: PageState, decision: PageDecision): void {
    if (state.decision !== decision) this.#options.counts.decidedPage(edition, decision, state.decision);
    state.decision = decision;
  }

  #stateOf({ article, foundBy }: DiscoveredUrl): PageState | null {
    let state = this.#pages.get(article.pageId);
    if (state !== undefined) return state;
    if (this.#pages.size >= this.#options.pagesMax) {
      this.#sayFull(article.edition, article.url, foundBy);
      return null;
    }
    state = { foundBy, decision: null };
    this.#pages.set(article.pageId, state);
    this.#options.counts.foundPage(article.edition, foundBy);
    return state;
  }

  #sayFull(edition: string, url: string, foundBy: FetchTarget['foundBy']): void {
    if (this.#saidFull) return;
    this.#saidFull = true;
    const detail = `this run takes no more than ${this.#options.pagesMax} pages (crawl.itemsMax)`;
    this.#options.counts.problem({ edition, foundBy, url, reason: 'capped', detail });
  }
}

function isInside(day: string, window: DayRange | null): boolean {
  return window === null || (day >= window.from && day <= window.to);
}

/** The URL of an article, and what the list says in which it was found. */
export interface DiscoveredUrl {
  readonly article: ArticleUrl;
  readonly foundBy: FetchTarget['foundBy'];
  /** UTC instant of the last change as the list announces it; null if it says nothing. */
  readonly modifiedAt: string | null;
}

interface FetchRules {
  readonly refetch: boolean;
  /** Pages that failed are tried again by runs of their own. */
  readonly leavesFailed: boolean;
  readonly due: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A site's clock may run ahead of ours by this much; a change announced for later than that is not believed. */
const FUTURE_MS_MAX = DAY_MS;

/**
 * Decides whether a page that was seen somewhere is asked for.
 *
 * @param known  What the catalogue holds of it; null if nothing.
 * @returns      The reason, or null: it is known and nothing speaks for asking again.
 *
 * Pure. `gone`, `notArticle` and `quarantined` pages are asked for only when named, due, re-fetched or announced as changed.
 */
export function decideFetch(discovered: DiscoveredUrl, known: KnownPage | null, rules: FetchRules): FetchReason | null {
  if (discovered.foundBy === 'url') return 'named';
  if (known === null) return 'unknown';
  if (rules.leavesFailed && waitsForRetry(known)) return null;
  if (known.endState === 'pending' || known.endState === 'unreachable') return 'unfinished';
  if (rules.refetch) return 'refetch';
  if (rules.due) return 'due';
  if (announcesChange(discovered.modifiedAt, known.lastFetchedAt, rules.nowMs)) return 'changed';
  if (isReaddressed(discovered.article, known)) return 'readdressed';
  // The tag was put on an article that did not carry it when it was read; one that was read since and still does not is left alone.
  if (discovered.foundBy === 'tag' && known.endState === 'offTopic' && !wasReadSinceListed(known)) return 'nowTagged';
  return null;
}

/** What robots.txt closes is no failure of the page: it is asked for as soon as it is open. */
function waitsForRetry({ failures, reason }: KnownPage): boolean {
  return failures > 0 && reason !== 'robots';
}

/**
 * @returns what a conditional request may name, or null where the body has to come: only of an article that is young enough to be
 *          visited often, since a cache may answer 304 for ever although the page was edited; not where somebody asks for the page by
 *          name or for all of them, nor where a list, another URL or a new tag says that it must differ.
 */
export function validatorsFor(reason: FetchReason, known: KnownPage | null): Validators | null {
  if (known === null || (known.etag === null && known.lastModified === null)) return null;
  if (reason !== 'due') return null;
  const wasRead = known.endState === 'stored' || known.endState === 'offTopic' || known.endState === 'notArticle';
  return wasRead ? { etag: known.etag, lastModified: known.lastModified } : null;
}

function wasReadSinceListed({ lastFetchedAt, tagListedAt }: KnownPage): boolean {
  return lastFetchedAt !== null && tagListedAt !== null && lastFetchedAt > tagListedAt;
}

function announcesChange(modifiedAt: string | null, lastFetchedAt: string | null, nowMs: number): boolean {
  if (modifiedAt === null || lastFetchedAt === null) return false;
  const modifiedMs = Date.parse(modifiedAt);
  return modifiedMs > Date.parse(lastFetchedAt) && modifiedMs <= nowMs + FUTURE_MS_MAX;
}

/** Seen under a later date than the one it is known by: re-issued. Lists that still show the old one change nothing. */
function isReaddressed(article: ArticleUrl, known: KnownPage): boolean {
  if (article.url === known.url) return false;
  const knownDate = /\/(\d{8})/.exec(new URL(known.url).pathname)?.[1];
  return knownDate !== undefined && article.date > knownDate;
}
