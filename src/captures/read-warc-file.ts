import { hash } from 'node:crypto';
import { PermanentError, UsageError } from '../domain/errors.js';
import type { FetchedResponse } from '../domain/page.js';
import { toUtcInstant } from '../platform/clock.js';
import { decodeBody } from '../platform/decode-body.js';
import { ByteSource, openByteStream } from './byte-source.js';
import {
  fieldOf,
  splitHttpMessage,
  splitRecord,
  type NamedFields,
  type HttpMessage,
  type RawRecord,
} from './capture-format.js';
import { isZlibError } from './gzip-member.js';
import type { CaptureLimits } from './read-capture.js';

/** An answer that somebody's WARC file holds: transfer coding off, and not named any more; content encoding as the body is in. */
export interface WarcResponse extends HttpMessage, Pick<FetchedResponse, 'kind' | 'bodySha256'> {
  /** As the record states it, without angle brackets. */
  readonly url: string;
  /** UTC instant to the second; null if the record states none that reads. */
  readonly fetchedAt: string | null;
  /** Where the record stands in the decompressed file, in bytes. */
  readonly position: number;
}

/** A record that gives no answer, with the reason. */
export interface WarcSkip {
  readonly kind: 'skipped';
  readonly url: string | null;
  readonly recordType: string;
  /**
   * `otherType`: request, revisit, warcinfo …; `noUrl`; `notHttp`: the block is no HTTP answer (a DNS record, say);
   * `tooLarge`; `truncated`: the file says that the record was cut when it was made; `badEncoding`: the body is not in
   * its content encoding.
   */
  readonly reason: 'otherType' | 'noUrl' | 'notHttp' | 'tooLarge' | 'truncated' | 'badEncoding';
  readonly position: number;
}

/**
 * Reads any WARC file of version 1.0 or 1.1: plain, gzipped by record or as a whole, from whatever crawler. `response`
 * records are answers; `resource` records count as answers of status 200 with the record's content type.
 *
 * @param path  Told apart by its first bytes, not by its name.
 * @throws {UsageError}      `warc.missing` if there is no such file, `warc.notWarc` if it does not begin with a record.
 * @throws {PermanentError}  `warc.damaged` where the file stops being readable, after all records before were given;
 *         the message says where. In front of spoilt gzip data zlib keeps up to 16 KB of content to itself.
 *
 * In file order. Memory is bounded by the limit, whatever the file claims; longer records are skipped in passing.
 */
export async function* readWarcFile(path: string, limits: CaptureLimits): AsyncIterable<WarcResponse | WarcSkip> {
  const source = new ByteSource(await openWarc(path));
  let isFirst = true;
  try {
    while (await source.skipBlank()) {
      const position = source.position;
      const raw = await takeRecordHead(source, path, isFirst);
      isFirst = false;
      yield await readRecord(source, raw, position, limits, path);
    }
    if (isFirst) throw notWarc(path);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw isFirst ? notWarc(path, error) : damaged(path, source.position, error.message, error);
  } finally {
    await source.close();
  }
}

async function takeRecordHead(source: ByteSource, path: string, isFirst: boolean): Promise<RawRecord> {
  const position = source.position;
  try {
    const head = await source.takeHead();
    if (head) return splitRecord(head);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    throw isFirst ? notWarc(path, error) : damaged(path, position, error.message, error);
  }
  throw isFirst ? notWarc(path) : damaged(path, position, 'the end of the file inside a header');
}

async function readRecord(
  source: ByteSource,
  raw: RawRecord,
  position: number,
  limits: CaptureLimits,
  path: string,
): Promise<WarcResponse | WarcSkip> {
  const url = fieldOf(raw.fields, 'warc-target-uri')?.replace(/^<(.*)>$/, '$1') ?? null;
  const skip = (reason: WarcSkip['reason']): WarcSkip => ({
    kind: 'skipped',
    url,
    recordType: raw.type,
    reason,
    position,
  });
  const reason = reasonToSkip(raw, url, limits);
  if (reason !== null || url === null) {
    const skipped = await source.skip(raw.blockBytes);
    if (skipped < raw.blockBytes) throw damaged(path, source.position, 'the end of the file inside a record');
    return skip(reason ?? 'noUrl');
  }
  const block = await source.take(raw.blockBytes);
  if (block.length < raw.blockBytes) throw damaged(path, source.position, 'the end of the file inside a record');
  const received = raw.type === 'resource' ? resourceMessage(raw.fields, block) : httpMessage(block);
  if (!received) return skip('notHttp');
  const judged = judgeBody(received, limits);
  if (typeof judged === 'string') return skip(judged);
  const fetchedAt = instantOf(fieldOf(raw.fields, 'warc-date'));
  return { kind: 'response', url, fetchedAt, ...received, ...judged, position };
}

