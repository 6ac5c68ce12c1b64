import { describe, expect, it } from 'vitest';
import { addDays, daysOf, halvesOf, lengthInDays, monthsOf, dayIn } from '../../../src/sputnik/urls/calendar-days.js';

describe('calendar days', () => {
  it('tells the day where the edition is', () => {
    const instant = Date.UTC(2026, 6, 20, 20, 30);
    expect(dayIn('Asia/Shanghai', instant)).toBe('20260721');
    expect(dayIn('America/Sao_Paulo', instant)).toBe('20260720');
  });

  it('counts over ends of months, years and leap days', () => {
    expect(addDays('20240228', 1)).toBe('20240229');
    expect(addDays('20240301', -1)).toBe('20240229');
    expect(addDays('20251231', 1)).toBe('20260101');
    expect(lengthInDays({ from: '20240201', to: '20240301' })).toBe(30);
    expect(daysOf({ from: '20251230', to: '20260101' })).toEqual(['20260101', '20251231', '20251230']);
  });

  it('cuts a range into months, newest first, without gap or overlap', () => {
    expect(monthsOf({ from: '20251115', to: '20260110' })).toEqual([
      { from: '20260101', to: '20260110' },
      { from: '20251201', to: '20251231' },
      { from: '20251115', to: '20251130' },
    ]);
  });

  it('halves a range without gap or overlap, down to single days', () => {
    expect(halvesOf({ from: '20260101', to: '20260102' })).toEqual([
      { from: '20260102', to: '20260102' },
      { from: '20260101', to: '20260101' },
    ]);
    expect(halvesOf({ from: '20260101', to: '20260131' })).toEqual([
      { from: '20260116', to: '20260131' },
      { from: '20260101', to: '20260115' },
    ]);
  });
});
