import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import { isAnswer } from '../../../src/captures/decode-record.js';
import { checkCaptures, readCaptures } from '../../../src/store/verify/check-captures.js';
import type { RecordSurvey } from '../../../src/store/verify/check-records.js';
import { FaultList, type FaultCode } from '../../../src/store/verify/fault.js';
import { verifyStore } from '../../../src/store/verify/verify-store.js';
import { collect } from '../captures/collect.js';
import { seededRandom } from '../../faults/random.js';
import { captureWorld, interpreterOf } from './captured-world.js';
import { opened, recordFiles, scratchFolder } from './fixtures.js';

const random = seededRandom(11);
const LIMITS = { bodyBytesMax: 1_000_000 };
/** Magic and method; no checksum answers for what follows them up to the deflated bytes, and nothing depends on it. */
const HEADER_BYTES = [0, 1, 2];
const TRAILER_BYTES = 8;

async function processedWorld(): Promise<string> {
  const dataDir = scratchFolder();
  await captureWorld(dataDir, random);
  const interpret = interpreterOf(dataDir);
  const store = await opened(dataDir);
  for await (const record of scanCaptures(dataDir)) {
    const meaning = await interpret(record);
    if (meaning?.kind === 'page') await store.storePage(meaning.result);
    if (meaning?.kind === 'list') await store.storeList(meaning.list);
  }
  await store.close();
  return dataDir;
}

async function faultsOf(dataDir: string): Promise<Partial<Record<FaultCode, number>>> {
  const report = await verifyStore({ dataDir, repair: false, interpret: interpreterOf(dataDir), ...LIMITS });
  return report.faultsByCode;
}

/** Flips a byte of a file while something is done. */
async function withFlipped<T>(path: string, offset: number, work: () => Promise<T>): Promise<T> {
  const bytes = readFileSync(path);
  const flipped = Buffer.from(bytes);
  flipped[offset] = flipped.readUInt8(offset) ^ 0x01;
  writeFileSync(path, flipped);
  try {
    return await work();
  } finally {
    writeFileSync(path, bytes);
  }
}

describe('one flipped byte', () => {
  it('is found wherever it stands in a record', async () => {
    const dataDir = await processedWorld();
    expect(await faultsOf(dataDir)).toEqual({});
    const files = Object.entries(recordFiles(dataDir)).filter(([name]) => name.endsWith('.json'));
    const [name, text] = files.find(([, content]) => content.includes('"revisions": [\n'))!;
    // What something answers for: a hash, the schema, the row, or the capture. Nothing does for the values of the other keys.
    const answeredFor = ['schemaVersion', 'id', 'edition', 'title', 'text', 'publishedAt', 'contentHash', 'revisions'];
    const values = new Set([...answeredFor, 'duplicates', 'firstSeenAt', 'capture', 'offset', 'sha256', 'provenance']);
    for (const key of [...values, 'url', 'aliases', 'tags', 'images', 'topics', 'section', 'extractor', 'etag']) {
      const at = Buffer.from(text).indexOf(`"${key}": `);
      expect(at, key).toBeGreaterThan(0);
      const inValue = values.has(key) ? [at + key.length + 6] : [];
      for (const offset of [at, at + 2, at + key.length + 1, at + key.length + 2, ...inValue]) {
        const faults = await withFlipped(join(dataDir, name), offset, () => faultsOf(dataDir));
        expect(faults, `${key} at ${offset}`).not.toEqual({});
      }
    }
    const last = statSync(join(dataDir, name)).size - 1;
    for (const offset of [0, last]) {
      expect(await withFlipped(join(dataDir, name), offset, () => faultsOf(dataDir))).not.toEqual({});
    }
  });

  it('is found wherever it stands in what a capture holds', async () => {
    const dataDir = await processedWorld();
    const answers = (await collect(scanCaptures(dataDir))).filter(isAnswer);
    for (const kind of ['response', 'notModified', 'failure'] as const) {
      const { file, offset, length } = answers.find((record) => record.kind === kind)!;
      const deflated = [24, 40, Math.floor(length / 2), length - TRAILER_BYTES - 2];
      const trailer = [length - TRAILER_BYTES, length - 4, length - 1];
      for (const at of [...HEADER_BYTES, ...deflated, ...trailer]) {
        const faults = await withFlipped(join(dataDir, file), offset + at, () => faultsOf(dataDir));
        expect(faults, `${kind} at ${at}`).toHaveProperty(['capture.damaged']);
      }
    }
  });
});

describe('the captures in shares', () => {
  it('are together what they are as a whole', async () => {
    const dataDir = await processedWorld();
    const { file, offset, length } = (await collect(scanCaptures(dataDir))).find(isAnswer)!;
    await withFlipped(join(dataDir, file), offset + Math.floor(length / 2), async () => {
      const counts: number[] = [];
      const read = (share: { index: number; of: number } | null) =>
        readCaptures(dataDir, LIMITS, share, (count) => counts.push(count));
      const whole = await read(null);
      const shares = await Promise.all([0, 1, 2].map((index) => read({ index, of: 3 })));
      const all = shares.flatMap(({ digests }) =>
        [...digests].flatMap(([name, some]) => [...some].map((one) => [name, ...one])),
      );
      const expected = [...whole.digests].flatMap(([name, some]) => [...some].map((one) => [name, ...one]));
      expect(all.toSorted()).toEqual(expected.toSorted());
      expect(shares.reduce((sum, { count }) => sum + count, 0)).toBe(whole.count);
      expect(shares.flatMap(({ faults }) => faults)).toEqual(whole.faults);
      expect(whole.faults.length).toBeGreaterThan(0);
      expect(counts).toContain(whole.count);
    });
  });
});

describe('a capture that a record names', () => {
  it('is looked for by itself where it was appended after the captures were listed, and only there', async () => {
    const dataDir = await processedWorld();
    const [answer] = (await collect(scanCaptures(dataDir))).filter(isAnswer);
    const capture = answer!.reference;
    const nothing = { count: 0, faults: [], faultsByCode: {}, digests: new Map() };
    const codesFor = (named: typeof capture, bytes: number | null): string[] => {
      const faults = new FaultList();
      const survey = { captures: [{ path: 'articles/x.json', capture: named }] } as unknown as RecordSurvey;
      checkCaptures(dataDir, survey, nothing, new Map(bytes === null ? [] : [[capture.file, bytes]]), faults);
      return faults.faults.map(({ code }) => code);
    };
    expect(codesFor(capture, capture.offset)).toEqual([]);
    expect(codesFor(capture, null)).toEqual([]);
    expect(codesFor(capture, capture.offset + capture.length)).toEqual(['record.captureMissing']);
    expect(codesFor({ ...capture, sha256: '0'.repeat(64) }, capture.offset)).toEqual(['record.captureDiffers']);
    expect(codesFor({ ...capture, offset: capture.offset + 1 }, capture.offset)).toEqual(['record.captureMissing']);
    expect(codesFor({ ...capture, file: 'captures/lost.warc.gz' }, null)).toEqual(['record.captureMissing']);
  });
});
