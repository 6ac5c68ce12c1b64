import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../platform/run-program.js';
import type { RedisServer } from './find-redis-server.js';
import { createHash } from 'node:crypto';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { FatalError } from '../domain/errors.js';

/** Loading the log of a long outage takes its time; a full one of 1 GB took under 30 s. */
const READY_DEADLINE_MS = 60_000;
const POLL_MS = 15;
const SHUTDOWN_DEADLINE_MS = 4_000;
const TERMINATE_DEADLINE_MS = 2_000;

export interface RedisFolder {
  /** Absolute path of the server's own folder. */
  readonly folder: string;
  readonly socketPath: string;
}

export interface RedisChild {
  readonly pid: number;
  /** Resolves when the process has ended, with how: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Resolves true once it answers, false if it ends or stays silent for a minute. */
  isReady(): Promise<boolean>;
  /** Ends it: SHUTDOWN, SIGTERM, SIGKILL, each with its deadline. */
  stop(): Promise<void>;
}

/** Starts a server; it is ready only when `isReady` says so. Its output goes to `redis.log` in its folder. */
export async function startRedisChild(server: RedisServer, location: RedisFolder): Promise<RedisChild> {
  const log = await open(join(location.folder, 'redis.log'), 'a', 0o600);
  try {
    const [program, ...words] = [...(await diesWithParent()), server.program, ...serverWords(location)];
    const child = spawn(program ?? '', words, {
      cwd: location.folder,
      // A group of its own: Ctrl-C is heard by us, and Redis is stopped last.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(Object.keys(server.env).length === 0 ? {} : { env: { ...server.env, PATH: '/usr/local/bin:/usr/bin:/bin' } }),
    });
    return await follow(child, location.socketPath);
  } finally {
    await log.close();
  }
}

function serverWords({ folder, socketPath }: RedisFolder): string[] {
  return Object.entries({
    port: '0',
    unixsocket: socketPath,
    unixsocketperm: '700',
    dir: folder,
    pidfile: join(folder, 'redis.pid'),
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'aof-load-truncated': 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
  }).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Where util-linux' `setpriv` is, the kernel ends the server when our process dies, however it dies. */
async function diesWithParent(): Promise<string[]> {
  const words = ['--pdeathsig', 'TERM'];
  const trial = await runProgram('setpriv', [...words, 'true'], { deadlineMs: 5_000 });
  return trial.exitCode === 0 ? ['setpriv', ...words] : [];
}

async function follow(child: ChildProcess, socketPath: string): Promise<RedisChild> {
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
  if (child.pid === undefined) throw new Error(await ended);
  // It must not keep our process from ending; `stop` waits for it.
  child.unref();
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid,
    ended,
    async isReady() {
      const deadline = performance.now() + READY_DEADLINE_MS;
      while (!hasEnded() && performance.now() < deadline) {
        if ((await askRedis(socketPath, 'PING', 1_000)) === '+PONG') return !hasEnded();
        await Promise.race([ended, pause(POLL_MS)]);
      }
      return false;
    },
    async stop() {
      if (hasEnded()) return;
      // Unreferenced, the child alone would not keep the process until its end is known.
      child.ref();
      void askRedis(socketPath, 'SHUTDOWN', SHUTDOWN_DEADLINE_MS);
      if (await endsWithin(ended, SHUTDOWN_DEADLINE_MS)) return;
      child.kill('SIGTERM');
      if (await endsWithin(ended, TERMINATE_DEADLINE_MS)) return;
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function endsWithin(ended: Promise<string>, deadlineMs: number): Promise<boolean> {
  const deadline = new AbortController();
  const late = pause(deadlineMs, undefined, { signal: deadline.signal }).catch(() => undefined);
  const how = await Promise.race([ended, late]);
  deadline.abort();
  return how !== undefined;
}

/** sun_path holds 108 bytes on Linux, 104 on macOS, one of them the final zero. */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * Chooses where the embedded server of a data directory listens: beside its data, or, if that path is too long for a
 * unix socket, in a folder of this user under the system's temporary folder, named by a hash of the data directory.
 *
 * @param folder  Absolute path of the server's own folder.
 * @throws {FatalError} `redis.socketUnsafe` if another user owns that folder; `redis.noSocket` if there can be none.
 */
export async function chooseSocketPath(folder: string): Promise<string> {
  const beside = join(folder, 'redis.sock');
  if (Buffer.byteLength(beside) <= SOCKET_PATH_BYTES_MAX) return beside;
  const userId = process.getuid?.() ?? 0;
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const privateFolder = join(tmpdir(), `sputnik-${userId}-${hash}`);
  const socketPath = join(privateFolder, 'redis.sock');
  if (Buffer.byteLength(socketPath) > SOCKET_PATH_BYTES_MAX) {
    throw noSocketFolder(folder, `${tmpdir()} is too long as well`);
  }
  await mkdir(privateFolder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw noSocketFolder(folder, error instanceof Error ? error.message : String(error), error);
  });
  const found = await lstat(privateFolder);
  if (!found.isDirectory() || found.uid !== userId) {
    throw new FatalError(`The folder ${privateFolder} for the Redis socket is not private to this user`, {
      code: 'redis.socketUnsafe',
      hint: 'use a shorter path for dataDir, or another TMPDIR',
    });
  }
  await chmod(privateFolder, 0o700);
  return socketPath;
}

function noSocketFolder(folder: string, found: string, cause?: unknown): FatalError {
  const message = `The path ${folder} is too long for the socket of Redis, and there is no other folder for it: ${found}`;
  return new FatalError(message, {
    code: 'redis.noSocket',
    hint: 'Use a shorter path for dataDir, or set TMPDIR to a short folder that you may write to',
    cause,
  });
}

/**
 * Sends one command over a separate connection.
 *
 * @param command  Words without spaces, `PING`.
 * @returns        The first line of the answer, without its line end; null if nobody listens, or the connection ends or
 *                 stays silent for `waitMs` before there is one.
 */
export function askRedis(socketPath: string, command: string, waitMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const connection = createConnection(socketPath);
    let answer = '';
    const finish = (line: string | null): void => {
      connection.destroy();
      resolve(line);
    };
    connection.setTimeout(waitMs, () => {
      finish(null);
    });
    connection.on('connect', () => connection.write(`${command}\r\n`));
    connection.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n');
      if (end !== -1) finish(answer.slice(0, end));
    });
    connection.on('error', () => {
      finish(null);
    });
    connection.on('close', () => {
      finish(null);
    });
  });
}
