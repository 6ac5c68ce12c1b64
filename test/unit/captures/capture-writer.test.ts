import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { readCapture } from '../../../src/captures/read-capture.js';
import type { RollingWarcFileOptions } from '../../../src/captures/warc-file.js';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import { openNewFile, type OpenNewFile } from '../../../src/captures/warc-file.js';
import { collect } from './collect.js';
import { fixedClock, response } from './fetch-results.js';

const limits = { bodyBytesMax: 1_000_000 };
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'captures-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const open = (options: Partial<RollingWarcFileOptions> = {}) =>
  openCaptureWriter({ dataDir, clock: fixedClock, fileBytesMax: 10_000_000, software: 'test/1', ...options });
const files = () => readdir(join(dataDir, 'captures'));
const kinds = async () => (await collect(scanCaptures(dataDir))).map(({ kind }) => kind);

/** A real file whose disk can be made to fail: writes beyond the room fail after writing what fits. */
function failingDisk() {
  const disk = { roomBytes: Infinity, syncFails: false, syncs: 0, writes: 0 };
  const openFile: OpenNewFile = async (path) => {
    const file = await openNewFile(path);
    const write = async (bytes: Buffer, offset: number, length: number, position: number) => {
      disk.writes += 1;
      const fits = Math.min(length, disk.roomBytes);
      if (fits > 0) await file.write(bytes, offset, fits, position);
      disk.roomBytes -= fits;
      if (fits === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      return { bytesWritten: fits, buffer: bytes };
    };
    const datasync = () => {
      disk.syncs += 1;
      return disk.syncFails ? Promise.reject(Object.assign(new Error('io'), { code: 'EIO' })) : file.datasync();
    };
    return {
      write: write as typeof file.write,
      datasync,
      truncate: (bytes) => file.truncate(bytes),
      close: () => file.close(),
    };
  };
  return { disk, openFile };
}

describe('files that are deleted under the writer', () => {
  it.each<[string, () => Promise<void>]>([
    ['the file', async () => rm(join(dataDir, 'captures', (await files())[0]!))],
    ['the folder', () => rm(join(dataDir, 'captures'), { recursive: true })],
    ['the folder, which was moved away', () => rename(join(dataDir, 'captures'), join(dataDir, 'moved'))],
  ])('keeps in a new file what comes after %s', async (_, harm) => {
    const writer = await open();
    await writer.append(response('before'));
    await harm();
    const references = await Promise.all([writer.append(response('one')), writer.append(response('two'))]);
    await writer.append(response('three'));
    for (const reference of references) expect(readCapture(dataDir, reference, limits).kind).toBe('response');
    expect(await files()).toHaveLength(1);
    await writer.close();
  });

  it('says so where each new file is deleted at once', async () => {
    const openFile: OpenNewFile = async (path) => {
      const file = await openNewFile(path);
      await rm(path);
      return file;
    };
    const writer = await open({ openFile });
    await expect(writer.append(response('lost'))).rejects.toMatchObject({ code: 'capture.notWritable' });
    await writer.close();
  });
});

describe('appending', () => {
  it('shares one write and one sync among concurrent captures', async () => {
    const { disk, openFile } = failingDisk();
    const writer = await open({ openFile });
    await writer.append(response('first'));
    const before = { ...disk };
    await Promise.all(Array.from({ length: 200 }, (_, index) => writer.append(response(`page ${index}`))));
    expect(disk.writes - before.writes).toBeLessThanOrEqual(2);
    expect(disk.syncs - before.syncs).toBeLessThanOrEqual(2);
    await writer.close();
  });

  it('gives every capture its own place, whatever the concurrency', async () => {
    const writer = await open({ fileBytesMax: 30_000 });
    const texts = Array.from({ length: 300 }, (_, index) => `${index} ${randomBytes(100).toString('hex')}`);
    const references = await Promise.all(texts.map((text) => writer.append(response(text))));
    await writer.close();
    const read = references.map((reference) => readCapture(dataDir, reference, limits));
    expect(read.map((capture) => (capture.kind === 'response' ? capture.body.toString() : ''))).toEqual(texts);
    const scanned = await collect(scanCaptures(dataDir));
    expect(scanned.flatMap((record) => ('reference' in record ? [record.reference] : []))).toEqual(references);
  });

  it('rolls over at the size, never splits a record, and gives a large record a file of its own', async () => {
    const writer = await open({ fileBytesMax: 20_000 });
    for (let count = 0; count < 10; count += 1) await writer.append(response(randomBytes(5_000)));
    const large = await writer.append(response(randomBytes(50_000)));
    await writer.append(response('after'));
    await writer.close();
    const sizes = await Promise.all(
      (await files()).map(async (name) => (await stat(join(dataDir, 'captures', name))).size),
    );
    expect(sizes.filter((size) => size > 20_000)).toHaveLength(1);
    expect(sizes.length).toBeGreaterThan(3);
    expect(readCapture(dataDir, large, limits)).toMatchObject({ kind: 'response' });
  });

  it('leaves no file behind when nothing was captured, and keeps two writers of one process apart', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    expect(await files()).toEqual([]);
    const [first, second] = await Promise.all([one.append(response('1')), two.append(response('2'))]);
    expect(first.file).not.toBe(second.file);
    await Promise.all([one.close(), two.close()]);
  });

  it('keeps the sum of a run', async () => {
    const writer = await open();
    await writer.appendRun({ runId: 'run-7', found: 3, editions: ['a', '亞'] });
    await expect(writer.appendRun({ runId: 'x', blob: 'x'.repeat(2_000_000) })).rejects.toMatchObject({
      code: 'capture.tooLarge',
    });
    await writer.close();
    const records = await collect(scanCaptures(dataDir));
    expect(records.at(-1)).toMatchObject({ kind: 'run', runId: 'run-7', summary: { found: 3, editions: ['a', '亞'] } });
  });

  it('finishes what was begun when closed, and refuses what comes later', async () => {
    const writer = await open();
    const begun = writer.append(response('begun', { headers: [], body: Buffer.from('begun') }));
    await writer.close();
    expect(readCapture(dataDir, await begun, limits)).toMatchObject({ kind: 'response' });
    await expect(writer.append(response('late'))).rejects.toMatchObject({ code: 'capture.closed' });
  });
});

