import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { afterRunningFor } from '../../../src/platform/closers.js';

it('time in which the process itself stood still does not count, and what was taken back is not done', async () => {
  const ended: string[] = [];
  const acted = new Promise<void>((resolve) => {
    afterRunningFor(100, () => {
      ended.push('first');
      resolve();
    });
  });
  const takeBack = afterRunningFor(50, () => ended.push('second'));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await setImmediate();
  await setImmediate();
  expect(ended).toEqual([]);
  takeBack();
  await acted;
  expect(ended).toEqual(['first']);
});
