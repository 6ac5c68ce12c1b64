import type { Disagreement } from '../domain/extraction.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../domain/units.js';
import type { Found, PageFields } from '../sputnik/extractors/extractor.js';
import { foldWidth, instantInZone, type ParsedTime, parseTime, toInstant } from '../sputnik/site-time.js';
import { startOfDay } from '../sputnik/urls/calendar-days.js';
import { claimedUrl, disagreement, type Field, type NormaliseContext } from './field.js';

/** Clocks differ; an article "published" later than this after it was fetched was not. */
const FUTURE_TOLERANCE_MS = HOUR_MS;
/** The agency's archive reaches back to here. */
const EARLIEST_MS = Date.UTC(1990, 0, 1);
/** Between the start of the URL's day (as if in UTC) and the time on the page: time zones, items that cross midnight. */
const BEFORE_URL_MS = 2 * DAY_MS;
const AFTER_URL_MS = 3 * DAY_MS;
/** Sources that give the same time to the minute and to the second agree. */
const SAME_MS = MINUTE_MS;

interface Times {
  readonly publishedAt: Field<string | null>;
  readonly modifiedAt: Field<string | null>;
}

interface Candidate extends Found {
  readonly atMs: number;
  readonly isLabel: boolean;
}

/** A value that says when something happened, or was meant to. */
interface Reading {
  readonly found: Found;
  /** Null: the text is no time that exists. */
  readonly time: ParsedTime | null;
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
  const shown = fields.published.map(partUpdates);
  const { language } = context.edition;
  const published = shown.map(({ published: found }) => readingOf(found, language));
  const modified = [...fields.modified, ...shown.flatMap(({ updates }) => updates)].map((found) =>
    readingOf(found, language),
  );
  const all = [...published, ...modified];
  const days = daysOfUrls(fields, context);
  const publishedAt = choose('publishedAt', published, candidatesOf(published, all, context), {
    whyImpossible: (candidate, others) => whyNeverPublished(candidate, others, days, context),
    isBetter: (one, other) => one.atMs < other.atMs,
    others: 'is later',
    earliestMs: EARLIEST_MS,
  });
  const publishedMs = publishedAt.value === null ? EARLIEST_MS : Date.parse(publishedAt.value);
  const modifiedAt = choose('modifiedAt', modified, candidatesOf(modified, all, context), {
    whyImpossible: (candidate) =>
      whyInFuture(candidate, context) ??
      (candidate.atMs < publishedMs - SAME_MS ? 'lies before the publication' : null),
    isBetter: (one, other) => one.atMs - other.atMs >= SAME_MS,
    others: 'is earlier',
    earliestMs: publishedMs,
  });
  return { publishedAt, modifiedAt };
}

/** "(обновлено: 21:10 12.04.2023)", "Updated 15:40 GMT 12.04.2023": a clock face behind such a word is no time of publication. */
const UPDATE = new RegExp(
  `(?:${[
    'обновл|измен[её]н|оновлен|абноўлен|updat|modifi|更新|修改',
    'تحديث|تعديل|به[\\s\u200c]?روز|güncel|yenilə|թարմաց|განახლ|actualiz|atualiz|mise? à jour|aktuali[sz]|aggiorn',
    'aktualiz|ažurir|ажурир|cập nhật|अपडेट|अद्यतन|жаңар|жаңырт|yangilan|янгилан|навсоз|atjaun|atnaujin|uuenda|ενημερώ',
  ].join('|')})[^\\d]{0,40}\\d{1,2}:\\d{2}(?:\\s+(?:GMT|UTC))?\\s+\\d{1,2}\\.\\d{1,2}\\.\\d{4}`,
  'giu',
);
const LABEL_LENGTH_MAX = 200;

/** Separates the time of a change from the time of publication. */
function partUpdates(found: Found): { readonly published: Found; readonly updates: readonly Found[] } {
  const { value, source } = found;
  const folded = value.length > LABEL_LENGTH_MAX ? '' : foldWidth(value);
  const updates = (folded.match(UPDATE) ?? []).map((update) => ({ value: update, source }));
  if (updates.length === 0) return { published: found, updates };
  return { published: { value: folded.replace(UPDATE, ''), source }, updates };
}

function readingOf(found: Found, language: string): Reading {
  return { found, time: parseTime(found.value, language) };
}

function candidatesOf(
  readings: readonly Reading[],
  all: readonly Reading[],
  context: NormaliseContext,
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const { found, time } of readings) {
    if (time === null) continue;
    const { value, source } = found;
    candidates.push({ value, source, atMs: instantOf(time, all, context), isLabel: time.isLabel });
  }
  return candidates;
}

/** What tells one of the two times from the other. */
interface Choice {
  /** @returns null where the time is possible. */
  readonly whyImpossible: (candidate: Candidate, all: readonly Candidate[]) => string | null;
  readonly isBetter: (one: Candidate, other: Candidate) => boolean;
  /** What those are that are possible and were not chosen. */
  readonly others: string;
  /** A time slightly before this is replaced by it. */
  readonly earliestMs: number;
}

function choose(
  field: keyof Times,
  readings: readonly Reading[],
  candidates: readonly Candidate[],
  { whyImpossible, isBetter, others, earliestMs }: Choice,
): Field<string | null> {
  const reasons = candidates.map((candidate) => whyImpossible(candidate, candidates));
  const possible = candidates.filter(
    (candidate, at) => reasons[at] === null && !isLabelOfAnother(candidate, candidates),
  );
  let chosen = possible[0];
  for (const one of possible) if (chosen !== undefined && isBetter(one, chosen)) chosen = one;
  const value = chosen === undefined ? null : toInstant(Math.max(chosen.atMs, earliestMs));
  const disagreements: Disagreement[] = [];
  const tell = ({ value: rejected, source }: Found, reason: string): void => {
    disagreements.push(disagreement(field, value ?? '', rejected, `${source}${reason}`));
  };
  for (const { found, time } of readings) {
    if (time === null && /\d/.test(found.value)) tell(found, ': no time that exists');
  }
  for (const [at, candidate] of candidates.entries()) {
    const reason = reasons[at] ?? null;
    if (reason !== null) tell(candidate, `: ${reason}`);
  }
  for (const other of possible) {
    if (Math.abs(other.atMs - (chosen?.atMs ?? other.atMs)) >= SAME_MS) tell(other, ` ${others}`);
  }
  return { value, source: chosen?.source ?? null, disagreements };
}

/** A clock face without offset takes that of the first other source that shows the same face. */
function instantOf(time: ParsedTime, known: readonly Reading[], context: NormaliseContext): number {
  if (time.offsetMinutes !== null) return time.faceMs - time.offsetMinutes * MINUTE_MS;
  const minute = Math.floor(time.faceMs / MINUTE_MS);
  for (const { time: other } of known) {
    if (other === null || other.offsetMinutes === null || Math.floor(other.faceMs / MINUTE_MS) !== minute) continue;
    return time.faceMs - other.offsetMinutes * MINUTE_MS;
  }
  return instantInZone(time.faceMs, context.edition.timeZone);
}

/** Days (UTC midnights) of the URLs that this page goes by: the one it was read under and those it claims. */
function daysOfUrls(fields: PageFields, context: NormaliseContext): readonly number[] {
  const claimed = fields.canonical
    .flatMap(({ value }) => claimedUrl(value, fields, context) ?? [])
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
