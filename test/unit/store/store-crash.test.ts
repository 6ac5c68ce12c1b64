import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { articleSchema } from '../../../src/domain/article.js';
import { CRASH_POINTS } from '../../../src/platform/crash-points.js';
import { seededRandom } from '../../faults/random.js';
import { shuffled } from '../records/observations.js';
import { compileRooms } from '../platform/compile-rooms.js';
import { differences, opened, recordFiles, scratchFolder, pageResultOf } from './fixtures.js';
import { makePlan } from './plan.js';

/** Stores the plan and dies at the nth reach of a named moment; several at a time, so that batches have several members. */
const SETTLE_AND_DIE = `
  import { readFileSync } from 'node:fs';
  import { join } from 'node:path';
  const [rooms, dataDir, planFile, point, nth] = process.argv.slice(1);
  const { openStore } = await import(join(rooms, 'store/writer/open-store.js'));
  const { results } = JSON.parse(readFileSync(planFile, 'utf8'));
  let reached = 0;
  const store = await openStore({
    dataDir,
    clock: { now: () => 0 },
    crashPoint: (name) => {
      if (name === point && ++reached === Number(nth)) process.kill(process.pid, 'SIGKILL');
    },
    readObservation: ({ offset }) => {
      const found = results.find((item) => item.capture.offset === offset);
      return Promise.resolve(found ? { article: found.article, capture: found.capture } : null);
    },
  });
  for (let index = 0; index < results.length; index += 5) {
    await Promise.all(results.slice(index, index + 5).map((item) => store.storePage(item)));
  }
`;

let rooms = '';
const random = seededRandom(99);
const observations = makePlan(random, 30);
const results = observations.map(pageResultOf);
const byOffset = new Map(observations.map((item) => [item.capture.offset, item]));
const readObservation = ({ offset }: { offset: number }) => Promise.resolve(byOffset.get(offset) ?? null);
let planFile = '';
let wanted: Record<string, string> = {};

beforeAll(async () => {
  rooms = compileRooms([
    'domain',
    'platform',
    'captures',
    'normalise',
    'records',
    'dedupe',
    'edits',
    'search',
    'store',
  ]);
  planFile = join(rooms, 'plan.json');
  writeFileSync(planFile, JSON.stringify({ results }));
  const dataDir = scratchFolder();
  const store = await opened(dataDir, { readObservation });
  for (const result of results) await store.storePage(result);
  wanted = recordFiles(dataDir);
});
afterAll(() => {
  rmSync(rooms, { recursive: true, force: true });
});

async function dieAt(dataDir: string, point: string, nth: number): Promise<NodeJS.Signals | null> {
  const flags = ['--input-type=module', '-e', SETTLE_AND_DIE];
  const child = spawn(process.execPath, [...flags, rooms, dataDir, planFile, point, String(nth)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

describe('a process killed while it commits', () => {
  it.each(CRASH_POINTS)(
    'at %s leaves whole files, and the captures processed again lead to the same end',
    async (point) => {
      for (const nth of [1, 3]) {
        const dataDir = scratchFolder();
        expect(await dieAt(dataDir, point, nth)).toBe('SIGKILL');
        const left = recordFiles(dataDir);
        for (const [path, text] of Object.entries(left)) {
          if (!path.endsWith('.tmp')) articleSchema.parse(JSON.parse(text));
        }
        const store = await opened(dataDir, { readObservation });
        expect(Object.keys(recordFiles(dataDir)).filter((path) => path.endsWith('.tmp'))).toEqual([]);
        await Promise.all(shuffled(results, random).map((result) => store.storePage(result)));
        expect(differences(recordFiles(dataDir), wanted)).toEqual([]);
        expect(readdirSync(dataDir).filter((name) => name === 'damaged')).toEqual([]);
      }
    },
  );
});
