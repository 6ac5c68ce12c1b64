import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PermanentError } from '../domain/errors.js';
import { syncFolder } from '../platform/atomic-files.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { crawlHostOf } from './capture-files.js';
import { captureFault } from './capture-writer.js';

/** Files of a crawl host are far shorter; nothing is kept beyond this. */
export const CRAWL_HOST_FILE_BYTES_MAX = 268_435_456;

/** Some bytes of a crawl host's capture file. */
interface CapturePiece {
  /** Relative to dataDir, here as there. */
  readonly file: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * Appends a piece of a crawl host's capture file to the same file here, and waits until the disk has it.
 *
 * @returns  The length of the file here. A piece that is here already changes nothing; one that would leave a gap is
 * not taken.
 * @throws {PermanentError}  `capture.notOfCrawlHost` for any other file, or one that would become longer than
 *                           {@link CRAWL_HOST_FILE_BYTES_MAX}.
 * @throws {RetryableError}  `capture.diskFull`; {FatalError} `capture.notWritable`. The file is as it was before.
 *
 * Idempotent. One caller at a time for each file.
 */
export async function appendPiece(dataDir: string, { file, offset, bytes }: CapturePiece): Promise<number> {
  if (crawlHostOf(file) === null || offset + bytes.length > CRAWL_HOST_FILE_BYTES_MAX) {
    throw new PermanentError(`Expected a piece of a crawl host's capture file, found ${file} at ${offset}`, {
      code: 'capture.notOfCrawlHost',
    });
  }
  try {
    const path = join(dataDir, file);
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a+', 0o644);
    try {
      const { size } = await handle.stat();
      const isNext = offset <= size && offset + bytes.length > size;
      if (isNext) await appendWhole(handle, bytes.subarray(size - offset), size);
      if (isNext && size === 0) await syncFolder(dirname(path));
      return isNext ? offset + bytes.length : size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw captureFault(error);
  }
}

/** All of the bytes, or none. */
async function appendWhole(handle: FileHandle, bytes: Buffer, size: number): Promise<void> {
  try {
    await handle.appendFile(bytes);
    await handle.datasync();
  } catch (error) {
    // If even this fails, the next start cuts off the incomplete record.
    await handle.truncate(size).catch(() => undefined);
    throw error;
  }
}

/** @returns the bytes that are here of a capture file; 0 where there are none. */
export async function bytesHeld(dataDir: string, file: string): Promise<number> {
  try {
    return (await stat(join(dataDir, file))).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw captureFault(error);
  }
}
