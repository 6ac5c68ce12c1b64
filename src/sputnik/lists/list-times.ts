/*
 * The times that lists carry. Every function returns a UTC instant to the second, `2023-04-12T11:40:00Z`, or null
 * where the text is no time, lies outside 1990-2099, or says no offset: local times are not guessed. Pure.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const EARLIEST_SECONDS = Date.UTC(1990, 0, 1) / 1000;
const LATEST_SECONDS = Date.UTC(2100, 0, 1) / 1000;

const RFC_822 =
  /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([A-Za-z]{1,3}|[+-]\d{2}:?\d{2})$/;
const ISO_8601 = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s?(Z|[+-]\d{2}:?\d{2}))?$/i;

/** `Fri, 26 Apr 2019 01:34:00 +0800` (RFC 822 with four-digit year; `GMT`, `UT`, `UTC` and `Z` for the offset). */
export function readFeedDate(text: string): string | null {
  const match = RFC_822.exec(text.trim());
  if (match === null) return readIsoInstant(text);
  const [, day, month = '', year, hour, minute, second = '0', zone = ''] = match;
  return instant([year, MONTHS.indexOf(month.toLowerCase()) + 1, day, hour, minute, second], zone);
}

/** `2023-04-12T19:40:00+08:00` (W3C date and time). A day alone counts from its beginning in UTC. */
export function readIsoInstant(text: string): string | null {
  const match = ISO_8601.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = match;
  return instant([year, month, day, hour, minute, second], zone);
}

/** Seconds since the epoch, as `data-unixtime` has them. */
export function readUnixTime(text: string): string | null {
  const seconds = /^\d{1,11}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return toInstant(seconds);
}

function instant(parts: readonly (string | number | undefined)[], zone: string): string | null {
  const offsetMinutes = readOffset(zone);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return offsetMinutes === null || !isReal ? null : toInstant(date.getTime() / 1000 - offsetMinutes * 60);
}

function readOffset(zone: string): number | null {
  if (/^(?:GMT|UTC|UT|Z)$/i.test(zone)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > 14 * 60 ? null : minutes * (match[1] === '-' ? -1 : 1);
}

function toInstant(seconds: number): string | null {
  if (!(seconds >= EARLIEST_SECONDS && seconds < LATEST_SECONDS)) return null;
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
