import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { LIMITS, headEnd } from './capture-format.js';
import { gunzipMember, isZlibError } from './gzip-member.js';
import { MemberReader } from './member-reader.js';

/** Reads a stream of chunks by line ends and by lengths; bytes to be skipped are not kept in memory. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  /** Bytes taken or skipped so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Skips line ends and white space between records. @returns false at the end of the stream. */
  async skipBlank(): Promise<boolean> {
    for (;;) {
      const blank = this.#buffer.findIndex((byte) => byte !== 0x0d && byte !== 0x0a && byte !== 0x20 && byte !== 0x09);
      if (blank !== -1) {
        this.#advance(blank);
        return true;
      }
      this.#advance(this.#buffer.length);
      if (!(await this.#more())) return false;
    }
  }

  /**
   * @returns the bytes up to and with the first empty line, `null` if the stream ends or the limit is reached before one.
   */
  async takeHead(): Promise<Buffer | null> {
    for (let searched = 0; ;) {
      const end = headEnd(this.#buffer, searched);
      if (end !== null) return this.#take(end.next);
      searched = Math.max(0, this.#buffer.length - 3);
      if (this.#buffer.length > LIMITS.headBytesMax || !(await this.#more())) return null;
    }
  }

  /** @returns the next bytes; fewer if the stream ends. */
  async take(length: number): Promise<Buffer> {
    const parts = [this.#take(Math.min(length, this.#buffer.length))];
    for (let missing = length - (parts[0]?.length ?? 0); missing > 0 && (await this.#more());) {
      const part = this.#take(Math.min(missing, this.#buffer.length));
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** @returns how many bytes could be skipped; fewer if the stream ends. */
  async skip(length: number): Promise<number> {
    let skipped = Math.min(length, this.#buffer.length);
    this.#advance(skipped);
    while (skipped < length && (await this.#more())) {
      const step = Math.min(length - skipped, this.#buffer.length);
      this.#advance(step);
      skipped += step;
    }
    return skipped;
  }

  /** Lets go of the stream, read to its end or not. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#advance(length);
    return taken;
  }

  #advance(length: number): void {
    this.#buffer = this.#buffer.subarray(length);
    this.position += length;
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.#ended = true;
      return false;
    }
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
    return true;
  }
}

/** Compressed bytes that are worked on at once; gzip expands them at most 1,032 times. */
const STEP_BYTES = 16_384;

/** Members of ours up to so long are decompressed whole, on this thread: a page takes less than handing it to another. */
const WHOLE_BYTES_MAX = 1_048_576;

/**
 * Reads a file chunk by chunk, decompressed if its first bytes are those of gzip (any number of members).
 *
 * The bytes before damage are returned before the error of zlib or the file system is thrown, except for the last
 * {@link STEP_BYTES} that zlib had decompressed but not yet returned.
 */
export async function openByteStream(path: string): Promise<AsyncIterable<Buffer>> {
  const file = await open(path, 'r');
  const start = Buffer.alloc(2);
  await file.read(start, 0, 2, 0).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  return isGzip
    ? gunzippedMembers(file)
    : (file.createReadStream({ start: 0, highWaterMark: STEP_BYTES }) as AsyncIterable<Buffer>);
}

/** Members that announce their length one by one; from the first one that does not, or does not keep to it, all that follows as a stream. */
async function* gunzippedMembers(file: FileHandle): AsyncIterable<Buffer> {
  try {
    const reader = await MemberReader.over(file);
    let offset = 0;
    for (let bytes = await wholeMember(reader, offset); bytes; bytes = await wholeMember(reader, offset)) {
      yield bytes.decompressed;
      offset += bytes.length;
    }
    if (offset >= reader.fileBytes) return;
    yield* gunzipped(file.createReadStream({ start: offset, highWaterMark: STEP_BYTES, autoClose: false }));
  } finally {
    await file.close();
  }
}

async function wholeMember(
  reader: MemberReader,
  offset: number,
): Promise<{ readonly decompressed: Buffer; readonly length: number } | null> {
  const span = await reader.announcedAt(offset, WHOLE_BYTES_MAX);
  if (span === null) return null;
  try {
    return { decompressed: gunzipMember(await reader.whole(span), WHOLE_BYTES_MAX), length: span.length };
  } catch (error) {
    if (isZlibError(error)) return null;
    throw error;
  }
}

async function* gunzipped(compressed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: STEP_BYTES });
  const failed = new Promise<Error>((resolve) => gunzip.once('error', resolve));
  let ready: Buffer[] = [];
  gunzip.on('data', (chunk: Buffer) => ready.push(chunk));
  try {
    for await (const chunk of compressed) {
      const written = new Promise<undefined>((resolve) => {
        gunzip.write(chunk, () => {
          resolve(undefined);
        });
      });
      const error = await Promise.race([written, failed]);
      yield* ready;
      ready = [];
      if (error) throw error;
    }
    const ended = new Promise<undefined>((resolve) => {
      gunzip.once('end', () => {
        resolve(undefined);
      });
    });
    gunzip.end();
    const error = await Promise.race([ended, failed]);
    yield* ready;
    if (error) throw error;
  } finally {
    gunzip.destroy();
  }
}
