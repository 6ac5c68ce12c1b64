import { DAY_MS } from '../../domain/units.js';
/** A stretch of days that is drawn as one column. */
interface DayBin {
  readonly first: string;
  readonly last: string;
}

/** Days that are drawn as one (a day, a week, four, twelve weeks; each a multiple of the one before), and how many of them at most: more make a page heavy. */
const STEPS = [
  [1, 92],
  [7, 53],
  [28, 60],
  [84, Infinity],
] as const;
/** The longest stretch that is drawn as one, in days. */
export const STEP_DAYS_MAX = STEPS[3][0];
/** More rows than this nobody reads. */
const ROWS_MAX = 31;

/** @returns how many days are drawn as one, `daysMin` at least. Pure. */
export function stepDaysOf(since: string, until: string, daysMin = 1): number {
  return coarsest(since, until, (countMax) => countMax, daysMin);
}

/** @returns how many days are a row of the table to a drawing, at least as many as are drawn as one. Pure. */
export function rowDaysOf(since: string, until: string, stepDays: number): number {
  return coarsest(since, until, () => ROWS_MAX, stepDays);
}

function coarsest(since: string, until: string, most: (countMax: number) => number, daysMin: number): number {
  const length = daysBetween(since, until) + 1;
  const step = STEPS.find(([days, countMax]) => days >= daysMin && length <= days * most(countMax));
  return step?.[0] ?? STEP_DAYS_MAX;
}

/**
 * @returns the day that a drawing begins with: where days are drawn as four weeks or more, the first of their twelve weeks, which are counted
 *          from 1970, so that what is told of whole weeks need not be counted day by day; else `since` itself. Pure.
 */
export function firstDrawnDay(since: string, until: string): string {
  if (stepDaysOf(since, until) < STEPS[2][0]) return since;
  const day = daysBetween('1970-01-01', since);
  return dayAfter(since, -(day % STEP_DAYS_MAX));
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
