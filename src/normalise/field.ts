import type { Edition, Topic } from '../domain/edition.js';
import type { Disagreement } from '../domain/extraction.js';
import type { ArticleUrl } from '../domain/page.js';
import type { Found, PageFields } from '../sputnik/extractors/extractor.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';

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
export function claimedUrl(
  claim: string,
  fields: Pick<PageFields, 'url' | 'base'>,
  context: ClaimContext,
): ArticleUrl | null {
  return claim === context.url.url ? context.url : context.urlRules.parse(claim, fields.base ?? fields.url);
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

/** Letters of scripts that join: there zero-width joiners and non-joiners are spelling, not noise. */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Mongolian}]/u;
const EMOJI_PART = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\u{1f1e6}-\u{1f1ff}]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * Remains of entities that were encoded twice: quotation marks, dashes, spaces. An agency never shows these on purpose.
 * `&lt;` and, in running text, `&amp;` may be intended, and stay.
 */
const LEFT_ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    quot: '"',
    apos: "'",
    laquo: '«',
    raquo: '»',
    ldquo: '“',
    rdquo: '”',
    bdquo: '„',
    lsquo: '‘',
    rsquo: '’',
    sbquo: '‚',
    nbsp: '\u00a0',
    thinsp: '\u2009',
    shy: '\u00ad',
    ndash: '–',
    mdash: '—',
    minus: '−',
    hellip: '…',
  }),
);
const LEFT_ENTITY = new RegExp(
  `&(?:amp;)*(${[...LEFT_ENTITIES.keys()].join('|')}|#0*(?:3[49]|160|171|173|187|82(?:0[1-9]|1[0-9]|2[0-2])|8230)|#x0*(?:2[27]|a[0bd]|bb|20(?:09|1[0-9a-e]|26)));`,
  'gi',
);

/** What most texts of most pages consist of: nothing in it needs care. */
const PLAIN =
  /^[\x21-\x7e\u0400-\u0481\u048a-\u052f\u0531-\u0556\u0561-\u0587\u2010-\u2015\u2018-\u201f\u2026\u00ab\u00bb\u3001-\u3020\u4e00-\u9fff\uff01-\uff5e \n]*$/;

/**
 * One text of an article in the spelling that is stored: Unicode form NFC, white space collapsed and trimmed, entities
 * that were encoded twice as the marks they mean.
 *
 * Removed: control characters, soft hyphens, zero-width marks (joiners stay where Persian, Arabic, Indic text or emoji
 * need them), bidirectional marks in text without right-to-left letters. No-break blanks become blanks; half of a
 * surrogate pair becomes U+FFFD. Newlines and tabs stay: a list's items and a table's cells. Punctuation, quotation
 * marks, ideographic blanks inside a line and the order of characters are never touched. Pure and idempotent.
 */
export function cleanText(text: string): string {
  let clean = text.includes('&') ? text.replace(LEFT_ENTITY, (_, name: string) => characterOf(name)) : text;
  if (!PLAIN.test(clean)) clean = cleanMarks(clean).normalize('NFC');
  if (/ {2}/.test(clean)) clean = clean.replace(/ {2,}/g, ' ');
  if (/[\n\t]/.test(clean)) clean = clean.replace(/ ?([\n\t]) ?/g, '$1').replace(/\n{2,}/g, '\n');
  return clean.trim();
}

/** The same on one line: of newlines and tabs a blank is left. No headline or name is about `&amp;`: it is an ampersand encoded twice. */
export function cleanLine(text: string): string {
  const clean = cleanText(text).replace(/[\n\t]+/g, ' ');
  return clean.includes('&amp;') ? clean.replace(/&(?:amp;)+(?!#?\w{1,10};)/g, '&') : clean;
}

function characterOf(name: string): string {
  const lowerCase = name.toLowerCase();
  if (!lowerCase.startsWith('#')) return LEFT_ENTITIES.get(lowerCase) ?? '';
  return String.fromCodePoint(Number(lowerCase.startsWith('#x') ? `0${lowerCase.slice(1)}` : lowerCase.slice(1)));
}

function cleanMarks(text: string): string {
  let clean = text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(/[\u00a0\u202f\u2007\u2000-\u2006\u2008-\u200a\u205f\v\f]/g, ' ')
    .replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]/g, '');
  if (/[\u200c\u200d]/.test(clean)) clean = cleanJoiners(clean);
  if (!RIGHT_TO_LEFT.test(clean)) clean = clean.replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '');
  return clean;
}

function cleanJoiners(text: string): string {
  return text.replace(/[\u200c\u200d]+/g, (joiners, offset: number) => {
    const before = /.$/su.exec(text.slice(Math.max(0, offset - 2), offset))?.[0] ?? '';
    const after = text.codePointAt(offset + joiners.length);
    const next = after === undefined ? '' : String.fromCodePoint(after);
    if (JOINING.test(before)) return joiners;
    return joiners === '\u200d' && EMOJI_PART.test(before) && EMOJI_PART.test(next) ? joiners : '';
  });
}
