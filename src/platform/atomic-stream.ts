import { randomBytes } from 'node:crypto';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createFolder } from './create-folder.js';
import { diskError } from './disk-error.js';

/** Text is gathered to so many characters before it is written. */
const GATHERED_MAX = 262_144;

/**
 * Writes a file of any length and replaces the target whole: temporary file beside it, fsync, rename, fsync of the folder. A reader sees
 * the old or the new content, never a part.
 *
 * @param chunks  Text is written as UTF-8.
 * @returns       Bytes written.
 * @throws {FatalError} `disk.…`; whatever `chunks` throws. The target is then as it was, and the temporary file gone.
 */
export async function writeStreamAtomically(path: string, chunks: AsyncIterable<string | Uint8Array>): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  const handle = await onDisk(path, async () => {
    createFolder(dirname(path));
    return open(temporary, 'wx', 0o644);
  });
  try {
    const bytes = await writeAll(handle, path, chunks);
    await onDisk(path, () => handle.sync());
    await handle.close();
    await onDisk(path, () => rename(temporary, path));
    await onDisk(path, () => syncFolder(dirname(path)));
    return bytes;
  } catch (error) {
    // The failure is the one to report; what cannot be removed behind it is only a temporary file.
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function writeAll(handle: FileHandle, path: string, chunks: AsyncIterable<string | Uint8Array>): Promise<number> {
  let bytes = 0;
  let gathered = '';
  const write = async (content: Uint8Array): Promise<void> => {
    await onDisk(path, () => handle.writeFile(content));
    bytes += content.length;
  };
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') gathered += chunk;
    if (gathered.length < GATHERED_MAX && typeof chunk === 'string') continue;
    if (gathered !== '') await write(Buffer.from(gathered, 'utf8'));
    gathered = '';
    if (typeof chunk !== 'string') await write(chunk);
  }
  if (gathered !== '') await write(Buffer.from(gathered, 'utf8'));
  return bytes;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(`write ${path}`, error);
  }
}
