import { createHash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  THROTTLE_RULES,
  type HostLimits,
  type HostThrottle,
  type HostVerdict,
  type Permission,
} from '../crawlers/politeness/host-throttle.js';
import { scanKeys } from './connection.js';

/**
 * Three keys per host, all gone after an hour of silence:
 *
 *     <prefix>:throttle:{<host>}         hash: lastStartAt, spacingMs (of the last start), quietFrom, quietMs, slowDelayMs, delayMs, lastSlowedAt,
 *                                            wantedUntil (by one who is not patient)
 *     <prefix>:throttle:{<host>}:places  sorted set: token → start of its request
 *     <prefix>:throttle:{<host>}:held    sorted set: token → when its holder last said that it lives
 *
 * Redis' own clock counts, in milliseconds: processes on several machines agree on it. A clock that jumps back starts the wait in force again.
 */
const KEPT_MS = 3_600_000;
/** A permission whose holder has said nothing for so long is free: its process died. */
const HELD_MS = 20_000;
/** How often a process says that it lives, while it holds permissions. */
const RENEW_MS = 5_000;

const COMMON = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names = {'lastStartAt', 'spacingMs', 'quietFrom', 'quietMs', 'slowDelayMs', 'delayMs', 'lastSlowedAt', 'wantedUntil'}
local pace = {}
for index, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do
  pace[names[index]] = tonumber(value or '0')
end
local function save(keptMs)
  local fields = {}
  for _, name in ipairs(names) do
    fields[#fields + 1] = name
    fields[#fields + 1] = string.format('%.17g', pace[name])
  end
  redis.call('HSET', KEYS[1], unpack(fields))
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keptMs + 2 * pace.delayMs) end
end
`;

const ACQUIRE = `${COMMON}
local delayMs, concurrency, leaseMs, busyWaitMs, keptMs = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local heldMs, isPatient, wantedMs, slowMax = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local ownMax = tonumber(ARGV[11])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', now - leaseMs))
for _, token in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. string.format('%.0f', now - heldMs))) do
  redis.call('ZREM', KEYS[2], token)
  redis.call('ZREM', KEYS[3], token)
end
for _, key in ipairs({KEYS[2], KEYS[3]}) do
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', now), '+inf')) do
    redis.call('ZADD', key, string.format('%.0f', now), token)
  end
end
if now < pace.lastStartAt then pace.lastStartAt = now end
if now < pace.quietFrom then pace.quietFrom = now end
if now < pace.lastSlowedAt then pace.lastSlowedAt = now end
pace.delayMs = delayMs
local spacingMs = math.max(delayMs, pace.slowDelayMs, pace.spacingMs)
local waitMs = math.max(pace.lastStartAt + spacingMs, pace.quietFrom + pace.quietMs) - now
if waitMs <= 0 and redis.call('ZCARD', KEYS[2]) >= concurrency then waitMs = busyWaitMs end
if isPatient == 1 then
  -- Further ahead than anybody can have asked for: the clock jumped back.
  if pace.wantedUntil > now + slowMax + wantedMs then pace.wantedUntil = 0 end
  waitMs = math.max(waitMs, pace.wantedUntil - now)
elseif waitMs > 0 then
  pace.wantedUntil = now + math.min(waitMs, slowMax) + wantedMs
end
if waitMs > 0 then
  save(keptMs)
  return math.ceil(waitMs)
end
redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[1])
redis.call('ZADD', KEYS[3], string.format('%.0f', now), ARGV[1])
pace.lastStartAt = now
pace.spacingMs = delayMs
save(keptMs)
-- Nobody else holds a place or was told to wait, and nothing is to be waited for.
if spacingMs == 0 and isPatient == 0 and pace.wantedUntil <= now and redis.call('ZCARD', KEYS[2]) <= ownMax then return -1 end
return 0
`;

const RELEASE = `${COMMON}
local verdict, retryAfterMs, keptMs = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local slowMin, slowMax, relaxFactor, retryAfterMax = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local halvedMin = tonumber(ARGV[9])
local startedAt = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or '-1')
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
if verdict == 'ok' then
  local relaxed = math.min(pace.slowDelayMs * relaxFactor, math.max(pace.slowDelayMs / 2, halvedMin))
  if relaxed <= math.max(pace.delayMs, 10) then relaxed = 0 end
  pace.slowDelayMs = relaxed
else
  -- Requests that were already under way when the host first complained are one complaint, not several.
  if startedAt == -1 or startedAt >= pace.lastSlowedAt then
    local doubled = math.max(2 * pace.slowDelayMs, 2 * pace.delayMs, slowMin)
    -- What one cause has slowed, another with a lower limit does not hasten.
    pace.slowDelayMs = math.max(math.min(doubled, slowMax), pace.slowDelayMs, pace.delayMs)
    pace.lastSlowedAt = now
  end
  local quietMs = math.min(math.max(retryAfterMs, pace.slowDelayMs), retryAfterMax)
  if now + quietMs >= pace.quietFrom + pace.quietMs then
    pace.quietFrom = now
    pace.quietMs = quietMs
  end
end
save(keptMs)
return 0
`;

const RENEW = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for _, token in ipairs(ARGV) do redis.call('ZADD', KEYS[3], 'XX', now, token) end
return 0
`;

