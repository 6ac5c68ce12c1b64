import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCaptureWriter, type CaptureWriter } from '../../../src/captures/capture-writer.js';
import { listCaptureFiles } from '../../../src/captures/capture-files.js';
import { readCapture, readRecordAt, type ResponseCapture } from '../../../src/captures/read-capture.js';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import { captureReferenceSchema } from '../../../src/domain/article.js';
import type { FetchedResponse, FetchResult } from '../../../src/domain/page.js';
import { failure, fixedClock, notModified, response } from './fetch-results.js';

const limits = { bodyBytesMax: 1_000_000 };
const text = `<html><body><p>${'俄羅斯衛星通訊社 一段文字。'.repeat(500)}</p></body></html>`;
let dataDir: string;
let writer: CaptureWriter;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'captures-'));
  writer = await openCaptureWriter({ dataDir, clock: fixedClock, fileBytesMax: 10_000_000, software: 'test/1' });
});
afterEach(async () => {
  await writer.close();
  await rm(dataDir, { recursive: true });
});

async function roundTrip(result: FetchResult) {
  const reference = await writer.append(result);
  expect(captureReferenceSchema.parse(reference)).toEqual(reference);
  return { reference, capture: readCapture(dataDir, reference, limits) };
}

async function onlyFile(): Promise<Buffer> {
  const [name = ''] = await readdir(join(dataDir, 'captures'));
  return readFile(join(dataDir, 'captures', name));
}

describe('a robots.txt that could not be had', () => {
  it('tells from the file alone of which days lists were wanted', async () => {
    const url = 'https://sputniknews.cn/robots.txt';
    const robots = { kind: 'robots', edition: 'sputniknews.cn', url, pageId: null, foundBy: 'feed' } as const;
    const wantedDays = { from: '20230411', to: '20230412' };
    await writer.append(failure({ target: { ...robots, wantedDays } }));
    await writer.append(failure({ target: robots }));
    const targets = [];
    for await (const record of scanCaptures(dataDir)) if (record.kind === 'failure') targets.push(record.target);
    expect(targets).toEqual([{ ...robots, wantedDays }, robots]);
  });
});