describe('a failing disk', () => {
  it('that is full rejects the whole batch, keeps nothing of it, and takes the next when there is space', async () => {
    const { disk, openFile } = failingDisk();
    const writer = await open({ openFile });
    const before = await writer.append(response('before'));
    disk.roomBytes = 1_500;
    const batch = await Promise.allSettled(Array.from({ length: 5 }, () => writer.append(response(randomBytes(500)))));
    expect(batch.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual(
      Array.from({ length: 5 }, () => 'capture.diskFull'),
    );
    disk.roomBytes = Infinity;
    const after = await writer.append(response('after'));
    await writer.close();
    expect(after).toMatchObject({ file: before.file, offset: before.offset + before.length });
    expect(await kinds()).toEqual(['foreign', 'response', 'response']);
  });

  it('that is full from the start leaves no file behind', async () => {
    const { disk, openFile } = failingDisk();
    const writer = await open({ openFile });
    disk.roomBytes = 10;
    await expect(writer.append(response('one'))).rejects.toMatchObject({ code: 'capture.diskFull' });
    expect(await files()).toEqual([]);
    disk.roomBytes = Infinity;
    await writer.append(response('two'));
    await writer.close();
    expect(await kinds()).toEqual(['foreign', 'response']);
  });

  it('that loses a sync is never trusted with the same file again', async () => {
    const { disk, openFile } = failingDisk();
    const writer = await open({ openFile });
    const before = await writer.append(response('before'));
    disk.syncFails = true;
    await expect(writer.append(response('lost'))).rejects.toMatchObject({ code: 'capture.notWritable' });
    disk.syncFails = false;
    const after = await writer.append(response('after'));
    await writer.close();
    expect(after.file).not.toBe(before.file);
    expect(await kinds()).toEqual(['foreign', 'response', 'foreign', 'response']);
  });

  it('that cannot hold the folder is named', async () => {
    await expect(open({ dataDir: '/dev/null/x' })).rejects.toMatchObject({ code: 'capture.notWritable' });
  });
});
