import { readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { FatalError } from '../domain/errors.js';
import { writeFileAtomically, createFolder } from './atomic-files.js';
import { checkDataDir } from './check-data-dir.js';
import { toUtcInstant, type Clock } from './clock.js';
import { ensureDataDirIdentity } from './data-dir-id.js';
import { diskError, systemCodeOf, whyNotOpened } from './disk-error.js';

/**
 * One writer per data directory. The lock is SQLite's exclusive lock on `<dataDir>/lock.db`, that is a lock of the
 * operating system on an open file: it ends with the process however the process ends, a pid that is used again means
 * nothing to it, and containers of one machine that share the directory exclude each other. Network file systems must
 * support POSIX locks (NFS 4 does). `<dataDir>/lock.json` says for people and for other commands who holds it; it means
 * nothing while the lock is free.
 */

const holderSchema = z.strictObject({
  pid: z.int().positive(),
  host: z.string(),
  purpose: z.string().describe('serve, crawl, verify …'),
  command: z.string(),
  since: z.string(),
  redisUrl: z.string().nullable(),
});

export type LockHolder = Readonly<z.infer<typeof holderSchema>>;

export interface DataDirLock {
  readonly holder: LockHolder;
  /** Tells other commands on which Redis this process listens. */
  announceRedis(redisUrl: string): Promise<void>;
  /**
   * Makes sure that the lock and the file that names its holder are where other processes look for them: without them a
   * second writer could start.
   *
   * @returns the names of the files that were put back.
   * @throws {FatalError} `lock.lost` if another process has taken the directory in the meantime, or it is no longer
   * there; `disk.…`
   */
  keep(): Promise<string[]>;
  /** Gives the lock up; repeating it does nothing. */
  readonly release: () => void;
}

interface LockRequest {
  /** One word for the holder's role: `serve`, `crawl`, `verify`. */
  readonly purpose: string;
  /** As the user typed it, for the message; without secrets. */
  readonly command: string;
  readonly clock: Clock;
  /**
   * How long to wait while another process looks at the lock, in ms; a process that works holds it far longer. Default
   * 1000.
   */
  readonly waitMs?: number;
}

const HOLDER_BYTES_MAX = 65_536;

/**
 * Takes the lock of a data directory, creating the directory where it is missing.
 *
 * @throws {FatalError} `lock.held` if another process works there, saying which and since when; `disk.…` if the
 * directory is not usable.
 */
export async function acquireDataDirLock(dataDir: string, request: LockRequest): Promise<DataDirLock> {
  checkDataDir(dataDir);
  let database = lockedDatabase(dataDir, request.waitMs ?? 1_000, () => heldError(dataDir));
  let locked = numberOf(lockPath(dataDir));
  const folder = numberOf(dataDir);
  let holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    purpose: request.purpose,
    command: request.command,
    since: toUtcInstant(request.clock.now()),
    redisUrl: null,
  };
  const describe = (): Promise<void> =>
    writeFileAtomically(holderPath(dataDir), `${JSON.stringify(holder, null, 2)}\n`);
  try {
    // Before others read who works here: under its id they find what this process queues.
    ensureDataDirIdentity(dataDir);
    await describe();
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    get holder() {
      return holder;
    },
    announceRedis: async (redisUrl) => {
      holder = { ...holder, redisUrl };
      await describe();
    },
    keep: async () => {
      const putBack: string[] = [];
      if (numberOf(dataDir) !== folder) throw movedError(dataDir);
      if (numberOf(lockPath(dataDir)) !== locked) {
        const again = lockedDatabase(dataDir, 0, () => lostError(dataDir));
        database.close();
        database = again;
        locked = numberOf(lockPath(dataDir));
        putBack.push('lock.db');
      }
      if (readHolderFile(dataDir)?.pid !== process.pid) {
        await describe();
        putBack.push('lock.json');
      }
      return putBack;
    },
    release: () => {
      if (!database.isOpen) return;
      // Where the lock was lost it is another process's.
      if (readHolderFile(dataDir)?.pid === process.pid) rmSync(holderPath(dataDir), { force: true });
      database.close();
    },
  };
}

/**
 * @returns who works in the directory now; null if nobody does, or if the directory does not exist. A holder that has
 *          not said who it is yet is returned with pid 0 and purpose `unknown`.
 * @throws {FatalError} `disk.…`
 */
export function readLockHolder(dataDir: string): LockHolder | null {
  checkDataDir(dataDir);
  if (!isHeld(dataDir)) return null;
  return readHolderFile(dataDir) ?? UNKNOWN;
}

const UNKNOWN: LockHolder = { pid: 0, host: '', purpose: 'unknown', command: '', since: '', redisUrl: null };

function isHeld(dataDir: string): boolean {
  let database: DatabaseSyncInstance;
  try {
    database = new DatabaseSync(lockPath(dataDir), { readOnly: true, timeout: 0 });
  } catch {
    // The file does not exist or may not be read, so nobody can hold it.
    return false;
  }
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw diskError(`look at the lock of ${dataDir}`, error);
  } finally {
    database.close();
  }
}

/** @param onBusy  What to say where another process holds it. */
function lockedDatabase(dataDir: string, waitMs: number, onBusy: () => FatalError): DatabaseSyncInstance {
  const database = lockDatabase(dataDir, waitMs);
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) throw onBusy();
    throw diskError(`lock ${dataDir}`, whyNotOpened(lockPath(dataDir), error));
  }
}

function lockDatabase(dataDir: string, waitMs: number): DatabaseSyncInstance {
  try {
    createFolder(dataDir);
    return new DatabaseSync(lockPath(dataDir), { timeout: waitMs });
  } catch (error) {
    throw diskError(`open the lock of ${dataDir}`, whyNotOpened(lockPath(dataDir), error));
  }
}

function readHolderFile(dataDir: string): LockHolder | null {
  try {
    const text = readFileSync(holderPath(dataDir), 'utf8').slice(0, HOLDER_BYTES_MAX);
    return holderSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw diskError(`read who holds the lock of ${dataDir}`, error);
  }
}

function heldError(dataDir: string): FatalError {
  const holder = readHolderFile(dataDir);
  const who = holder
    ? `\`${holder.command}\` (${holder.purpose}, process ${holder.pid} on ${holder.host}) since ${holder.since}`
    : 'another process';
  return new FatalError(`Cannot write in ${dataDir}: ${who} is at work there`, {
    code: 'lock.held',
    hint: 'Wait until it has ended, stop it, or use another --data-dir',
  });
}

function lostError(dataDir: string): FatalError {
  return new FatalError(`the lock of ${dataDir} was deleted, and another process has taken the directory since`, {
    code: 'lock.lost',
    hint: 'Let one of them work there, and leave lock.db alone; `sputnik verify` says whether anything is wrong',
  });
}

/** Files put back under the old name would make a second data directory that no process knows. */
function movedError(dataDir: string): FatalError {
  return new FatalError(`${dataDir} was moved, deleted or replaced by another folder while this process worked in it`, {
    code: 'lock.lost',
    hint: 'Start it again where the data directory is now; what it had captured is there, and is processed then',
  });
}

/**
 * @returns null if it is not there.
 * @throws {FatalError} `disk.…` for any other answer (EIO, ESTALE, EACCES), which does not mean that it was moved.
 */
function numberOf(path: string): string | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : `${found.dev}:${found.ino}`;
  } catch (error) {
    throw diskError(`look at ${path}`, error);
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'lock.db');
}

function holderPath(dataDir: string): string {
  return join(dataDir, 'lock.json');
}