describe('a capture that is read back', () => {
  const encodings: readonly (readonly [string, (plain: string) => Buffer])[] = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (plain) => Buffer.from(plain)],
    ['gzip, br', (plain) => brotliCompressSync(gzipSync(plain))],
  ];
  it.each(encodings)(
    'gives the page as decoded from %s, and keeps it in the file as received',
    async (name, encode) => {
      const body = encode(text);
      const sent = response(text, {
        body,
        headers: [
          ['Content-Type', 'text/html'],
          ['content-encoding', name],
        ],
      });
      const { reference, capture } = await roundTrip(sent);
      expect(capture).toMatchObject({
        kind: 'response',
        target: sent.target,
        runId: 'run-1',
        reference: { fetchedAt: sent.fetchedAt, via: 'http' },
        durationMs: 120,
        status: 200,
        statusText: 'OK',
        contentType: 'text/html',
        headers: sent.headers,
        finalUrl: sent.finalUrl,
      });
      expect((capture as ResponseCapture).body.toString()).toBe(text);
      expect(reference.sha256).toBe(createHash('sha256').update(text).digest('hex'));
      const member = (await onlyFile()).subarray(reference.offset, reference.offset + reference.length);
      expect(gunzipSync(member).includes(body)).toBe(true);
    },
  );

  it('keeps validators, redirect target, repeated header fields, and a page id that is absent', async () => {
    const sent = response('x', {
      finalUrl: 'https://big5.sputniknews.cn/other.html',
      target: {
        kind: 'sitemapIndex',
        edition: 'a.b',
        url: 'https://a.b/sitemap.xml',
        pageId: null,
        foundBy: 'sitemap',
      },
    });
    const { reference, capture } = await roundTrip(sent);
    expect(reference).toMatchObject({ etag: '"abc"', lastModified: 'Wed, 12 Apr 2023 11:40:00 GMT', status: 200 });
    expect(capture).toMatchObject({ target: sent.target, finalUrl: sent.finalUrl, headers: sent.headers });
  });

  it.each([0, 1, 65_535, 65_536, 200_000])('is exact for compressed bodies of %i random bytes', async (bytes) => {
    const plain = randomBytes(bytes);
    const sent = response(plain, { headers: [['Content-Type', 'image/png']], body: plain });
    const { capture } = await roundTrip(sent);
    expect((capture as ResponseCapture).body.equals(plain)).toBe(true);
  });

  it('tells that the page stood as it was', async () => {
    const { reference, capture } = await roundTrip(notModified());
    expect(capture).toMatchObject({ kind: 'notModified', status: 304, headers: [['ETag', '"abc"']] });
    expect(reference).toMatchObject({ status: 304, etag: '"abc"', sha256: createHash('sha256').digest('hex') });
  });

  it.each([null, 503])('tells why there was no answer, status %s', async (status) => {
    const { reference, capture } = await roundTrip(failure({ status }));
    expect(capture).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
      detail: 'no answer within 30000 ms',
      status,
      attempts: 5,
    });
    expect(reference).toMatchObject({ status: status ?? 0, sha256: createHash('sha256').digest('hex') });
  });

  it('renames header fields that are untrue of the stored bytes', async () => {
    const headers = [
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '7'],
      ['Content-Encoding', 'gzip'],
    ] as const;
    const { capture } = await roundTrip(response('page', { headers, via: 'browser', body: Buffer.from('page') }));
    expect((capture as ResponseCapture).headers.map(([name]) => name)).toEqual([
      'X-Crawler-Transfer-Encoding',
      'X-Crawler-Content-Length',
      'X-Crawler-Content-Encoding',
    ]);
    expect((capture as ResponseCapture).body.toString()).toBe('page');
  });

  it('cannot be made to lie by line ends, NUL and colons in what the site sends', async () => {
    const evil = 'x\r\nSputnik-Page-Id: other/1\r\n\r\nHTTP/1.1 200 OK\0';
    const sent = response('page', {
      status: 418,
      statusText: evil,
      headers: [
        ['X-Evil', evil],
        ['Bad\r\nName: y', 'v'],
        ['', 'nameless'],
        ['Content-Type', 'text/plain'],
      ],
      body: Buffer.from('page'),
      finalUrl: `https://a.b/${evil}`,
    });
    const { capture } = await roundTrip(sent);
    expect(capture).toMatchObject({ status: 418, target: sent.target, contentType: 'text/plain' });
    expect((capture as ResponseCapture).headers.map(([name]) => name)).toEqual([
      'X-Evil',
      'Bad__Name__y',
      'Content-Type',
    ]);
    expect((capture as ResponseCapture).body.toString()).toBe('page');
    expect((await roundTrip(failure({ detail: evil }))).capture).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
      attempts: 5,
    });
  });

  it('has at most a thousand header fields of bounded length', async () => {
    const headers = Array.from({ length: 5_000 }, (_, index) => [`X-${index}`, 'v'.repeat(20)] as const);
    const { capture } = await roundTrip(response('page', { headers, body: Buffer.from('page') }));
    expect((capture as ResponseCapture).headers).toHaveLength(1_001);
    expect((capture as ResponseCapture).headers.at(-1)).toEqual(['X-Crawler-Fields-Dropped', '4000']);
  });
});

