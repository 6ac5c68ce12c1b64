import type { Redis } from 'ioredis';

/** How fast a host is asked now. */
export interface HostPace {
  readonly host: string;
  /** Time kept between two requests, in milliseconds, what is added below included. */
  readonly spacingMs: number;
  /** What is added because the host asked for less, or was out of reach. */
  readonly slowedMs: number;
  /** Until it may be asked again at all; 0: at once. */
  readonly quietMs: number;
}

const SCAN_COUNT = 1_000;
/** Hosts are those of the configured editions. */
const HOSTS_MAX = 1_000;

/**
 * Reads what `RedisHostThrottle` keeps, by this machine's clock.
 *
 * @returns the hosts that were asked within the last hour, by name; at most a thousand.
 */
export async function readHostPaces(redis: Redis, prefix: string, nowMs: number): Promise<HostPace[]> {
  const begin = `${prefix}:throttle:{`;
  const keys = new Set<string>();
  for await (const some of redis.scanStream({ match: `${begin}*}`, count: SCAN_COUNT }) as AsyncIterable<string[]>)
    for (const key of some) if (keys.size < HOSTS_MAX) keys.add(key);
  const paces = await Promise.all(
    [...keys].sort().map(async (key) => {
      const fields = await redis.hmget(key, 'delayMs', 'slowDelayMs', 'quietFrom', 'quietMs');
      const [delayMs = 0, slowedMs = 0, quietFrom = 0, quietForMs = 0] = fields.map(Number);
      const quietMs = Math.max(0, quietFrom + quietForMs - nowMs);
      return { host: key.slice(begin.length, -1), spacingMs: Math.max(delayMs, slowedMs), slowedMs, quietMs };
    }),
  );
  return paces;
}
