import { describe, expect, it } from 'vitest';
import { noteArrival, ownTurn, Turns } from '../../../src/platform/in-turns.js';

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
  it('leaves the thread to others every few milliseconds, and ends with its result', async () => {
    let others = 0;
    const counting = setInterval(() => (others += 1), 1);
    expect(await new Turns().perform(hold(30, 10))).toBe(30);
    clearInterval(counting);
    expect(others).toBeGreaterThanOrEqual(4);
  });
});

describe('turns of callers', () => {
  it('are one for each turn of the event loop, in the order in which they were asked for', async () => {
    const seen: string[] = [];
    let loops = 0;
    const count = (): void => {
      loops += 1;
      if (seen.length < 5) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(async (name) => {
        await ownTurn();
        seen.push(`${name}${loops}`);
      }),
    );
    expect(seen).toEqual(['a1', 'b2', 'c3', 'd4', 'e5']);
    await ownTurn();
  });

  it('are put off while connections come, but not for ever', async () => {
    let [came, isOver] = [0, false];
    const come = (): void => {
      came += 1;
      noteArrival();
      if (!isOver) setImmediate(come);
    };
    setImmediate(come);
    await ownTurn();
    isOver = true;
    expect(came).toBeGreaterThanOrEqual(100);
    expect(came).toBeLessThan(200);
  });
});
