import { NO_READER, type CountedReading } from './counted-reading.js';
import { READING_FIELDS, type ReadingField } from './reading-fields.js';

/** How often a field was found: `filled` of `total` pages. */
export interface FillRate {
  /** Of the fetch, UTC: `2026-07-29`. */
  readonly day: string;
  readonly edition: string;
  /** Name of the reader; null: whichever read them. */
  readonly reader: string | null;
  /** `knownMarkup` (with reader null): pages whose markup a reader knew, rather than metadata, a guess, or nothing. */
  readonly field: ReadingField | 'knownMarkup';
  readonly filled: number;
  readonly total: number;
}

/** Readers of last resort: what they make of a page says that its markup is not known. */
const FALLBACKS: ReadonlySet<string> = new Set(['structured-data', 'readability', NO_READER]);

/** @returns whether the reading says that a field was found. Pure. */
export function isFilled({ filled, reader }: CountedReading, field: FillRate['field']): boolean {
  return field === 'knownMarkup' ? !FALLBACKS.has(reader) : filled.includes(field);
}

/**
 * Sums counted readings up to fill rates: of each field per day, edition and reader, and of known markup per day and edition.
 *
 * @returns  In the order of the readings. Pure.
 */
export function fillRates(readings: readonly CountedReading[]): FillRate[] {
  const rates = new Map<string, { -readonly [Key in keyof FillRate]: FillRate[Key] }>();
  const count = (reading: CountedReading, reader: string | null, field: FillRate['field']): void => {
    const { day, edition, pages } = reading;
    const key = [day, edition, reader ?? '', field].join(' ');
    const rate = rates.get(key) ?? { day, edition, reader, field, filled: 0, total: 0 };
    rate.total += pages;
    if (isFilled(reading, field)) rate.filled += pages;
    rates.set(key, rate);
  };
  for (const reading of readings) {
    count(reading, null, 'knownMarkup');
    if (reading.reader === NO_READER) continue;
    for (const field of READING_FIELDS) count(reading, reading.reader, field);
  }
  return [...rates.values()];
}
