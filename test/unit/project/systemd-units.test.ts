import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const OPS = fileURLToPath(new URL('../../../ops', import.meta.url));
const UNITS = readdirSync(OPS).filter((name) => /\.(?:service|timer)$/.test(name));
/** 0 is shut off entirely, 10 is open; systemd's own reckoning. */
const EXPOSURE_MAX = 2;

const analyze = (...words: string[]) => spawnSync('systemd-analyze', words, { encoding: 'utf8' });
const isThere = analyze('--version').status === 0;
if (!isThere) console.warn('SKIPPED: no systemd-analyze to check ops/*.service with');

describe.skipIf(!isThere)('the units of systemd', () => {
  it('are understood, every line', () => {
    expect(UNITS).toEqual(['sputnik-health.service', 'sputnik-health.timer', 'sputnik.service']);
    const { stderr, error } = analyze('verify', '--man=no', ...UNITS.map((name) => join(OPS, name)));
    expect(error).toBeUndefined();
    // The program is not installed where tests run.
    const said = stderr.split('\n').filter((line) => line !== '' && !/Command .+ is not executable/.test(line));
    expect(said).toEqual([]);
  });

  it('leave the service little to do harm with', () => {
    const { stdout } = analyze('security', '--offline=true', '--no-pager', join(OPS, 'sputnik.service'));
    const [, exposure] = /exposure level for sputnik\.service: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(EXPOSURE_MAX);
  });
});
