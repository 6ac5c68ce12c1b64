import { accessSync, closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FatalError } from '../domain/errors.js';

const REMEDIES: Readonly<Record<string, { readonly code: string; readonly hint: string }>> = {
  ENOSPC: {
    code: 'disk.full',
    hint: 'Free space on the disk that holds dataDir, then start again; nothing is lost. A disk with space left may have no room for more files: see `df -i`',
  },
  EDQUOT: {
    code: 'disk.full',
    hint: 'The quota of the disk that holds dataDir is used up; raise it, then start again',
  },
  EFBIG: {
    code: 'disk.full',
    hint: 'Files may not grow as large as they have to: raise the limit (ulimit -f), or use a disk that takes larger ones',
  },
  EROFS: { code: 'disk.readOnly', hint: 'Mount the disk that holds dataDir for writing' },
  EACCES: {
    code: 'disk.notPermitted',
    hint: 'Let the user who runs this command own dataDir, and be allowed to read and write what is in it (is umask too strict?)',
  },
  EPERM: {
    code: 'disk.notPermitted',
    hint: 'Let the user who runs this command own dataDir, and take off what marks files there as immutable (lsattr, chattr -i -a)',
  },
  EMFILE: { code: 'disk.tooManyFiles', hint: 'Raise the limit of open files (ulimit -n)' },
  ENFILE: { code: 'disk.tooManyFiles', hint: 'The machine has too many files open' },
  EIO: {
    code: 'disk.damaged',
    hint: 'The disk reports errors: mend it, or copy dataDir to a sound one; then run `sputnik verify`',
  },
};

/** The same for a path that users name, which may be on any disk. */
const OUTPUT_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on the disk that this path is on, or name another one; nothing that is stored was touched',
  EDQUOT: 'The quota of the disk that this path is on is used up; raise it, or name another path',
  EROFS: 'The disk that this path is on is mounted read-only; name another path',
  EACCES: 'The user who runs this command may not write there; name another path',
  EPERM: 'The user who runs this command may not write there; name another path',
};

/** @returns why a file that people named cannot be read, as the end of a sentence. */
export function whyUnreadable(error: unknown): string {
  const code = systemCodeOf(error) ?? '';
  return UNREADABLE[code] ?? String(error);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
};

/** SQLite's primary result codes for what the system's names say too. */
const SYSTEM_CODES_OF_SQLITE: Readonly<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC', 14: 'EACCES' };

/**
 * Turns a refusal of the disk into an error with a hint.
 *
 * @param what   The attempted action, such as `write articles/…/1.json`.
 * @param error  As thrown by `node:fs`, or by SQLite.
 * @param place  `output`: a path that users named, not one in the data directory.
 * @returns {FatalError} `disk.full`, `disk.readOnly`, `disk.notPermitted`, `disk.tooManyFiles`, `disk.damaged`,
 * otherwise `disk.unusable`.
 */
export function diskError(what: string, error: unknown, place: 'dataDir' | 'output' = 'dataDir'): FatalError {
  if (error instanceof FatalError) return error;
  const systemCode = SYSTEM_CODES_OF_SQLITE[sqliteResultCode(error) ?? 0] ?? systemCodeOf(error) ?? '';
  const { code, hint } = REMEDIES[systemCode] ?? { code: 'disk.unusable', hint: 'Check dataDir and its disk' };
  const told = place === 'dataDir' ? hint : (OUTPUT_HINTS[systemCode] ?? 'Name another path');
  const found = error instanceof Error ? error.message : String(error);
  return new FatalError(`Cannot ${what}: ${found}`, { code, hint: told, cause: error });
}

const CANNOT_OPEN = 14;

/** What SQLite has open of a database at most: the file, `-wal`, `-shm`, and their folder while it makes them. */
const OPENED_BY_SQLITE = 4;
const OF_A_DATABASE = ['', '-wal', '-shm', '-journal'];

/**
 * Finds out why SQLite could not open a file for writing. SQLite has one code for a file that may not be opened, a disk
 * that accepts no more files, and a process with too many open files. The files themselves are not opened, because
 * closing one would release every lock on it.
 *
 * @returns the error of the disk; the given error if it is about something else.
 */
export function whyNotOpened(path: string, error: unknown): unknown {
  if (sqliteResultCode(error) !== CANNOT_OPEN) return error;
  const probe = join(dirname(path), `.opened.${process.pid}.tmp`);
  const opened: number[] = [];
  try {
    for (const ending of OF_A_DATABASE)
      if (existsSync(path + ending)) accessSync(path + ending, constants.R_OK | constants.W_OK);
    while (opened.length < OPENED_BY_SQLITE) opened.push(openSync(probe, 'a'));
    return error;
  } catch (reason) {
    return reason;
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
    rmSync(probe, { force: true });
  }
}

/**
 * @returns SQLite's primary result code (https://sqlite.org/rescode.html), the low byte of the extended one; null for
 * an error of anything else.
 */
export function sqliteResultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** @returns the system's name of the error, `ENOENT`; null if it has none. */
export function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
