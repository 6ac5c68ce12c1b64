import type { Redis } from 'ioredis';
import { FatalError } from '../domain/errors.js';
import { withDeadline, type Closers } from '../platform/closers.js';

/** How often Redis is asked to take a write. */
const PROBE_EVERY_MS = 2_000;
const PROBE_DEADLINE_MS = 5_000;
/** A Redis that has taken no write for so long does not come back by itself; a restart of ours takes under a second. */
const SILENT_MS_MAX = 20_000;
const PROBE_TTL_SECONDS = 60;

/**
 * Looks after a Redis that others depend on: BullMQ itself waits without a limit for one that is frozen, full or
 * read-only.
 *
 * @param prefix  Key prefix of the queues.
 * @param onLost  Called once, with `redis.lost`, when no write went through for 20 s.
 */
export function watchRedis(
  { redis, prefix }: { readonly redis: Redis; readonly prefix: string },
  onLost: (error: FatalError) => void,
  closers: Closers,
): void {
  let wroteAt = performance.now();
  let isBusy = false;
  const probe = async (): Promise<void> => {
    try {
      const write = redis.set(`${prefix}:probe`, '1', 'EX', PROBE_TTL_SECONDS);
      await withDeadline(write, PROBE_DEADLINE_MS, 'a write to Redis');
      wroteAt = performance.now();
    } catch (cause) {
      const silentMs = performance.now() - wroteAt;
      if (silentMs < SILENT_MS_MAX) return;
      clearInterval(timer);
      onLost(redisLost(silentMs, cause));
    }
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void probe().finally(() => {
      isBusy = false;
    });
  }, PROBE_EVERY_MS);
  closers.push('redis watch', () => {
    clearInterval(timer);
  });
}

function redisLost(silentMs: number, cause: unknown): FatalError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FatalError(`Redis has taken no write for ${Math.round(silentMs / 1000)} s: ${why}`, {
    code: 'redis.lost',
    hint: 'give it memory and disk space, or end it; what was captured is processed by the next start',
    cause,
  });
}
