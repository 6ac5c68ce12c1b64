import { describe, expect, it } from 'vitest';
import { readRetryAfterMs } from '../../../src/crawlers/http/fetch-fault.js';
import { retryDelayMs } from '../../../src/crawlers/requests/request-manager.js';

const NOW = Date.UTC(2026, 6, 20, 12);

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999', 86_400_000],
    ['Mon, 20 Jul 2026 12:00:30 GMT', 30_000],
    ['Mon, 20 Jul 2026 11:00:00 GMT', 0],
    ['Sat, 20 Jul 2030 11:00:00 GMT', 86_400_000],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%j is %j ms', (value, expected) => {
    expect(readRetryAfterMs(value, NOW)).toBe(expected);
  });
});

describe('the wait before a retry', () => {
  it('doubles up to half a minute, the upper half left to chance', () => {
    const least = [1, 2, 3, 4, 5, 6, 7, 20].map((attempts) => retryDelayMs(attempts, () => 0));
    expect(least).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(retryDelayMs(3, () => 1)).toBe(2000);
  });
});
