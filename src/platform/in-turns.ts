import { setImmediate } from 'node:timers/promises';

/** How long a piece of work may hold the thread before whatever else waits has its turn: signals, probes, answers. */
const TURN_MS = 50;

/** Work of many steps that shares its thread; lives as long as the work. */
export class Turns {
  #beganMs = performance.now();

  /** Between two steps: returns at once until the turn is over. */
  async next(): Promise<void> {
    if (performance.now() - this.#beganMs < TURN_MS) return;
    await setImmediate();
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
