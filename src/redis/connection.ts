import { dirname } from 'node:path';
import { Redis } from 'ioredis';
import { FatalError } from '../domain/errors.js';
import { type Closers, withDeadline } from '../platform/closers.js';

/** Where Redis listens: a private unix socket of an embedded server, or an address from the configuration. */
export type RedisLocation =
  { readonly kind: 'socket'; readonly path: string } | { readonly kind: 'url'; readonly url: string };

/** How long a command or server waits for the first connection before it gives up with exit code 4. */
const CONNECT_DEADLINE_MS = 5_000;
/**
 * A server describes itself in some kilobytes. More than that means that another program listens there, or that an
 * endless answer has begun, which the client would hold in memory.
 */
const FIRST_ANSWERS_BYTES_MAX = 1_048_576;
/**
 * Entries of all lists in them. The client makes room for as many as a list says that it has: 300 MB for twelve bytes,
 * and again for each list within it.
 */
const FIRST_ENTRIES_MAX = 100_000;
const LIST_HEADER = /^[*%~>|](\d{1,20})\r?$/gm;

/**
 * Opens one connection and proves that it answers.
 *
 * @param location  Where Redis listens.
 * @param role      `worker`: commands wait through an outage, as BullMQ's workers need; `producer`: they fail at once,
 *                  since a producer that waits would hang while Redis is down.
 * @throws {FatalError} `redis.unreachable` when nothing answers within 5 s; `redis.denied` when the login or the user's
 *         rights are refused; `redis.tls` when its certificate is not trusted; `redis.database` when the URL names a
 *         database that the server has not.
 */
export async function connectRedis(location: RedisLocation, role: 'worker' | 'producer'): Promise<Redis> {
  const options = {
    lazyConnect: true,
    maxRetriesPerRequest: role === 'worker' ? null : 1,
    connectTimeout: CONNECT_DEADLINE_MS,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
  };
  // As an option: in a string `?` and `#` would end the path.
  const redis =
    location.kind === 'socket' ? new Redis({ ...options, path: location.path }) : new Redis(location.url, options);
  // Every failed reconnection emits `error`; the callers of commands get the failure from the commands.
  let lastError: unknown = null;
  redis.on('error', (error: unknown) => {
    lastError = error;
  });
  const deadline = setTimeout(() => {
    redis.disconnect();
  }, CONNECT_DEADLINE_MS);
  const measure = createMeasure((why) => {
    lastError = new Error(`${why} in answer to the first commands; is that a Redis?`);
    redis.disconnect();
    redis.stream.destroy();
  });
  const startMeasuring = (): void => {
    // Before the client, which put itself first.
    redis.stream.prependListener('data', measure);
  };
  redis.on('connect', startMeasuring);
  try {
    // The client would ask for it by itself, where nobody hears of the refusal.
    if (!namesDatabase(location, redis.options.db ?? 0)) throw new Error('ERR invalid DB index');
    await redis.connect();
    // The client goes on in database 0 where its own selection fails.
    if (location.kind === 'url') await redis.select(redis.options.db ?? 0);
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const refused = refusedByRedis(error, location) ?? refusedByRedis(lastError, location);
    if (refused !== null) throw refused;
    throw redisUnreachable(location, lastError ?? error);
  } finally {
    clearTimeout(deadline);
    redis.off('connect', startMeasuring);
    (redis.stream as typeof redis.stream | undefined)?.off('data', measure);
  }
  return redis;
}

/**
 * @returns what looks at the first answers before the client does, and makes those that are too large unreadable for
 * it.
 */
function createMeasure(refuse: (why: string) => void): (chunk: Buffer) => void {
  let [bytes, entries, line] = [0, 0, ''];
  return (chunk) => {
    bytes += chunk.length;
    const text = line + chunk.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    for (const [, count] of text.slice(0, end).matchAll(LIST_HEADER)) entries += Number(count);
    line = text.slice(end, end + 32);
    if (bytes <= FIRST_ANSWERS_BYTES_MAX && entries <= FIRST_ENTRIES_MAX) return;
    chunk.fill('!');
    refuse(
      entries > FIRST_ENTRIES_MAX
        ? `lists of more than ${FIRST_ENTRIES_MAX} entries`
        : `more than ${FIRST_ANSWERS_BYTES_MAX} bytes`,
    );
  };
}

function redisUnreachable(location: RedisLocation, cause: unknown): FatalError {
  const isTls = location.kind === 'url' && location.url.startsWith('rediss:');
  const said = cause instanceof Error ? cause.message : String(cause);
  // The client's own words for the end of our patience.
  const why = /connection is closed/i.test(said)
    ? `nothing${isTls ? ' over TLS' : ''} within ${CONNECT_DEADLINE_MS / 1000} s`
    : said;
  if (location.kind === 'socket') {
    const hint = `This is the embedded Redis: see ${dirname(location.path)}/redis.log, and \`ulimit -a\` for limits that are too low`;
    return new FatalError(`Redis does not answer at ${location.path}: ${why}`, {
      code: 'redis.unreachable',
      hint,
      cause,
    });
  }
  const start = isTls ? 'start it, or write redis:// where it speaks no TLS' : 'start it (docker compose up redis)';
  return new FatalError(`Redis does not answer at ${describeLocation(location)}: ${why}`, {
    code: 'redis.unreachable',
    hint: `${start}, or leave redis.url empty to use the embedded Redis`,
    cause,
  });
}

