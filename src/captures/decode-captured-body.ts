import { PermanentError } from '../domain/errors.js';
import { decodeBody } from '../platform/decode-body.js';
import { fieldOf, type NamedFields } from './capture-format.js';

/**
 * Takes the content encoding off a body that was read from a capture.
 *
 * @param headers       The response's header fields; `Content-Encoding` may name gzip, deflate (zlib or raw), br, identity, up to three.
 * @param body          As received, transfer coding already off.
 * @param bodyBytesMax  Longest decoded body in bytes.
 * @throws {PermanentError} `capture.tooLarge` beyond the limit (memory never exceeds it), `capture.damaged` if the bytes are not in that
 *                          encoding or end too soon, `capture.encodingUnknown` for another encoding.
 */
export function decodeCapturedBody(headers: NamedFields, body: Buffer, bodyBytesMax: number): Buffer {
  const decoded = decodeBody(body, fieldOf(headers, 'content-encoding') ?? '', bodyBytesMax);
  if (decoded.kind === 'decoded') return decoded.bytes;
  const { reason, isUnknownCoding, detail, cause } = decoded;
  if (reason === 'tooLarge') {
    throw new PermanentError(`Wanted a body of at most ${bodyBytesMax} bytes, found a longer one`, {
      code: 'capture.tooLarge',
      cause,
    });
  }
  throw new PermanentError(`Wanted a body in its content encoding, found that ${detail}`, {
    code: isUnknownCoding ? 'capture.encodingUnknown' : 'capture.damaged',
    cause,
  });
}
