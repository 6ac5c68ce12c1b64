import { FatalError } from '../domain/errors.js';

/** Stops the work when something deep inside cannot go on, and keeps the first reason for whoever reports it. */
export class FatalStop {
  readonly #controller = new AbortController();
  #first: FatalError | null = null;

  /** Aborted by the first fatal error, or by the signal that was given. */
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  readonly stop = (error: FatalError): void => {
    this.#first ??= error;
    this.#controller.abort();
  };

  /** @throws {FatalError} the first one, if there was any. */
  throwIfStopped(): void {
    if (this.#first !== null) throw this.#first;
  }

  /**
   * Waits for work that ends by itself when it is stopped, and no longer than `patienceMs` after that: what tells its end
   * may be the very thing that failed.
   *
   * @throws {FatalError} the first one; `stop.impatient` where a signal stopped the work and nothing more was heard of it.
   */
  async orEnd<T>(work: Promise<T>, patienceMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let onAbort: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      onAbort = () => {
        timer = setTimeout(() => {
          const message = `stopped; what was under way did not end within ${patienceMs} ms`;
          reject(this.#first ?? new FatalError(message, { code: 'stop.impatient' }));
        }, patienceMs);
      };
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', onAbort);
      // Nobody hears of its failure any more.
      work.catch(() => undefined);
    }
  }
}
