import type { Article } from '../domain/article.js';
import { DAY_MS } from '../domain/units.js';

/** Every article has this facet, so that a query which only excludes something has a base. */
export const EVERY_ARTICLE = 'is=article';

/** The properties of an article that a search can filter by, besides its words. */
export interface FacetSource {
  readonly article: Article;
  readonly isEdited: boolean;
}

/**
 * The properties that an article can be filtered by, as terms of the full text, which makes filters as fast as words. Editions and languages
 * are those of its own text and of its renditions. Pure.
 */
export function facetsOf({ article, isEdited }: FacetSource): string[] {
  const { topics, format, publishedAt, goneAt, duplicateOf, edition, language, renditions } = article;
  const texts = [{ edition, language }, ...renditions];
  const facets = [
    EVERY_ARTICLE,
    `format=${format}`,
    ...topics.map((topic) => `topic=${topic}`),
    ...texts.map((text) => `edition=${text.edition}`),
    ...texts.flatMap((text) => languagesOf(text.language)),
    ...(publishedAt === null ? [] : periodsOf(publishedAt.slice(0, 10)).map((period) => `on=${period}`)),
  ];
  if (isEdited) facets.push('edited=yes');
  if (goneAt !== null) facets.push('gone=yes');
  if (duplicateOf !== null) facets.push('repeats=yes');
  return [...new Set(facets)];
}

/** `zh-Hans` is found as itself and as `zh`. */
function languagesOf(language: string): string[] {
  const [own = ''] = language.split('-', 1);
  return [`lang=${own.toLowerCase()}`, `lang=${language.toLowerCase()}`];
}

/** Decade, year, month and day. A few of them make up any span of days. */
function periodsOf(day: string): string[] {
  return [3, 4, 7, 10].map((length) => day.slice(0, length));
}

/** The years of articles. A span of days leaves out other years. */
const YEAR_MIN = 1990;
const YEAR_MAX = 2099;

/**
 * @param first  Days, `2023-04-12`, both included; null: open.
 * @returns      The fewest facets that together make up these days, in at most some 60 steps.
 */
export function facetsOfDays(first: string | null, last: string | null): string[] {
  const facets: string[] = [];
  const end = last === null || last > `${YEAR_MAX}` ? `${YEAR_MAX}-12-31` : last;
  let day = first === null || first < `${YEAR_MIN}` ? `${YEAR_MIN}-01-01` : first;
  while (day <= end) {
    const period = periodsOf(day).find((one) => firstDayOf(one) === day && lastDayOf(one) <= end) ?? day;
    facets.push(`on=${period}`);
    day = dayAfter(lastDayOf(period));
  }
  return facets;
}

function firstDayOf(period: string): string {
  const [year = '', month = '01', day = '01'] = period.split('-');
  return `${year.padEnd(4, '0')}-${month}-${day}`;
}

/** @param period  A decade `202`, a year, a month or a day. */
export function lastDayOf(period: string): string {
  if (period.length === 10) return period;
  if (period.length < 7) return `${period.padEnd(4, '9')}-12-31`;
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

/** The conditions of a search besides its words. An article must meet all that are given. */
export interface SearchFilters {
  /** Ids, of which one must match. */
  readonly topics?: readonly string[];
  readonly editions?: readonly string[];
  /** BCP 47; `zh` is both scripts. */
  readonly languages?: readonly string[];
  readonly formats?: readonly string[];
  /** Days of publication in UTC, `2023-04-12`, both included; articles without a date match no span. */
  readonly since?: string;
  readonly until?: string;
  /** Whether the agency changed it after it was first seen, or withdrew it. */
  readonly edited?: boolean;
  readonly gone?: boolean;
  /** Leaves out whatever repeats another article, exactly or nearly. */
  readonly unique?: boolean;
}
