import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { systemCodeOf } from './disk-error.js';

const STEP_BYTES = 65_536;
/** How long a pipe or a device may give nothing. */
const SILENCE_MS_MAX = 5_000;
const PAUSE_MS = 20;

/** Opens a path of any kind without waiting: a pipe that nobody writes to would block the thread for ever. */
export const OPEN_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Reads a file of any kind that users name. The size that the file system reports for a device or a pipe is not relied
 * on.
 *
 * @returns Its bytes; null if there are more than `bytesMax`, of which at most one step more is held in memory.
 * @throws whatever `node:fs` throws; `ETIMEDOUT` if a pipe or a device gives nothing for the given time, by default
 * five seconds.
 */
export function readLimited(path: string, bytesMax: number, silenceMsMax = SILENCE_MS_MAX): Buffer | null {
  const descriptor = openSync(path, OPEN_AT_ONCE);
  try {
    const isPipe = fstatSync(descriptor).isFIFO();
    const parts: Buffer[] = [];
    for (let bytes = 0; bytes <= bytesMax;) {
      const part = Buffer.allocUnsafe(Math.min(STEP_BYTES, bytesMax + 1 - bytes));
      const read = readPatiently(descriptor, part, isPipe && bytes === 0, silenceMsMax);
      if (read === 0) return Buffer.concat(parts, bytes);
      parts.push(part.subarray(0, read));
      bytes += read;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a file of our own whole. A pipe or a device in its place is not waited for.
 *
 * @throws what `node:fs` throws; `EISDIR` for whatever is no file.
 */
export function readFileAtOnce(path: string): Buffer {
  const descriptor = openSync(path, OPEN_AT_ONCE);
  try {
    if (!fstatSync(descriptor).isFile())
      throw Object.assign(new Error(`no file stands at ${path}`), { code: 'EISDIR' });
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** @param isAwaited  Nobody may have begun to write: that nothing is there is not the end yet. */
function readPatiently(descriptor: number, part: Buffer, isAwaited: boolean, silenceMsMax: number): number {
  const untilMs = performance.now() + silenceMsMax;
  while (performance.now() < untilMs) {
    const read = readIfReady(descriptor, part);
    if (read !== null && !(read === 0 && isAwaited)) return read;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  const problem = new Error(`nothing came for ${silenceMsMax / 1_000} s`);
  throw Object.assign(problem, { code: 'ETIMEDOUT' });
}

/** @returns bytes read; null where nothing has come so far. */
function readIfReady(descriptor: number, part: Buffer): number | null {
  try {
    return readSync(descriptor, part, 0, part.length, null);
  } catch (error) {
    if (systemCodeOf(error) === 'EAGAIN') return null;
    throw error;
  }
}
