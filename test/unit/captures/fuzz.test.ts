import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { readCapture } from '../../../src/captures/read-capture.js';
import { readWarcFile } from '../../../src/captures/read-warc-file.js';
import { repairTornTail } from '../../../src/captures/repair-captures.js';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import { PermanentError, UsageError } from '../../../src/domain/errors.js';
import { collect } from './collect.js';
import { failure, fixedClock, notModified, response } from './fetch-results.js';

const limits = { bodyBytesMax: 100_000 };
const SEEDS = 250;
let dataDir: string;
let bytes: Buffer;
let references: CaptureReference[];
const path = () => join(dataDir, references[0]?.file ?? '');

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'captures-'));
  const writer = await openCaptureWriter({ dataDir, clock: fixedClock, fileBytesMax: 1e9, software: 'test/1' });
  const results = [
    response('page'.repeat(500)),
    notModified(),
    failure(),
    response('x'.repeat(3_000), { headers: [], body: Buffer.alloc(3_000) }),
  ];
  references = await Promise.all(results.map((result) => writer.append(result)));
  await writer.close();
  bytes = await readFile(path());
});
afterAll(() => rm(dataDir, { recursive: true }));

/** A small generator with a seed, so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(original: Buffer, random: (below: number) => number): Buffer {
  const mutated = Buffer.from(original);
  for (let edits = random(8); edits >= 0; edits -= 1) mutated[random(mutated.length)] = random(256);
  if (random(3) === 0) return mutated.subarray(0, random(mutated.length));
  if (random(3) === 0) return Buffer.concat([mutated.subarray(random(mutated.length)), mutated]);
  return mutated;
}

async function onlyOurErrors(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof PermanentError) && !(error instanceof UsageError)) throw error;
    expect(error.code).toMatch(/^(capture|warc)\.[a-zA-Z]+$/);
  }
}

describe(`${SEEDS} spoilt files`, () => {
  it('are read, scanned and repaired without any error but our own', async () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const random = generator(seed);
      await writeFile(path(), mutate(bytes, random));
      for (const reference of references) await onlyOurErrors(() => readCapture(dataDir, reference, limits));
      await onlyOurErrors(() => collect(readWarcFile(path(), limits)));
      const records = await collect(scanCaptures(dataDir));
      expect(
        records.reduce((end, record) => (record.offset === end ? end + record.length : NaN), 0),
        `seed ${seed}`,
      ).toBe((await readFile(path())).length);
      await repairTornTail(path());
    }
  });

  it('whose gzip is right but whose records are spoilt neither', async () => {
    const plain = gunzipSync(bytes);
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const random = generator(seed + 10_000);
      const member = gzipSync(mutate(plain.subarray(random(plain.length)), random));
      await writeFile(path(), member);
      const reference = { ...references[0]!, offset: 0, length: member.length };
      await onlyOurErrors(() => readCapture(dataDir, reference, limits));
      await onlyOurErrors(() => collect(readWarcFile(path(), limits)));
      await collect(scanCaptures(dataDir));
    }
  });
});
