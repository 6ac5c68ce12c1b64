import { LIMITS } from './capture-format.js';
import { decodeFields, encodeFields, fieldOf, headerText, type NamedFields } from './named-fields.js';

const VALIDATOR_CHARACTERS_MAX = 1_024;

export interface HttpHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: NamedFields;
}

/** @returns the message's status line, header fields and the empty line. */
export function encodeHttpHead(status: number, statusText: string, headers: NamedFields): string {
  const reason = statusText.replace(/[^\t\x20-\x7e\x80-\uffff]+/g, ' ').slice(0, 200);
  return `HTTP/1.1 ${status} ${reason}\r\n${encodeFields(headers)}\r\n`;
}

/**
 * Divides a message into head and body.
 *
 * @param message  Bytes from the status line on; the body may be cut.
 * @returns        null if they do not start with a whole HTTP head.
 */
export function splitHttpMessage(message: Buffer): { head: HttpHead; body: Buffer } | null {
  const end = headEnd(message);
  if (end === null) return null;
  const text = headerText(message.subarray(0, end.start));
  const [, status, statusText] = /^HTTP\/\d(?:\.\d)? +(\d{3})(?: +([^\r\n]*))?(?=\r?\n|$)/i.exec(text) ?? [];
  if (status === undefined) return null;
  const firstLineEnd = text.indexOf('\n');
  const headers = firstLineEnd === -1 ? [] : decodeFields(text.slice(firstLineEnd + 1));
  return {
    head: { status: Number(status), statusText: (statusText ?? '').trim(), headers },
    body: message.subarray(end.next),
  };
}

/** @returns where the empty line stands and where what follows it starts; bare line feeds are accepted. */
export function headEnd(bytes: Buffer): { start: number; next: number } | null {
  const window = bytes.subarray(0, LIMITS.headBytesMax);
  const strict = window.indexOf('\r\n\r\n');
  const bare = window.indexOf('\n\n');
  if (strict === -1 && bare === -1) return null;
  if (bare === -1 || (strict !== -1 && strict < bare)) return { start: strict, next: strict + 4 };
  return { start: bare, next: bare + 2 };
}

/**
 * Takes the chunked transfer coding off a body.
 *
 * @returns  The content; null if the bytes are not chunked after all (many tools store the content but keep the header field)
 *           or end before the last chunk.
 */
export function dechunk(body: Buffer): Buffer | null {
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

/** @returns the validator as the server sent it, null where there is none or it is absurdly long. */
export function validator(headers: NamedFields, name: 'etag' | 'last-modified'): string | null {
  const value = fieldOf(headers, name);
  return value === null || value.length > VALIDATOR_CHARACTERS_MAX ? null : value;
}
