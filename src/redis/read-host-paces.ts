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

/**
 * Reads what `RedisHostThrottle` keeps, by this machine's clock.
 *
 * @param hosts  Those that may have been asked.
 * @returns      Those of them that were asked within the last hour, by name.
 */
export async function readHostPaces(
  redis: Redis,
  prefix: string,
  hosts: Iterable<string>,
  nowMs: number,
): Promise<HostPace[]> {
  const paces = [...new Set(hosts)].sort().map(async (host): Promise<HostPace[]> => {
    const key = `${prefix}:throttle:{${host}}`;
    const fields = await redis.hmget(key, 'delayMs', 'slowDelayMs', 'quietFrom', 'quietMs');
    if (fields[0] === null) return [];
    const [delayMs = 0, slowedMs = 0, quietFrom = 0, quietForMs = 0] = fields.map(Number);
    const quietMs = Math.max(0, quietFrom + quietForMs - nowMs);
    return [{ host, spacingMs: Math.max(delayMs, slowedMs), slowedMs, quietMs }];
  });
  return (await Promise.all(paces)).flat();
}
