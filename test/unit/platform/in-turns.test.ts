import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/platform/in-turns.js';

/** Steps of work that each hold the thread for a while. */
function* hold(steps: number, stepMs: number): Generator<undefined, number> {
  for (let step = 0; step < steps; step += 1) {
    const untilMs = performance.now() + stepMs;
    while (performance.now() < untilMs);
    yield;
  }
  return steps;
}

describe('work in turns', () => {
  it('leaves the thread to others every fifty milliseconds, and ends with its result', async () => {
    let others = 0;
    const counting = setInterval(() => (others += 1), 1);
    expect(await new Turns().perform(hold(30, 10))).toBe(30);
    clearInterval(counting);
    expect(others).toBeGreaterThanOrEqual(4);
  });
});
