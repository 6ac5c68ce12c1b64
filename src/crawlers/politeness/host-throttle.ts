import type { FetchFailure } from '../../domain/outcome.js';
import type { PageKind } from '../../domain/page.js';
import { faultOf, HOST_FAILURES, type FetchFault } from '../http/fetch-fault.js';

/**
 * Each host has one pace for all crawls. This file has the contract between a crawl and the throttle that keeps the
 * pace (in Redis, so that several processes share a host), the numbers that it follows, and the rules by which a crawl
 * judges the health of a host.
 */

/** What a crawl may ask of one host; the wider of several crawls' limits never loosens the narrower. */
export interface HostLimits {
  /** Least time between the starts of two requests, in milliseconds; 0 is legal. */
  readonly delayMs: number;
  /** Most requests in flight at once, at least 1. */
  readonly concurrency: number;
  /** Lets requests that are not patient go first; default false. */
  readonly isPatient?: boolean;
}

export type Permission =
  | {
      readonly granted: true;
      readonly token: string;
      /** Nobody else asks for the host, and it wants no delay: the token may serve several requests, see `exclusiveMs`. */
      readonly isExclusive?: true;
    }
  | { readonly granted: false; readonly waitMs: number };

/**
 * How the host responded: `slowDown` if the problem is not that of the page alone (`verdictOnHost`), otherwise `ok`.
 * `isOutage` means that it did not respond at all. Such a host is not overloaded, so it is asked again soon, in order
 * to notice its return at once.
 */
export type HostVerdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'slowDown'; readonly retryAfterMs: number | null; readonly isOutage?: boolean };

/**
 * The one throttle of a host.
 *
 * `acquire` never waits: it grants, or says after how many milliseconds asking again makes sense (an estimate, at least 1).
 * Each granted token is released exactly once; releasing an unknown or expired token changes no count but its verdict still holds.
 */
export interface HostThrottle {
  acquire(host: string, limits: HostLimits): Promise<Permission>;
  release(host: string, token: string, verdict: HostVerdict): Promise<void>;
}

/** The numbers that the throttle follows. */
export const THROTTLE_RULES = {
  /** First step of the extra delay where the configured one is small. */
  slowDelayMsMin: 500,
  /** The extra delay doubles up to here: under a schedule of one minute, a host that says no time is asked between two runs at least once. */
  slowDelayMsMax: 30_000,
  /** … and up to here where the host is out of reach. */
  outageDelayMsMax: 5_000,
  /** Each `ok` multiplies the extra delay by this; below the configured delay it ends … */
  relaxFactor: 0.9,
  /** … and brings a longer one down to half, no lower than this: a host that has been slowed for long is heard of again within minutes. */
  halvedDelayMsMin: 10_000,
  /** Longest silence a Retry-After can impose; a longer one is asked again after this. */
  retryAfterMsMax: 600_000,
  /** A token that was never released (its holder died) frees its slot after this. */
  leaseMs: 300_000,
  /** Suggested wait where all places are taken. */
  busyWaitMs: 50,
  /** How long a token may serve one request after the other if no other process asks for the host. */
  exclusiveMs: 1_000,
  /** So long after its turn would have come, one that was told to wait goes before patient ones. */
  wantedMs: 500,
} as const;

/** Remembers, for one run, which hosts have stopped answering, so that a dead host does not cost a time-out per page. */
export interface HostHealth {
  /** An answer that shows the host at work: a page, a 304, a 404, also one that only this page is to blame for. */
  answered(host: string): void;
  /** An attempt brought no answer at all. @returns how many in a row did not. */
  silent(host: string): number;
  /** @returns whether this failure, after all its attempts, was the one that makes the host count as out of reach. */
  failed(host: string, reason: FetchFailure): boolean;
  /** The fault that all other requests to an unreachable host get, otherwise null. */
  refusalOf(host: string): FetchFault | null;
}

/** Pages that must fail in a row, each after all its attempts, … */
const FAILED_PAGES_MIN = 8;
/** … and time without any answer, before the host is left alone for the rest of the run. */
const SILENCE_MS_MIN = 20_000;

interface HostRecord {
  failedInARow: number;
  silentInARow: number;
  silentSinceMs: number;
  lost: FetchFailure | null;
}

/** @param now  Monotonic milliseconds. */
export function createHostHealth(now: () => number): HostHealth {
  const records = new Map<string, HostRecord>();

  function recordOf(host: string): HostRecord {
    let record = records.get(host);
    if (record === undefined) {
      record = { failedInARow: 0, silentInARow: 0, silentSinceMs: now(), lost: null };
      records.set(host, record);
    }
    return record;
  }

  return {
    answered(host) {
      const record = recordOf(host);
      record.failedInARow = 0;
      record.silentInARow = 0;
      record.silentSinceMs = now();
    },
    silent(host) {
      const record = recordOf(host);
      record.silentInARow += 1;
      return record.silentInARow;
    },
    failed(host, reason) {
      const record = recordOf(host);
      if (!HOST_FAILURES.has(reason) || record.lost !== null) return false;
      record.failedInARow += 1;
      if (record.failedInARow < FAILED_PAGES_MIN || now() - record.silentSinceMs < SILENCE_MS_MIN) return false;
      record.lost = reason;
      return true;
    },
    refusalOf(host) {
      const lost = records.get(host)?.lost ?? null;
      if (lost === null) return null;
      const detail = `not asked: ${FAILED_PAGES_MIN} pages of this host had failed in a row`;
      return { ...faultOf(lost, detail), retryable: false, slowsHost: false };
    },
  };
}

/** The host was not there, or hung up: once may be chance. */
const CONNECTION_FAULTS: ReadonlySet<FetchFailure> = new Set<FetchFailure>([
  'dns',
  'refused',
  'reset',
  'timeout',
  'tls',
]);
/** So many of them in a row are the host's. */
const CONNECTION_FAULTS_MAX = 2;

/** @returns whether no connection came about, or no answer through it. */
export function isConnectionFault({ reason, status }: Pick<FetchFault, 'reason' | 'status'>): boolean {
  return status === null && CONNECTION_FAULTS.has(reason);
}

/**
 * Decides by its cause whether a fault concerns the host or only the page. 429, 503 and any answer with a Retry-After
 * concern the host, on any page. Other faults of an article (500, 403, a captcha, a block page, a time-out) concern
 * only that page, which is tried again on its own schedule. On a list, which is small and never changes its URL, the
 * same faults concern the host. Refused, reset or hanging connections do so once several in a row brought no answer.
 *
 * @param silent Attempts in a row, including this one, to which the host gave no answer at all.
 *
 * Pure. Errs towards leaving the pace of the host alone.
 */
export function verdictOnHost(fault: FetchFault | null, kind: PageKind, silent: number): HostVerdict {
  if (fault === null) return { kind: 'ok' };
  const { reason, status, retryAfterMs } = fault;
  if (isConnectionFault(fault)) {
    return silent > CONNECTION_FAULTS_MAX ? { kind: 'slowDown', retryAfterMs, isOutage: true } : { kind: 'ok' };
  }
  const isHosts = reason === 'rateLimited' || status === 503 || retryAfterMs !== null;
  return isHosts || (fault.slowsHost && kind !== 'article') ? { kind: 'slowDown', retryAfterMs } : { kind: 'ok' };
}
