import type { FetchTarget, KnownPage, PageId } from '../../domain/page.js';
import type { DayRange } from '../../sputnik/urls/calendar-days.js';
import { faultOf } from '../http/fetch-fault.js';
import type { RobotsRulesCache } from '../politeness/robots-rules.js';
import type { CrawlCounts } from './crawl-counts.js';
import { decideFetch, validatorsFor, type DiscoveredUrl } from './fetch-decision.js';
import type { ArticleData, NewRequest } from './request-data.js';

/** What a crawl may ask of the catalogue: read only, and live, so that what a run stores is seen later in the same run. */
export interface KnownPages {
  /** @returns those of the pages that are known, in no order. */
  find(pageIds: readonly PageId[]): ReadonlyMap<PageId, KnownPage>;
  /** @returns paths of the tag pages that articles of this edition have taught, for the topics that are collected. */
  tagPages(editionId: string): readonly string[];
  /**
   * @param nowMs  Milliseconds since the epoch.
   * @returns      pages that are due by age, and those that are still `pending` or `unreachable`, most urgent first.
   */
  due(editionId: string, nowMs: number): readonly KnownPage[];
  /** @returns every known page of the edition, in any order; for a crawl that fetches all again. */
  all(editionId: string): Iterable<KnownPage>;
}

export interface ArticleSelectionOptions {
  readonly known: KnownPages;
  readonly robots: RobotsRulesCache;
  readonly counts: CrawlCounts;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly refetch: boolean;
  /** Most articles fetched; null: all. */
  readonly limit: number | null;
  /** Most distinct pages this run takes note of. */
  readonly pagesMax: number;
}

/** Pages asked of the catalogue at a time. */
const BATCH = 500;

interface PageState {
  /** The route that found it first. */
  readonly foundBy: FetchTarget['foundBy'];
  isTaken: boolean;
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
  }

  /** Whether no further article will be fetched, because of the limit. */
  get isFull(): boolean {
    return this.#options.limit !== null && this.#taken >= this.#options.limit;
  }

  /** Notes which pages are due by age. */
  setDue(pages: readonly KnownPage[]): void {
    for (const { pageId } of pages) this.#due.add(pageId);
  }

  /**
   * Takes note of articles that were found.
   *
   * @param window  Only articles whose URL bears one of these days; null: all.
   * @returns       Requests for those that are to be fetched.
   */
  select(discovered: readonly DiscoveredUrl[], window: DayRange | null): NewRequest<ArticleData>[] {
    const requests: NewRequest<ArticleData>[] = [];
    for (let start = 0; start < discovered.length; start += BATCH) {
      const batch = discovered
        .slice(start, start + BATCH)
        .filter(({ article }) => isInside(article.date, window) && this.#pages.get(article.pageId)?.isTaken !== true);
      const known = this.#options.known.find(batch.map(({ article }) => article.pageId));
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
    if (state === null || state.isTaken) return null;
    const { refetch, now, robots } = this.#options;
    const reason = decideFetch(discovered, known, { refetch, due: this.#due.has(article.pageId), nowMs: now() });
    if (reason === null || this.isFull) return null;
    const isOpen = robots.allows(article.edition, article.url);
    // It was closed when it was last wanted, and is closed still: nothing new to be told.
    if (known?.reason === 'robots' && !isOpen) return null;
    state.isTaken = true;
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

  #stateOf({ article, foundBy }: DiscoveredUrl): PageState | null {
    let state = this.#pages.get(article.pageId);
    if (state !== undefined) return state;
    if (this.#pages.size >= this.#options.pagesMax) {
      this.#sayFull(article.edition, article.url, foundBy);
      return null;
    }
    state = { foundBy, isTaken: false };
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
