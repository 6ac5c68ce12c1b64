import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { listCaptureFiles } from '../../captures/capture-files.js';
import type { Config } from '../../config/config.js';
import { FatalError } from '../../domain/errors.js';
import { writeFileAtomically } from '../../platform/atomic-files.js';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import type { Logger } from '../../platform/logger.js';
import { connectRedis, type RedisLocation } from '../../redis/connection.js';
import { findWriters, type LivingWriter } from '../../redis/writer-lease.js';
import { BINDING_FILE } from '../harvester/runtime.js';

const bindingSchema = z.strictObject({ prefix: z.string().min(1) });
/** How often a crawl host looks for a writer while there is none. */
const WRITER_LOOK_MS = 2_000;
/**
 * Finds the writer, and notes that the captures here are for it. @returns its prefix; null where the signal came first.
 */
export async function bindToWriter(
  location: RedisLocation,
  { dataDir, redis }: Config,
  signal: AbortSignal,
  log: Logger,
): Promise<string | null> {
  const bound = readBinding(dataDir);
  const mustStay = bound !== null && (await listCaptureFiles(dataDir)).length > 0;
  if (mustStay && redis.prefix !== null && redis.prefix !== bound) {
    throw new FatalError(
      `the captures in ${dataDir} belong to the writer of ${bound}, not to that of ${redis.prefix}`,
      {
        code: 'host.otherWriter',
        hint: `let them be handed over first (redis.prefix: ${bound}), or use another --data-dir`,
      },
    );
  }
  const named = redis.prefix ?? (mustStay ? bound : null);
  const prefix = named ?? (await findOnlyWriter(location, signal, log));
  if (prefix === null) return null;
  if (prefix !== bound) await writeFileAtomically(join(dataDir, BINDING_FILE), `${JSON.stringify({ prefix })}\n`);
  if (named !== null) await sayWhereNobodyIs(location, named, log);
  log.info({ event: 'host.writer', reason: prefix }, 'crawling for the writer of this prefix');
  return prefix;
}

/** A prefix that comes from the settings or from waiting captures, not from a search, may have no writer now. */
async function sayWhereNobodyIs(location: RedisLocation, prefix: string, log: Logger): Promise<void> {
  const redis = await connectRedis(location, 'producer');
  try {
    const writers = await findWriters(redis);
    if (writers.some((writer) => writer.prefix === prefix)) return;
    const there = writers.map((writer) => writer.prefix).join(', ') || 'none';
    const reason = `${prefix}; there are: ${there}`;
    log.warn({ event: 'host.waiting', reason }, 'no writer works under this prefix now; waiting for it');
  } finally {
    redis.disconnect();
  }
}

function readBinding(dataDir: string): string | null {
  const path = join(dataDir, BINDING_FILE);
  try {
    return bindingSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).prefix;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw diskError(`read ${path}`, error);
  }
}

async function findOnlyWriter(location: RedisLocation, signal: AbortSignal, log: Logger): Promise<string | null> {
  const redis = await connectRedis(location, 'producer');
  try {
    for (let looks = 0; !signal.aborted; looks += 1) {
      // Whether Redis answers shows itself when a writer is found.
      const writers = await findWriters(redis).catch(() => []);
      const [first] = writers;
      if (writers.length > 1) throw severalWriters(writers);
      if (first !== undefined) return first.prefix;
      if (looks === 0) {
        log.warn({ event: 'host.waiting' }, 'no writer (`sputnik serve`) works on this Redis yet; waiting for one');
      }
      await pause(WRITER_LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return null;
  } finally {
    redis.disconnect();
  }
}

function severalWriters(writers: readonly LivingWriter[]): FatalError {
  const names = writers.map(({ prefix, host, dataDir }) => `${prefix} (${dataDir} on ${host})`);
  return new FatalError(`several writers work on this Redis: ${names.join('; ')}`, {
    code: 'host.severalWriters',
    hint: 'set the prefix of one of them: SPUTNIK_REDIS_PREFIX, or redis.prefix in the settings',
  });
}
