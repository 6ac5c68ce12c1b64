/**
 * Starts work without waiting for earlier work to end, as long as the total in progress stays below a limit.
 *
 *     await hand.begin(bytes, () => capture(page));   // waits only for room
 *     await hand.finish();
 */
export class WorkInHand {
  readonly #limits: { readonly countMax: number; readonly bytesMax: number };
  readonly #working = new Set<Promise<void>>();
  #bytes = 0;
  #failure: { readonly error: unknown } | null = null;

  constructor(limits: { readonly countMax: number; readonly bytesMax: number }) {
    this.#limits = limits;
  }

  /**
   * @param bytes  What the work keeps in memory. More than the limit is let through alone.
   * @throws the first error of work that was begun earlier; nothing is begun then.
   */
  async begin(bytes: number, work: () => Promise<void>): Promise<void> {
    const { countMax, bytesMax } = this.#limits;
    while (this.#working.size > 0 && (this.#working.size >= countMax || this.#bytes + bytes > bytesMax))
      await Promise.race(this.#working);
    this.#throwFailure();
    this.#bytes += bytes;
    const done = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        this.#bytes -= bytes;
        this.#working.delete(done);
      });
    this.#working.add(done);
  }

  /** Waits for everything that was begun. @throws its first error. */
  async finish(): Promise<void> {
    await Promise.all(this.#working);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
