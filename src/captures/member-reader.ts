import type { FileHandle } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { LIMITS } from './capture-format.js';
import {
  announcedLength,
  deflateStart,
  gunzipMember,
  isZlibError,
  MEMBER_HEADER_BYTES,
  MEMBER_PREFIX_BYTES,
  MEMBER_SIGNATURE,
  TRAILER_BYTES,
  type AnnouncedLength,
} from './gzip-member.js';

/** A stretch of a capture file: a whole gzip member, or bytes that are none. */
export interface Span {
  readonly kind: 'member' | 'damaged';
  readonly offset: number;
  readonly length: number;
}

const WINDOW_BYTES = 1_048_576;

/** Walks over the members of one file through a window; memory is bounded by the longest member. */
export class MemberReader {
  #window = Buffer.alloc(0);
  #windowOffset = 0;

  private constructor(
    private readonly file: FileHandle,
    readonly fileBytes: number,
  ) {}

  /** Data appended to the file later is not read. */
  static async over(file: FileHandle): Promise<MemberReader> {
    return new MemberReader(file, (await file.stat()).size);
  }

  /**
   * @param offset  Where a member should start.
   * @returns       The member there, or the bytes up to where the next one starts (or the end); null at the end of the file.
   */
  async spanAt(offset: number): Promise<Span | null> {
    if (offset >= this.fileBytes) return null;
    const length = await this.#memberLength(offset);
    if (length !== null) return { kind: 'member', offset, length };
    const next = await this.#nextSignature(offset + 1);
    return { kind: 'damaged', offset, length: next - offset };
  }

  /** @returns the member there, where it says itself how long it is and that is no more than so many bytes; null: it is another, or none. */
  async announcedAt(offset: number, bytesMax: number): Promise<Span | null> {
    const announced = announcedLength(await this.#read(offset, MEMBER_HEADER_BYTES));
    if (announced === null || Math.max(announced.memberBytes, announced.recordBytes) > bytesMax) return null;
    if (!(await this.#endsWhereAnnounced(offset, announced))) return null;
    return { kind: 'member', offset, length: announced.memberBytes };
  }

  /** @returns the first bytes of a member, enough for its headers as a rule. */
  prefix({ offset, length }: Span): Promise<Buffer> {
    return this.#read(offset, Math.min(length, MEMBER_PREFIX_BYTES));
  }

  whole({ offset, length }: Span): Promise<Buffer> {
    return this.#read(offset, length);
  }

  /** @returns true if the member decompresses whole and its checksum fits. */
  async isSound(span: Span): Promise<boolean> {
    try {
      gunzipMember(await this.whole(span));
      return true;
    } catch (error) {
      if (isZlibError(error)) return false;
      throw error;
    }
  }

  async #memberLength(offset: number): Promise<number | null> {
    const announced = announcedLength(await this.#read(offset, MEMBER_HEADER_BYTES));
    if (announced !== null && (await this.#endsWhereAnnounced(offset, announced))) return announced.memberBytes;
    // A member of another program, or one whose lengths were damaged: its end is found by decompressing it, with ever more bytes.
    const start = await this.#read(offset, 2);
    if (start[0] !== 0x1f || start[1] !== 0x8b) return null;
    for (let bytes = 65_536; ; bytes *= 4) {
      const measured = measureMember(await this.#read(offset, Math.min(bytes, LIMITS.memberBytesMax)));
      if (typeof measured === 'number') return measured;
      if (measured === 'damaged' || bytes >= LIMITS.memberBytesMax || offset + bytes >= this.fileBytes) return null;
    }
  }

  /** Both lengths stand twice: one flipped bit makes header and trailer differ, so no other record is swallowed by it. */
  async #endsWhereAnnounced(offset: number, { memberBytes, recordBytes }: AnnouncedLength): Promise<boolean> {
    const end = offset + memberBytes;
    return end <= this.fileBytes && (await this.#read(end - 4, 4)).readUInt32LE(0) === recordBytes;
  }

  /** @returns where the next member of ours starts at or behind `from`, the file's length if none does. */
  async #nextSignature(from: number): Promise<number> {
    for (let at = from; at < this.fileBytes; at += WINDOW_BYTES - MEMBER_SIGNATURE.length) {
      const found = (await this.#read(at, WINDOW_BYTES)).indexOf(MEMBER_SIGNATURE);
      if (found !== -1) return at + found;
    }
    return this.fileBytes;
  }

  /** @returns the bytes, fewer where the file ends; valid until the next call. */
  async #read(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.fileBytes);
    if (offset < this.#windowOffset || end > this.#windowOffset + this.#window.length) {
      await this.#fill(offset, Math.max(end - offset, Math.min(WINDOW_BYTES, this.fileBytes - offset)));
    }
    return this.#window.subarray(offset - this.#windowOffset, end - this.#windowOffset);
  }

  async #fill(offset: number, length: number): Promise<void> {
    const window = Buffer.allocUnsafe(Math.max(0, length));
    let done = 0;
    while (done < window.length) {
      const { bytesRead } = await this.file.read(window, done, window.length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    this.#window = window.subarray(0, done);
    this.#windowOffset = offset;
  }
}

/**
 * Finds the end of a member that does not announce its length, by decompressing it.
 *
 * @returns  Its length; `more` if the bytes end before it does; `damaged` if it is none or expands beyond the limit.
 */
function measureMember(bytes: Buffer): number | 'more' | 'damaged' {
  const start = deflateStart(bytes);
  if (start === null) return bytes.length < 18 ? 'more' : 'damaged';
  try {
    const options = { info: true, maxOutputLength: 2 * LIMITS.memberBytesMax } as const;
    // With `info`, zlib returns the engine too, whose count of bytes tells where the stream ended; the types do not know it.
    const { engine } = inflateRawSync(bytes.subarray(start), options) as unknown as {
      engine: { bytesWritten: number };
    };
    const length = start + engine.bytesWritten + TRAILER_BYTES;
    return length <= bytes.length ? length : 'more';
  } catch (error) {
    if (!isZlibError(error)) throw error;
    return error.code === 'Z_BUF_ERROR' ? 'more' : 'damaged';
  }
}
