/** Civil date and time of an instant in an edition's fixed offset, as the pages print them. */
export interface LocalParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** `HH:MM` */
  readonly time: string;
  /** `YYYYMMDD` */
  readonly basicDate: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** `+0800` */
  readonly offset: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

export function localParts(epochMs: number, offsetMinutes: number): LocalParts {
  const shifted = new Date(epochMs + offsetMinutes * 60_000);
  const [year, month, day] = [shifted.getUTCFullYear(), shifted.getUTCMonth() + 1, shifted.getUTCDate()];
  const size = Math.abs(offsetMinutes);
  return {
    year,
    month,
    day,
    time: `${two(shifted.getUTCHours())}:${two(shifted.getUTCMinutes())}`,
    basicDate: `${year}${two(month)}${two(day)}`,
    date: `${year}-${two(month)}-${two(day)}`,
    offset: `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`,
  };
}

/**
 * @param basicDate  `YYYYMMDD`.
 * @returns          The instant at which that local day begins, null if it is no date.
 */
export function startOfLocalDay(basicDate: string, offsetMinutes: number): number | null {
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(basicDate);
  if (found === null) return null;
  const [, year = '', month = '', day = ''] = found;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const check = new Date(midnight);
  if (check.getUTCMonth() !== Number(month) - 1 || check.getUTCDate() !== Number(day)) return null;
  return midnight - offsetMinutes * 60_000;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @returns RFC 822 with offset, as the feeds print it: `Fri, 26 Apr 2019 01:34:00 +0800`. */
export function feedDate(epochMs: number, offsetMinutes: number): string {
  const shifted = new Date(epochMs + offsetMinutes * 60_000);
  const p = localParts(epochMs, offsetMinutes);
  const weekday = DAYS[shifted.getUTCDay()] ?? '';
  const month = MONTHS[p.month - 1] ?? '';
  return `${weekday}, ${two(p.day)} ${month} ${p.year} ${p.time}:${two(shifted.getUTCSeconds())} ${p.offset}`;
}
