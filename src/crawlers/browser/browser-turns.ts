/** Lets the crawls of one process read through one browser at a time: each takes half a gigabyte. */
export class BrowserTurns {
  #last: Promise<unknown> = Promise.resolve();
  /** Ends the browser that runs. */
  #end: (() => Promise<void>) | null = null;

  /**
   * @param end   Ends the crawl's own browser; always the same function for one crawl. Called before another crawl's turn.
   * @param work  Reads a page, and starts the browser where none runs.
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
