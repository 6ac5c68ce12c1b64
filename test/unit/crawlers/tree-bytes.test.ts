import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { treeBytes } from '../../../src/crawlers/browser/page-memory.js';

const FILLED_BYTES = 80_000_000;
/** A shell that has a full process. */
const START = `
  const { parentPort } = require('node:worker_threads');
  const fill = 'const all = Buffer.alloc(${FILLED_BYTES}, 1); console.log(1); setInterval(() => all, 1000)';
  const words = ['-c', '"$0" -e "$1"; true', process.execPath, fill];
  const shell = require('node:child_process').spawn('sh', words, { detached: true });
  shell.stdout.once('data', () => parentPort.postMessage(shell.pid));`;

test.skipIf(process.platform !== 'linux')(
  'what the threads of a process have started counts, and what that has',
  async () => {
    const thread = new Worker(START, { eval: true });
    const [shell] = (await once(thread, 'message')) as [number];
    const [all, started] = [treeBytes(process.pid), treeBytes(shell)];
    process.kill(-shell, 'SIGKILL');
    await thread.terminate();
    expect(started).toBeGreaterThan(FILLED_BYTES);
    expect(started).toBeLessThan(3 * FILLED_BYTES);
    expect(all).toBeGreaterThan(started);
  },
);

test('a process that has ended has none', () => {
  expect(treeBytes(2 ** 22 + 1)).toBe(0);
});
