import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processTree } from '../../faults/process-tree.js';
import { eventually, NO_SCHEDULES } from './run-sputnik.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A build puts another folder in its place. */
const PROGRAM = join(ROOT, 'dist/program');
/** As README.md says. */
const GONE_MS = 12_000;

let folder: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sputnik-npx-'));
  const settings = { web: { port: 0 }, schedules: NO_SCHEDULES };
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
});
afterEach(async () => {
  for (const { pid } of processTree(child?.pid ?? 0)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** As one who meets npx for the first time, and without a network: nothing is in its folder, and it may ask no registry. */
function startWithNpx(words: readonly string[]): { child: ChildProcess; said: () => string } {
  const npm = {
    npm_config_cache: join(folder, 'npm'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const started = spawn('npx', ['sputnik', ...words], { cwd: ROOT, detached: true, env: { ...process.env, ...npm } });
  const said: Buffer[] = [];
  started.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  started.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  return { child: started, said: () => Buffer.concat(said).toString() };
}

it('a service that was started by npx builds nothing, and stops in order when npx is told to stop', async () => {
  const dataDir = join(folder, 'data');
  const built = (await stat(PROGRAM)).ino;
  const npx = startWithNpx(['serve', '--config', join(folder, 'settings.json'), '--data-dir', dataDir]);
  child = npx.child;
  const isReady = (): true | null => {
    if (npx.child.exitCode !== null) throw new Error(`npx ended with ${npx.child.exitCode}`);
    return npx.said().includes('service.ready') ? true : null;
  };
  await eventually(isReady, 60_000).catch((cause: unknown) => {
    throw new Error(`not ready; npx and the service said:\n${npx.said()}`, { cause });
  });
  expect((await stat(PROGRAM)).ino).toBe(built);
  const holder = JSON.parse(await readFile(join(dataDir, 'lock.json'), 'utf8')) as { pid: number };
  const tree = processTree(child.pid!).map(({ pid }) => pid);
  expect(tree).toContain(holder.pid);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await eventually(() => (tree.every((pid) => processTree(pid).length === 0) ? true : null), GONE_MS);
  expect(npx.said()).toContain('service.orphaned');
  expect(npx.said()).toContain('service.stopped');
  expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);
});