/**
 * What the server says of a login, of rights, of a database that it does not have, and of writes that it does not take.
 */
const REFUSALS = [
  {
    pattern: /\bREADONLY\b/,
    code: 'redis.readOnly',
    says: 'is a replica, which takes no writes',
    hint: 'name the primary in redis.url (or REDIS_URL), or promote this one: redis-cli REPLICAOF NO ONE',
  },
  {
    pattern: /^OOM\b/,
    code: 'redis.full',
    says: 'is full',
    hint: 'give it more memory (CONFIG SET maxmemory, and in redis.conf), or remove what else is kept in it',
  },
  {
    pattern: /^(?:MISCONF|NOREPLICAS)\b/,
    code: 'redis.noWrites',
    says: 'takes no writes',
    hint: 'its disk is full or not writable, or its replicas are away: its own log says which',
  },
  {
    pattern: /\b(?:NOAUTH|WRONGPASS)\b|invalid password|without any password configured/i,
    code: 'redis.denied',
    says: 'refuses the login',
    hint: 'name user and password in redis.url (or REDIS_URL): redis://USER:PASSWORD@HOST:6379/0, special characters percent-encoded',
  },
  {
    pattern: /\bNOPERM\b|ACL failure|no permissions|can't run this command/i,
    code: 'redis.denied',
    says: 'lets this user do too little',
    hint: 'give it rights: ACL SETUSER NAME on >PASSWORD ~* &* +@all -@admin -@dangerous +info +client',
  },
  {
    pattern: /\bunknown (?:redis )?(?:sub)?command\b/i,
    code: 'redis.denied',
    says: 'lacks a command that the queues need',
    hint: 'undo its rename-command (redis.conf), or name a Redis or Valkey of 6.2 or later; or leave redis.url empty to have one brought along',
  },
  {
    pattern:
      /self.signed certificate|unable to (?:verify|get)[^\n]{0,60}(?:certificate|issuer)|certificate has expired|does not match certificate's altnames|wrong version number|packet length too long|EPROTO/i,
    code: 'redis.tls',
    says: 'is not reached over TLS',
    hint: 'write rediss:// where it speaks TLS and redis:// where it does not; for a certificate of your own, name its authority in NODE_EXTRA_CA_CERTS',
  },
  {
    pattern: /DB index is out of range|invalid DB index/i,
    code: 'redis.database',
    says: 'has no such database',
    hint: 'name one that it has at the end of redis.url (0 to 15 unless its setting `databases` says otherwise)',
  },
] as const;

/** The client reads `/15abc`, `/1.5` and `/2/3` as 15, 1 and 2. */
function namesDatabase(location: RedisLocation, db: number): boolean {
  if (!Number.isInteger(db)) return false;
  return location.kind !== 'url' || !URL.canParse(location.url) || /^\/?-?\d*\/?$/.test(new URL(location.url).pathname);
}

/** @returns what to tell of an answer by which the server refuses a client; null if it is none. */
export function refusedByRedis(error: unknown, location: RedisLocation): FatalError | null {
  const said = error instanceof Error ? error.message : '';
  const refusal = REFUSALS.find(({ pattern }) => pattern.test(said));
  if (refusal === undefined) return null;
  const { code, says, hint } = refusal;
  const quoted = said.startsWith('NOAUTH')
    ? 'it asks for a password'
    : said.replace(/ script: .*|, with args beginning with.*/s, '');
  return new FatalError(`Redis at ${describeLocation(location)} ${says}: ${quoted}`, { code, hint, cause: error });
}

/** @returns the location without its password. */
export function describeLocation(location: RedisLocation): string {
  if (location.kind === 'socket') return location.path;
  try {
    const url = new URL(location.url);
    if (url.password !== '') url.password = '***';
    return url.href;
  } catch {
    return 'an address that does not parse';
  }
}

/** How often Redis is asked to take a write. */
const PROBE_EVERY_MS = 2_000;
const PROBE_DEADLINE_MS = 5_000;
/**
 * A Redis that has accepted no write for this long does not recover by itself; a restart of this program takes under a
 * second.
 */
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
  return new FatalError(`Redis has accepted no write for ${Math.round(silentMs / 1000)} s: ${why}`, {
    code: 'redis.lost',
    hint: 'give it memory and disk space, or end it; the next start processes what was captured',
    cause,
  });
}

const SCAN_COUNT = 1_000;

/** @returns the keys that fit a pattern, some at a time; one may come twice. */
export function scanKeys(redis: Redis, match: string): AsyncIterable<string[]> {
  return redis.scanStream({ match, count: SCAN_COUNT });
}
