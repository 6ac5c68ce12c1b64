/** Child process of the kill test: appends until it is killed and prints each reference that it was given, one JSON line each. */
import { writeSync } from 'node:fs';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { response } from './fetch-results.js';

const APPENDS_MAX = 100_000;
const writer = await openCaptureWriter({
  dataDir: process.argv[2] ?? '',
  clock: { now: () => Date.now() },
  fileBytesMax: 200_000,
  software: 'test/1',
});
let count = 0;
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (count < APPENDS_MAX) {
      const text = String(count++).repeat(2_000);
      const plain = count % 3 === 0;
      const reference = await writer.append(
        plain ? response(text, { headers: [['Content-Type', 'text/html']], body: Buffer.from(text) }) : response(text),
      );
      writeSync(1, `${JSON.stringify(reference)}\n`);
    }
  }),
);
