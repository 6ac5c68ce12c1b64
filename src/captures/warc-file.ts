import { open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a {@link WarcFile} needs of an open file; `node:fs/promises` gives it. */
export type WritableFile = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'close'>;
/** Opens a file that must not exist yet. */
export type OpenNewFile = (path: string) => Promise<WritableFile>;

export const openNewFile: OpenNewFile = (path) => open(path, 'wx', 0o644);

/** One file that is being written: it only ever grows by whole batches that are on the disk, or not at all. */
export class WarcFile {
  readonly path: string;
  readonly #file: WritableFile;
  #bytes = 0;
  #usable = true;

  private constructor(path: string, file: WritableFile) {
    this.path = path;
    this.#file = file;
  }

  /** Creates the file with its first bytes, durably: file, then folder. Leaves no file behind when that fails. */
  static async create(path: string, firstBytes: Buffer, openFile: OpenNewFile): Promise<WarcFile> {
    const file = new WarcFile(path, await openFile(path));
    try {
      await file.append(firstBytes);
      await syncFolder(dirname(path));
      return file;
    } catch (error) {
      await file.close();
      await unlink(path);
      throw error;
    }
  }

  /** Length of what is whole and on the disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False after a failure that leaves the end of the file uncertain: nothing more may be written to it. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Writes all bytes and waits until the disk has them; cuts the file back to its last whole batch if that fails.
   *
   * @returns  The offset at which they start.
   */
  async append(bytes: Buffer): Promise<number> {
    const offset = this.#bytes;
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    } catch (error) {
      await this.#cutBack(offset);
      throw error;
    }
    try {
      await this.#file.datasync();
    } catch (error) {
      // After a failed sync the kernel may have dropped pages and call the next sync a success: this file is over.
      this.#usable = false;
      await this.#cutBack(offset);
      throw error;
    }
    this.#bytes = offset + bytes.length;
    return offset;
  }

  async close(): Promise<void> {
    this.#usable = false;
    await this.#file.close();
  }

  async #cutBack(offset: number): Promise<void> {
    try {
      await this.#file.truncate(offset);
    } catch {
      // The first error is the one to report; whoever repairs the folder cuts the torn tail.
      this.#usable = false;
    }
  }
}

/** Makes the entry of a new file in its folder durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
