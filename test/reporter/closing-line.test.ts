import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closingLine } from './closing-line.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PASSING = `import { it } from 'vitest'; it('holds', () => {}); it.skip('waits', () => {});`;
const FAILING = `import { it } from 'vitest'; it('breaks', () => { throw new Error('broken on purpose'); });`;
const HOOK_FAILING = `import { beforeAll, describe, it } from 'vitest';
describe('a group', () => { beforeAll(() => { throw new Error('broken on purpose'); }); it('never runs', () => {}); });`;
const OUTSIDE = `import { it } from 'vitest'; it('holds', () => { void Promise.reject(new Error('outside on purpose')); });`;
const NOT_LOADING = `import './is-not-there.js';`;
const LATE_TALKER = `export const teardown = () => { console.log('teardown speaks last'); };`;

let folder: string;

/** Runs vitest as `npm test` does, on test files of our own making. */
async function runVitest(files: Record<string, string>): Promise<{ code: number; lines: string[] }> {
  const run = await mkdtemp(path.join(folder, 'run-'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(run, 'node_modules'));
  await mkdir(path.join(run, 'test'));
  await writeFile(path.join(run, 'late.ts'), LATE_TALKER);
  await writeFile(
    path.join(run, 'vitest.config.ts'),
    `import { ClosingLineReporter } from '${path.join(ROOT, 'test/reporter/closing-line.ts')}';
export default { test: { cache: false, globalSetup: ['./late.ts'], reporters: ['default', new ClosingLineReporter()] } };`,
  );
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(run, 'test', `${name}.test.ts`), text);
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run'],
      { cwd: run, env: { ...environment, FORCE_COLOR: '1' } },
      (error, stdout) => {
        resolve({ code: error === null ? 0 : Number(error.code), lines: stdout.split('\n') });
      },
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'closing-line-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the closing line', () => {
  it('names skipped tests only where there are some', () => {
    expect(closingLine({ passed: 2, failed: 0, skipped: 0 })).toBe('2 passed, 0 failed');
    expect(closingLine({ passed: 2, failed: 1, skipped: 3 })).toBe('2 passed, 1 failed, 3 skipped');
  });

  it('is the last line, after what a teardown prints, and a successful run exits with 0', async () => {
    const { code, lines } = await runVitest({ passing: PASSING });
    expect(lines).toContain('teardown speaks last');
    expect(lines.slice(-2)).toEqual(['1 passed, 0 failed, 1 skipped', '']);
    expect(code).toBe(0);
  });

  it('counts failed tests, failed hooks and files that do not load, and the run exits with 1', async () => {
    const { code, lines } = await runVitest({
      passing: PASSING,
      failing: FAILING,
      hook: HOOK_FAILING,
      absent: NOT_LOADING,
    });
    expect(lines.slice(-2)).toEqual(['1 passed, 3 failed, 2 skipped', '']);
    expect(code).toBe(1);
  });

  it('counts an error outside every test as failed', async () => {
    const { code, lines } = await runVitest({ outside: OUTSIDE });
    expect(lines.slice(-2)).toEqual(['1 passed, 1 failed', '']);
    expect(code).toBe(1);
  });
});
