import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { readCapture } from '../../../src/captures/read-capture.js';
import { repairCaptures, repairTornTail } from '../../../src/captures/repair-captures.js';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import { collect } from './collect.js';
import { failure, fixedClock, notModified, response } from './fetch-results.js';
import { transpile } from './transpile.js';

const limits = { bodyBytesMax: 1_000_000 };
/** As a dead process of this host would have named it. */
let dataDir: string;
let folder: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'captures-'));
  folder = join(dataDir, 'captures');
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Some records in one file whose writer is gone. */
async function deadFile(): Promise<{ path: string; references: readonly CaptureReference[] }> {
  const writer = await openCaptureWriter({ dataDir, clock: fixedClock, fileBytesMax: 1e9, software: 'test/1' });
  const references = [];
  for (const result of [
    response('one'),
    notModified(),
    failure(),
    response('x'.repeat(90_000), { headers: [], body: Buffer.alloc(90_000) }),
  ]) {
    references.push(await writer.append(result));
  }
  await writer.close();
  const [name = ''] = await readdir(folder);
  const dead = name.replace(/-s[0-9a-z]+-/, '-s1-');
  await copyFile(join(folder, name), join(folder, dead));
  await rm(join(folder, name));
  return { path: join(folder, dead), references: references.map((one) => ({ ...one, file: `captures/${dead}` })) };
}
const kinds = async () => (await collect(scanCaptures(dataDir))).map(({ kind }) => kind);
const whole = ['foreign', 'response', 'notModified', 'failure', 'response'];

describe('repairing a torn tail', () => {
  it('cuts a file that ends anywhere back to its last whole record', async () => {
    const { path, references } = await deadFile();
    const bytes = await readFile(path);
    for (let cut = 1; cut < bytes.length; cut += 97) {
      await writeFile(path, bytes.subarray(0, cut));
      const ends = references.map(({ offset, length }) => offset + length).filter((end) => end <= cut);
      const expected = ends.at(-1) ?? (cut >= (references[0]?.offset ?? 0) ? (references[0]?.offset ?? 0) : 0);
      const repair = await repairTornTail(path);
      expect(repair).toEqual({ file: path, keptBytes: expected, cutBytes: cut - expected });
      if (expected > 0) expect((await stat(path)).size).toBe(expected);
    }
  });

  it('cuts what a power cut leaves: a length without its bytes, a whole length of zeros', async () => {
    const { path, references } = await deadFile();
    const last = references.at(-1);
    const { size } = await stat(path);
    await truncate(path, size - 50);
    await truncate(path, size);
    expect(await repairTornTail(path)).toMatchObject({ keptBytes: last?.offset, cutBytes: last?.length });
    await appendFile(path, Buffer.alloc(10_000));
    expect(await repairTornTail(path)).toMatchObject({ keptBytes: last?.offset, cutBytes: 10_000 });
    expect(await repairTornTail(path)).toMatchObject({ keptBytes: last?.offset, cutBytes: 0 });
  });

  it('leaves damage in front of a whole record alone, and the scan goes on behind it', async () => {
    const { path, references } = await deadFile();
    const bytes = await readFile(path);
    const second = references[1];
    bytes.fill(0, second?.offset, (second?.offset ?? 0) + (second?.length ?? 0));
    await writeFile(path, bytes);
    expect(await repairTornTail(path)).toMatchObject({ cutBytes: 0 });
    expect(await kinds()).toEqual(['foreign', 'response', 'damaged', 'failure', 'response']);
  });

  it('never cuts off what was processed, whatever has become of its bytes', async () => {
    const { path, references } = await deadFile();
    const last = references.at(-1)!;
    const bytes = await readFile(path);
    for (const at of [0, 17, 21, 60, last.length - 2]) {
      const spoilt = Buffer.from(bytes);
      spoilt[last.offset + at]! ^= 0x10;
      await writeFile(path, spoilt);
      expect(await repairTornTail(path, last.offset + last.length), `bit of byte ${at}`).toMatchObject({ cutBytes: 0 });
      await appendFile(path, 'torn');
      expect(await repairTornTail(path, last.offset + last.length)).toMatchObject({ cutBytes: 4 });
    }
  });

  it('cuts no whole record off a file that has taken the name of the one that was processed', async () => {
    const { path, references } = await deadFile();
    const bytes = await readFile(path);
    const last = references.at(-1)!;
    for (const processed of [last.offset - 3, last.offset + 1, last.offset + last.length - 1]) {
      expect(await repairTornTail(path, processed)).toMatchObject({ cutBytes: 0 });
      await appendFile(path, 'torn');
      expect(await repairTornTail(path, processed)).toMatchObject({ cutBytes: 4 });
    }
    expect(await readFile(path)).toEqual(bytes);
  });

  it('never touches files of living writers, of other programs, or of another host that wrote just now', async () => {
    const writer = await openCaptureWriter({ dataDir, clock: fixedClock, fileBytesMax: 1e9, software: 'test/1' });
    const { file } = await writer.append(response('one'));
    const elsewhere = file.replace(/-h[0-9a-f]{6}-/, '-h000000-').replace('captures/', '');
    await appendFile(join(dataDir, file), 'torn');
    await appendFile(join(folder, elsewhere), 'torn');
    await appendFile(join(folder, 'somebody.warc.gz'), 'torn');
    const clock = { now: () => Date.now() };
    expect(await repairCaptures(dataDir, clock)).toEqual([]);
    await utimes(join(folder, elsewhere), 0, 0);
    expect(await repairCaptures(dataDir, clock)).toEqual([
      { file: `captures/${elsewhere}`, keptBytes: 0, cutBytes: 4 },
    ]);
    expect((await readdir(folder)).length).toBe(2);
    await writer.close();
  });
});

