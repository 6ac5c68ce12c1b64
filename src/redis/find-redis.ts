import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment.js';
import { FatalError } from '../domain/errors.js';
import { readLockHolder, type DataDirLock } from '../platform/data-dir-lock.js';
import type { Closers } from '../platform/closers.js';
import type { Logger } from '../platform/logger.js';
import type { RedisLocation } from './connection.js';
import { startEmbeddedRedis } from './embedded-redis.js';

/** Redis gets longer than others to write its log and go. */
const REDIS_STOP_MS = 8_000;

interface RedisRequest {
  readonly config: Config;
  readonly environment: Environment;
  readonly log: Logger;
  readonly closers: Closers;
}

/**
 * Finds Redis for the process that holds the data directory's lock: the configured one, or otherwise an embedded server
 * that is started here and stopped last.
 *
 * @throws {FatalError} `redis.missing` if no server can be found or fetched.
 */
export async function openRedisAsOwner(request: RedisRequest, lock: DataDirLock): Promise<RedisLocation> {
  const { config, environment, log, closers } = request;
  if (config.redis.url !== null) return { kind: 'url', url: config.redis.url };
  const redis = await startEmbeddedRedis({ dataDir: config.dataDir, cacheDir: environment.cacheFolder, log });
  closers.push('redis', () => redis.stop(), REDIS_STOP_MS);
  await lock.announceRedis(redis.connection.path);
  return { kind: 'socket', path: redis.connection.path };
}

/**
 * Finds Redis for a process that does not hold the lock: the configured one, or otherwise that of the lock's holder.
 *
 * @returns null if there is none, because no process works in the data directory.
 */
export function findRedis(config: Config): RedisLocation | null {
  if (config.redis.url !== null) return { kind: 'url', url: config.redis.url };
  const holder = readLockHolder(config.dataDir);
  const path = holder?.redisUrl ?? null;
  return path === null ? null : { kind: 'socket', path };
}

/** @throws {FatalError} `redis.none` where no Redis is configured and no service runs. */
export function requireRedis(config: Config): RedisLocation {
  const location = findRedis(config);
  if (location !== null) return location;
  throw new FatalError(`no service works in ${config.dataDir} and no redis.url is set`, {
    code: 'redis.none',
    hint: 'start `sputnik serve` first, or set redis.url',
  });
}
