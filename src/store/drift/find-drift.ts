import { DAY_MS } from '../../domain/units.js';
import {
  NO_READER,
  READING_FIELDS,
  type CountedReading,
  type ReadingExample,
  type ReadingField,
} from './counted-reading.js';

/** How often a field was found: `filled` of `total` pages. */
export interface FillRate {
  /** Day of the fetch, UTC: `2026-07-29`. */
  readonly day: string;
  readonly edition: string;
  /** Name of the extractor; null: whichever read them. */
  readonly reader: string | null;
  /** `knownMarkup` (with reader null): pages whose markup an extractor knew, rather than metadata, a guess, or nothing. */
  readonly field: ReadingField | 'knownMarkup';
  readonly filled: number;
  readonly total: number;
}

/** Extractors of last resort. If one of them read a page, the markup of the page is not known. */
const FALLBACKS: ReadonlySet<string> = new Set(['structured-data', 'readability', NO_READER]);

/** @returns whether the reading says that a field was found. Pure. */
function isFilled({ filled, reader }: CountedReading, field: FillRate['field']): boolean {
  return field === 'knownMarkup' ? !FALLBACKS.has(reader) : filled.includes(field);
}

/**
 * Sums counted readings up to fill rates: of each field per day, edition and extractor, and of known markup per day and edition.
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

/** Pages of some days added up. */
interface FillSum {
  /** First and last of the days, UTC. */
  readonly from: string;
  readonly to: string;
  readonly filled: number;
  readonly total: number;
}

/** A field that is found less often than it used to be: the site has changed, or the extractor has. */
export interface Drift {
  readonly edition: string;
  /** Null: whichever extractor. */
  readonly reader: string | null;
  readonly field: FillRate['field'];
  readonly recent: FillSum;
  readonly past: FillSum;
  /** Pages of the recent days that lack the field: fixture candidates. */
  readonly examples: readonly ReadingExample[];
}

/** Days, newest first, that are taken together until they hold enough pages to judge by; a series that ended earlier has no today. */
const RECENT_DAYS_MAX = 2;
/** Days before them that they are measured by. */
const PAST_DAYS_MAX = 14;
/** Fewer pages say nothing. */
const RECENT_PAGES_MIN = 20;
const PAST_PAGES_MIN = 50;
/** The first days of an edition have no past to fall from. */
const PAST_DAYS_MIN = 2;
/** A field that was found on so many pages is always there: then falling by so much is a fall … */
const ALWAYS_RATE = 0.95;
const ALWAYS_FALL = 0.1;
/** … one that some pages have and some do not has to lose so much of its rate … */
const SOMETIMES_LOSS = 0.5;
/** … and chance alone has to explain the difference worse than this many standard deviations do (two-proportion z-test). */
const Z_MIN = 4;
const EXAMPLES_MAX = 5;

/**
 * Finds the fields whose fill rate has fallen below its own recent past.
 *
 * For each edition, extractor and field: the newest day of the edition, with the day before it while they hold fewer than
 * {@link RECENT_PAGES_MIN} pages, against up to {@link PAST_DAYS_MAX} days before. No alarm without {@link PAST_PAGES_MIN} pages on
 * {@link PAST_DAYS_MIN} days of past. Errs towards silence: a site that changes at noon is told of when the day holds enough changed
 * pages, or on the next day. Pure; the order of the readings does not matter.
 */
export function findDrift(readings: readonly CountedReading[]): Drift[] {
  const rates = fillRates(readings);
  const newestDays = new Map<string, string>();
  const series = new Map<string, FillRate[]>();
  for (const rate of rates) {
    if (rate.day > (newestDays.get(rate.edition) ?? '')) newestDays.set(rate.edition, rate.day);
    const key = [rate.edition, rate.reader ?? '', rate.field].join(' ');
    series.set(key, [...(series.get(key) ?? []), rate]);
  }
  return [...series.keys()]
    .sort()
    .map((key) => driftOf(series.get(key) ?? [], newestDays, readings))
    .filter((drift) => drift !== null);
}

function driftOf(
  rates: readonly FillRate[],
  newestDays: ReadonlyMap<string, string>,
  readings: readonly CountedReading[],
): Drift | null {
  const [first] = rates;
  if (first === undefined) return null;
  const { edition, reader, field } = first;
  const today = newestDays.get(edition) ?? '';
  const newestFirst = [...rates].sort((a, b) => (a.day < b.day ? 1 : -1));
  const recent: FillRate[] = [];
  for (const rate of newestFirst.slice(0, RECENT_DAYS_MAX)) {
    const isNow = daysBetween(rate.day, today) < RECENT_DAYS_MAX;
    if (isNow && pagesOf(recent) < RECENT_PAGES_MIN) recent.push(rate);
  }
  const last = recent.at(-1);
  if (last === undefined || pagesOf(recent) < RECENT_PAGES_MIN) return null;
  const past = newestFirst.filter(({ day }) => day < last.day && daysBetween(day, last.day) <= PAST_DAYS_MAX);
  if (past.length < PAST_DAYS_MIN || pagesOf(past) < PAST_PAGES_MIN) return null;
  const [now, before] = [sumOf(recent), sumOf(past)];
  if (!hasFallen(now, before)) return null;
  return { edition, reader, field, recent: now, past: before, examples: examplesOf(readings, first, now) };
}

function hasFallen(recent: FillSum, past: FillSum): boolean {
  const [now, before] = [recent.filled / recent.total, past.filled / past.total];
  const isFall = before >= ALWAYS_RATE ? before - now >= ALWAYS_FALL : now <= before * SOMETIMES_LOSS;
  const pooled = (recent.filled + past.filled) / (recent.total + past.total);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / recent.total + 1 / past.total));
  return isFall && deviation > 0 && (before - now) / deviation >= Z_MIN;
}

/** Newest day first; of one day, those that most pages are like. */
function examplesOf(readings: readonly CountedReading[], series: FillRate, recent: FillSum): ReadingExample[] {
  return readings
    .filter(
      (reading) =>
        reading.edition === series.edition &&
        (series.reader === null || reading.reader === series.reader) &&
        reading.day >= recent.from &&
        reading.day <= recent.to &&
        !isFilled(reading, series.field),
    )
    .sort((a, b) => (a.day === b.day ? b.pages - a.pages : a.day < b.day ? 1 : -1))
    .slice(0, EXAMPLES_MAX)
    .map(({ example }) => example);
}

function pagesOf(rates: readonly FillRate[]): number {
  return rates.reduce((sum, { total }) => sum + total, 0);
}

function sumOf(rates: readonly FillRate[]): FillSum {
  const days = rates.map(({ day }) => day).sort();
  return {
    from: days[0] ?? '',
    to: days.at(-1) ?? '',
    filled: rates.reduce((sum, { filled }) => sum + filled, 0),
    total: pagesOf(rates),
  };
}

function daysBetween(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / DAY_MS);
}

/** @returns one fall of a fill rate on one line. */
export function describeDrift({ edition, reader, field, recent, past }: Drift): string {
  const what = field === 'knownMarkup' ? 'pages of known markup' : `${field} (${reader ?? 'any reader'})`;
  return `${edition}: ${what} ${percentage(recent)} since ${recent.from}, ${percentage(past)} in the days from ${past.from} to ${past.to}`;
}

function percentage({ filled, total }: FillSum): string {
  return `${Math.round((100 * filled) / total)} % of ${total}`;
}
