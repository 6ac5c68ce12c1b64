import { DAY_MS } from '../../domain/units.js';
/** A stretch of days that is drawn as one column. */
interface DayBin {
  readonly first: string;
  readonly last: string;
}

const WEEK_DAYS = 7;
/** Longer spans are drawn by the week, and by four weeks. */
const DAILY_MAX = 120;
const WEEKLY_MAX = 800;

/** @returns how many days are drawn as one, so that no drawing has more than some hundred and twenty marks in a few years. Pure. */
export function stepDaysOf(since: string, until: string): number {
  const length = daysBetween(since, until) + 1;
  return length <= DAILY_MAX ? 1 : length <= WEEKLY_MAX ? WEEK_DAYS : 4 * WEEK_DAYS;
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
