import { FatalError, RetryableError } from '../../domain/errors.js';

const BUSY = 5;
const IO = 10;
const READ_ONLY = 8;
const FULL = 13;
const CANNOT_OPEN = 14;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Says in our words what SQLite refused; errors of other kinds pass as they are. */
export function catalogueError(path: string, error: unknown): unknown {
  const code = resultCode(error);
  if (code === null || !(error instanceof Error)) return error;
  const message = `Wanted to use ${path}, found ${error.message}`;
  if (code === BUSY) return new RetryableError(message, { code: 'catalogue.busy', cause: error });
  const [name, hint] = FATAL[code] ?? ['catalogue.failed', 'Run `sputnik verify`'];
  return new FatalError(message, { code: name, hint, cause: error });
}

const REBUILD =
  'Stop the service, then `sputnik verify --repair` rebuilds the catalogue from the article files and captures';
const FATAL: Readonly<Record<number, readonly [code: string, hint: string]>> = {
  [FULL]: ['disk.full', 'Free space on the disk that holds dataDir, then start again; nothing is lost'],
  [READ_ONLY]: ['disk.readOnly', 'Make dataDir and its disk writable'],
  [CANNOT_OPEN]: ['disk.notPermitted', 'Let the user who runs this command own dataDir'],
  [IO]: ['disk.damaged', 'The disk reports errors or is full; free space, then `sputnik verify`'],
  [CORRUPT]: ['catalogue.damaged', REBUILD],
  [NOT_A_DATABASE]: ['catalogue.damaged', REBUILD],
};

/** @returns SQLite's primary result code, null for errors that are not SQLite's. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
