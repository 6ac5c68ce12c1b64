import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { FatalError } from '../domain/errors.js';
import { systemCodeOf } from '../platform/disk-error.js';
import type { Logger } from '../platform/logger.js';
import { processStartOf } from '../platform/process-start.js';
import { endOrphanRedis, repairAppendOnlyFile } from './recover-redis.js';
import { findRedisServer, type RedisServer } from './find-redis-server.js';
import { chooseSocketPath, startRedisChild, type RedisChild, type RedisFolder } from './redis-child.js';

interface EmbeddedRedisOptions {
  readonly dataDir: string;
  /** Where a private copy of the server is kept if the system has none. */
  readonly cacheDir: string;
  readonly log: Logger;
}

const ownerSchema = z.strictObject({ pid: z.int().positive(), start: z.string() });
const LOG_BYTES_MAX = 10_000_000;
/** A server that keeps dying is given up after so many starts. */
const RESTARTS_MAX = 10;
const RESTART_PAUSE_MS = 200;
/** How a server exits when it was told to, as opposed to one that fails. */
const KILLS: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * Starts the embedded server of a data directory and waits until it answers.
 *
 * First it ends a server that an earlier process left running, and repairs a damaged log (see `repairAppendOnlyFile`).
 * If the server dies while this process lives, it is started again on the same socket with the content of its log, so
 * that clients reconnect.
 *
 * @throws {FatalError} `redis.missing` (no server found), `redis.held` (another running process has one in this
 * directory), `redis.notStarted` (with the end of its log), `redis.orphan`, `redis.socketUnsafe`.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { log } = options;
  const folder = join(resolve(options.dataDir), 'redis');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const location = { folder, socketPath: await chooseSocketPath(folder) };
  const server = await findRedisServer(options.cacheDir, (line) => {
    log.info({ event: 'redis.fetched' }, line);
  });
  await takeFolder(folder);
  try {
    return await startInFolder(server, location, log);
  } catch (error) {
    await releaseFolder(folder);
    throw error;
  }
}

async function startInFolder(server: RedisServer, location: RedisFolder, log: Logger): Promise<EmbeddedRedis> {
  const orphan = await endOrphanRedis(location);
  if (orphan !== null)
    log.warn({ event: 'redis.orphan', reason: `pid ${orphan}` }, 'ended a Redis server that was left behind');
  await shortenLog(join(location.folder, 'redis.log'));
  const redis = new EmbeddedRedis(server, location, log);
  await redis.start();
  return redis;
}

/**
 * A Redis server of our own: a child process on a private unix socket with its data in `<dataDir>/redis`:
 *
 *     appendonlydir/   the log, fsynced every second
 *     redis.log        what the server says
 *     redis.pid        written by the server
 *     redis.sock       unless its path is too long
 *     owner.json       the process whose child it is
 */
export class EmbeddedRedis {
  /** For ioredis and BullMQ. */
  readonly connection: { readonly path: string };
  readonly #server: RedisServer;
  readonly #location: RedisFolder;
  readonly #log: Logger;
  #child: RedisChild | null = null;
  #restarting: Promise<void> | null = null;
  #restarts = 0;
  #stopping = false;

  constructor(server: RedisServer, location: RedisFolder, log: Logger) {
    this.#server = server;
    this.#location = location;
    this.#log = log;
    this.connection = { path: location.socketPath };
  }

