import type { CrawlProgress } from '../../crawlers/requests/crawl-tally.js';
import type { Outcome } from '../../domain/outcome.js';
import type { PageId } from '../../domain/page.js';
import type { CrawlPart, CrawlState, PagesState } from '../../queue/crawl-jobs.js';

/** Outcomes that leave the page in a record. */
const STORED: ReadonlySet<Outcome> = new Set<Outcome>(['new', 'revised', 'unchanged', 'rendition', 'duplicate']);
const TELL_MS = 500;

/** Joins what the crawler says of its pages with what became of those that were processed, and tells it twice a second. */
export class CrawlStateReporter {
  readonly #tell: (state: CrawlState) => void;
  readonly #timer: NodeJS.Timeout;
  #crawl: CrawlProgress = { requests: 0, editions: {}, trying: [] };
  readonly #ends = new Map<string, { stored: number; failed: number }>();

  constructor(tell: (state: CrawlState) => void) {
    this.#tell = tell;
    this.#timer = setInterval(() => {
      tell(this.#state());
    }, TELL_MS);
  }

  readonly crawled = (progress: CrawlProgress): void => {
    this.#crawl = progress;
  };

  readonly processed = (pageId: PageId, outcome: Outcome): void => {
    const edition = pageId.slice(0, pageId.lastIndexOf('/'));
    const ends = this.#ends.get(edition) ?? { stored: 0, failed: 0 };
    if (STORED.has(outcome)) ends.stored += 1;
    if (outcome === 'failed') ends.failed += 1;
    this.#ends.set(edition, ends);
  };

  /** Tells it a last time. */
  end(): void {
    clearInterval(this.#timer);
    this.#tell(this.#state());
  }

  #state(): CrawlState {
    const editions: Record<string, PagesState> = {};
    for (const [id, { found, known, taken, fetched }] of Object.entries(this.#crawl.editions)) {
      const { stored, failed } = this.#ends.get(id) ?? { stored: 0, failed: 0 };
      editions[id] = { found, toFetch: taken - fetched, fetched, stored, failed, skipped: known };
    }
    const { requests, trying } = this.#crawl;
    const told = trying.map(({ failed, ...page }) => ({ ...page, failed: [...failed] }));
    return { requests, editions, trying: told };
  }
}

/** @returns the state of a part of a back-fill that is done. */
export function stateOfPart({ editions, requests, found, skipped, fetched, outcomes }: CrawlPart): CrawlState {
  const stored = [...STORED].reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
  const state = { found, toFetch: 0, fetched, stored, failed: outcomes.failed ?? 0, skipped };
  return { requests, editions: editions.length === 1 ? { [editions[0] ?? '']: state } : {} };
}

/** Adds states up, edition by edition. */
export function sumOfStates(states: Iterable<CrawlState>): CrawlState {
  const editions: Record<string, PagesState> = {};
  let requests = 0;
  for (const state of states) {
    requests += state.requests;
    for (const [id, pages] of Object.entries(state.editions)) {
      const before = editions[id];
      editions[id] = before === undefined ? pages : sumOfPages([before, pages]);
    }
  }
  return { requests, editions };
}

export function sumOfPages(states: readonly PagesState[]): PagesState {
  const sum = { found: 0, toFetch: 0, fetched: 0, stored: 0, failed: 0, skipped: 0 };
  for (const state of states) for (const key of Object.keys(sum) as (keyof PagesState)[]) sum[key] += state[key];
  return sum;
}
