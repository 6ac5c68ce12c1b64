import { FatalError } from '../domain/errors.js';

const REMEDIES: Readonly<Record<string, { readonly code: string; readonly hint: string }>> = {
  ENOSPC: { code: 'disk.full', hint: 'Free space on the disk that holds dataDir, then start again; nothing is lost' },
  EDQUOT: {
    code: 'disk.full',
    hint: 'The quota of the disk that holds dataDir is used up; raise it, then start again',
  },
  EROFS: { code: 'disk.readOnly', hint: 'Mount the disk that holds dataDir for writing' },
  EACCES: { code: 'disk.notPermitted', hint: 'Let the user who runs this command own dataDir' },
  EPERM: { code: 'disk.notPermitted', hint: 'Let the user who runs this command own dataDir' },
  EMFILE: { code: 'disk.tooManyFiles', hint: 'Raise the limit of open files (ulimit -n)' },
  ENFILE: { code: 'disk.tooManyFiles', hint: 'The machine has too many files open' },
  EIO: { code: 'disk.damaged', hint: 'The disk reports errors; run `sputnik verify` once it is mended' },
};

/** SQLite's primary result codes for what the system's names say too. */
const SYSTEM_CODES_OF_SQLITE: Readonly<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC', 14: 'EACCES' };

/**
 * Says in our words why the disk refused.
 *
 * @param what   What was attempted, `write articles/…/1.json`.
 * @param error  As thrown by `node:fs`, or by SQLite.
 * @returns {FatalError} `disk.full`, `disk.readOnly`, `disk.notPermitted`, `disk.tooManyFiles`, `disk.damaged`, else `disk.unusable`.
 */
export function diskError(what: string, error: unknown): FatalError {
  if (error instanceof FatalError) return error;
  const systemCode = sqliteCodeOf(error) ?? systemCodeOf(error) ?? '';
  const { code, hint } = REMEDIES[systemCode] ?? { code: 'disk.unusable', hint: 'Check dataDir and its disk' };
  const found = error instanceof Error ? error.message : String(error);
  return new FatalError(`Wanted to ${what}, found ${found}`, { code, hint, cause: error });
}

function sqliteCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return SYSTEM_CODES_OF_SQLITE[error.errcode & 0xff] ?? null;
}

/** @returns the system's name of the error, `ENOENT`; null if it has none. */
export function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
