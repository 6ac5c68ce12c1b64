import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import type { PermanentError } from '../../../src/domain/errors.js';
import { readWarcFile } from '../../../src/captures/read-warc-file.js';
import { collect } from './collect.js';
import { failure, fixedClock, notModified, response } from './fetch-results.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warc-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

interface RecordParts {
  readonly type?: string;
  readonly url?: string | null;
  readonly version?: string;
  readonly newline?: string;
  readonly fields?: readonly string[];
  readonly length?: number;
}

function record(block: string | Buffer, parts: RecordParts = {}): Buffer {
  const { type = 'response', url = 'https://a.example/1.html', version = '1.0', newline = '\r\n' } = parts;
  const head = [
    `WARC/${version}`,
    `WARC-Type: ${type}`,
    ...(url === null ? [] : [`WARC-Target-URI: ${url}`]),
    ...(parts.fields ?? ['WARC-Date: 2023-04-12T11:40:00Z']),
    `Content-Length: ${parts.length ?? Buffer.byteLength(block)}`,
  ];
  return Buffer.concat([
    Buffer.from(head.join(newline) + newline + newline),
    Buffer.from(block),
    Buffer.from('\r\n\r\n'),
  ]);
}

const http = (headers: readonly string[], body: string | Buffer) =>
  Buffer.concat([Buffer.from(['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n')), Buffer.from(body)]);
const chunked = (body: string) =>
  `5;x=y\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`;

async function read(bytes: Buffer, bodyBytesMax = 100_000) {
  const path = join(folder, 'x');
  await writeFile(path, bytes);
  return collect(readWarcFile(path, { bodyBytesMax }));
}
const only = async (bytes: Buffer, bodyBytesMax?: number) => (await read(bytes, bodyBytesMax))[0];

