import type { Redis } from 'ioredis';
import { FatalError } from '../domain/errors.js';
import { withDeadline, type Closers } from '../platform/closers.js';

/** How often Redis is asked to take a write. */
const PROBE_EVERY_MS = 2_000;
const PROBE_DEADLINE_MS = 5_000;
/** A Redis that has taken no write for so long does not come back by itself; a restart of ours takes under a second. */
const SILENT_MS_MAX = 20_000;
const PROBE_TTL_SECONDS = 60;

/** What is watched. */
export interface RedisWatch {
  readonly redis: Redis;
  /** Key prefix of the queues. */
  readonly prefix: string;
  /** Key of a job that must not vanish; null: none. */
  readonly jobKey: string | null;
  /** Called once when Redis is of no further use. */
  readonly onLost: (error: FatalError) => void;
}

/**
 * Looks after a Redis that others depend on: BullMQ itself waits without a limit for one that is frozen, full or
 * read-only, and for a job that was deleted under it.
 *
 * `onLost` gets `redis.lost` when no write went through for 20 s, `crawl.vanished` when the job is gone.
 */
export function watchRedis(watch: RedisWatch, closers: Closers): void {
  let wroteAt = performance.now();
  let isBusy = false;
  const look = async (): Promise<void> => {
    try {
      const { redis, prefix, jobKey } = watch;
      await withDeadline(
        redis.set(`${prefix}:probe`, '1', 'EX', PROBE_TTL_SECONDS),
        PROBE_DEADLINE_MS,
        'a write to Redis',
      );
      wroteAt = performance.now();
      if (jobKey === null || (await withDeadline(redis.exists(jobKey), PROBE_DEADLINE_MS, 'Redis')) === 1) return;
      lose(new FatalError('the crawl vanished from the queue while it ran', { code: 'crawl.vanished' }));
    } catch (cause) {
      const silentMs = performance.now() - wroteAt;
      if (silentMs >= SILENT_MS_MAX) lose(redisLost(silentMs, cause));
    }
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void look().finally(() => {
      isBusy = false;
    });
  }, PROBE_EVERY_MS);
  const lose = (error: FatalError): void => {
    clearInterval(timer);
    watch.onLost(error);
  };
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
