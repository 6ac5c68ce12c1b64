import { describe, expect, it } from 'vitest';
import { THROTTLE_RULES } from '../../../src/crawlers/host-throttle.js';
import { createMemoryHostThrottle } from '../../../src/crawlers/memory-host-throttle.js';
const OK = { kind: 'ok' };
const SLOW = { kind: 'slowDown', retryAfterMs: null };
const POLITE = { delayMs: 1000, concurrency: 2 };
function start() {
  const time = { nowMs: 1_700_000_000_000 };
  return { throttle: createMemoryHostThrottle({ now: () => time.nowMs }), time };
}
async function granted(throttle, host, limits = POLITE) {
  const permission = await throttle.acquire(host, limits);
  if (!permission.granted) throw new Error(`expected a grant, was told to wait ${permission.waitMs} ms`);
  return permission.token;
}
async function waitOf(throttle, host, limits = POLITE) {
  const permission = await throttle.acquire(host, limits);
  if (permission.granted) throw new Error('expected a wait, was granted');
  return permission.waitMs;
}
describe('memory host throttle', () => {
  it('spaces the starts of two requests by the delay, whether or not the first has ended', async () => {
    const { throttle, time } = start();
    await granted(throttle, 'a');
    expect(await waitOf(throttle, 'a')).toBe(1000);
    time.nowMs += 999;
    expect(await waitOf(throttle, 'a')).toBe(1);
    time.nowMs += 1;
    await granted(throttle, 'a');
  });
  it('lets one host wait while another goes', async () => {
    const { throttle } = start();
    await granted(throttle, 'a');
    await granted(throttle, 'b');
  });
  it('holds the concurrency also with a delay of 0', async () => {
    const { throttle } = start();
    const limits = { delayMs: 0, concurrency: 2 };
    const first = await granted(throttle, 'a', limits);
    await granted(throttle, 'a', limits);
    expect(await waitOf(throttle, 'a', limits)).toBe(THROTTLE_RULES.busyWaitMs);
    await throttle.release('a', first, OK);
    await granted(throttle, 'a', limits);
  });
  it('keeps the whole host quiet for a Retry-After, up to the cap', async () => {
    const { throttle, time } = start();
    const token = await granted(throttle, 'a');
    await throttle.release('a', token, { kind: 'slowDown', retryAfterMs: 30_000 });
    expect(await waitOf(throttle, 'a')).toBe(30_000);
    time.nowMs += 30_000;
    const next = await granted(throttle, 'a');
    await throttle.release('a', next, { kind: 'slowDown', retryAfterMs: 86_400_000 });
    expect(await waitOf(throttle, 'a')).toBe(THROTTLE_RULES.retryAfterMsMax);
  });
  it('doubles at each complaint up to the cap and relaxes slowly to the configured delay', async () => {
    const { throttle, time } = start();
    const waits = [];
    for (let round = 0; round < 8; round += 1) {
      const token = await granted(throttle, 'a');
      time.nowMs += 1;
      await throttle.release('a', token, SLOW);
      const waitMs = await waitOf(throttle, 'a');
      waits.push(waitMs);
      time.nowMs += waitMs;
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    const relaxed = [];
    for (let round = 0; round < 60; round += 1) {
      const token = await granted(throttle, 'a');
      await throttle.release('a', token, OK);
      const waitMs = await waitOf(throttle, 'a');
      relaxed.push(waitMs);
      time.nowMs += waitMs;
    }
    expect(relaxed[0]).toBe(54_000);
    expect(relaxed[9]).toBeGreaterThan(20_000);
    expect(relaxed.at(-1)).toBe(1000);
  });
  it('slows down also where the configured delay is 0', async () => {
    const { throttle } = start();
    const limits = { delayMs: 0, concurrency: 4 };
    await throttle.release('a', await granted(throttle, 'a', limits), SLOW);
    expect(await waitOf(throttle, 'a', limits)).toBe(THROTTLE_RULES.slowDelayMsMin);
  });
  it('counts complaints about requests that were under way together as one', async () => {
    const { throttle, time } = start();
    const limits = { delayMs: 0, concurrency: 3 };
    const tokens = [await granted(throttle, 'a', limits), await granted(throttle, 'a', limits)];
    time.nowMs += 5;
    for (const token of tokens) await throttle.release('a', token, SLOW);
    expect(await waitOf(throttle, 'a', limits)).toBe(THROTTLE_RULES.slowDelayMsMin);
  });
  it('frees the place of a request whose end was never heard of', async () => {
    const { throttle, time } = start();
    const limits = { delayMs: 0, concurrency: 1 };
    await granted(throttle, 'a', limits);
    time.nowMs += THROTTLE_RULES.leaseMs + 1;
    await granted(throttle, 'a', limits);
  });
  it('waits no longer than before when the clock jumps back an hour', async () => {
    const { throttle, time } = start();
    const token = await granted(throttle, 'a');
    await throttle.release('a', token, { kind: 'slowDown', retryAfterMs: 10_000 });
    time.nowMs -= 3_600_000;
    expect(await waitOf(throttle, 'a')).toBe(10_000);
    time.nowMs += 10_000;
    await granted(throttle, 'a');
  });
});
