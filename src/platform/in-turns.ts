import { setImmediate } from 'node:timers/promises';

/** How long a piece of work may hold the thread before whatever else waits has its turn: signals, probes, answers. */
const TURN_MS = 10;

/** Connections accepted so far. */
let arrivals = 0;
/** @returns whether this process takes connections, which work has to let pass. */
export function takesConnections(): boolean {
  return arrivals > 0;
}

/** Turns given away to connections before work goes on all the same: some milliseconds. */
const TURNS_GIVEN_MAX = 128;

/** Told of each connection that is accepted. A turn of the event loop accepts one, so that while more come, work waits for them. */
export function noteArrival(): void {
  arrivals += 1;
}

/** The next turn of the event loop, or the first in which no connection came. */
async function freeTurn(): Promise<void> {
  for (let given = 0; given < TURNS_GIVEN_MAX; given += 1) {
    const before = arrivals;
    await setImmediate();
    if (arrivals === before) return;
  }
}

/** Work of many steps that shares its thread; lives as long as the work. */
export class Turns {
  #beganMs = performance.now();

  /** Between two steps: returns at once until the turn is over. */
  async next(): Promise<void> {
    if (performance.now() - this.#beganMs < TURN_MS) return;
    await freeTurn();
    this.#beganMs = performance.now();
  }

  /** Performs work that yields between its steps. */
  async perform<Result>(work: Generator<undefined, Result>): Promise<Result> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      await this.next();
    }
  }
}

/** Performs work that yields between its steps without a pause, where nothing else waits for the thread. */
export function atOnce<Result>(work: Generator<undefined, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const waiting: (() => void)[] = [];

/**
 * Resolves when it is the caller's turn: one caller for each turn of the event loop, first come, first served. So
 * requests that arrive at once over many connections are handled one by one, with turns for probes and answers in
 * between.
 */
export function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) void releaseAll();
  });
}

async function releaseAll(): Promise<void> {
  while (waiting.length > 0) {
    await freeTurn();
    waiting.shift()?.();
  }
}

/**
 * Runs `work` over all items, at most `limit` at a time; the first failure stops further starts and is thrown once those that
 * run have ended.
 *
 * @returns results in the order of the items.
 */
export async function runLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const entries = items.entries(); // one iterator for all lanes
  const lane = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** Several owners, such as crawls, take turns with something that runs for one of them at a time, such as a browser of half a gigabyte. */
export class SharedTurns {
  #last: Promise<unknown> = Promise.resolve();
  /** Ends what runs. */
  #end: (() => Promise<void>) | null = null;

  /**
   * @param end   Ends what the owner has started; always the same function for one owner. Called before another owner's turn.
   * @param work  Does the work, and starts what it needs where it does not run.
   */
  take<T>(end: () => Promise<void>, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#end !== null && this.#end !== end) await this.#end();
      this.#end = end;
      return work();
    });
    this.#last = turn.catch(() => undefined); // told to whoever took the turn
    return turn;
  }
}
