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
  const publishedAt = choosePublished(fields, context);
  return { publishedAt, modifiedAt: chooseModified(fields, context, publishedAt.value) };
}

function choosePublished(fields: PageFields, context: NormaliseContext): Field<string | null> {
  const refusals: Disagreement[] = [];
  const candidates = readCandidates(fields.published, fields, context, 'publishedAt', refusals);
  const days = daysOfUrls(fields, context);
  const possible = candidates.filter((candidate) => {
    const reason = whyImpossible(candidate, candidates, days, context);
    if (reason !== null)
      refusals.push(disagreement('publishedAt', '', candidate.value, `${candidate.source}: ${reason}`));
    return reason === null && !isLabelOfAnother(candidate, candidates);
  });
  const earliestMs = Math.min(...possible.map(({ atMs }) => atMs));
  const chosen = possible.find(({ atMs }) => atMs === earliestMs);
  if (chosen === undefined) return { value: null, source: null, disagreements: refusals };
  const value = toInstant(chosen.atMs);
  const others = possible.filter(({ atMs }) => atMs - chosen.atMs >= SAME_MS);
  return {
    value,
    source: chosen.source,
    disagreements: [
      ...refusals.map((refusal) => ({ ...refusal, chosen: value })),
      ...others.map((other) => disagreement('publishedAt', value, other.value, `${other.source} is later`)),
    ],
  };
}

function chooseModified(
  fields: PageFields,
  context: NormaliseContext,
  publishedAt: string | null,
): Field<string | null> {
  const refusals: Disagreement[] = [];
  const candidates = readCandidates(fields.modified, fields, context, 'modifiedAt', refusals);
  const publishedMs = publishedAt === null ? EARLIEST_MS : Date.parse(publishedAt);
  const possible = candidates.filter((candidate) => {
    const reason = isPastFetch(candidate, context)
      ? 'lies in the future of the fetch'
      : candidate.atMs < publishedMs - SAME_MS
        ? 'lies before the publication'
        : null;
    if (reason !== null)
      refusals.push(disagreement('modifiedAt', '', candidate.value, `${candidate.source}: ${reason}`));
    return reason === null && !isLabelOfAnother(candidate, candidates);
  });
  const [first] = possible;
  if (first === undefined) return { value: null, source: null, disagreements: refusals };
  const chosen = possible.reduce((latest, one) => (one.atMs - latest.atMs >= SAME_MS ? one : latest), first);
  const value = toInstant(Math.max(chosen.atMs, publishedMs));
  return {
    value,
    source: chosen.source,
    disagreements: [
      ...refusals.map((refusal) => ({ ...refusal, chosen: value })),
      ...possible
        .filter(({ atMs }) => chosen.atMs - atMs >= SAME_MS)
        .map((other) => disagreement('modifiedAt', value, other.value, `${other.source} is earlier`)),
    ],
  };
}

function readCandidates(
  found: readonly Found[],
  fields: PageFields,
  context: NormaliseContext,
  field: string,
  refusals: Disagreement[],
): readonly Candidate[] {
  const known = [...fields.published, ...fields.modified].map(({ value }) => parseTime(value));
  return found.flatMap((one) => {
    const time = parseTime(one.value);
    if (time !== null) return [{ ...one, atMs: instantOf(time, known, context), isLabel: time.isLabel }];
    if (/\d/.test(one.value)) refusals.push(disagreement(field, '', one.value, `${one.source}: no time that exists`));
    return [];
  });
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

function whyImpossible(
  candidate: Candidate,
  all: readonly Candidate[],
  days: readonly number[],
  context: NormaliseContext,
): string | null {
  if (candidate.atMs < EARLIEST_MS) return 'lies before 1990';
  if (isPastFetch(candidate, context)) return 'lies in the future of the fetch';
  if (candidate.atMs > Math.max(...days) + AFTER_URL_MS) return 'lies after the day of the URL';
  if (candidate.atMs >= Math.min(...days) - BEFORE_URL_MS) return null;
  const witnesses = all.filter(({ atMs }) => Math.abs(atMs - candidate.atMs) < SAME_MS);
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

function isPastFetch(candidate: Candidate, context: NormaliseContext): boolean {
  return context.fetchedAt !== null && candidate.atMs > Date.parse(context.fetchedAt) + FUTURE_TOLERANCE_MS;
}
