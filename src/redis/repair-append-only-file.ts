import { cp, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../platform/disk-error.js';
import { runProgram } from '../platform/run-program.js';
import type { RedisServer } from './find-redis-server.js';

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
