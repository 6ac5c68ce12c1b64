import { Redis } from 'ioredis';
import { FatalError } from '../domain/errors.js';

/** Where Redis listens: a private unix socket of an embedded server, or an address from the configuration. */
export type RedisLocation =
  { readonly kind: 'socket'; readonly path: string } | { readonly kind: 'url'; readonly url: string };

/** How long a command or server waits for the first connection before it gives up with exit code 4. */
const CONNECT_DEADLINE_MS = 5_000;

/**
 * Opens one connection and proves that it answers.
 *
 * @param location  Where Redis listens.
 * @param role      `worker`: commands wait through an outage, as BullMQ's workers need; `producer`: they fail at once,
 *                  since a producer that waits would hang while Redis is down.
 * @throws {FatalError} `redis.unreachable` when nothing answers within 5 s.
 */
export async function connectRedis(location: RedisLocation, role: 'worker' | 'producer'): Promise<Redis> {
  const options = {
    lazyConnect: true,
    maxRetriesPerRequest: role === 'worker' ? null : 1,
    connectTimeout: CONNECT_DEADLINE_MS,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
  };
  const redis = location.kind === 'socket' ? new Redis(location.path, options) : new Redis(location.url, options);
  // Every failed reconnection emits `error`; commands carry the failure to whoever waits for them.
  let lastError: unknown = null;
  redis.on('error', (error: unknown) => {
    lastError = error;
  });
  const deadline = setTimeout(() => {
    redis.disconnect();
  }, CONNECT_DEADLINE_MS);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new FatalError(`Redis does not answer at ${describeLocation(location)}`, {
      code: 'redis.unreachable',
      hint: 'start it (docker compose up redis), or leave redis.url empty to have one brought along',
      cause: lastError ?? error,
    });
  } finally {
    clearTimeout(deadline);
  }
  return redis;
}

/** @returns the location without its password. */
export function describeLocation(location: RedisLocation): string {
  if (location.kind === 'socket') return location.path;
  try {
    const url = new URL(location.url);
    if (url.password !== '') url.password = '***';
    return url.href;
  } catch {
    return 'an address that does not parse';
  }
}
