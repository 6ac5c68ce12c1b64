import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendPiece, bytesHeld, CRAWL_HOST_FILE_BYTES_MAX } from '../../../src/captures/append-piece.js';
import { captureFileName } from '../../../src/captures/capture-files.js';

const FILE = `captures/${captureFileName(Date.UTC(2026, 10, 22), 1, '0123456789ab')}`;
const WHOLE = Buffer.from('0123456789');
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sputnik-pieces-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const append = (offset: number, end: number, file = FILE): Promise<number> =>
  appendPiece(dataDir, { file, offset, bytes: WHOLE.subarray(offset, end) });

describe('a piece of the capture file of a crawl host', () => {
  it('follows the one before it', async () => {
    expect(await bytesHeld(dataDir, FILE)).toBe(0);
    expect(await append(0, 4)).toBe(4);
    expect(await append(4, 10)).toBe(10);
    expect(await readFile(join(dataDir, FILE))).toEqual(WHOLE);
    expect(await bytesHeld(dataDir, FILE)).toBe(10);
  });

  it.each([
    ['once more', 0, 4],
    ['some of it once more', 2, 4],
    ['with what follows', 0, 10],
    ['from its middle on', 3, 10],
  ])('changes nothing but what is new where it comes %s', async (_name, offset, end) => {
    await append(0, 4);
    expect(await append(offset, end)).toBe(Math.max(4, end));
    expect(await readFile(join(dataDir, FILE))).toEqual(WHOLE.subarray(0, Math.max(4, end)));
  });

  it('is not taken where it would leave a gap', async () => {
    await append(0, 4);
    expect(await append(5, 10)).toBe(4);
    expect(await readFile(join(dataDir, FILE))).toEqual(WHOLE.subarray(0, 4));
  });

  it.each([
    ['the file of the writer itself', `captures/${captureFileName(0, 1, null)}`],
    ['a file elsewhere', `captures/../${captureFileName(0, 1, '0123456789ab')}`],
    ['another folder', `articles/${captureFileName(0, 1, '0123456789ab')}`],
    ['a file of any other name', 'captures/saved.warc.gz'],
  ])('never reaches %s', async (_name, file) => {
    await expect(append(0, 4, file)).rejects.toMatchObject({ code: 'capture.notOfCrawlHost' });
  });

  it('never makes a file longer than its limit', async () => {
    await expect(
      appendPiece(dataDir, { file: FILE, offset: CRAWL_HOST_FILE_BYTES_MAX - 2, bytes: WHOLE }),
    ).rejects.toMatchObject({ code: 'capture.notOfCrawlHost' });
  });

  it('says what is wrong with a folder that cannot be written to', async () => {
    await writeFile(join(dataDir, 'captures'), '');
    await expect(append(0, 4)).rejects.toMatchObject({ code: 'capture.notWritable' });
  });
});
