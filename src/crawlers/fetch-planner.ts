import type { FetchTarget } from '../domain/fetched.js';
import type { KnownPage } from '../domain/known-page.js';
import type { PageId } from '../domain/page.js';
import type { Logger } from '../platform/logger.js';
import type { DayRange } from '../sputnik/urls/calendar-days.js';
import { faultOf } from './fetch-fault.js';
import type { FetchEngine, Fetched } from './fetch-engine.js';
import type { KnownPages } from './known-pages.js';
import type { RobotsRulesCache } from './robots-cache.js';
import type { RunRecord } from './run-record.js';
import { decideFetch, validatorsFor, type DiscoveredUrl, type FetchReason } from './fetch-decision.js';

export interface FetchPlannerOptions {
  readonly engine: FetchEngine;
  readonly known: KnownPages;
  readonly robots: RobotsRulesCache;
  readonly record: RunRecord;
  readonly log: Logger;
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
  taken: boolean;
}

/** The pages of one run: each is counted once, decided on, and fetched at most once. */
export class FetchPlanner {
  readonly #options: FetchPlannerOptions;
  readonly #pages = new Map<PageId, PageState>();
  readonly #due = new Set<PageId>();
  readonly #open = new Map<string, Set<Promise<void>>>();
  #taken = 0;
  #failure: unknown = null;
  #saidFull = false;

  constructor(options: FetchPlannerOptions) {
    this.#options = options;
  }

  /** Whether no further article will be fetched, because of the limit. */
  get full(): boolean {
    return this.#options.limit !== null && this.#taken >= this.#options.limit;
  }

  /** Distinct pages seen so far. */
  has(pageId: PageId): boolean {
    return this.#pages.has(pageId);
  }

  /** Notes which pages are due by age. */
  setDue(pages: readonly KnownPage[]): void {
    for (const { pageId } of pages) this.#due.add(pageId);
  }

  /**
   * Takes note of articles that were seen somewhere, and fetches those that are to be fetched.
   *
   * @param window  Only articles whose address bears one of these days; null: all.
   *
   * Resolves when all are queued, not when they are fetched; waits while too many are.
   */
  async offer(sightings: readonly DiscoveredUrl[], window: DayRange | null): Promise<void> {
    for (let start = 0; start < sightings.length; start += BATCH) {
      const batch = sightings
        .slice(start, start + BATCH)
        .filter(({ address }) => isInside(address.date, window) && this.#pages.get(address.pageId)?.taken !== true);
      const known = this.#options.known.find(batch.map(({ address }) => address.pageId));
      for (const discovered of batch) await this.#consider(discovered, known.get(discovered.address.pageId) ?? null);
    }
  }

  /** Resolves when every article of the edition taken so far has been handed to the sink. */
  async drained(editionId: string): Promise<void> {
    const open = this.#open.get(editionId);
    while (open !== undefined && open.size > 0) await Promise.all(open);
    if (this.#failure !== null) throw this.#failure instanceof Error ? this.#failure : new Error('a page was lost');
  }

  async #consider(discovered: DiscoveredUrl, known: KnownPage | null): Promise<void> {
    const state = this.#stateOf(discovered);
    if (state === null || state.taken) return;
    const { refetch, now } = this.#options;
    const due = this.#due.has(discovered.address.pageId);
    const reason = decideFetch(discovered, known, { refetch, due, nowMs: now() });
    if (reason === null || this.full) return;
    if (this.#isStillClosed(discovered, known)) return;
    state.taken = true;
    this.#taken += 1;
    await this.#options.engine.room();
    this.#track(discovered.address.edition, this.#visit(discovered, state, known, reason));
  }

  #stateOf({ address, foundBy }: DiscoveredUrl): PageState | null {
    let state = this.#pages.get(address.pageId);
    if (state !== undefined) return state;
    if (this.#pages.size >= this.#options.pagesMax) {
      this.#sayFull(address.edition, address.url, foundBy);
      return null;
    }
    state = { foundBy, taken: false };
    this.#pages.set(address.pageId, state);
    this.#options.record.foundPage(address.edition, foundBy);
    return state;
  }

  /** robots.txt closed it when it was last wanted, and closes it still: nothing new to be told. */
  #isStillClosed({ address }: DiscoveredUrl, known: KnownPage | null): boolean {
    return known?.reason === 'robots' && !this.#options.robots.allows(address.edition, address.url);
  }

  async #visit(
    discovered: DiscoveredUrl,
    state: PageState,
    known: KnownPage | null,
    reason: FetchReason,
  ): Promise<void> {
    const { engine, robots, record, log } = this.#options;
    const { address, foundBy } = discovered;
    const target: FetchTarget = {
      kind: 'article',
      edition: address.edition,
      url: address.url,
      pageId: address.pageId,
      foundBy,
    };
    const fetched: Fetched | null = robots.allows(address.edition, address.url)
      ? await engine.fetch(target, validatorsFor(reason, known))
      : await engine.refuse(target, faultOf('robots', 'robots.txt does not allow it'));
    if (fetched === null) return;
    record.fetchedPage(address.edition, state.foundBy, fetched);
    const { pageId, edition } = address;
    const outcome = fetched.result.kind;
    log.debug({ event: 'page.fetched', edition, pageId, url: address.url, reason, outcome }, 'page fetched');
  }

  #track(editionId: string, visit: Promise<void>): void {
    let open = this.#open.get(editionId);
    if (open === undefined) {
      open = new Set();
      this.#open.set(editionId, open);
    }
    const tracked = visit
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#open.get(editionId)?.delete(tracked));
    open.add(tracked);
  }

  #sayFull(edition: string, url: string, foundBy: FetchTarget['foundBy']): void {
    if (this.#saidFull) return;
    this.#saidFull = true;
    const detail = `this run takes no more than ${this.#options.pagesMax} pages (crawl.itemsMax)`;
    this.#options.record.problem({ edition, foundBy, url, reason: 'capped', detail });
  }
}

function isInside(day: string, window: DayRange | null): boolean {
  return window === null || (day >= window.from && day <= window.to);
}
