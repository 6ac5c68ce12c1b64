import { DAY_MS } from '../../domain/units.js';
/** Days that are drawn as one column. */
interface DayBin {
  readonly first: string;
  readonly last: string;
}

/** How many days one column stands for (a day, a week, four or twelve weeks; each is a multiple of the one before), and the most columns of this kind, so that a page stays small. */
const STEPS = [
  [1, 92],
  [7, 53],
  [28, 60],
  [84, Infinity],
] as const;
/** The most days that one column stands for. */
export const STEP_DAYS_MAX = STEPS[3][0];
/** Nobody reads more rows than this. */
const ROWS_MAX = 31;

/** @returns for how many days one column stands, at least `daysMin`. Pure. */
export function stepDaysOf(since: string, until: string, daysMin = 1): number {
  return coarsest(since, until, (countMax) => countMax, daysMin);
}

/** @returns for how many days one row of a chart's table stands, at least as many as one column. Pure. */
export function rowDaysOf(since: string, until: string, stepDays: number): number {
  return coarsest(since, until, () => ROWS_MAX, stepDays);
}

function coarsest(since: string, until: string, most: (countMax: number) => number, daysMin: number): number {
  const length = daysBetween(since, until) + 1;
  const step = STEPS.find(([days, countMax]) => days >= daysMin && length <= days * most(countMax));
  return step?.[0] ?? STEP_DAYS_MAX;
}

/**
 * @returns the first day of a chart: `since`, or with columns of four weeks or more the first of the twelve weeks that hold it. The twelve
 *          weeks are counted from 1970, so that sums of whole weeks can be used. Pure.
 */
export function firstDrawnDay(since: string, until: string): string {
  if (stepDaysOf(since, until) < STEPS[2][0]) return since;
  const day = daysBetween('1970-01-01', since);
  return dayAfter(since, -(day % STEP_DAYS_MAX));
}

/** @returns the days from `since` to `until` in groups of equal length; the last one may end later. Pure. */
export function binDays(since: string, until: string, stepDays: number): DayBin[] {
  const count = Math.floor(daysBetween(since, until) / stepDays) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const first = dayAfter(since, index * stepDays);
    return { first, last: dayAfter(first, stepDays - 1) };
  });
}

/** @returns in which of the groups from `since` on the day is. */
export function binOf(since: string, day: string, stepDays: number): number {
  return Math.floor(daysBetween(since, day) / stepDays);
}

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}