const DIGESTS = new Map(
  [ACQUIRE, RELEASE, RENEW].map((script) => [script, createHash('sha1').update(script).digest('hex')]),
);
const digestOf = (script: string): string => DIGESTS.get(script) ?? '';

/** 0: granted; -1: granted, and no other process asks for the host. */
const waitSchema = z.int().min(-1);

/**
 * The throttle of hosts that several crawl processes share: one pace per host for all of them. Follows
 * `THROTTLE_RULES`. A process that holds permissions reports every few seconds. The permissions of a process that died
 * are free again soon after, and those that a process forgot to give back after `leaseMs`. The delay after a start
 * applies to the next start by any process, so that a fast crawl does not crowd out a slow one.
 *
 * @throws whatever ioredis throws while Redis is away; nothing is granted then.
 */
export class RedisHostThrottle implements HostThrottle {
  readonly #redis: Redis;
  readonly #prefix: string;
  /** Host → tokens that were granted here and not yet given back. */
  readonly #held = new Map<string, Set<string>>();
  /** Host → permissions that were asked for and not yet answered. */
  readonly #asking = new Map<string, number>();
  #renewal: NodeJS.Timeout | undefined;

  /** @param prefix  Begins every key. */
  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async acquire(host: string, { delayMs, concurrency, isPatient = false }: HostLimits): Promise<Permission> {
    const token = randomUUID();
    const { leaseMs, busyWaitMs, wantedMs, slowDelayMsMax } = THROTTLE_RULES;
    const asking = (this.#asking.get(host) ?? 0) + 1;
    this.#asking.set(host, asking);
    try {
      const answer = await this.#run(ACQUIRE, host, [
        ...[token, delayMs, concurrency, leaseMs, busyWaitMs, KEPT_MS, HELD_MS],
        // Redis answers in order, so earlier requests have been granted by then, if at all.
        ...[Number(isPatient), wantedMs, slowDelayMsMax, (this.#held.get(host)?.size ?? 0) + asking],
      ]);
      const waitMs = waitSchema.parse(answer);
      if (waitMs > 0) return { granted: false, waitMs };
      this.#hold(host, token);
      return waitMs < 0 ? { granted: true, token, isExclusive: true } : { granted: true, token };
    } finally {
      this.#asking.set(host, (this.#asking.get(host) ?? 1) - 1);
    }
  }

  async release(host: string, token: string, verdict: HostVerdict): Promise<void> {
    this.#letGo(host, token);
    const { slowDelayMsMin, slowDelayMsMax, outageDelayMsMax, relaxFactor, retryAfterMsMax, halvedDelayMsMin } =
      THROTTLE_RULES;
    const isSlow = verdict.kind === 'slowDown';
    const retryAfterMs = isSlow ? (verdict.retryAfterMs ?? 0) : 0;
    const slowMax = isSlow && verdict.isOutage === true ? outageDelayMsMax : slowDelayMsMax;
    const rules = [slowDelayMsMin, slowMax, relaxFactor, retryAfterMsMax, halvedDelayMsMin];
    await this.#run(RELEASE, host, [token, verdict.kind, retryAfterMs, KEPT_MS, ...rules]);
  }

  /**
   * Frees every permission at once. Only for who knows that no crawl is under way, e.g. because the server was started just now: those of
   * a process that died would else stay taken until their lease ends.
   */
  async freePermissions(): Promise<void> {
    for (const kind of ['places', 'held']) {
      for await (const keys of scanKeys(this.#redis, `${this.#prefix}:throttle:*:${kind}`)) {
        if (keys.length > 0) await this.#redis.unlink(...keys);
      }
    }
  }

  #hold(host: string, token: string): void {
    const tokens = this.#held.get(host) ?? new Set();
    this.#held.set(host, tokens.add(token));
    this.#renewal ??= setInterval(() => {
      this.#renew();
    }, RENEW_MS).unref();
  }

  #letGo(host: string, token: string): void {
    const tokens = this.#held.get(host);
    tokens?.delete(token);
    if (tokens?.size === 0) this.#held.delete(host);
    if (this.#held.size > 0) return;
    clearInterval(this.#renewal);
    this.#renewal = undefined;
  }

  #renew(): void {
    // While Redis is away nothing is granted to anybody either; whether it answers is watched elsewhere.
    for (const [host, tokens] of this.#held) this.#run(RENEW, host, [...tokens]).catch(() => undefined);
  }

  /** By the script's digest; its text is sent only to a server that does not know it yet. */
  async #run(script: string, host: string, values: readonly (string | number)[]): Promise<unknown> {
    const key = `${this.#prefix}:throttle:{${host}}`;
    const keys = [key, `${key}:places`, `${key}:held`];
    try {
      return await this.#redis.evalsha(digestOf(script), keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return this.#redis.eval(script, keys.length, ...keys, ...values);
    }
  }
}

/** How fast a host is asked now. */
export interface HostPace {
  readonly host: string;
  /** Time between two requests in milliseconds, including the addition below. */
  readonly spacingMs: number;
  /** The addition because the host asked for fewer requests or was out of reach. */
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
