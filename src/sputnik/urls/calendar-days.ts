/** Days as the sites write them, `YYYYMMDD`, without time of day; all functions are pure. */
import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../../domain/units.js';

const YEAR_MIN = 1990;
const YEAR_MAX = 2099;

/** A stretch of days, both ends included, `from` not after `to`. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** @returns whether the text is `YYYYMMDD` and names a day that exists, 1990 to 2099. */
export function isCalendarDate(date: string): boolean {
  if (!/^\d{8}$/.test(date)) return false;
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(4, 6)), Number(date.slice(6))];
  return year >= YEAR_MIN && year <= YEAR_MAX && isRealDay(year, month, day);
}

/** @returns whether the calendar has that day; months count from 1. */
export function isRealDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** @returns the day that it is at `nowMs` in the IANA time zone. */
export function dayIn(timeZone: string, nowMs: number): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone);
  return withoutDashes(zoned.toPlainDate().toString());
}

/** @param days  May be negative. */
export function addDays(day: string, days: number): string {
  return compact(new Date(startOfDay(day) + days * DAY_MS));
}

/** @returns how many days the range holds, at least 1. */
export function lengthInDays(range: DayRange): number {
  return Math.round((startOfDay(range.to) - startOfDay(range.from)) / DAY_MS) + 1;
}

/** Cuts a range at the ends of months, newest first. */
export function monthsOf(range: DayRange): DayRange[] {
  const months: DayRange[] = [];
  let to = range.to;
  while (to >= range.from) {
    const first = `${to.slice(0, 6)}01`;
    const from = first > range.from ? first : range.from;
    months.push({ from, to });
    to = addDays(from, -1);
  }
  return months;
}

/** Cuts a range of several days in two, the newer part first. */
export function halvesOf(range: DayRange): [newer: DayRange, older: DayRange] {
  const middle = addDays(range.from, Math.floor(lengthInDays(range) / 2));
  return [
    { from: middle, to: range.to },
    { from: range.from, to: addDays(middle, -1) },
  ];
}

/** @returns the days of a range, newest first. */
export function daysOf(range: DayRange): string[] {
  return Array.from({ length: lengthInDays(range) }, (_, index) => addDays(range.to, -index));
}

/** `2023-04-12` → `20230412` */
export function withoutDashes(day: string): string {
  return day.replaceAll('-', '');
}

/** `20230412` → `2023-04-12` */
export function withDashes(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

/** @returns the moment at which the day begins in UTC, in milliseconds since the epoch. */
export function startOfDay(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));
}

function compact(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}
