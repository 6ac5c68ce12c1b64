/**
 * Each host has one pace for all crawls. This file has the contract between a crawl and the throttle that keeps the
 * pace (in Redis, so that several processes share a host), and the numbers that it follows.
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
