import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processTree } from '../../faults/process-tree.js';
import { eventually } from './run-sputnik.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCHEDULES = ['newest', 'revisit', 'retry', 'reconcile', 'maintenance'].map((name) => [name, { enabled: false }]);
/** As README.md says. */
const GONE_MS = 12_000;

let folder: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sputnik-npx-'));
  const settings = { web: { port: 0 }, schedules: Object.fromEntries(SCHEDULES) as object };
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
});
afterEach(async () => {
  for (const { pid } of processTree(child?.pid ?? 0)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

it('a service that was started by npx stops in order when npx is told to stop', async () => {
  const dataDir = join(folder, 'data');
  const words = ['sputnik', 'serve', '--config', join(folder, 'settings.json'), '--data-dir', dataDir];
  const said: string[] = [];
  child = spawn('npx', words, { cwd: ROOT, detached: true });
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await eventually(() => (said.join('').includes('service.ready') ? true : null), 60_000);
  const holder = JSON.parse(await readFile(join(dataDir, 'lock.json'), 'utf8')) as { pid: number };
  expect(processTree(child.pid!).map(({ pid }) => pid)).toContain(holder.pid);
  const tree = processTree(child.pid!).map(({ pid }) => pid);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await eventually(() => (tree.every((pid) => processTree(pid).length === 0) ? true : null), GONE_MS);
  expect(said.join('')).toContain('service.orphaned');
  expect(said.join('')).toContain('service.stopped');
  expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);
});
