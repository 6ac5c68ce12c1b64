import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toUtcInstant, type Clock } from '../platform/clock.js';
import { captureFileName, referenceOfName } from './capture-file-name.js';
import { CAPTURES_FOLDER } from './capture-format.js';
import { encodePlainRecord } from './encode-record.js';
import { encodeMember } from './gzip-member.js';
import { encodeFields } from './named-fields.js';
import { openNewFile, WarcFile, type OpenNewFile } from './warc-file.js';

export interface RollingWarcFileOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** A record that would make the file longer opens the next file; a single larger record still gets one of its own. */
  readonly fileBytesMax: number;
  /** Name and version that `warcinfo` states, e.g. `sputnik-harvester/0.1.0`. */
  readonly software: string;
  /** How a new file is opened; tests of failing disks give another one. */
  readonly openFile?: OpenNewFile;
}

const NAME_ATTEMPTS_MAX = 1_000;
/** Counts the capture files of this process, so that two writers in one process never meet. */
let filesOpened = 0;

/** The file that is written to now, replaced by the next one when it is full or unusable. */
export class RollingWarcFile {
  readonly #options: RollingWarcFileOptions;
  #file: WarcFile | null = null;
  #isEnded = false;
  /** Length of the `warcinfo` record that opens the current file. */
  #openingBytes = 0;

  constructor(options: RollingWarcFileOptions) {
    this.#options = options;
  }

  /** @returns the file that takes the next record, and how many bytes more it should take. */
  async fileFor(recordBytes: number): Promise<{ file: WarcFile; reference: string; roomBytes: number }> {
    const current = this.#file;
    const isFull =
      current !== null &&
      current.bytes > this.#openingBytes &&
      (this.#isEnded || current.bytes + recordBytes > this.#options.fileBytesMax);
    this.#isEnded = false;
    if (!current?.usable || isFull) {
      await this.close();
      this.#file = await this.#create();
    }
    const file = this.#file ?? (await this.#create());
    return {
      file,
      reference: referenceOfName(basename(file.path)),
      roomBytes: this.#options.fileBytesMax - file.bytes,
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
    const { dataDir, clock, openFile = openNewFile } = this.#options;
    const folder = join(dataDir, CAPTURES_FOLDER);
    await mkdir(folder, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      const name = captureFileName(clock.now(), ++filesOpened);
      const opening = await this.#warcinfo(name);
      try {
        const file = await WarcFile.create(join(folder, name), opening, openFile);
        this.#openingBytes = opening.length;
        return file;
      } catch (error) {
        const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
        if (!isTaken || attempt === NAME_ATTEMPTS_MAX) throw error;
      }
    }
  }

  #warcinfo(name: string): Promise<Buffer> {
    const { clock, software } = this.#options;
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