describe('scanning', () => {
  it('gives the references that the writer gave, and starts where it is told to', async () => {
    const { references } = await deadFile();
    const records = await collect(scanCaptures(dataDir));
    expect(records.map(({ kind }) => kind)).toEqual(whole);
    expect(records.flatMap((record) => ('reference' in record ? [record.reference] : []))).toEqual(references);
    const [first, second] = references;
    const from = new Map([[first?.file ?? '', second?.offset ?? 0]]);
    expect((await collect(scanCaptures(dataDir, from))).map(({ kind }) => kind)).toEqual(whole.slice(2));
  });

  it('loses nothing by a flipped bit in the lengths of a record', async () => {
    const { path, references } = await deadFile();
    const bytes = await readFile(path);
    for (const { offset } of references) {
      for (let bit = 0; bit < 64; bit += 1) {
        const spoilt = Buffer.from(bytes);
        spoilt[offset + 16 + (bit >> 3)]! ^= 1 << (bit & 7);
        await writeFile(path, spoilt);
        const records = await collect(scanCaptures(dataDir));
        expect(records.flatMap((one) => ('reference' in one ? [one.reference] : []))).toEqual(references);
        for (const reference of references) expect(readCapture(dataDir, reference, limits).kind).toBeDefined();
      }
    }
  });

  it('loses no more than the record by a flipped bit anywhere else in it', async () => {
    const { path, references } = await deadFile();
    const bytes = await readFile(path);
    const [, second] = references;
    for (let at = 0; at < second!.length; at += 1) {
      const spoilt = Buffer.from(bytes);
      spoilt[second!.offset + at]! ^= 1 << (at & 7);
      await writeFile(path, spoilt);
      const found = await collect(scanCaptures(dataDir));
      const offsets = found.flatMap((one) => ('reference' in one ? [one.offset] : []));
      expect(offsets, `byte ${at}`).toEqual(
        expect.arrayContaining(references.filter((one) => one !== second).map(({ offset }) => offset)),
      );
    }
  });

  it('walks over members that other programs wrote', async () => {
    const { path } = await deadFile();
    const record = gunzipSync(await readFile(path));
    const foreign = Buffer.from('WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n');
    const big = Buffer.concat([
      Buffer.from('WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 300000\r\n\r\n'),
      Buffer.from(record),
      Buffer.alloc(300_000, 'ab'),
    ]);
    await writeFile(
      join(folder, 'other.warc.gz'),
      Buffer.concat([gzipSync(foreign), gzipSync(big, { level: 0 }), gzipSync(foreign)]),
    );
    const records = await collect(scanCaptures(dataDir));
    expect(records.slice(0, 3).map((one) => (one.kind === 'foreign' ? one.type : one.kind))).toEqual([
      'response',
      'conversion',
      'response',
    ]);
  });

  it('of a folder that is not there gives nothing', async () => {
    expect(await collect(scanCaptures(join(dataDir, 'none')))).toEqual([]);
  });
});

describe('a writer that is killed', () => {
  let code: string;
  beforeAll(async () => {
    code = await mkdtemp(join(tmpdir(), 'captures-code-'));
    await transpile(code, [
      'src/captures',
      'src/domain',
      'src/platform',
      'test/unit/captures/append-for-ever.ts',
      'test/unit/captures/fetch-results.ts',
    ]);
  });
  afterAll(() => rm(code, { recursive: true }));

  it('has lost nothing that it gave a reference for, and its files are whole after the repair', async () => {
    const known: CaptureReference[] = [];
    for (const afterReferences of [1, 7, 40, 93, 150]) {
      known.push(...(await killAfter(afterReferences)));
      await repairCaptures(dataDir, { now: () => Date.now() });
      expect(await kinds()).not.toContain('damaged');
      for (const reference of known) expect(readCapture(dataDir, reference, limits).kind).toBe('response');
    }
    expect(known.length).toBeGreaterThanOrEqual(291);
  });

  async function killAfter(references: number): Promise<CaptureReference[]> {
    const child = spawn(process.execPath, [join(code, 'test/unit/captures/append-for-ever.js'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.split('\n').length > references) child.kill('SIGKILL');
    });
    await once(child, 'close');
    return printed
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as CaptureReference);
  }
});
