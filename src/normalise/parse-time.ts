/** A time as a page writes it: an instant, or a clock face without a zone. */
export interface ParsedTime {
  /** Milliseconds since the epoch as if the clock face were UTC. */
  readonly faceMs: number;
  /** Minutes east of UTC, null where the page does not say. */
  readonly offsetMinutes: number | null;
  /** Written for readers (`19:40 12.04.2023`): a label beside a more exact value. */
  readonly isLabel: boolean;
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
/** `19:40 12.04.2023`, perhaps with words around it: (обновлено: 20:15 12.04.2023); English pages write `12:30 GMT 10.05.2024`. */
const FACE = /(?:^|[^\d.:])(\d{1,2}):(\d{2})(\s+(?:GMT|UTC))?\s+(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/;
const EPOCH_SECONDS = /^\d{9,10}$/;
const EPOCH_MILLISECONDS = /^\d{12,13}$/;
const TEXT_LENGTH_MAX = 200;
const OFFSET_MINUTES_MAX = 14 * 60;

/**
 * Reads every form of time that the site's pages are known to hold: ISO 8601 extended and basic, to the minute or the
 * second, with or without offset, seconds or milliseconds since the epoch, `HH:MM DD.MM.YYYY`.
 *
 * @returns  The time, or null where the text is none or names a moment that does not exist (month 13, 25:00, 30 February).
 */
export function parseTime(text: string): ParsedTime | null {
  const value = text.trim();
  if (value.length > TEXT_LENGTH_MAX) return null;
  if (EPOCH_SECONDS.test(value)) return { faceMs: Number(value) * 1000, offsetMinutes: 0, isLabel: false };
  if (EPOCH_MILLISECONDS.test(value)) return { faceMs: Number(value), offsetMinutes: 0, isLabel: false };
  const iso = ISO.exec(value);
  if (iso !== null) return parseIso(iso);
  const face = FACE.exec(value);
  if (face !== null) {
    const [, hour, minute, zone, day, month, year] = face;
    return timeOf({ year, month, day, hour, minute, second: undefined, offset: zone === undefined ? zone : 'Z' }, true);
  }
  return null;
}

function parseIso(match: RegExpExecArray): ParsedTime | null {
  const [, year, month, day, hour, minute, second, offset] = match;
  if (hour === undefined) return null;
  return timeOf({ year, month, day, hour, minute, second, offset }, false);
}

interface Parts {
  readonly year: string | undefined;
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly offset: string | undefined;
}

function timeOf(parts: Parts, isLabel: boolean): ParsedTime | null {
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const [hour, minute, second] = [Number(parts.hour), Number(parts.minute), Number(parts.second ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const offsetMinutes = offsetOf(parts.offset);
  if (offsetMinutes === undefined) return null;
  const faceMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return { faceMs, offsetMinutes, isLabel };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** @returns minutes, null where there is no offset, undefined where it is no offset of the Earth. */
function offsetOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  if (/^z$/i.test(text)) return 0;
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return minutes > OFFSET_MINUTES_MAX ? undefined : sign * minutes;
}
