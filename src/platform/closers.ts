import { FatalError } from '../domain/errors.js';
import type { Logger } from './logger.js';

interface Closer {
  readonly name: string;
  readonly close: () => Promise<void> | void;
  readonly deadlineMs: number;
}

/** Every closer gets this long unless it says otherwise; BullMQ's own closing never ends while Redis is down. */
const CLOSER_DEADLINE_MS = 3_000;

/**
 * Closes everything that was opened, in reverse order. Every opener pushes its closer. `closeAll` runs each closer
 * once, under a deadline, and goes on if one fails, so that nothing stays open; it throws the first failure at the end.
 */
export class Closers {
  readonly #closers: Closer[] = [];
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  push(name: string, close: () => Promise<void> | void, deadlineMs = CLOSER_DEADLINE_MS): void {
    this.#closers.push({ name, close, deadlineMs });
  }

  /**
   * Does the work, then closes everything.
   *
   * @throws what the work throws, whatever fails to close behind it (that is logged); else what closing throws.
   */
  async closeAfter<T>(work: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.closeAll().catch(() => undefined);
      throw error;
    }
    await this.closeAll();
    return result;
  }

  /** @throws the first failure; {FatalError} `close.deadline` for a closer that did not end in time. */
  async closeAll(): Promise<void> {
    let firstFailure: unknown = null;
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      try {
        await withDeadline(Promise.resolve(closer.close()), closer.deadlineMs, closer.name);
      } catch (error) {
        this.#log.warn({ event: 'close.failed', reason: closer.name, err: error }, 'closing failed');
        firstFailure ??= error;
      }
    }
    if (firstFailure !== null) throw firstFailure instanceof Error ? firstFailure : new Error('closing failed');
  }
}

/** @throws {FatalError} `close.deadline` when `work` has not ended after `deadlineMs`. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const hint = 'the state is safe; the next start takes up what was left';
      reject(new FatalError(`${name} did not finish within ${deadlineMs} ms`, { code: 'close.deadline', hint }));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

const STEPS = 10;

/**
 * Acts after so much time in which this process ran: one that was stopped or slept with its machine for a minute has not worked for a
 * minute, and no page is to blame. A step that comes late counts for one step.
 *
 * @returns what takes it back.
 */
export function afterRunningFor(ms: number, act: () => void): () => void {
  let left = STEPS;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    act();
  }, ms / STEPS);
  return () => {
    clearInterval(timer);
  };
}