describe('the file', () => {
  it('is a gzip file of WARC 1.1 records that opens with warcinfo', async () => {
    await roundTrip(response('one'));
    await roundTrip(failure());
    const lines = gunzipSync(await onlyFile()).toString('latin1');
    expect(lines.startsWith('WARC/1.1\r\nWARC-Type: warcinfo\r\n')).toBe(true);
    expect(lines.match(/^WARC-Type: .*$/gm)).toEqual(
      ['warcinfo', 'response', 'metadata'].map((type) => `WARC-Type: ${type}`),
    );
    expect(lines).toMatch(/^WARC-Target-URI: https:\/\/big5\.sputniknews\.cn\/20230412\/1049499304\.html\r$/m);
    expect(lines).toMatch(/^software: test\/1\r$/m);
  });
});

describe('a reference that cannot be honoured', () => {
  const errorOf = (reference: Parameters<typeof readCapture>[1], bodyBytesMax = 1_000_000): unknown => {
    try {
      return readCapture(dataDir, reference, { bodyBytesMax });
    } catch (error) {
      return error;
    }
  };

  it('is refused by name: too large, damaged, another record, missing', async () => {
    const bomb = await writer.append(response(Buffer.alloc(2_000_000)));
    const plainBomb = await writer.append(
      response(Buffer.alloc(2_000_000), { headers: [], body: Buffer.alloc(2_000_000) }),
    );
    const lying = await writer.append(response('page', { body: Buffer.from('no gzip') }));
    const unknown = await writer.append(response('page', { headers: [['Content-Encoding', 'zstd']] }));
    const good: FetchedResponse = response('page');
    const reference = await writer.append(good);
    expect(errorOf(bomb)).toMatchObject({ code: 'capture.tooLarge' });
    expect(errorOf(plainBomb)).toMatchObject({ code: 'capture.tooLarge' });
    expect(errorOf(lying)).toMatchObject({ code: 'capture.damaged' });
    expect(errorOf(unknown)).toMatchObject({ code: 'capture.encodingUnknown' });
    expect(errorOf({ ...reference, length: reference.length - 1 })).toMatchObject({ code: 'capture.damaged' });
    expect(errorOf({ ...reference, offset: reference.offset + 1 })).toMatchObject({ code: 'capture.damaged' });
    expect(errorOf({ ...reference, offset: 1e9 })).toMatchObject({ code: 'capture.damaged' });
    expect(errorOf({ ...reference, sha256: '0'.repeat(64) })).toMatchObject({ code: 'capture.mismatch' });
    expect(errorOf({ ...reference, file: 'captures/none.warc.gz' })).toMatchObject({ code: 'capture.missing' });
  });

  it('is missing where a folder or a link stands in place of its file, and others are read', async () => {
    const reference = await writer.append(response('page'));
    const otherName = (by: number): string =>
      reference.file.replace(/\d(?=\.warc)/, (digit) => String((Number(digit) + by) % 10));
    const [folder, link, loop] = [1, 2, 3].map(otherName);
    await mkdir(join(dataDir, folder!));
    await symlink('nowhere', join(dataDir, link!));
    await symlink(basename(loop!), join(dataDir, loop!));
    for (const file of [folder!, link!, loop!]) {
      expect(errorOf({ ...reference, file }), file).toMatchObject({ code: 'capture.missing' });
      expect(() => readRecordAt(dataDir, { ...reference, file })).toThrow(
        expect.objectContaining({ code: 'ENOENT' }) as Error,
      );
    }
    expect((await listCaptureFiles(dataDir)).map(({ file }) => file)).toEqual([reference.file]);
  });

  it('never leads out of the captures folder', async () => {
    const reference = await writer.append(response('page'));
    await writeFile(join(dataDir, 'secret.warc.gz'), await onlyFile());
    await symlink('../secret.warc.gz', join(dataDir, 'captures', 'link.warc.gz'));
    for (const file of [
      'secret.warc.gz',
      'captures/../secret.warc.gz',
      'captures/link.warc.gz',
      '/etc/passwd',
      'captures/a/../b.warc.gz',
      'captures/\0.warc.gz',
    ]) {
      expect(errorOf({ ...reference, file }), file).toMatchObject({ code: 'capture.missing' });
    }
  });
});
