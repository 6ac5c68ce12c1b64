import { THROTTLE_RULES, type HostThrottle, type HostVerdict } from '../politeness/host-throttle.js';

/**
 * The turns of a host that nobody else asks for: each serves one request after the other for a moment, so that the throttle is asked once
 * in many. A complaint of the host ends that at once: what was granted before it is given back.
 */
export class KeptTurns {
  readonly #host: string;
  readonly #throttle: HostThrottle;
  readonly #now: () => number;
  /** Token → until when it may be kept, in monotonic milliseconds. */
  readonly #keptUntilMs = new Map<string, number>();
  /** Those of them that serve no request. */
  readonly #spare: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param now  Monotonic milliseconds. */
  constructor(host: string, throttle: HostThrottle, now: () => number) {
    this.#host = host;
    this.#throttle = throttle;
    this.#now = now;
  }

  get spare(): number {
    return this.#spare.length;
  }

  /** Notes that a token which was granted just now is nobody else's concern. */
  add(token: string): void {
    this.#keptUntilMs.set(token, this.#now() + THROTTLE_RULES.exclusiveMs);
  }

  /** @returns a token for the next request, null where none is kept. */
  take(): string | null {
    return this.#spare.pop() ?? null;
  }

  /** Gives a token back, or keeps it. @param isWanted  A request waits for it. */
  async release(token: string, verdict: HostVerdict, isWanted: boolean): Promise<void> {
    const isKept = verdict.kind === 'ok' && isWanted && (this.#keptUntilMs.get(token) ?? 0) > this.#now();
    if (isKept) {
      this.#spare.push(token);
      this.#timer ??= setTimeout(() => {
        this.giveBack();
      }, THROTTLE_RULES.exclusiveMs).unref();
      return;
    }
    this.#keptUntilMs.delete(token);
    if (verdict.kind !== 'ok') this.#keptUntilMs.clear();
    await this.#throttle.release(this.#host, token, verdict);
    if (verdict.kind !== 'ok') this.giveBack();
  }

  /** Gives back what serves no request. */
  giveBack(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const token of this.#spare.splice(0)) {
      this.#keptUntilMs.delete(token);
      // While Redis is away nothing is granted to anybody; a token that is not given back ends with its lease.
      this.#throttle.release(this.#host, token, { kind: 'ok' }).catch(() => undefined);
    }
  }
}