function reasonToSkip(raw: RawRecord, url: string | null, limits: CaptureLimits): WarcSkip['reason'] | null {
  if (raw.type !== 'response' && raw.type !== 'resource') return 'otherType';
  if (url === null) return 'noUrl';
  if (!/^https?:/i.test(url)) return 'notHttp';
  if (fieldOf(raw.fields, 'warc-truncated') !== null) return 'truncated';
  return raw.blockBytes > limits.bodyBytesMax + 65_536 ? 'tooLarge' : null;
}

function resourceMessage(fields: NamedFields, body: Buffer): HttpMessage {
  const contentType = fieldOf(fields, 'content-type') ?? 'application/octet-stream';
  return { status: 200, statusText: 'OK', headers: [['Content-Type', contentType]], body };
}

/**
 * Takes the transfer coding off, where the bytes still have it: most tools keep them so, some store the content under
 * the same header.
 */
function httpMessage(block: Buffer): HttpMessage | null {
  const message = splitHttpMessage(block);
  if (!message) return null;
  const coding = fieldOf(message.headers, 'transfer-encoding');
  if (coding === null) return message;
  const headers = message.headers.filter(([name]) => name.toLowerCase() !== 'transfer-encoding');
  const body = /chunked/i.test(coding) ? (dechunk(message.body) ?? message.body) : message.body;
  return { ...message, headers, body };
}

/** Begins with a tag, a comment or a declaration, perhaps behind a byte order mark. */
const BEGINS_AS_HTML = /^(?:\xef\xbb\xbf)?\s*<[!?a-z]/i;
const START_BYTES = 512;

/** A body as it is kept. */
type JudgedBody = Pick<WarcResponse, 'headers' | 'bodySha256'>;

/**
 * Many tools store bodies decoded and leave `Content-Encoding` as it was; some servers name no coding at all in it
 * (`none`, `utf-8`). If the bytes are already HTML, the field is removed. Errs towards believing the field.
 *
 * @returns why the body cannot be decoded, or null.
 */
function judgeBody({ headers, body }: HttpMessage, { bodyBytesMax }: CaptureLimits): JudgedBody | WarcSkip['reason'] {
  const encoding = fieldOf(headers, 'content-encoding') ?? '';
  const decoded = decodeBody(body, encoding, bodyBytesMax);
  // A name that is not a coding changes nothing: the body stays the same.
  const isDecoded = decoded.kind === 'decoded' && decoded.bytes !== body;
  if (encoding === '' || isDecoded || !BEGINS_AS_HTML.test(body.toString('latin1', 0, START_BYTES))) {
    return decoded.kind === 'failed' ? decoded.reason : { headers, bodySha256: hash('sha256', decoded.bytes) };
  }
  if (body.length > bodyBytesMax) return 'tooLarge';
  const others = headers.filter(([name]) => name.toLowerCase() !== 'content-encoding');
  return { headers: others, bodySha256: hash('sha256', body) };
}

/**
 * Takes the chunked transfer coding off a body.
 *
 * @returns  The content; null if the bytes are not chunked after all (many tools store the content but keep the header
 *           field) or end before the last chunk.
 */
function dechunk(body: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const lineEnd = body.indexOf('\n', at);
    if (lineEnd === -1 || lineEnd - at > 1_024) return null;
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/i.exec(body.toString('latin1', at, lineEnd))?.[1];
    if (size === undefined) return null;
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) return Buffer.concat(parts);
    if (lineEnd + 1 + bytes > body.length) return null;
    parts.push(body.subarray(lineEnd + 1, lineEnd + 1 + bytes));
    at = lineEnd + 1 + bytes;
    if (body[at] === 0x0d) at += 1;
    if (body[at] === 0x0a) at += 1;
  }
  return null;
}

/**
 * WARC 1.1 allows fractions of a second, and dates cut short; years before 1990 and beyond 9999 are no date of a
 * capture.
 */
function instantOf(date: string | null): string | null {
  const at = date === null ? Number.NaN : Date.parse(date);
  return at >= Date.UTC(1990, 0) && at < Date.UTC(10_000, 0) ? toUtcInstant(at) : null;
}

async function openWarc(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    return await openByteStream(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['ENOENT', 'EISDIR', 'EACCES'].includes(code)) throw error;
    throw new UsageError(`There is no readable WARC file at ${path} (${code})`, {
      code: 'warc.missing',
      cause: error,
    });
  }
}

function notWarc(path: string, cause?: unknown): UsageError {
  return new UsageError(`${path} is not a WARC file`, {
    code: 'warc.notWarc',
    hint: 'saved pages are read from .html and .html.gz files',
    cause,
  });
}

function damaged(path: string, position: number, found: string, cause?: unknown): PermanentError {
  return new PermanentError(`Expected a WARC record at byte ${position} of ${path} (decompressed), found ${found}`, {
    code: 'warc.damaged',
    cause,
  });
}
