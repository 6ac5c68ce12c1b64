import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { whenLarge } from '../../../src/crawlers/browser/page-memory.js';

/** Fills as many bytes as each line says, and answers. */
const FILL = `
  const kept = [];
  require('node:readline').createInterface({ input: process.stdin }).on('line', (bytes) => {
    kept.push(Buffer.alloc(Number(bytes), 1));
    console.log(kept.length);
  });
  console.log('up');`;
const MB = 1_000_000;
const LIMITS = { pageMin: 40 * MB, pageMax: 160 * MB };
/** Several looks at the memory. */
const LOOKS_MS = 300;

it.skipIf(process.platform !== 'linux').each([
  ['the most that a page may add, where the service has little', 2 ** 50, [20, 60, 120], [false, false, true]],
  ['the least that it may add, where the service has much', 1, [20, 60], [false, true]],
])('ends a browser beyond %s', async (_what, treeMax, steps, expected) => {
  const child = spawn(process.execPath, ['-e', FILL], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout });
  await once(said, 'line');
  let hasEnded = false;
  const watch = whenLarge(child.pid ?? 0, process.pid, () => (hasEnded = true), { ...LIMITS, treeMax });
  const seen: boolean[] = [];
  for (const step of steps) {
    child.stdin.write(`${step * MB}\n`);
    await once(said, 'line');
    await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
    seen.push(hasEnded);
  }
  clearInterval(watch);
  child.kill('SIGKILL');
  expect(seen).toEqual(expected);
});
