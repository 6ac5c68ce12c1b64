import type { Waiting } from './host-lane.js';
import type { StepData } from './request-data.js';

/** Most articles of an edition that wait at a time; while there are more, none of its lists is read. A sick edition fills its own alone. */
const BACKLOG_MAX = 2_000;

interface EditionState {
  /** Lists and steps to come, in order. */
  readonly pending: Waiting[];
  isBusy: boolean;
  /** Articles that were added and are not done. */
  articles: number;
}

/**
 * The order within each edition: its lists and steps run one after the other, so that the newest comes first, each list
 * can decide what is fetched next, and no list is read while too many pages wait in memory.
 */
export class EditionOrder {
  readonly #start: (waiting: Waiting) => void;
  readonly #editions = new Map<string, EditionState>();
  #waiting = 0;

  /** @param start  Takes the list or step whose turn has come. */
  constructor(start: (waiting: Waiting) => void) {
    this.#start = start;
  }

  /** Lists and steps whose turn has not come. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @param forefront  Before those that wait already. */
  add(waiting: Waiting, forefront: boolean): void {
    const { pending } = this.#edition(waiting.data.edition);
    if (forefront) pending.unshift(waiting);
    else pending.push(waiting);
    this.#waiting += 1;
  }

  articleAdded(editionId: string): void {
    this.#edition(editionId).articles += 1;
  }

  /** A request is done, and what waited for it may start. */
  finished({ edition, label }: StepData): void {
    const state = this.#edition(edition);
    if (label === 'article') state.articles -= 1;
    else state.isBusy = false;
  }

  startReady(): void {
    if (this.#waiting === 0) return;
    for (const edition of this.#editions.values()) {
      const [first] = edition.pending;
      if (first === undefined || edition.isBusy || edition.articles >= BACKLOG_MAX) continue;
      if (first.data.waitsForArticles === true && edition.articles > 0) continue;
      edition.pending.shift();
      edition.isBusy = true;
      this.#waiting -= 1;
      this.#start(first);
    }
  }

  clear(): void {
    this.#editions.clear();
    this.#waiting = 0;
  }

  #edition(id: string): EditionState {
    let edition = this.#editions.get(id);
    if (edition === undefined) {
      edition = { pending: [], isBusy: false, articles: 0 };
      this.#editions.set(id, edition);
    }
    return edition;
  }
}