  /** Process id of the running server; one that died is replaced. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const child = await startWithRepair(this.#server, this.#location, this.#log);
    this.#child = child;
    process.once('exit', this.#endAtExit);
    void child.ended.then((how) => {
      process.off('exit', this.#endAtExit);
      if (!this.#stopping) this.#restarting = this.#restart(how);
    });
  }

  /** Ends the server with everything written; at most some seconds. Safe to repeat. To be called last. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restarting;
    await this.#child?.stop();
    const { folder, socketPath } = this.#location;
    // A socket with too long a path has a folder of its own among the temporary files.
    if (dirname(socketPath) !== folder) await rm(dirname(socketPath), { recursive: true, force: true });
    await releaseFolder(folder);
  }

  /** Never rejects. */
  async #restart(how: string): Promise<void> {
    let reason = how;
    while (this.#restarts < RESTARTS_MAX) {
      if (this.#stopping) return;
      this.#restarts += 1;
      this.#log.warn({ event: 'redis.restarted', reason, attempt: this.#restarts }, 'Redis died and is started again');
      try {
        await this.start();
        return;
      } catch (error) {
        // It may have been killed before it answered, as its predecessor was.
        reason = error instanceof Error ? error.message : String(error);
        await pause(RESTART_PAUSE_MS);
      }
    }
    this.#log.error({ event: 'redis.lost', reason, count: RESTARTS_MAX }, 'Redis keeps dying and is given up');
  }

  /** Where no kernel ends the child with us. */
  readonly #endAtExit = (): void => {
    if (this.#child === null) return;
    try {
      process.kill(this.#child.pid, 'SIGTERM');
    } catch (error) {
      if (systemCodeOf(error) !== 'ESRCH') throw error;
    }
  };
}

/** Starts the server; if it refuses its log, once with the log mended, at last with the log put aside. */
async function startWithRepair(server: RedisServer, location: RedisFolder, log: Logger): Promise<RedisChild> {
  const logPath = join(location.folder, 'redis.log');
  let said = '';
  let how = '';
  for (const remedy of ['none', 'cut', 'putAside'] as const) {
    if (remedy !== 'none') {
      if (!/append[- ]only|AOF/i.test(said)) break;
      const kept = await repairAppendOnlyFile(server, location.folder, remedy === 'putAside');
      if (kept === null) break;
      log.warn({ event: 'redis.repaired', reason: remedy, file: kept }, 'the log of Redis was damaged; a copy is kept');
    }
    const from = await sizeOf(logPath);
    const child = await startRedisChild(server, location);
    if (await child.isReady()) return child;
    await child.stop();
    said = (await readFile(logPath)).subarray(from).toString('utf8');
    // One that was killed has refused nothing: its log stays as it is.
    how = await child.ended;
    if (KILLS.has(how)) break;
  }
  throw new FatalError(`The embedded Redis server in ${location.folder} does not start: ${lastWords(said)} (${how})`, {
    code: 'redis.notStarted',
    hint:
      how === 'SIGXFSZ'
        ? 'Files may not grow as large as they have to: raise the limit (ulimit -f)'
        : `read ${logPath}`,
  });
}

function lastWords(said: string): string {
  return (said.trim().split('\n').at(-1) ?? '').replace(/^\d+:\w \S+ \S+ \S+ \S+ /, '').slice(0, 300) || 'no answer';
}

/** Claims the folder for this process; one that died holds nothing. */
async function takeFolder(folder: string): Promise<void> {
  const path = join(folder, 'owner.json');
  const owner = await readOwner(path);
  if (owner !== null && processStartOf(owner.pid) === owner.start) {
    throw new FatalError(`Cannot start Redis in ${folder}: process ${owner.pid} already runs one there`, {
      code: 'redis.held',
      hint: `let process ${owner.pid} finish, or use another dataDir`,
    });
  }
  await writeFile(path, `${JSON.stringify({ pid: process.pid, start: processStartOf(process.pid) })}\n`);
}

async function releaseFolder(folder: string): Promise<void> {
  await rm(join(folder, 'owner.json'), { force: true });
}

async function readOwner(path: string): Promise<z.infer<typeof ownerSchema> | null> {
  try {
    const read = ownerSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return read.success ? read.data : null;
  } catch (error) {
    // A torn file names nobody: its writer was killed while it wrote.
    if (error instanceof SyntaxError || systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function shortenLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > LOG_BYTES_MAX) await truncate(path, 0);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
