import type { Redis } from 'ioredis';
import { FatalError } from '../domain/errors.js';
import type { Logger } from '../platform/logger.js';
import { describeLocation, refusedByRedis, type RedisLocation } from './connection.js';

interface ServerState {
  readonly version: string;
  /** `maxmemory-policy`; null where the server does not tell it. */
  readonly policy: string | null;
  /** Bytes from which on the policy applies; null: no limit is set, or the server does not tell it. */
  readonly memoryBytesMax: number | null;
}

interface Connected {
  readonly redis: Redis;
  readonly location: RedisLocation;
}

/** The only policy under which a full server refuses a write instead of dropping a job. */
const SAFE_POLICY = 'noeviction';

/** Every kind of command that queues, waiting and the throttle use, on a key that is gone at once. */
const WRITES_SCRIPT = `
  redis.call('set', KEYS[1], '1', 'PX', 1000) redis.call('del', KEYS[1])
  redis.call('hset', KEYS[1], 'a', '1') redis.call('del', KEYS[1])
  redis.call('rpush', KEYS[1], 'a') redis.call('del', KEYS[1])
  redis.call('zadd', KEYS[1], 1, 'a') redis.call('del', KEYS[1])
  redis.call('xadd', KEYS[1], '*', 'a', '1') redis.call('del', KEYS[1])
  return redis.call('time')[1]`;

/** @throws {FatalError} `redis.denied` where this user may not ask. */
export async function inspectRedis({ redis, location }: Connected): Promise<ServerState> {
  const info = await redis.info().catch((error: unknown) => {
    throw refusedByRedis(error, location) ?? error;
  });
  const lines = info.split(/\r?\n/);
  const value = (name: string): string | null =>
    lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1) ?? null;
  const memoryBytesMax = Number(value('maxmemory') ?? 0);
  return {
    version: value('redis_version') ?? 'unknown',
    policy: value('maxmemory_policy'),
    memoryBytesMax: memoryBytesMax > 0 ? memoryBytesMax : null,
  };
}

/** What BullMQ works with at all. From 6.2 on it works without a warning. */
const MAJOR_MIN = 5;

/** @throws {FatalError} `redis.tooOld`; `redis.denied` where this user may not ask. */
export async function refuseOldRedis(connected: Connected): Promise<void> {
  const { version } = await inspectRedis(connected);
  if (!(Number.parseInt(version) < MAJOR_MIN)) return;
  throw new FatalError(`Redis at ${describeLocation(connected.location)} is too old: version ${version}`, {
    code: 'redis.tooOld',
    hint: 'install Redis 6.2 or later, or Valkey; or leave redis.url empty to use the embedded Redis',
  });
}

/** @returns the command that stops this server from dropping keys. */
export function evictionRemedy(location: RedisLocation): string {
  const target = location.kind === 'socket' ? `-s ${location.path}` : `-u ${describeLocation(location)}`;
  return `redis-cli ${target} CONFIG SET maxmemory-policy ${SAFE_POLICY} (and in redis.conf, or in the provider's settings)`;
}

/** Whether the server drops keys when its memory is full; only a matter of time where it has a limit. */
export function evicts({ policy }: ServerState): boolean {
  return policy !== null && policy !== SAFE_POLICY;
}

/**
 * Looks whether a server can be trusted with queues before anything is put into it.
 *
 * @param prefix  Key prefix of the queues: the user of the connection must have rights there.
 * @throws {FatalError} `redis.evicts` where it has a memory limit and would drop jobs when it is full; `redis.denied`
 *         where the user may not run what the queues need; `redis.readOnly`, `redis.full` where it takes no writes.
 *         Without a memory limit, an evicting policy is warned of.
 */
export async function checkRedis({ redis, location }: Connected, prefix: string, log: Logger): Promise<void> {
  const server = await inspectRedis({ redis, location });
  if (evicts(server)) {
    const message = `Redis at ${describeLocation(location)} drops keys when its memory is full (maxmemory-policy ${server.policy ?? ''})`;
    const hint = evictionRemedy(location);
    if (server.memoryBytesMax !== null) throw new FatalError(message, { code: 'redis.evicts', hint });
    log.warn({ event: 'redis.evicts', reason: server.policy ?? '' }, `${message}, for now without a limit: ${hint}`);
  }
  await checkWrites({ redis, location }, prefix);
}

/**
 * Runs every kind of command that the queues need.
 *
 * @throws {FatalError} `redis.denied`, `redis.readOnly`, `redis.full`
 */
export async function checkWrites({ redis, location }: Connected, prefix: string): Promise<void> {
  try {
    await redis.eval(WRITES_SCRIPT, 1, `${prefix}:check`);
  } catch (error) {
    throw refusedByRedis(error, location) ?? error;
  }
}
