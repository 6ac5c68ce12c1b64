import type {
  HostLimits,
  HostThrottle,
  HostVerdict,
  Permission,
} from '../../../src/crawlers/politeness/host-throttle.js';

interface Pace {
  readonly underWay: Set<string>;
  lastStartAtMs: number;
  quietUntilMs: number;
}

/** Delay, concurrency and Retry-After of each host, for tests that are not about the pace: the product's is in Redis. */
export class TestThrottle implements HostThrottle {
  readonly #hosts = new Map<string, Pace>();
  #tokens = 0;

  /** @param now  Milliseconds. */
  constructor(readonly now: () => number) {}

  acquire(host: string, { delayMs, concurrency }: HostLimits): Promise<Permission> {
    const pace = this.#pace(host);
    const now = this.now();
    const waitMs = Math.max(pace.lastStartAtMs + delayMs, pace.quietUntilMs) - now;
    if (waitMs > 0) return Promise.resolve({ granted: false, waitMs: Math.ceil(waitMs) });
    if (pace.underWay.size >= concurrency) return Promise.resolve({ granted: false, waitMs: 50 });
    const token = String((this.#tokens += 1));
    pace.underWay.add(token);
    pace.lastStartAtMs = now;
    return Promise.resolve({ granted: true, token });
  }

  release(host: string, token: string, verdict: HostVerdict): Promise<void> {
    const pace = this.#pace(host);
    pace.underWay.delete(token);
    if (verdict.kind === 'slowDown') pace.quietUntilMs = this.now() + (verdict.retryAfterMs ?? 500);
    return Promise.resolve();
  }

  #pace(host: string): Pace {
    const pace = this.#hosts.get(host) ?? { underWay: new Set(), lastStartAtMs: -Infinity, quietUntilMs: -Infinity };
    this.#hosts.set(host, pace);
    return pace;
  }
}
