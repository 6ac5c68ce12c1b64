import type { Redis } from 'ioredis';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { FatalError } from '../domain/errors.js';
import type { Closers } from '../platform/closers.js';

/** A writer that has said nothing for so long has died. */
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const LOOK_MS = 500;

const holderSchema = z.strictObject({ host: z.string(), dataDir: z.string(), pid: z.int(), since: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** Keeps the lease where nobody else has it. @returns who has it. */
const KEEP = `
  local held = redis.call('GET', KEYS[1])
  if held and held ~= ARGV[1] then return held end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]`;
const GIVE_UP = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0`;

/**
 * Makes sure that one writer works under a key prefix: a copied data directory has its original's id, and both would take
 * each other's jobs. The caller holds the lock of its data directory, so an earlier writer there is dead.
 *
 * @param onLost   Called once where another writer has taken the lease, as after a freeze of this process.
 * @param closers  Giving the lease up is pushed here.
 * @throws {FatalError} `redis.otherWriter`, naming it.
 */
export async function takeWriterLease(
  { redis, prefix }: { readonly redis: Redis; readonly prefix: string },
  { dataDir, since }: { readonly dataDir: string; readonly since: string },
  onLost: (error: FatalError) => void,
  closers: Closers,
): Promise<void> {
  const key = `${prefix}:writer`;
  const holder: Holder = { host: hostname(), dataDir: resolve(dataDir), pid: process.pid, since };
  const own = JSON.stringify(holder);
  const keep = async (): Promise<Holder | null> => {
    const held = String(await redis.eval(KEEP, 1, key, own, LEASE_MS));
    return held === own ? null : readHolder(held);
  };
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const other = await keep();
    if (other === null) break;
    const isSameFolder = other.dataDir === holder.dataDir;
    if (isSameFolder && other.host === holder.host) await redis.set(key, own, 'PX', LEASE_MS);
    // A container that is started again has another name: then the one before falls silent.
    else if (!isSameFolder || waitedMs > LEASE_MS) throw otherWriter(other, prefix);
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  const timer = setInterval(() => {
    keep()
      .then((other) => {
        if (other === null) return;
        clearInterval(timer);
        onLost(otherWriter(other, prefix));
      })
      .catch(() => undefined); // whether Redis answers is watched elsewhere
  }, RENEW_MS);
  closers.push('writer lease', async () => {
    clearInterval(timer);
    await redis.eval(GIVE_UP, 1, key, own);
  });
}

function readHolder(text: string): Holder {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return { host: '', dataDir: text.slice(0, 200), pid: 0, since: '' };
  }
}

function otherWriter({ host, dataDir, pid, since }: Holder, prefix: string): FatalError {
  return new FatalError(
    `process ${pid} on ${host} writes ${dataDir} under the prefix ${prefix} of this Redis, since ${since}`,
    {
      code: 'redis.otherWriter',
      hint: 'end it; or, where this directory is a copy, delete data-dir.json in it, or give it a redis.prefix of its own',
    },
  );
}
