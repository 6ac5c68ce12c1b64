import { z } from 'zod';

import { systemClock } from '../src/platform/clock.js';
import { startTestSite } from './start-test-site.js';

/**
 * Runs the test site as a process of its own:
 *
 *     node dist/testsite/serve-test-site.js '{"seed":1,"stories":2000,"pageBytes":86000,"warm":true}'
 *
 * It prints one JSON line when it is ready: `{ "origins": { "<edition>": "<origin>" }, "editionConfig": { … }, "truth": [ … ] }`
 * (`truth` only with `"truth": true`), and ends on SIGTERM or SIGINT.
 */
const optionsSchema = z.strictObject({
  seed: z.int(),
  stories: z.int().positive().max(500_000),
  editions: z.array(z.string()).optional(),
  days: z.number().positive().optional(),
  futureDays: z.number().nonnegative().optional(),
  onTopicShare: z.number().min(0).max(1).optional(),
  oldEngineShare: z.number().min(0).max(1).optional(),
  feedDepth: z.int().positive().optional(),
  listPageSize: z.int().positive().optional(),
  port: z.int().nonnegative().optional(),
  conditional: z.boolean().optional(),
  gzip: z.boolean().optional(),
  latencyMs: z.number().nonnegative().optional(),
  pageBytes: z.int().nonnegative().optional(),
  diverseTexts: z.boolean().optional(),
  duplicates: z.strictObject({ exact: z.int(), near: z.int() }).optional(),
  /** Render and compress every page before it is ready. */
  warm: z.boolean().default(false),
  truth: z.boolean().default(false),
});

const { warm, truth, ...given } = optionsSchema.parse(JSON.parse(process.argv[2] ?? 'null'));
const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
const testSite = await startTestSite({
  seed: given.seed,
  stories: given.stories,
  ...options,
  requestsLoggedMax: 1000,
  cacheBytesMax: 2 * 1024 ** 3,
  clock: systemClock,
});
if (warm) testSite.warm();
const origins = Object.fromEntries(testSite.editions.map((edition) => [edition, testSite.origin(edition)]));
const ready = { origins, editionConfig: testSite.editionConfig(), ...(truth ? { truth: testSite.truth() } : {}) };
process.stdout.write(`${JSON.stringify(ready)}\n`);

const stop = (): void => {
  testSite.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
