import { readFile, readlink, realpath, cp, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FatalError } from '../domain/errors.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { processStartOf } from '../platform/process-start.js';
import { askRedis, type RedisFolder } from './redis-child.js';
import { runProgram } from '../platform/run-program.js';
import type { RedisServer } from './find-redis-server.js';

const POLL_MS = 20;
/** Writing out its log and ending takes a server this long at most before it is ended by force. */
const SHUTDOWN_DEADLINE_MS = 10_000;
const KILL_DEADLINE_MS = 5_000;

/**
 * Ends a server that an earlier process of ours left behind in this folder (it was killed before it could stop its
 * child), so that the log has one writer. Does nothing where there is none.
 *
 * Only to be called by who owns the data directory: a server that is in use would be ended too.
 *
 * @returns  The pid of the server that was ended, null if there was none.
 * @throws {FatalError} `redis.orphan` if it does not end.
 */
export async function endOrphanRedis(location: RedisFolder): Promise<number | null> {
  const pid = await runningServer(location);
  if (pid === null) return null;
  signal(pid, 'SIGTERM');
  // A frozen server hears nothing else until it goes on.
  signal(pid, 'SIGCONT');
  if (await isGoneWithin(location, pid, SHUTDOWN_DEADLINE_MS)) return pid;
  signal(pid, 'SIGKILL');
  if (await isGoneWithin(location, pid, KILL_DEADLINE_MS)) return pid;
  throw new FatalError(
    `Cannot end the Redis server that a killed process left in ${location.folder}: it is still running`,
    {
      code: 'redis.orphan',
      hint: `end process ${pid}`,
    },
  );
}

async function isGoneWithin(location: RedisFolder, pid: number, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    if ((await runningServer(location)) !== pid) return true;
    await pause(POLL_MS);
  }
  return false;
}

/**
 * @returns the pid of the server that works in the folder, by its pid file and, where the system tells, its working
 * folder.
 */
async function runningServer({ folder, socketPath }: RedisFolder): Promise<number | null> {
  const pid = await pidInFile(join(folder, 'redis.pid'));
  if (pid === null || processStartOf(pid) === null) return null;
  if (process.platform !== 'linux') return (await askRedis(socketPath, 'PING', 1_000)) === null ? null : pid;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(folder)) ? pid : null;
  } catch (error) {
    // It has just ended, or the pid now belongs to a process of another user.
    if (['ENOENT', 'EACCES', 'ESRCH'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}

async function pidInFile(path: string): Promise<number | null> {
  try {
    const pid = Number((await readFile(path, 'utf8')).trim());
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error;
  }
}

const CHECK_DEADLINE_MS = 300_000;
const COPIES_MAX = 100;

/**
 * Repairs an append-only log that the server refuses to load. (The server itself cuts off a torn tail.) First the log
 * is cut at the damage, and the whole original is kept in `appendonlydir.damaged-<n>`. If that does not help, the whole
 * log is put aside; the jobs in it are queued again from the captures.
 *
 * @param folder   The server's folder; no server runs in it.
 * @param putAside True: skip the cutting.
 * @returns        The path of the kept original, null if there is no log to repair.
 */
export async function repairAppendOnlyFile(
  server: RedisServer,
  folder: string,
  putAside: boolean,
): Promise<string | null> {
  const log = join(folder, 'appendonlydir');
  if (!(await exists(log))) return null;
  const kept = await freeName(`${log}.damaged`);
  if (putAside) {
    await rename(log, kept);
    return kept;
  }
  await cp(log, kept, { recursive: true, errorOnExist: true });
  // However it ends: the server itself says next whether the log is good now.
  await runProgram(server.checkProgram, ['--fix', join(log, 'appendonly.aof.manifest')], {
    deadlineMs: CHECK_DEADLINE_MS,
    input: 'y\ny\ny\n',
    ...(Object.keys(server.env).length === 0 ? {} : { environment: server.env }),
  });
  return kept;
}

async function freeName(base: string): Promise<string> {
  for (let count = 1; count < COPIES_MAX; count += 1) {
    if (!(await exists(`${base}-${count}`))) return `${base}-${count}`;
  }
  throw new Error(`There are already ${COPIES_MAX} damaged logs in ${base}-…`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