describe('any WARC file', () => {
  const page = http(['Content-Type: text/html'], '<p>page</p>');
  const expected = {
    kind: 'response',
    url: 'https://a.example/1.html',
    fetchedAt: '2023-04-12T11:40:00Z',
    status: 200,
    statusText: 'OK',
    headers: [['Content-Type', 'text/html']],
    body: Buffer.from('<p>page</p>'),
    bodySha256: sha256('<p>page</p>'),
  };

  it.each([
    ['plain', Buffer.concat([record(page), record(page)])],
    ['gzipped by record', Buffer.concat([gzipSync(record(page)), gzipSync(record(page))])],
    ['gzipped as a whole', gzipSync(Buffer.concat([record(page), record(page)]))],
    [
      'of version 1.1 with angle brackets',
      Buffer.concat([1, 2].map(() => record(page, { version: '1.1', url: '<https://a.example/1.html>' }))),
    ],
    [
      'with bare line feeds',
      Buffer.concat([1, 2].map(() => record(page.toString().replaceAll('\r\n', '\n'), { newline: '\n' }))),
    ],
    [
      'with a fraction of a second',
      Buffer.concat([1, 2].map(() => record(page, { fields: ['WARC-Date: 2023-04-12T11:40:00.999999Z'] }))),
    ],
  ])('%s gives its answers', async (_, bytes) => {
    expect(await read(bytes)).toMatchObject([expected, expected]);
  });

  it('written by us gives its answers, and says what the other records are', async () => {
    const writer = await openCaptureWriter({
      dataDir: folder,
      clock: fixedClock,
      fileBytesMax: 1e9,
      software: 'test/1',
    });
    const { file } = await writer.append(response('one'));
    await writer.append(notModified());
    await writer.append(failure());
    await writer.close();
    const records = await collect(readWarcFile(join(folder, file), { bodyBytesMax: 1_000 }));
    expect(records.map((one) => (one.kind === 'response' ? one.bodySha256 : one.recordType))).toEqual([
      'warcinfo',
      sha256('one'),
      'revisit',
      'metadata',
    ]);
  });

  it.each([
    ['gzip', '<!DOCTYPE html><p>page</p>'],
    ['br', '<html><p>page</p></html>'],
    ['deflate', '\ufeff\n<!-- saved --><p>page</p>'],
    ['gzip, br', '<?xml version="1.0"?><html></html>'],
    ['none', '<p>page</p>'],
    ['UTF-8', '<p>page</p>'],
    ['', '<p>page</p>'],
  ])('takes a body for what it is, where the record says `%s` and the bytes are HTML already', async (coding, body) => {
    const headers = [`Content-Encoding: ${coding}`, 'Content-Type: text/html'];
    const found = await only(record(http(headers, body)));
    expect(found).toMatchObject({ kind: 'response', body: Buffer.from(body), bodySha256: sha256(body) });
    if (coding !== '') expect(found).toMatchObject({ headers: [['Content-Type', 'text/html']] });
  });

  it.each([
    ['gzip that breaks off', 'gzip', gzipSync('<p>page</p>').subarray(0, 20)],
    ['gzip in a coding that nobody knows', 'zstd', gzipSync('<p>page</p>')],
    ['bytes that are neither', 'br', Buffer.from([0x00, 0xff, 0xfe, 0x01])],
  ])('but not %s', async (_name, coding, body) => {
    const found = await only(record(http([`Content-Encoding: ${coding}`], body)));
    expect(found).toMatchObject({ kind: 'skipped', reason: 'badEncoding' });
  });

  it('takes the chunked transfer coding off, and believes bytes more than a header that is left over', async () => {
    const headers = ['Transfer-Encoding: chunked', 'Content-Type: text/html'];
    expect(await only(record(http(headers, chunked('<p>page</p>'))))).toMatchObject(expected);
    expect(await only(record(http(headers, '<p>page</p>')))).toMatchObject(expected);
    const packed = gzipSync('<p>page</p>');
    const both = http(
      [...headers, 'Content-Encoding: gzip'],
      Buffer.concat([Buffer.from(`${packed.length.toString(16)}\r\n`), packed, Buffer.from('\r\n0\r\n\r\n')]),
    );
    expect(await only(record(both))).toMatchObject({ body: packed, bodySha256: expected.bodySha256 });
  });

  it('takes resource records for answers, and a missing date for none', async () => {
    const fields = ['Content-Type: text/html'];
    expect(await only(record('<p>page</p>', { type: 'resource', fields }))).toMatchObject({
      ...expected,
      fetchedAt: null,
    });
  });

  it('names the reason for each record that it passes over', async () => {
    const bomb = brotliCompressSync(Buffer.alloc(10_000_000));
    const records = await read(
      Buffer.concat([
        record('software: x', { type: 'warcinfo', url: null }),
        record('GET / HTTP/1.1', { type: 'request' }),
        record(page, { url: null }),
        record('a.example 1.2.3.4', { url: 'dns:a.example' }),
        record('no http at all'),
        record(http([], 'x'.repeat(200_000))),
        record(http(['Content-Encoding: br'], bomb)),
        record(http(['Content-Encoding: gzip'], 'no gzip')),
        record(page, { fields: ['WARC-Truncated: length'] }),
        record(page),
      ]),
    );
    expect(records.map((one) => (one.kind === 'skipped' ? one.reason : one.kind))).toEqual([
      'otherType',
      'otherType',
      'noUrl',
      'notHttp',
      'notHttp',
      'tooLarge',
      'tooLarge',
      'badEncoding',
      'truncated',
      'response',
    ]);
  });

  it('gives all of a file of ours before damage, whole members or not, and does not pass over what follows the last', async () => {
    const captures = await openCaptureWriter({
      dataDir: folder,
      clock: fixedClock,
      fileBytesMax: 1e9,
      software: 't/1',
    });
    // Random bytes stay as long when they are compressed.
    const first = await captures.append(response('one'));
    const second = await captures.append(response(randomBytes(1_500_000)));
    const third = await captures.append(response('three'));
    await captures.close();
    const bytes = readFileSync(join(folder, first.file));
    const answersOf = async (spoilt: Buffer): Promise<[number, string]> => {
      await writeFile(join(folder, 'x'), spoilt);
      const found: string[] = [];
      try {
        for await (const record of readWarcFile(join(folder, 'x'), { bodyBytesMax: 5_000_000 }))
          found.push(record.kind);
        return [found.filter((kind) => kind === 'response').length, ''];
      } catch (error) {
        return [found.filter((kind) => kind === 'response').length, (error as PermanentError).code];
      }
    };
    expect(await answersOf(bytes)).toEqual([3, '']);
    const flipped = Buffer.from(bytes);
    flipped[second.offset + 40]! ^= 0xff;
    expect(await answersOf(flipped)).toEqual([1, 'warc.damaged']);
    const lying = Buffer.from(bytes);
    lying.writeUInt32LE(first.length + 8, first.offset + 16);
    expect(await answersOf(lying)).toEqual([3, '']);
    expect(await answersOf(bytes.subarray(0, third.offset + third.length - 60))).toEqual([2, 'warc.damaged']);
    expect(await answersOf(Buffer.concat([bytes.subarray(0, second.offset), Buffer.from('rubbish')]))).toEqual([
      1,
      'warc.damaged',
    ]);
  });

  it('gives everything before the damage, then says where it is', async () => {
    const good = Array.from({ length: 50 }, (_, index) => gzipSync(record(http([], `${index}`.padEnd(1_000)))));
    const spoilt = gzipSync(record(http([], 'spoilt'.repeat(100))));
    spoilt.fill(0xff, 20, 40);
    const seen: unknown[] = [];
    const path = join(folder, 'x');
    const endings = [
      [spoilt, 30],
      [spoilt.subarray(0, 15), 50],
      [Buffer.from('WARC/1.0\r\nrubbish'), 30],
    ] as const;
    for (const [ending, least] of endings) {
      seen.length = 0;
      await writeFile(path, Buffer.concat([...good, ending]));
      const reading = async () => {
        for await (const one of readWarcFile(path, { bodyBytesMax: 10_000 })) seen.push(one);
      };
      await expect(reading()).rejects.toMatchObject({ code: 'warc.damaged' });
      expect(seen.length).toBeGreaterThanOrEqual(least);
    }
    await expect(read(record('short', { length: 500 }))).rejects.toMatchObject({ code: 'warc.damaged' });
    await expect(read(record('long', { length: 99_999_999_999 }))).rejects.toMatchObject({ code: 'warc.damaged' });
  });

  it.each([
    ['nothing', ''],
    ['a page', '<html></html>'],
    ['a gzipped page', gzipSync('<html></html>')],
    ['another version', 'WARC/9.9\r\n\r\n'],
    ['an endless header', `WARC/1.0\r\n${'x'.repeat(1_000_000)}`],
    ['a cut gzip header', Buffer.from('1f8b08', 'hex')],
  ])('that is none but %s is refused by name', async (_, bytes) => {
    await expect(read(Buffer.from(bytes))).rejects.toMatchObject({ code: 'warc.notWarc' });
    await expect(collect(readWarcFile(join(folder, 'none'), { bodyBytesMax: 1 }))).rejects.toMatchObject({
      code: 'warc.missing',
    });
    await expect(collect(readWarcFile(folder, { bodyBytesMax: 1 }))).rejects.toMatchObject({ code: 'warc.missing' });
  });
});
