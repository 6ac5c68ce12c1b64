import { brotliCompressSync, crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/platform/decode-body.js';

const TEXT = Buffer.from('новости 新聞 '.repeat(1000));
const MAX = 1_000_000;

describe('decoding a body', () => {
  it.each([
    ['', TEXT],
    ['identity', TEXT],
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['gzip', Buffer.concat([gzipSync(TEXT.subarray(0, 999)), gzipSync(TEXT.subarray(999))])],
  ])('takes off %j', (encoding, body) => {
    const decoded = decodeBody(body, encoding, MAX);
    expect(decoded.kind === 'decoded' && decoded.bytes.equals(TEXT)).toBe(true);
  });

  it.each(['none', 'None', 'UTF-8', 'utf8', ' ', ',', 'text/html', 'binary', 'windows-1251', 'identity, none'])(
    'takes %j for no encoding, as browsers do',
    (encoding) => {
      const decoded = decodeBody(TEXT, encoding, MAX);
      expect(decoded.kind === 'decoded' && decoded.bytes.equals(TEXT)).toBe(true);
    },
  );

  it.each([
    ['a comment of the server', Buffer.from('<!-- cached 12:04:11 -->')],
    ['a line break', Buffer.from('\r\n')],
    ['zeros', Buffer.alloc(700)],
    ['half of the magic number', Buffer.from([0x1f])],
    ['a magic number of another method', Buffer.from([0x1f, 0x8b, 0x00, 7, 7, 7, 7, 7])],
  ])('passes over %s after the end of a stream, as browsers do', (_name, rest) => {
    const named = gzipSync(TEXT);
    const header = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, 0x61, 0, 0x62, 0, 9, 9]);
    const flagged = Buffer.concat([header, named.subarray(10)]);
    const two = Buffer.concat([gzipSync(TEXT.subarray(0, 999)), gzipSync(TEXT.subarray(999))]);
    for (const [encoding, body] of [
      ['gzip', named],
      ['gzip', two],
      ['gzip', withHeaderChecksum(flagged)],
      ['none, gzip', named],
      ['deflate', deflateSync(TEXT)],
      ['br', brotliCompressSync(TEXT)],
    ] as const) {
      const decoded = decodeBody(Buffer.concat([body, rest]), encoding, MAX);
      expect(decoded.kind === 'decoded' && decoded.bytes.equals(TEXT)).toBe(true);
    }
  });

  it.each([
    ['a further member that is cut short', gzipSync(TEXT).subarray(0, 60)],
    ['the beginning of a further member', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['a further member that is damaged', damaged(gzipSync(TEXT))],
  ])('calls %s badEncoding', (_name, rest) => {
    const decoded = decodeBody(Buffer.concat([gzipSync(TEXT), rest]), 'gzip', MAX);
    expect(decoded).toMatchObject({ kind: 'failed', reason: 'badEncoding' });
  });

  it('takes an empty body for an empty text, whatever its encoding says', () => {
    expect(decodeBody(Buffer.alloc(0), 'gzip', MAX)).toEqual({ kind: 'decoded', bytes: Buffer.alloc(0) });
  });

  it.each([
    ['a stream cut short', 'gzip', gzipSync(TEXT).subarray(0, -20)],
    ['plain text that says gzip', 'gzip', TEXT],
    ['plain text that says br', 'br', TEXT],
    ['gzip that says br', 'br', gzipSync(TEXT)],
    ['an encoding that was not asked for', 'zstd', TEXT],
    ['a damaged checksum', 'gzip', damaged(gzipSync(TEXT))],
    ['more codings than anybody needs', 'gzip,gzip,gzip,gzip', TEXT],
  ])('calls %s badEncoding', (_name, encoding, body) => {
    expect(decodeBody(body, encoding, MAX)).toMatchObject({ kind: 'failed', reason: 'badEncoding' });
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
    ['deflate', deflateSync(Buffer.alloc(50_000_000))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
    ['', Buffer.alloc(MAX + 1)],
  ])('stops a bomb in %j at the limit', (encoding, body) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(decodeBody(body, encoding, MAX)).toMatchObject({ kind: 'failed', reason: 'tooLarge' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * MAX);
  });
});

/** The two bytes before the data, of a header of 19 bytes: its own checksum. */
function withHeaderChecksum(member: Buffer): Buffer {
  const copy = Buffer.from(member);
  copy.writeUInt16LE(crc32(copy.subarray(0, 19)) & 0xffff, 19);
  return copy;
}

function damaged(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  copy[copy.length - 6] = (copy[copy.length - 6] ?? 0) ^ 0xff;
  return copy;
}
