import { describe, expect, it } from 'vitest';
import { paceOf } from '../../../src/app/crawl/backfill-pace.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const MINUTE_MS = 60_000;

/** Parts that were finished so many minutes ago, newest first. */
function finished(...minutesAgo: readonly number[]) {
  return minutesAgo.map((minutes, index) => ({
    day: `2026-10-${String(10 + index)}`,
    fetched: 30,
    found: 40,
    at: NOW - minutes * MINUTE_MS,
  }));
}

const UNKNOWN = { daysPerHour: null, pagesPerHour: null, pagesToGo: null, etaAt: null };

describe('the pace of a back-fill', () => {
  it('is not known before two parts are finished', () => {
    expect(paceOf([], { partsToGo: 9, nowMs: NOW })).toEqual({ day: null, ...UNKNOWN });
    expect(paceOf(finished(5), { partsToGo: 9, nowMs: NOW })).toEqual({ day: '2026-10-10', ...UNKNOWN });
  });

  it('is that of the parts that were finished last', () => {
    expect(paceOf(finished(0, 1, 2, 3, 4, 5, 6), { partsToGo: 120, nowMs: NOW })).toEqual({
      day: '2026-10-10',
      daysPerHour: 60,
      pagesPerHour: 1_800,
      pagesToGo: 3_600,
      etaAt: '2026-11-25T14:00:00Z',
    });
  });

  it('does not count hours in which it was paused', () => {
    const before = finished(600, 610, 620);
    const pace = paceOf([...finished(0, 1, 2), ...before], { partsToGo: 60, nowMs: NOW });
    expect(pace).toMatchObject({ daysPerHour: 60, etaAt: '2026-11-25T13:00:00Z' });
  });

  it('of parts that ended at one moment is not told', () => {
    expect(paceOf(finished(3, 3, 3), { partsToGo: 60, nowMs: NOW })).toMatchObject(UNKNOWN);
  });
});
