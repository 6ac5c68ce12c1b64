/** Times as the sites' pages, feeds and sitemaps write them. Everything here is pure. */
import { Temporal } from 'temporal-polyfill';
import { isRealDay } from './urls/calendar-days.js';

/** A time as a page writes it: an instant, or a clock face without a zone. */
export interface ParsedTime {
  /** Milliseconds since the epoch as if the clock face were UTC. */
  readonly faceMs: number;
  /** Minutes east of UTC, null where the page does not say. */
  readonly offsetMinutes: number | null;
  /** Written for readers (`19:40 12.04.2023`): a label beside a more exact value. */
  readonly isLabel: boolean;
}

interface TimeParts {
  readonly year: string | undefined;
  readonly month: string | number | undefined;
  readonly day: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly offset: string | undefined;
}

const YEAR_MIN = 1990;
const YEAR_MAX = 2099;
const TEXT_LENGTH_MAX = 200;
const OFFSET_MINUTES_MAX = 14 * 60;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const ISO_8601 =
  /^(\d{4})-?(\d{2})-?(\d{2})[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const RFC_822 =
  /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([A-Za-z]{1,3}|[+-]\d{2}:?\d{2})$/;
/** `19:40 12.04.2023`, perhaps with words around it: (обновлено: 20:15 12.04.2023); English pages write `12:30 GMT 10.05.2024`. */
const CLOCK_FACE = /(?:^|[^\d.:])(\d{1,2}):(\d{2})(\s+(?:GMT|UTC))?\s+(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/;
const EPOCH_SECONDS = /^\d{9,10}$/;
const EPOCH_MILLISECONDS = /^\d{12,13}$/;

/** @returns the text with ASCII in place of full-width characters and of Arabic and Persian digits, unit by unit: positions stay. */
export function foldWidth(text: string): string {
  if (!/[\u0660-\uff5e]/.test(text)) return text;
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replaceAll('\u3000', ' ');
}

/**
 * @param faceMs    A clock face as if it were UTC, in milliseconds since the epoch.
 * @param timeZone  IANA name.
 * @returns         The instant at which a clock there shows it; of the two at the end of summer time the later,
 *                  in the hour that does not exist the moment after it.
 */
export function instantInZone(faceMs: number, timeZone: string): number {
  const face = Temporal.Instant.fromEpochMilliseconds(faceMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  return face.toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds;
}

/** @returns the instant in UTC to the second: `2023-04-12T11:40:00Z`. */
export function toInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/**
 * Reads every form of time that the site's pages are known to hold: ISO 8601 extended and basic, to the minute or the
 * second, with or without offset, seconds or milliseconds since the epoch, `HH:MM DD.MM.YYYY`, and an hour beside a day
 * of which the month is a word.
 *
 * @param language  BCP 47: the language of the months' names.
 *
 * @returns The time, or null if the text is not a time or names a moment that does not exist (month 13, 25:00, 30
 * February).
 */
export function parseTime(text: string, language: string): ParsedTime | null {
  if (text.length > TEXT_LENGTH_MAX) return null;
  const value = foldWidth(text).trim();
  if (EPOCH_SECONDS.test(value)) return { faceMs: Number(value) * 1000, offsetMinutes: 0, isLabel: false };
  if (EPOCH_MILLISECONDS.test(value)) return { faceMs: Number(value), offsetMinutes: 0, isLabel: false };
  return parseIso(value) ?? parseClockFace(value) ?? parseWordedTime(value, language);
}

/**
 * Reads the date of a feed: `Fri, 26 Apr 2019 01:34:00 +0800` (RFC 822 with four-digit year), or ISO 8601.
 *
 * @returns  UTC instant to the second; null where the text is no time, lies outside 1990-2099, or says no offset.
 */
export function readFeedDate(text: string): string | null {
  const match = RFC_822.exec(foldWidth(text).trim());
  if (match === null) return readIsoInstant(text);
  const [, day, monthName = '', year, hour, minute, second, offset] = match;
  const month = MONTHS.indexOf(monthName.toLowerCase()) + 1;
  return knownInstant(timeOf({ year, month, day, hour, minute, second, offset }, false));
}

/** Reads `2023-04-12T19:40:00+08:00` like `readFeedDate`. A day alone counts from its beginning in UTC. */
export function readIsoInstant(text: string): string | null {
  const value = foldWidth(text).trim();
  return knownInstant(parseIso(ISO_DAY.test(value) ? `${value}T00:00Z` : value));
}

/** Reads seconds since the epoch, as `data-unixtime` has them, like `readFeedDate`. */
export function readUnixTime(text: string): string | null {
  const seconds = foldWidth(text).trim();
  if (!/^\d{1,11}$/.test(seconds)) return null;
  return knownInstant({ faceMs: Number(seconds) * 1000, offsetMinutes: 0, isLabel: false });
}

function knownInstant(time: ParsedTime | null): string | null {
  if (time === null || time.offsetMinutes === null) return null;
  const epochMs = time.faceMs - time.offsetMinutes * 60_000;
  const isKnown = epochMs >= Date.UTC(YEAR_MIN, 0, 1) && epochMs < Date.UTC(YEAR_MAX + 1, 0, 1);
  return isKnown ? toInstant(epochMs) : null;
}

function parseIso(value: string): ParsedTime | null {
  const match = ISO_8601.exec(value);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, offset] = match;
  return timeOf({ year, month, day, hour, minute, second, offset }, false);
}

function parseClockFace(value: string): ParsedTime | null {
  const match = CLOCK_FACE.exec(value);
  if (match === null) return null;
  const [, hour, minute, zone, day, month, year] = match;
  const offset = zone === undefined ? undefined : 'Z';
  return timeOf({ year, month, day, hour, minute, second: undefined, offset }, true);
}

function parseWordedTime(value: string, language: string): ParsedTime | null {
  const found = findWordedTime(value, language);
  if (found === null) return null;
  const { isUtc, ...parts } = found;
  return timeOf({ ...parts, second: undefined, offset: isUtc ? 'Z' : undefined }, true);
}

function timeOf(parts: TimeParts, isLabel: boolean): ParsedTime | null {
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const [hour, minute, second] = [Number(parts.hour), Number(parts.minute), Number(parts.second ?? 0)];
  const offsetMinutes = offsetOf(parts.offset);
  if (!isRealDay(year, month, day) || hour > 23 || minute > 59 || second > 59 || offsetMinutes === undefined)
    return null;
  return { faceMs: Date.UTC(year, month - 1, day, hour, minute, second), offsetMinutes, isLabel };
}

/** @returns minutes east of UTC, null where there is no offset, undefined where it is no offset of the Earth. */
function offsetOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  if (/^(?:GMT|UTC|UT|Z)$/i.test(text)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > OFFSET_MINUTES_MAX) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

/** A day and an hour as words, not yet looked at: the caller knows which days there are. */
interface WordedTime {
  readonly year: string | undefined;
  readonly month: number;
  readonly day: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly isUtc: boolean;
}

/** `14:05`, `10:05 GMT`. */
const CLOCK = /(?<![\d.:])(\d{1,2}):(\d{2})(?![\d:])(?:\s(GMT|UTC))?/;
/** Half days, and zones that are not known here: the hour would be another one. */
const OTHER_CLOCK =
  /\d\s?[ap]\.?\s?m\b|[上下]午|午[前後]|\b(?:[ECMP][SD]T|CES?T|EES?T|BST|IST|MSK|AMT|AZT|GET)\b|МСК/iu;
/** `5 մարտի 2024`, `5. März 2024`, `5 de marzo de 2024`, `5-mart, 2024`. */
const DAY_MONTH_YEAR = /(?<![\d:])(\d{1,2})(?:[ .-]|\. |-? de )(\p{L}[\p{L}\p{M}]{1,20})\.?,?(?: de)? (\d{4})(?!\d)/u;
/** `March 5, 2024`. */
const MONTH_DAY_YEAR = /(?<!\p{L})(\p{L}[\p{L}\p{M}]{1,20})\.? (\d{1,2}),? (\d{4})(?!\d)/u;
/** `2024年3月5日`. */
const HAN_DAY = /(\d{4})年(\d{1,2})月(\d{1,2})日/;

/**
 * Finds a day of which the month is a word, or that is written in Chinese or Japanese, and an hour before or after it.
 *
 * @param text      Short.
 * @param language  BCP 47: whose words the month may be.
 * @returns         Null where one of both is missing, or the word is no month. Pure.
 */
function findWordedTime(text: string, language: string): WordedTime | null {
  const clock = CLOCK.exec(text);
  if (clock === null || OTHER_CLOCK.test(text)) return null;
  const [, hour, minute, zone] = clock;
  const time = { hour, minute, isUtc: zone !== undefined };
  const han = HAN_DAY.exec(text);
  if (han !== null) return { ...time, year: han[1], month: Number(han[2]), day: han[3] };
  const months = monthsOf(language);
  const [, first, word, year] = DAY_MONTH_YEAR.exec(text) ?? [];
  const month = months.get(foldMonth(word ?? ''));
  if (month !== undefined) return { ...time, year, month, day: first };
  const [, name, day, yearBehind] = MONTH_DAY_YEAR.exec(text) ?? [];
  const named = months.get(foldMonth(name ?? ''));
  return named === undefined ? null : { ...time, year: yearBehind, month: named, day };
}

const monthsByLanguage = new Map<string, ReadonlyMap<string, number>>();

/** The names of the months, long and short, by themselves and behind a day, as Unicode's CLDR has them. */
function monthsOf(language: string): ReadonlyMap<string, number> {
  const known = monthsByLanguage.get(language);
  if (known !== undefined) return known;
  const months = new Map<string, number>();
  for (const form of [
    { month: 'long', day: 'numeric' },
    { month: 'long' },
    { month: 'short', day: 'numeric' },
  ] as const) {
    const format = new Intl.DateTimeFormat(`${language}-u-ca-gregory`, { ...form, timeZone: 'UTC' });
    for (let month = 1; month <= 12; month += 1) {
      const parts = format.formatToParts(Date.UTC(2024, month - 1, 5));
      const name = parts.find(({ type }) => type === 'month')?.value;
      if (name !== undefined) months.set(foldMonth(name), month);
    }
  }
  monthsByLanguage.set(language, months);
  return months;
}

/** `İyun` and `iyun` are one. */
function foldMonth(name: string): string {
  return name.toLowerCase().replace('i\u0307', 'i').replace(/\.$/, '');
}
