import { closeSync, openSync, readSync } from 'node:fs';

const STEP_BYTES = 1_048_576;

/**
 * Reads a file that people name, of any kind: what the file system says of the size of a device or a pipe is no limit.
 *
 * @returns Its bytes; null if there are more than `bytesMax`, of which no more than a step beyond is ever held.
 * @throws what `node:fs` throws.
 */
export function readLimited(path: string, bytesMax: number): Buffer | null {
  const descriptor = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let bytes = 0; bytes <= bytesMax;) {
      const part = Buffer.allocUnsafe(Math.min(STEP_BYTES, bytesMax + 1 - bytes));
      const read = readSync(descriptor, part, 0, part.length, null);
      if (read === 0) return Buffer.concat(parts, bytes);
      parts.push(part.subarray(0, read));
      bytes += read;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}
