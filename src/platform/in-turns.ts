import { setImmediate as scheduleImmediate } from 'node:timers';
import { setImmediate } from 'node:timers/promises';

/**
 * How long a piece of work may hold the thread before whatever else waits has its turn: signals, probes, answers. Short, since a turn of the
 * event loop accepts one connection: behind a hundred others a probe waits for as many turns.
 */
const TURN_MS = 10;

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

const waiting: (() => void)[] = [];

/**
 * Resolves when it is the caller's turn: one caller for each turn of the event loop, first come first served. What comes in at once over many
 * connections is worked on one by one, and probes and answers have their turns in between.
 */
export function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) scheduleImmediate(nextTurn);
  });
}

function nextTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) scheduleImmediate(nextTurn);
}
