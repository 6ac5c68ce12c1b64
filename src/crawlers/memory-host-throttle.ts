import type { Clock } from '../platform/clock.js';
import type { HostLimits, HostThrottle, HostVerdict, Permission } from './host-throttle.js';
import { relaxedDelayMs, slowedDelayMs, THROTTLE_RULES } from './host-throttle.js';

/** What is remembered of one host. Instants in milliseconds since the epoch. */
interface HostPace {
  /** Token → when its request started. */
  readonly startedAt: Map<string, number>;
  lastStartAt: number;
  /** Nothing starts for `quietMs` from `quietFrom`. */
  quietFrom: number;
  quietMs: number;
  /** Extra delay after complaints, 0 if none. */
  slowDelayMs: number;
  /** The configured delay as last asked for. */
  delayMs: number;
  lastSlowedAt: number;
}

/**
 * Keeps the pace of each host in this process's memory: for one crawl process, tests and `extract`-like single runs.
 *
 * @param clock  Source of "now". A clock that jumps back starts the wait in force anew; it lengthens none beyond that.
 */
export function createMemoryHostThrottle(clock: Clock): HostThrottle {
  const hosts = new Map<string, HostPace>();
  let tokensGiven = 0;

  function paceOf(host: string): HostPace {
    let pace = hosts.get(host);
    if (pace === undefined) {
      pace = {
        startedAt: new Map(),
        lastStartAt: -Infinity,
        quietFrom: 0,
        quietMs: 0,
        slowDelayMs: 0,
        delayMs: 0,
        lastSlowedAt: 0,
      };
      hosts.set(host, pace);
    }
    return pace;
  }

  return {
    acquire(host, limits) {
      const pace = paceOf(host);
      const permission = permit(pace, limits, clock.now(), () => `m${++tokensGiven}`);
      return Promise.resolve(permission);
    },
    release(host, token, verdict) {
      settle(paceOf(host), token, verdict, clock.now());
      return Promise.resolve();
    },
  };
}

function permit(pace: HostPace, limits: HostLimits, now: number, nextToken: () => string): Permission {
  pace.delayMs = limits.delayMs;
  forgetDeadTokens(pace, now);
  const spacingMs = Math.max(limits.delayMs, pace.slowDelayMs);
  if (now < pace.lastStartAt) pace.lastStartAt = now;
  if (now < pace.quietFrom) pace.quietFrom = now;
  const waitMs = Math.max(pace.lastStartAt + spacingMs, pace.quietFrom + pace.quietMs) - now;
  if (waitMs > 0) return { granted: false, waitMs: Math.max(1, Math.ceil(waitMs)) };
  if (pace.startedAt.size >= limits.concurrency) return { granted: false, waitMs: THROTTLE_RULES.busyWaitMs };
  const token = nextToken();
  pace.startedAt.set(token, now);
  pace.lastStartAt = now;
  return { granted: true, token };
}

function settle(pace: HostPace, token: string, verdict: HostVerdict, now: number): void {
  const startedAt = pace.startedAt.get(token);
  pace.startedAt.delete(token);
  if (verdict.kind === 'ok') {
    pace.slowDelayMs = relaxedDelayMs(pace.slowDelayMs, pace.delayMs);
    return;
  }
  // Requests that were already under way when the host first complained are one complaint, not several.
  if (startedAt === undefined || startedAt >= pace.lastSlowedAt) {
    pace.slowDelayMs = slowedDelayMs(pace.slowDelayMs, pace.delayMs);
    pace.lastSlowedAt = now;
  }
  const quietMs = Math.min(Math.max(verdict.retryAfterMs ?? 0, pace.slowDelayMs), THROTTLE_RULES.retryAfterMsMax);
  if (now + quietMs < pace.quietFrom + pace.quietMs) return;
  pace.quietFrom = now;
  pace.quietMs = quietMs;
}

/** Frees the places of requests whose end was never heard of. At most `concurrency` entries are looked at. */
function forgetDeadTokens(pace: HostPace, now: number): void {
  for (const [token, startedAt] of pace.startedAt) {
    if (now - startedAt > THROTTLE_RULES.leaseMs) pace.startedAt.delete(token);
  }
}
