/** What a part of a page may hold, in bytes of UTF-8, so that no page grows beyond its limit whatever was collected. */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @returns whether all of it still fits; then it is taken off. */
  takes(...texts: readonly (string | null)[]): boolean {
    const bytes = texts.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), 0);
    if (bytes > this.#left) {
      this.#left = 0;
      return false;
    }
    this.#left -= bytes;
    return true;
  }
}
