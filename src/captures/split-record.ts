import { isUtf8 } from 'node:buffer';
import { PermanentError } from '../domain/errors.js';
import { decodeBody } from '../platform/decode-body.js';
import { fieldOf, LIMITS, type NamedFields } from './capture-format.js';

/** A record's WARC header, and as much of its block as was given. */
export interface RawRecord {
  readonly type: string;
  readonly fields: NamedFields;
  /** Length of the whole block in bytes, by `Content-Length`. */
  readonly blockBytes: number;
  /** The block; shorter than `blockBytes` where only the start of the record was decompressed. */
  readonly block: Buffer;
}

/** An HTTP answer, as received. */
export interface HttpMessage {
  readonly status: number;
  readonly statusText: string;
  readonly headers: NamedFields;
  /** In its transfer and content encoding; cut where only the start of the message was given. */
  readonly body: Buffer;
}

/**
 * @param record  A decompressed record, or its start.
 * @throws {PermanentError} `capture.damaged` if it does not start with a WARC header of 1.0 or 1.1.
 */
export function splitRecord(record: Buffer): RawRecord {
  const end = headEnd(record.subarray(0, LIMITS.headBytesMax));
  const text = end && headerText(record.subarray(0, end.start));
  if (!end || !text || !/^WARC\/1\.\d\r?\n/.test(text)) throw damaged('a WARC header', 'none');
  const fields = decodeFields(text.slice(text.indexOf('\n') + 1));
  const length = fieldOf(fields, 'content-length') ?? '';
  if (!/^\d{1,12}$/.test(length)) throw damaged('a Content-Length', JSON.stringify(length.slice(0, 40)));
  const blockBytes = Number(length);
  return {
    type: (fieldOf(fields, 'warc-type') ?? '').toLowerCase(),
    fields,
    blockBytes,
    block: record.subarray(end.next, end.next + blockBytes),
  };
}

/**
 * @param start  The first decompressed bytes of a record.
 * @returns      The record, where they hold its WARC header and what {@link decodeRecord} reads of its block; else
 * null.
 */
export function splitRecordStart(start: Buffer): RawRecord | null {
  try {
    const raw = splitRecord(start);
    if (raw.block.length === raw.blockBytes) return raw;
    // The HTTP header must be whole; a body need not be.
    return raw.type !== 'metadata' && raw.block.includes('\r\n\r\n') ? raw : null;
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

/** @throws {PermanentError} `capture.damaged` if the block does not start with a whole HTTP head. */
export function httpMessageOf(raw: RawRecord): HttpMessage {
  const message = splitHttpMessage(raw.block);
  if (message === null) throw damaged('an HTTP head', 'none');
  return message;
}

/** @returns the message divided into head and body; null if it does not start with a whole HTTP head. */
export function splitHttpMessage(message: Buffer): HttpMessage | null {
  const end = headEnd(message.subarray(0, LIMITS.headBytesMax));
  if (end === null) return null;
  const text = headerText(message.subarray(0, end.start));
  const [, status, statusText] = /^HTTP\/\d(?:\.\d)? +(\d{3})(?: ([^\r\n]*))?(?=\r?\n|$)/i.exec(text) ?? [];
  if (status === undefined) return null;
  const firstLineEnd = text.indexOf('\n');
  const headers = firstLineEnd === -1 ? [] : decodeFields(text.slice(firstLineEnd + 1));
  const body = message.subarray(end.next);
  return { status: Number(status), statusText: (statusText ?? '').trim(), headers, body };
}

/**
 * @returns where the first empty line stands and where what follows it starts, looked for behind `from`; bare line
 * feeds are accepted.
 */
export function headEnd(bytes: Buffer, from = 0): { start: number; next: number } | null {
  const strict = bytes.indexOf('\r\n\r\n', from);
  const bare = (strict === -1 ? bytes : bytes.subarray(0, strict)).indexOf('\n\n', from);
  if (bare !== -1) return { start: bare, next: bare + 2 };
  return strict === -1 ? null : { start: strict, next: strict + 4 };
}

/**
 * Reads lines of `Name: value`. Bare line feeds, folded lines and lines without a colon (ignored) are accepted: other
 * people's files have them.
 *
 * @param text  Without the line that precedes the fields and without the empty line that ends them.
 */
export function decodeFields(text: string): NamedFields {
  const fields: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (last && (line.startsWith(' ') || line.startsWith('\t'))) {
      last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) fields.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
    if (fields.length === LIMITS.headerFieldsMax + 1) break;
  }
  return fields;
}

/** @returns the bytes as text: UTF-8 if they are that, else ISO 8859-1, which loses nothing. */
export function headerText(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

/** What is said of a capture that does not read. */
export function damaged(wanted: string, found: string, cause?: unknown): PermanentError {
  return new PermanentError(`Expected ${wanted} in a capture, found ${found}`, { code: 'capture.damaged', cause });
}

/**
 * Takes the content encoding off a body that was read from a capture.
 *
 * @param headers       The response's header fields; `Content-Encoding` may name gzip, deflate (zlib or raw), br,
 * identity, up to three.
 * @param body          As received, transfer coding already off.
 * @param bodyBytesMax  Longest decoded body in bytes.
 * @throws {PermanentError} `capture.tooLarge` beyond the limit (memory never exceeds it), `capture.damaged` if the
 *         bytes are not in that encoding or end too soon, `capture.encodingUnknown` for another encoding.
 */
export function decodeCapturedBody(headers: NamedFields, body: Buffer, bodyBytesMax: number): Buffer {
  const decoded = decodeBody(body, fieldOf(headers, 'content-encoding') ?? '', bodyBytesMax);
  if (decoded.kind === 'decoded') return decoded.bytes;
  const { reason, isUnknownCoding, detail, cause } = decoded;
  if (reason === 'tooLarge') {
    throw new PermanentError(`Expected a body of at most ${bodyBytesMax} bytes, found a longer one`, {
      code: 'capture.tooLarge',
      cause,
    });
  }
  throw new PermanentError(`Cannot decode the body: ${detail}`, {
    code: isUnknownCoding ? 'capture.encodingUnknown' : 'capture.damaged',
    cause,
  });
}
