import type { Edition, Topic } from '../domain/edition.js';
import type { Disagreement } from '../domain/extraction.js';
import type { ArticleUrl } from '../domain/page.js';
import type { Found, PageFields } from '../sputnik/extractors/extractor.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { cleanLine } from './clean-text.js';

/** One field of an article: its value, where on the page it was found, and which other sources said otherwise. */
export interface Field<T> {
  readonly value: T;
  /** Written into `provenance`; null where the page says nothing. */
  readonly source: string | null;
  readonly disagreements: readonly Disagreement[];
}

/** What a page cannot say of itself. */
export interface NormaliseContext {
  readonly url: ArticleUrl;
  readonly edition: Edition;
  readonly topics: readonly Topic[];
  readonly urlRules: UrlRules;
  /** UTC instant to the second when the page was fetched; null: not known, and nothing is refused for lying after it. */
  readonly fetchedAt: string | null;
}

/** What claims are judged by. */
export type ClaimContext = Pick<NormaliseContext, 'url' | 'urlRules'>;

const EXCERPT_LENGTH_MAX = 200;

/** @returns the article whose URL the page claims for itself, null where that is none of ours. */
export function claimedUrl(claim: string, fields: Pick<PageFields, 'url'>, context: ClaimContext): ArticleUrl | null {
  return claim === context.url.url ? context.url : context.urlRules.parse(claim, fields.url);
}

/** @returns the first value that is not empty once it is clean, on one line. */
export function firstLine(found: readonly Found[]): Field<string | null> {
  for (const { value, source } of found) {
    const line = cleanLine(value);
    if (line !== '') return { value: line, source, disagreements: [] };
  }
  return { value: null, source: null, disagreements: [] };
}

/** @returns a disagreement, its values cut to what a log line bears. */
export function disagreement(field: string, chosen: string, rejected: string, reason: string): Disagreement {
  return { field, chosen: excerpt(chosen), rejected: excerpt(rejected), reason };
}

function excerpt(text: string): string {
  return text.length <= EXCERPT_LENGTH_MAX ? text : `${text.slice(0, EXCERPT_LENGTH_MAX)}…`;
}
