import type { HostThrottle } from '../../../src/crawlers/politeness/host-throttle.js';
import { TestThrottle } from '../../unit/crawlers/test-throttle.js';

/** Whoever is told to wait waits so long for real, in milliseconds. */
const REAL_WAIT_MS = 1;

/** What one host was made to bear, in the throttle's own time. */
export interface Pace {
  starts: number;
  /** Least time between the starts of two requests, in milliseconds. */
  leastGapMs: number;
  underWay: number;
  mostAtOnce: number;
}

/** One host's throttle with a clock that jumps over every wait. */
class FastHost {
  readonly pace: Pace = { starts: 0, leastGapMs: Infinity, underWay: 0, mostAtOnce: 0 };
  #nowMs = 0;
  #lastStartMs = -Infinity;
  readonly #inner = new TestThrottle(() => this.#nowMs);

  readonly acquire: HostThrottle['acquire'] = async (host, limits) => {
    const permission = await this.#inner.acquire(host, limits);
    if (!permission.granted) {
      this.#nowMs += permission.waitMs;
      return { granted: false, waitMs: REAL_WAIT_MS };
    }
    const { pace } = this;
    pace.leastGapMs = Math.min(pace.leastGapMs, this.#nowMs - this.#lastStartMs);
    this.#lastStartMs = this.#nowMs;
    pace.starts += 1;
    pace.underWay += 1;
    pace.mostAtOnce = Math.max(pace.mostAtOnce, pace.underWay);
    return permission;
  };

  readonly release: HostThrottle['release'] = async (host, token, verdict) => {
    this.pace.underWay -= 1;
    await this.#inner.release(host, token, verdict);
  };
}

/** The product's throttle in a time that runs as fast as it is asked, and a record of what it allowed. */
export function createFastThrottle(): { readonly throttle: HostThrottle; readonly paces: () => Map<string, Pace> } {
  const hosts = new Map<string, FastHost>();
  const hostOf = (name: string): FastHost => {
    const host = hosts.get(name) ?? new FastHost();
    hosts.set(name, host);
    return host;
  };
  return {
    throttle: {
      acquire: (host, limits) => hostOf(host).acquire(host, limits),
      release: (host, token, verdict) => hostOf(host).release(host, token, verdict),
    },
    paces: () => new Map([...hosts].map(([name, { pace }]) => [name, pace])),
  };
}
