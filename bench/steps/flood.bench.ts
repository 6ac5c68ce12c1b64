/**
 * What one more text costs the store of which thousands are like it already.
 *
 *     npx vitest run --config bench/steps/vitest.config.ts flood
 *
 * One text published again and again under other ids, a copy a minute: letter for letter (`exact`), with one letter in forty changed
 * (`near`), or with a third of it new, so that it is another text from the same form (`form`); oldest first, in random order, newest
 * first. `FLOOD_COPIES` and `FLOOD_IN_FLIGHT` set how many there are and how many are stored at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contentHashOf } from '../../src/dedupe/comparable-text.js';
import { openCatalogueQueries } from '../../src/store/catalogue/catalogue-queries.js';
import { openStore } from '../../src/store/writer/open-store.js';
import type { PageResult } from '../../src/domain/page-result.js';
import { Random } from '../../test/quality/dedupe/random.js';
import { captureOf, extracted } from '../../test/unit/records/observations.js';
import { pageResultOf } from '../../test/unit/store/fixtures.js';

const COPIES = Number(process.env['FLOOD_COPIES'] ?? 5_000);
const STEPS = 5;
const IN_FLIGHT = Number(process.env['FLOOD_IN_FLIGHT'] ?? 64);
const KINDS = ['exact', 'near', 'form'] as const;
type Kind = (typeof KINDS)[number];
const START_MS = Date.UTC(2024, 4, 1);

const text = (() => {
  const random = new Random(5);
  return Array.from({ length: 500 }, () => String.fromCodePoint(0x4e00 + random.below(3000))).join('');
})();

const ideographs = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String.fromCodePoint(0x4e00 + random.below(3000))).join('');

function wordsOf(n: number, kind: Kind): string {
  const random = new Random(n + 1);
  if (kind === 'exact') return text;
  if (kind === 'form') return ideographs(random, 165) + text.slice(165);
  return Array.from(text, (c) => (random.next() < 1 / 40 ? '改' : c)).join('');
}

function copy(n: number, kind: Kind): PageResult {
  const publishedAt = new Date(START_MS + n * 60_000).toISOString().replace('.000Z', 'Z');
  const made = extracted({
    at: n,
    articleId: String(1_000_000_000 + n),
    title: '同一标题的消息',
    text: wordsOf(n, kind),
    publishedAt,
  });
  return pageResultOf({ article: { ...made, contentHash: contentHashOf(made) }, capture: captureOf({ at: n }) });
}

const ORDERS: Readonly<Record<string, (copies: number[]) => number[]>> = {
  'oldest first': (copies) => copies,
  'random order': (copies) => new Random(9).shuffle(copies),
  'newest first': (copies) => [...copies].reverse(),
};

for (const kind of KINDS) {
  for (const [name, order] of Object.entries(ORDERS)) {
    test(`${kind} copies, ${name}`, async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'sputnik-flood-'));
      try {
        const store = await openStore({ dataDir, clock: { now: () => START_MS } });
        const arrivals = order(Array.from({ length: COPIES }, (_, n) => n)).map((n) => copy(n, kind));
        const costs: string[] = [];
        for (let step = 0; step < STEPS; step += 1) {
          const some = arrivals.slice((step * COPIES) / STEPS, ((step + 1) * COPIES) / STEPS);
          const before = process.cpuUsage();
          let next = 0;
          const lane = async (): Promise<void> => {
            for (let item = some[next++]; item; item = some[next++]) await store.storePage(item);
          };
          await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
          const { user, system } = process.cpuUsage(before);
          costs.push(((user + system) / 1000 / some.length).toFixed(2));
        }
        console.log(`${kind}, ${name}: ms of CPU per copy, ${COPIES / STEPS} at a time: ${costs.join(' ')}`);
        await store.close();
        const catalogue = openCatalogueQueries(dataDir);
        const { duplicates = 0, nearDuplicates = 0 } = catalogue?.queries.corpus.counts() ?? {};
        catalogue?.close();
        if (kind === 'form') expect(duplicates + nearDuplicates).toBe(0);
        else expect(duplicates + nearDuplicates).toBeGreaterThan(COPIES * 0.98);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
  }
}
