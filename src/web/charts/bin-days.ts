import { DAY_MS } from '../../domain/units.js';
/** A stretch of days that is drawn as one column. */
export interface DayBin {
  readonly first: string;
  readonly last: string;
}

/** @returns the days from `since` to `until` in stretches of equal length; the last one may reach beyond. Pure. */
export function binDays(since: string, until: string, stepDays: number): DayBin[] {
  const count = Math.floor(daysBetween(since, until) / stepDays) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const first = dayAfter(since, index * stepDays);
    return { first, last: dayAfter(first, stepDays - 1) };
  });
}

/** @returns which stretch of a row that begins with `since` the day is in. */
export function binOf(since: string, day: string, stepDays: number): number {
  return Math.floor(daysBetween(since, day) / stepDays);
}

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}
