import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  CRASH_POINTS,
  DELIVERY_CRASH_POINTS,
  QUARANTINE_CRASH_POINTS,
  REEXTRACT_CRASH_POINTS,
  WORK_CRASH_POINTS,
} from '../../src/platform/crash-points.js';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
const PAGE_WORKER = 'workers/process-page-job.ts';
/** Awaits of what has moments of its own. */
const HAS_ITS_OWN = /await (?:process\w+Job|count|deps\.maintain|reextractBeforeEdit)\(/;

const read = (path: string): string => readFileSync(join(SOURCE, path), 'utf8');

describe('the named moments at which fault tests kill the program', () => {
  it('are all passed somewhere in the program', () => {
    const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const passed = new Set(
      files.flatMap((name) =>
        [...read(name).matchAll(/crashPoint(?:\?\.| \?\? noCrash\))?\('([^']+)'\)/g)].map(([, point]) => point),
      ),
    );
    expect([...passed].sort()).toEqual(
      [
        ...[...CRASH_POINTS, ...WORK_CRASH_POINTS, ...DELIVERY_CRASH_POINTS],
        ...[...REEXTRACT_CRASH_POINTS, ...QUARANTINE_CRASH_POINTS],
      ].sort(),
    );
  });

  it('stand after each await of the page worker', () => {
    const lines = read(PAGE_WORKER).split('\n');
    const without = lines.flatMap((line, index) => {
      if (!/\bawait\b/.test(line) || HAS_ITS_OWN.test(line)) return [];
      const rest = lines.slice(index + 1);
      const ends = rest.findIndex((later) => /\bawait\b|^}/.test(later));
      return rest.slice(0, ends).some((later) => later.includes('crashPoint(')) ? [] : [line.trim()];
    });
    expect(lines.filter((line) => /\bawait\b/.test(line)).length).toBeGreaterThan(8);
    expect(without).toEqual([]);
  });
});
