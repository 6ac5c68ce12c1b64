import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder, fileNumber } from '../platform/atomic-files.js';
import { toUtcInstant, type Clock } from '../platform/clock.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { captureFileName } from './capture-files.js';
import { CAPTURES_FOLDER, referenceOfName } from './capture-format.js';
import { encodeFields, encodePlainRecord } from './encode-record.js';
import { encodeMember } from './gzip-member.js';

/** What a {@link WarcFile} needs of an open file; `node:fs/promises` gives it. */
type WritableFile = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'close'>;
/** Opens a file that must not exist yet. */
export type OpenNewFile = (path: string) => Promise<WritableFile>;

export const openNewFile: OpenNewFile = (path) => open(path, 'wx', 0o644);

/** One file that is being written: it only ever grows by whole batches that are on the disk, or not at all. */
class WarcFile {
  readonly path: string;
  readonly #file: WritableFile;
  #bytes = 0;
  #usable = true;
  #number: string | null = null;

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
      file.#number = fileNumber(path);
      return file;
    } catch (error) {
      await file.close();
      await unlink(path);
      throw error;
    }
  }

  /** Length of the complete records that are on the disk. */
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

  /**
   * Whether the file still exists at its path. A file that was deleted while open accepts all writes and keeps none, so
   * it is given up.
   */
  isInPlace(): boolean {
    if (this.#number !== null && fileNumber(this.path) === this.#number) return true;
    this.#usable = false;
    return false;
  }

  async close(): Promise<void> {
    this.#usable = false;
    await this.#file.close();
  }

  async #cutBack(offset: number): Promise<void> {
    try {
      await this.#file.truncate(offset);
    } catch {
      // The first error is the one to report; the repair of the folder cuts off the torn end.
      this.#usable = false;
    }
  }
}

export interface RollingWarcFileOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** A record that would make the file longer opens the next file; a single larger record still gets one of its own. */
  readonly fileBytesMax: number;
  /** Name and version that `warcinfo` states, e.g. `sputnik-harvester/0.2.0`. */
  readonly software: string;
  /** Id of the data directory of a crawl host, whose files are handed over to a writer elsewhere; default: they stay here. */
  readonly crawlHost?: string;
  /** How a new file is opened; tests of failing disks give another one. */
  readonly openFile?: OpenNewFile;
}

const NAME_ATTEMPTS_MAX = 1_000;
/** Counts the capture files of this process, so that two writers in one process never meet. */
let filesOpened = 0;

/** The file that is written to now, replaced by the next one when it is full or unusable. */
export class RollingWarcFile {
  #file: WarcFile | null = null;
  #isEnded = false;
  /** Length of the `warcinfo` record that opens the current file. */
  #openingBytes = 0;

  constructor(private readonly options: RollingWarcFileOptions) {}

  /** @returns the file that takes the next record, and how many bytes more it should take. */
  async fileFor(recordBytes: number): Promise<{ file: WarcFile; reference: string; roomBytes: number }> {
    const current = this.#file;
    const isFull =
      current !== null &&
      current.bytes > this.#openingBytes &&
      (this.#isEnded || current.bytes + recordBytes > this.options.fileBytesMax);
    this.#isEnded = false;
    if (!current?.usable || isFull) {
      await this.close();
      this.#file = await this.#create();
    }
    const file = this.#file ?? (await this.#create());
    return {
      file,
      reference: referenceOfName(basename(file.path)),
      roomBytes: this.options.fileBytesMax - file.bytes,
    };
  }

  /** The next record opens a new file, unless this one is still empty. */
  rollOver(): void {
    this.#isEnded = true;
  }

  async close(): Promise<void> {
    const current = this.#file;
    this.#file = null;
    await current?.close();
  }

  async #create(): Promise<WarcFile> {
    const { dataDir, clock, crawlHost = null, openFile = openNewFile } = this.options;
    const folder = join(dataDir, CAPTURES_FOLDER);
    // Not the data directory: where that was moved away, a new one of its name would hold what nobody looks for.
    await mkdir(folder).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    });
    for (let attempt = 1; ; attempt += 1) {
      const name = captureFileName(clock.now(), ++filesOpened, crawlHost);
      const opening = await this.#warcinfo(name);
      try {
        const file = await WarcFile.create(join(folder, name), opening, openFile);
        this.#openingBytes = opening.length;
        return file;
      } catch (error) {
        if (systemCodeOf(error) !== 'EEXIST' || attempt === NAME_ATTEMPTS_MAX) throw error;
      }
    }
  }

  #warcinfo(name: string): Promise<Buffer> {
    const { clock, software } = this.options;
    const block = encodeFields([
      ['software', software],
      ['format', 'WARC File Format 1.1'],
      ['conformsTo', 'http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/'],
    ]);
    const fields = [
      ['WARC-Filename', name],
      ['Content-Type', 'application/warc-fields'],
    ] as const;
    const { head, body, dense } = encodePlainRecord('warcinfo', toUtcInstant(clock.now()), fields, block);
    return encodeMember(head, body, dense);
  }
}
