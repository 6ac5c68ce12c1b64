import type { Redis } from 'ioredis';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ROBOTS_AGE_MS_MAX, type SharedRobots } from '../crawlers/politeness/robots-rules.js';

/** Characters of a robots.txt that are kept; the parser reads fewer. The rest is cut off. */
const TEXT_BYTES_MAX = 1_000_000;

/**
 * What robots.txt of each host said, for all processes under a prefix: the one that reads it first keeps it here, with its age, and the
 * others need not ask the site, which not every one of them may reach.
 *
 *     <prefix>:robots:<edition>@<host and port>   gzipped text, empty where the host has none; gone when it is too old
 *
 * One key for each edition, of some hundred bytes as a rule.
 *
 * @throws whatever ioredis throws while Redis is away, from each of its functions.
 */
export class RedisRobots implements SharedRobots {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async lookUp(edition: string, host: string): ReturnType<SharedRobots['lookUp']> {
    const key = this.#key(edition, host);
    const packed = await this.#redis.getBuffer(key);
    const leftMs = await this.#redis.pttl(key);
    if (packed === null || leftMs <= 0) return null;
    const text = packed.length === 0 ? null : gunzipSync(packed, { maxOutputLength: TEXT_BYTES_MAX });
    return { text, ageMs: Math.max(0, ROBOTS_AGE_MS_MAX - leftMs) };
  }

  async keep(edition: string, host: string, text: Buffer | null): Promise<void> {
    const packed = text === null ? '' : gzipSync(text.subarray(0, TEXT_BYTES_MAX));
    await this.#redis.set(this.#key(edition, host), packed, 'PX', ROBOTS_AGE_MS_MAX);
  }

  #key(edition: string, host: string): string {
    return `${this.#prefix}:robots:${edition}@${host}`;
  }
}
