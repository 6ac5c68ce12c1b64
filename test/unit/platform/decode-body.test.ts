import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
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

function damaged(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  copy[copy.length - 6] = (copy[copy.length - 6] ?? 0) ^ 0xff;
  return copy;
}
