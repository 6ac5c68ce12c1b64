import type { Redis } from 'ioredis';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { FatalError } from '../domain/errors.js';
import type { Closers } from '../platform/closers.js';
import { crawlHostKey } from './pieces-in-flight.js';
import { scanKeys } from './connection.js';

/** A writer or crawl host that has said nothing for so long has died. */
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const LOOK_MS = 500;

const holderSchema = z.strictObject({ host: z.string(), dataDir: z.string(), pid: z.int(), since: z.string() });
type Holder = z.infer<typeof holderSchema>;

/**
 * Renews the lease if no other process has it.
 *
 * @returns the holder.
 */
const KEEP = `
  local held = redis.call('GET', KEYS[1])
  if held and held ~= ARGV[1] then return held end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]`;
const GIVE_UP = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0`;

interface LeaseRequest {
  readonly redis: Redis;
  readonly prefix: string;
  /** The data directory of the holder, and since when it works there. */
  readonly holder: { readonly dataDir: string; readonly since: string };
  /** Called once if another process has taken the lease, for instance after this process was frozen. */
  readonly onLost: (error: FatalError) => void;
  /** Giving the lease up is pushed here. */
  readonly closers: Closers;
}

/**
 * Makes sure that one writer works under a key prefix: a copied data directory has its original's id, and both would take
 * each other's jobs. The caller holds the lock of its data directory, so an earlier writer there is dead.
 *
 * @throws {FatalError} `redis.otherWriter`, naming it.
 */
export function takeWriterLease(request: LeaseRequest): Promise<void> {
  const { prefix } = request;
  return takeLease(request, writerKey(prefix), ({ host, dataDir, pid, since }) => {
    const message = `process ${pid} on ${host} writes ${dataDir} under the prefix ${prefix} of this Redis, since ${since}`;
    const hint =
      'end it; or, where this directory is a copy, delete data-dir.json in it, or give it a redis.prefix of its own';
    return new FatalError(message, { code: 'redis.otherWriter', hint });
  });
}

/**
 * The same for a crawl host, by the id of its data directory; while it has the lease it counts as alive.
 *
 * @throws {FatalError} `redis.otherCrawlHost`, naming it.
 */
export function takeCrawlHostLease(request: LeaseRequest, id: string): Promise<void> {
  return takeLease(request, crawlHostKey(request.prefix, id), ({ host, dataDir, pid, since }) => {
    const message = `process ${pid} on ${host} crawls in ${dataDir} under the id ${id} of this directory, since ${since}`;
    const hint = 'where this directory is a copy, delete data-dir.json in it';
    return new FatalError(message, { code: 'redis.otherCrawlHost', hint });
  });
}

/** A writer that works under a prefix of this Redis now. */
export interface LivingWriter {
  readonly prefix: string;
  readonly host: string;
  readonly dataDir: string;
}

/** Whether a writer has said within its lease that it works under a prefix. */
export async function hasWriter(redis: Redis, prefix: string): Promise<boolean> {
  return (await redis.exists(writerKey(prefix))) > 0;
}

const WRITER_KEYS = '*:writer';

/** @returns the writers that live, by prefix; what this user may not read is left out. */
export async function findWriters(redis: Redis): Promise<LivingWriter[]> {
  const names = new Set<string>();
  for await (const some of scanKeys(redis, WRITER_KEYS)) for (const name of some) names.add(name);
  const writers: LivingWriter[] = [];
  for (const name of [...names].sort()) {
    const text = await redis.get(name).catch(otherKind);
    const holder = text === null ? null : readHolder(text);
    const prefix = name.slice(0, 1 - WRITER_KEYS.length);
    if (holder !== null && holder.pid > 0) writers.push({ prefix, host: holder.host, dataDir: holder.dataDir });
  }
  return writers;
}

/** @returns null if the key belongs to another program, has another type, or is closed to this user. */
function otherKind(error: unknown): null {
  if (error instanceof Error && /^(?:WRONGTYPE|NOPERM)/.test(error.message)) return null;
  throw error;
}

/** @returns the key that says that a writer lives. */
function writerKey(prefix: string): string {
  return `${prefix}:writer`;
}

async function takeLease(
  { redis, holder: { dataDir, since }, onLost, closers }: LeaseRequest,
  key: string,
  takenBy: (other: Holder) => FatalError,
): Promise<void> {
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
    else if (!isSameFolder || waitedMs > LEASE_MS) throw takenBy(other);
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  const timer = setInterval(() => {
    keep()
      .then((other) => {
        if (other === null) return;
        clearInterval(timer);
        onLost(takenBy(other));
      })
      .catch(() => undefined); // whether Redis answers is watched elsewhere
  }, RENEW_MS);
  closers.push('lease', async () => {
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
