import type { Redis } from 'ioredis';
import { scanKeys } from './connection.js';

/**
 * Moves queued, running and finished crawls, and the pauses of schedules, from one key prefix to another. Jobs name
 * their parents and children by full keys, so these names are changed too. Other keys under the old prefix are not
 * needed: page jobs are queued again from the captures.
 *
 * @returns the number of keys that were moved; 0 on a second call. A key that already exists under the new prefix is
 * left alone.
 */
export async function takeOverKeys(redis: Redis, from: string, to: string): Promise<number> {
  const names = new Set<string>();
  for await (const some of scanKeys(redis, `${from}:*`)) for (const name of some) names.add(name);
  let moved = 0;
  for (const name of names) {
    const rest = name.slice(from.length);
    if (!/^:(?:crawl:|paused-schedules$)/.test(rest)) continue;
    if ((await redis.renamenx(name, `${to}${rest}`)) === 0) continue;
    await renameMembers(redis, `${to}${rest}`, from, to);
    moved += 1;
  }
  return moved;
}

async function renameMembers(redis: Redis, key: string, from: string, to: string): Promise<void> {
  const type = await redis.type(key);
  const renamed = (name: string): string => (name.startsWith(`${from}:`) ? `${to}${name.slice(from.length)}` : name);
  if (type === 'set') {
    for (const member of await redis.smembers(key))
      if (renamed(member) !== member) await redis.multi().srem(key, member).sadd(key, renamed(member)).exec();
  } else if (type === 'hash') {
    for (const [field, value] of Object.entries(await redis.hgetall(key))) {
      const next = field === 'parentKey' ? renamed(value) : field === 'parent' ? renamedParent(value, renamed) : value;
      if (renamed(field) !== field || next !== value)
        await redis.multi().hdel(key, field).hset(key, renamed(field), next).exec();
    }
  }
}

/** Parent of a job, `{"id":"order-…","queueKey":"<prefix>:crawl"}`. */
function renamedParent(value: string, renamed: (name: string) => string): string {
  return value.replace(/"queueKey":"([^"]*)"/, (_all, queueKey: string) => `"queueKey":"${renamed(queueKey)}"`);
}
