import type { Disagreement } from '../domain/extraction.js';
import type { Found, PageFields } from '../sputnik/extractors/extractor.js';
import { instantInZone, type ParsedTime, parseTime, toInstant } from '../sputnik/site-time.js';
import { startOfDay } from '../sputnik/urls/calendar-days.js';
import { disagreement, type Field, type NormaliseContext } from './field.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Clocks differ; an article "published" later than this after it was fetched was not. */
const FUTURE_TOLERANCE_MS = HOUR_MS;
/** The agency's archive reaches back to here. */
const EARLIEST_MS = Date.UTC(1990, 0, 1);
/** Between the start of the URL's day (as if in UTC) and the time on the page: time zones, items that cross midnight. */
const BEFORE_URL_MS = 2 * DAY_MS;
const AFTER_URL_MS = 3 * DAY_MS;
/** Sources that give the same time to the minute and to the second agree. */
const SAME_MS = MINUTE_MS;

export interface Times {
  readonly publishedAt: Field<string | null>;
  readonly modifiedAt: Field<string | null>;
}

interface Candidate extends Found {
  readonly atMs: number;
  readonly isLabel: boolean;
}

/**
 * When the article was published and last changed, by every source on the page that says so.
 *
 * A clock face without offset takes the offset of another source that shows the same face, else the edition's zone.
 * Published is the earliest time that is possible: not in the future of the fetch, not after the day of the URL,
 * not long before it unless several sources say so (an old article that was issued again). Impossible times are refused
 * and told as disagreements, never stored. Pure.
 */
export function normaliseTimes(fields: PageFields, context: NormaliseContext): Times {
  const times = new Map([...fields.published, ...fields.modified].map((one) => [one, parseTime(one.value)]));
  const read = (one: Found): Candidate[] => {
    const time = times.get(one) ?? null;
    return time === null
      ? []
      : [{ ...one, atMs: instantOf(time, [...times.values()], context), isLabel: time.isLabel }];
  };
  const days = daysOfUrls(fields, context);
  const publishedAt = choose('publishedAt', fields.published, read, {
    whyImpossible: (candidate, all) => whyNeverPublished(candidate, all, days, context),
    isBetter: (one, other) => one.atMs < other.atMs,
    others: 'is later',
    earliestMs: EARLIEST_MS,
  });
  const publishedMs = publishedAt.value === null ? EARLIEST_MS : Date.parse(publishedAt.value);
  const modifiedAt = choose('modifiedAt', fields.modified, read, {
    whyImpossible: (candidate) =>
      whyInFuture(candidate, context) ??
      (candidate.atMs < publishedMs - SAME_MS ? 'lies before the publication' : null),
    isBetter: (one, other) => one.atMs - other.atMs >= SAME_MS,
    others: 'is earlier',
    earliestMs: publishedMs,
  });
  return { publishedAt, modifiedAt };
}

/** What tells one of the two times from the other. */
interface Choice {
  /** @returns null where the time is possible. */
  readonly whyImpossible: (candidate: Candidate, all: readonly Candidate[]) => string | null;
  readonly isBetter: (one: Candidate, other: Candidate) => boolean;
  /** What those are that are possible and were not chosen. */
  readonly others: string;
  /** A time that lies a little before is told as this. */
  readonly earliestMs: number;
}

function choose(
  field: keyof Times,
  found: readonly Found[],
  read: (one: Found) => Candidate[],
  { whyImpossible, isBetter, others, earliestMs }: Choice,
): Field<string | null> {
  const candidates = found.flatMap(read);
  const judged = candidates.map((candidate) => ({ candidate, reason: whyImpossible(candidate, candidates) }));
  const possible = judged
    .filter(({ candidate, reason }) => reason === null && !isLabelOfAnother(candidate, candidates))
    .map(({ candidate }) => candidate);
  const [first] = possible;
  const chosen = first && possible.reduce((best, one) => (isBetter(one, best) ? one : best), first);
  const value = chosen === undefined ? null : toInstant(Math.max(chosen.atMs, earliestMs));
  const told = ({ value: rejected, source }: Found, reason: string): Disagreement =>
    disagreement(field, value ?? '', rejected, `${source}${reason}`);
  const disagreements = [
    ...found
      .filter((one) => read(one).length === 0 && /\d/.test(one.value))
      .map((one) => told(one, ': no time that exists')),
    ...judged.flatMap(({ candidate, reason }) => (reason === null ? [] : [told(candidate, `: ${reason}`)])),
    ...possible
      .filter(({ atMs }) => Math.abs(atMs - (chosen?.atMs ?? atMs)) >= SAME_MS)
      .map((other) => told(other, ` ${others}`)),
  ];
  return { value, source: chosen?.source ?? null, disagreements };
}

function instantOf(time: ParsedTime, known: readonly (ParsedTime | null)[], context: NormaliseContext): number {
  if (time.offsetMinutes !== null) return time.faceMs - time.offsetMinutes * MINUTE_MS;
  const minute = Math.floor(time.faceMs / MINUTE_MS);
  const twin = known.find(
    (other) => other !== null && other.offsetMinutes !== null && Math.floor(other.faceMs / MINUTE_MS) === minute,
  );
  if (twin?.offsetMinutes !== undefined && twin.offsetMinutes !== null) {
    return time.faceMs - twin.offsetMinutes * MINUTE_MS;
  }
  return instantInZone(time.faceMs, context.edition.timeZone);
}

/** Days (UTC midnights) of the URLs that this page goes by: the one it was read under and those it claims. */
function daysOfUrls(fields: PageFields, context: NormaliseContext): readonly number[] {
  const claimed = fields.canonical
    .flatMap(({ value }) => context.urlRules.parse(value, fields.url) ?? [])
    .filter(({ articleKey }) => articleKey === context.url.articleKey);
  return [context.url, ...claimed].map(({ date }) => startOfDay(date));
}

function whyNeverPublished(
  candidate: Candidate,
  all: readonly Candidate[],
  days: readonly number[],
  context: NormaliseContext,
): string | null {
  const { atMs } = candidate;
  if (atMs < EARLIEST_MS) return 'lies before 1990';
  const inFuture = whyInFuture(candidate, context);
  if (inFuture !== null) return inFuture;
  if (atMs > Math.max(...days) + AFTER_URL_MS) return 'lies after the day of the URL';
  if (atMs >= Math.min(...days) - BEFORE_URL_MS) return null;
  const witnesses = all.filter((other) => Math.abs(other.atMs - atMs) < SAME_MS);
  return new Set(witnesses.map(({ source }) => witnessOf(source))).size > 1
    ? null
    : 'lies before the day of the URL, and no second source says so';
}

/** What readers see is cut to the minute: the value behind it says more. */
function isLabelOfAnother(candidate: Candidate, all: readonly Candidate[]): boolean {
  if (!candidate.isLabel) return false;
  return all.some(({ atMs, isLabel }) => !isLabel && atMs >= candidate.atMs && atMs - candidate.atMs < MINUTE_MS);
}

/** Head, microdata, JSON-LD and what readers see bear witness for themselves, each once. */
function witnessOf(source: string): string {
  return /^(?:microdata|json-ld) /.exec(source)?.[0] ?? (/^[.[]|[.[@]/.test(source) ? 'shown' : 'head');
}

function whyInFuture({ atMs }: Candidate, { fetchedAt }: NormaliseContext): string | null {
  const isFuture = fetchedAt !== null && atMs > Date.parse(fetchedAt) + FUTURE_TOLERANCE_MS;
  return isFuture ? 'lies in the future of the fetch' : null;
}
