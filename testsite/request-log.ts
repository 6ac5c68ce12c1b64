/** One request as the server saw it. */
export interface LoggedRequest {
  /** The test site's clock when it arrived, milliseconds since the epoch. */
  readonly at: number;
  /** Monotonic milliseconds when it arrived: true distances whatever the clock says. */
  readonly monotonicMs: number;
  readonly edition: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** 0: the connection was cut without an answer. */
  readonly status: number;
  readonly headers: {
    readonly userAgent: string | null;
    readonly ifNoneMatch: string | null;
    readonly ifModifiedSince: string | null;
    readonly acceptEncoding: string | null;
    readonly host: string | null;
  };
  /** Requests of this edition in progress, this one among them. */
  readonly concurrentNow: number;
}

/** The newest requests, and the peak of concurrency per edition. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  readonly #max: number;
  readonly #inProgress = new Map<string, number>();
  readonly #peaks = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns how many requests of the edition are now in progress. */
  enter(edition: string): number {
    const count = (this.#inProgress.get(edition) ?? 0) + 1;
    this.#inProgress.set(edition, count);
    this.#peaks.set(edition, Math.max(count, this.#peaks.get(edition) ?? 0));
    return count;
  }

  leave(edition: string): void {
    this.#inProgress.set(edition, Math.max(0, (this.#inProgress.get(edition) ?? 0) - 1));
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    // Cut in halves, so that a long run does not pay for a shift at every request.
    if (this.#requests.length > this.#max * 2) this.#requests.splice(0, this.#requests.length - this.#max);
  }

  list(): readonly LoggedRequest[] {
    return this.#requests.slice(-this.#max);
  }

  peak(edition: string): number {
    return this.#peaks.get(edition) ?? 0;
  }

  clear(): void {
    this.#requests.length = 0;
    this.#peaks.clear();
  }
}
