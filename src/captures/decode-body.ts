import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { PermanentError } from '../domain/errors.js';
import { isZlibError, outputChunk } from './gzip-member.js';
import { fieldOf, type NamedFields } from './capture-format.js';

const CODINGS_MAX = 3;

/**
 * Takes the content encoding off a body.
 *
 * @param headers       The response's header fields; `Content-Encoding` may name gzip, deflate (zlib or raw), br, identity, up to three.
 * @param body          As received, transfer coding already off.
 * @param bodyBytesMax  Longest decoded body in bytes.
 * @throws {PermanentError} `capture.tooLarge` beyond the limit (memory never exceeds it), `capture.damaged` if the bytes are not in that
 *                          encoding or end too soon, `capture.encodingUnknown` for another encoding.
 */
export function decodeBody(headers: NamedFields, body: Buffer, bodyBytesMax: number): Buffer {
  const codings = (fieldOf(headers, 'content-encoding') ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > CODINGS_MAX) {
    throw new PermanentError(`Wanted at most ${CODINGS_MAX} content encodings, found ${codings.length}`, {
      code: 'capture.encodingUnknown',
    });
  }
  let content = body;
  for (const coding of codings.reverse()) {
    if (content.length === 0) break;
    content = decode(coding, content, bodyBytesMax);
  }
  if (content.length > bodyBytesMax) throw tooLarge(bodyBytesMax);
  return content;
}

function decode(coding: string, body: Buffer, bodyBytesMax: number): Buffer {
  const options = { maxOutputLength: Math.max(1, bodyBytesMax) };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(body, { ...options, chunkSize: gzipChunk(body) });
    if (coding === 'br') return brotliDecompressSync(body, options);
    if (coding === 'deflate') return isZlibStream(body) ? inflateSync(body, options) : inflateRawSync(body, options);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bodyBytesMax, error);
    throw new PermanentError(`Wanted a body in ${coding}, found bytes that do not decode: ${error.message}`, {
      code: 'capture.damaged',
      cause: error,
    });
  }
  throw new PermanentError(`Wanted gzip, deflate, br or identity, found content encoding ${JSON.stringify(coding)}`, {
    code: 'capture.encodingUnknown',
  });
}

/** zlib makes its output in pieces of this size: one that fits saves copying. The end of gzip names the size, and may lie. */
function gzipChunk(body: Buffer): number {
  const announced = body.length >= 18 ? body.readUInt32LE(body.length - 4) : 0;
  return outputChunk(announced);
}

/** RFC 1950: method 8, and the first two bytes divisible by 31. Servers send raw deflate under the same name. */
function isZlibStream(body: Buffer): boolean {
  return body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

function tooLarge(bodyBytesMax: number, cause?: unknown): PermanentError {
  return new PermanentError(`Wanted a body of at most ${bodyBytesMax} bytes, found a longer one`, {
    code: 'capture.tooLarge',
    cause,
  });
}
