import { isUtf8 } from 'node:buffer';
import { PermanentError, unlessPermanent } from '../domain/errors.js';
import type { FetchedResponse } from '../domain/page.js';
import { decodeBody } from '../platform/decode-body.js';

/**
 * The captures: everything received from the web, as received, in files that any WARC tool can read.
 *
 *     <dataDir>/captures/sputnik-<time>-<writer>-<sequence>.warc.gz
 *
 * - WARC 1.1 (ISO 28500:2017), one gzip member (RFC 1952) per record, so that a record is read by offset and length
 *   alone.
 * - `<time>` is the UTC second at which the file was opened (`20261122141030`), `<sequence>` counts the files of the
 *   writer.
 * - `<writer>` is `h<host>-p<pid>-s<start>`: host as six hex digits of a hash, pid and start in base 36, start being
 *   the process's start in clock ticks after boot (Linux; else 0). A file belongs to one process for ever, and anybody
 *   can see whether that process still lives, without a lock file that a kill leaves behind. In files of a crawl host
 *   that shares nothing with the writer but Redis it is `c<id>-p<pid>-s<start>`, with the id of the crawl host's data
 *   directory: the writer keeps the same file under the same name, byte for byte, as far as it was handed over
 *   (append-piece.ts).
 * - A `warcinfo` record opens each file. After it, one record each:
 *   - a response: `response`, `application/http;msgtype=response`: status line, header fields and body as received,
 *     content encoding kept. Fields that are untrue of the stored bytes are renamed to `X-Crawler-…`:
 *     `Transfer-Encoding`, a `Content-Length` that does not fit, and `Content-Encoding` where the browser rendered the
 *     page, since its body is the decoded document.
 *   - an answer 304: `revisit`, profile server-not-modified: status line and header fields.
 *   - a failure: `metadata`, `application/warc-fields`: reason, detail, status (0: none), attempts, and for each attempt
 *     its instant and reason (`<instant> <reason>; …`).
 *   - a run: `metadata`, `application/json`, `Sputnik-Record: run`: the summary of a finished run.
 *   - a change: `metadata`, `application/json`, `Sputnik-Record: reader-change`: an article is extracted again from the
 *     captures before this record, and what that changes (`ExtractorChange`).
 * - Named fields beyond the standard's carry what the queue and the catalogue must be able to learn again from this
 *   folder alone: see {@link FIELD}. `WARC-Payload-Digest` is of the body as received (the standard's payload),
 *   `Sputnik-Body-Digest` of the body without its content encoding (what a {@link CaptureReference} carries).
 * - Each member's gzip header has the extra subfield `sl` (skip lengths, from the draft WARC 0.9): two little-endian
 *   32-bit numbers, compressed length of the whole member and length of the record. Readers may ignore it; ours skips
 *   bodies by it.
 * - Bodies that arrive compressed are kept in stored blocks; others are deflated.
 *
 * A reference is handed out only after the bytes are on the disk (fdatasync; the folder too when a file is new).
 * Bytes behind the last whole record are therefore never referred to and may be cut off (repair-captures.ts).
 */
export const CAPTURES_FOLDER = 'captures';

/** Named fields of ours in the WARC header. */
export const FIELD = {
  record: 'Sputnik-Record',
  runId: 'Sputnik-Run-Id',
  edition: 'Sputnik-Edition',
  pageKind: 'Sputnik-Page-Kind',
  pageId: 'Sputnik-Page-Id',
  foundBy: 'Sputnik-Found-By',
  finalUrl: 'Sputnik-Final-Url',
  via: 'Sputnik-Via',
  bodyDigest: 'Sputnik-Body-Digest',
  durationMs: 'Sputnik-Duration-Ms',
  wantedDays: 'Sputnik-Wanted-Days',
} as const;

/** Values of `Sputnik-Record` whose block is JSON and about no page. */
export const PLAIN_RECORDS = { run: 'run', readerChange: 'reader-change' } as const;
export type PlainRecordKind = keyof typeof PLAIN_RECORDS;

export const REVISIT_PROFILE = 'http://netpreserve.org/warc/1.1/revisit/server-not-modified';

/** SHA-256 of nothing: the digest of captures without a body. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Written limits of the format. */
export const LIMITS = {
  /** WARC header and HTTP header together, each at most this long. */
  headBytesMax: 262_144,
  /** Header fields of one message that are kept. */
  headerFieldsMax: 1_000,
  /** One compressed record; longer ones are neither written nor read. */
  memberBytesMax: 134_217_728,
  /** One write of several records. */
  batchBytesMax: 16_777_216,
  /** Records that wait for the disk. */
  pendingMax: 10_000,
  /** Summary of a run, note of an extractor change. */
  runBytesMax: 1_048_576,
} as const;

/** Header fields in order, repeats kept; the form of WARC, HTTP and warc-fields alike. */
export type NamedFields = readonly (readonly [name: string, value: string])[];

/** @returns the first value of the field, case of the name ignored; null if there is none or it is empty. */
export function fieldOf(fields: NamedFields, name: string): string | null {
  const wanted = name.toLowerCase();
  const found = fields.find((field) => field[0].length === wanted.length && field[0].toLowerCase() === wanted);
  return found === undefined || found[1] === '' ? null : found[1];
}

/** @returns the validator as the server sent it, null where there is none or it is absurdly long. */
export function validator(headers: NamedFields, name: 'etag' | 'last-modified'): string | null {
  const value = fieldOf(headers, name);
  return value === null || value.length > 1_024 ? null : value;
}

const REFERENCE = /^captures\/([A-Za-z0-9][A-Za-z0-9._-]{0,200}\.warc\.gz)$/;

/** @returns the name in the folder that a reference's `file` means; null if it is no name of a capture file (`..`, absolute, other folder). */
export function nameOfReference(file: string): string | null {
  return REFERENCE.exec(file)?.[1] ?? null;
}

export function referenceOfName(name: string): string {
  return `${CAPTURES_FOLDER}/${name}`;
}

/** A record's WARC header, and as much of its block as was given. */
export interface RawRecord {
  readonly type: string;
  readonly fields: NamedFields;
  /** Length of the whole block in bytes, by `Content-Length`. */
  readonly blockBytes: number;
  /** The block; shorter than `blockBytes` where only the start of the record was decompressed. */
  readonly block: Buffer;
}

/** An HTTP answer, its body in its transfer and content encoding; cut where only the start of the message was given. */
export type HttpMessage = Pick<FetchedResponse, 'status' | 'statusText' | 'headers' | 'body'>;

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
  const raw = unlessPermanent(() => splitRecord(start));
  if (raw === null || raw.block.length === raw.blockBytes) return raw;
  // The HTTP header must be whole; a body need not be.
  return raw.type !== 'metadata' && raw.block.includes('\r\n\r\n') ? raw : null;
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
