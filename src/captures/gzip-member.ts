import { constants, crc32, deflateRaw, deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib';
import { promisify } from 'node:util';
import { LIMITS } from './capture-format.js';

const deflateRawAsync = promisify(deflateRaw);

/** 10 bytes of RFC 1952 header, 2 of extra length, 12 of the `sl` subfield. */
export const MEMBER_HEADER_BYTES = 24;
/** The constant start of every member that we write, up to the two lengths. */
export const MEMBER_SIGNATURE = Buffer.from('1f8b080400000000' + '00ff' + '0c00' + '736c0800', 'hex');
export const TRAILER_BYTES = 8;
/** So much of a member holds the WARC and HTTP header nearly always. */
export const MEMBER_PREFIX_BYTES = 4_096;
const STORED_BLOCK_MAX = 65_535;

/**
 * Compresses one record into one gzip member.
 *
 * @param head   Compresses well: WARC header and HTTP header.
 * @param body   The rest of the record, without the two line ends that close it.
 * @param dense  The body is compressed already: it is kept in stored blocks (no work, 5 bytes per 64 KB), only the head is deflated.
 */
export async function encodeMember(head: Buffer, body: Buffer, dense: boolean): Promise<Buffer> {
  // An empty part is left out: zlib takes an empty buffer without memory for a request to start the checksum again.
  const record = [head, body, Buffer.from('\r\n\r\n')].filter((part) => part.length > 0);
  const deflated = dense ? deflateHead(record) : [await deflateRawAsync(Buffer.concat(record), { level: 6 })];
  const recordBytes = record.reduce((sum, part) => sum + part.length, 0);
  const memberBytes = deflated.reduce((sum, part) => sum + part.length, MEMBER_HEADER_BYTES + TRAILER_BYTES);
  const header = Buffer.alloc(MEMBER_HEADER_BYTES);
  MEMBER_SIGNATURE.copy(header);
  header.writeUInt32LE(memberBytes, 16);
  header.writeUInt32LE(recordBytes, 20);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(
    record.reduce((sum, part) => crc32(part, sum), 0),
    0,
  );
  trailer.writeUInt32LE(recordBytes, 4);
  return Buffer.concat([header, ...deflated, trailer], memberBytes);
}

/** The head deflated and flushed to a byte boundary, then the rest in stored blocks: one valid deflate stream. */
function deflateHead([head, ...rest]: readonly Buffer[]): Buffer[] {
  const options = { level: 6, windowBits: 12, memLevel: 5, finishFlush: constants.Z_SYNC_FLUSH };
  const parts = [deflateRawSync(head ?? Buffer.alloc(0), options)];
  const stored = Buffer.concat(rest);
  for (let start = 0; start < stored.length || start === 0; start += STORED_BLOCK_MAX) {
    const piece = stored.subarray(start, start + STORED_BLOCK_MAX);
    const blockHeader = Buffer.alloc(5);
    blockHeader[0] = start + piece.length >= stored.length ? 1 : 0;
    blockHeader.writeUInt16LE(piece.length, 1);
    blockHeader.writeUInt16LE(piece.length ^ 0xffff, 3);
    parts.push(blockHeader, piece);
  }
  return parts;
}

/** What the header of a member of ours says of its size. */
export interface AnnouncedLength {
  /** Length of the whole member, including header and trailer. */
  readonly memberBytes: number;
  /** Length of the decompressed record; the trailer repeats it. */
  readonly recordBytes: number;
}

/** @returns the lengths that a member of ours announces, null if the bytes do not start one. */
export function announcedLength(start: Buffer): AnnouncedLength | null {
  if (start.length < MEMBER_HEADER_BYTES) return null;
  if (!start.subarray(0, MEMBER_SIGNATURE.length).equals(MEMBER_SIGNATURE)) return null;
  const memberBytes = start.readUInt32LE(16);
  const isPossible = memberBytes > MEMBER_HEADER_BYTES + TRAILER_BYTES && memberBytes <= LIMITS.memberBytesMax;
  return isPossible ? { memberBytes, recordBytes: start.readUInt32LE(20) } : null;
}

/** @returns where the deflate stream of any gzip member starts, null if the bytes hold no whole gzip header. */
export function deflateStart(member: Buffer): number | null {
  if (member.length < 18 || member[0] !== 0x1f || member[1] !== 0x8b || member[2] !== 8) return null;
  const flags = member[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + member.readUInt16LE(10);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = member.indexOf(0, at);
    if (end === -1) return null;
    at = end + 1;
  }
  if (flags & 2) at += 2;
  return at < member.length ? at : null;
}

/**
 * @param compressed  The first bytes of a member, cut anywhere.
 * @returns           What can be decompressed of them; empty if they are damaged.
 */
export function inflatePrefix(compressed: Buffer): Buffer {
  const start = deflateStart(compressed);
  if (start === null) return Buffer.alloc(0);
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 * LIMITS.headBytesMax };
    return inflateRawSync(compressed.subarray(start), options);
  } catch (error) {
    if (isZlibError(error)) return Buffer.alloc(0);
    throw error;
  }
}

const CHUNK_BYTES_MIN = 16_384;
const CHUNK_BYTES_MAX = 1_048_576;

/** @returns the size of the pieces in which zlib is to make an output of about so many bytes, which may be a lie: within limits. */
function outputChunk(announcedBytes: number): number {
  return Math.min(Math.max(announcedBytes + 64, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX);
}

/**
 * Decompresses a whole member, its checksum checked.
 *
 * @throws zlib's errors, see {@link isZlibError}; also where it holds more than so many bytes.
 */
export function gunzipMember(member: Buffer, bytesMax = 2 * LIMITS.memberBytesMax): Buffer {
  const announced = announcedLength(member)?.recordBytes ?? 0;
  return gunzipSync(member, { maxOutputLength: bytesMax, chunkSize: outputChunk(announced) });
}

/** @returns true if zlib or Brotli refused the bytes, or the output limit was reached. */
export function isZlibError(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_BUFFER_TOO_LARGE$)/.test(error.code);
}
