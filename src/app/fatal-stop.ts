import type { FatalError } from '../domain/errors.js';

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
}
