import { hash } from 'node:crypto';
import type { BodyBlock } from '../domain/article.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import { foldText } from '../normalise/fold-text.js';

const DROP = 1;
const ALPHABETIC = 2;
const IDEOGRAPHIC = 3;
const DIGIT = 4;
/** Signs that are content wherever they stand: %, ‰, °, currencies, regional indicators (flags). */
const SIGN = 5;
type CharacterClass = typeof DROP | typeof ALPHABETIC | typeof IDEOGRAPHIC | typeof DIGIT | typeof SIGN;

const DIGIT_PATTERN = /\p{N}/u;
const WORD_PATTERN = /[\p{L}\p{M}]/u;
const IDEOGRAPHIC_PATTERN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const SIGN_PATTERN = /[%‰°\p{Sc}\p{RI}]/u;

const classOfUnit = new Uint8Array(0x10000);

function classify(character: string): CharacterClass {
  if (DIGIT_PATTERN.test(character)) return DIGIT;
  if (IDEOGRAPHIC_PATTERN.test(character)) return IDEOGRAPHIC;
  if (WORD_PATTERN.test(character)) return ALPHABETIC;
  return SIGN_PATTERN.test(character) ? SIGN : DROP;
}

function classAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit >= 0xd800 && unit < 0xdc00) return classify(String.fromCodePoint(text.codePointAt(at) ?? 0));
  return (classOfUnit[unit] ||= classify(text.charAt(at)));
}

const MATHEMATICAL = /[^\P{Sm}|]/gu;
const DASHES = /[‐‑‒–—―−~〜-]/g;
const SENTENCE_PUNCTUATION = /^[.,;:!?。、…'"“”‘’«»„()[\]{}<>《》「」-]*$/;

/** The characters that are kept between two digits: `1.5`, `10-15`, `16:30` and `2020 5` must not become one number. */
function betweenDigits(gap: string): string {
  const tight = gap.replace(/\s+/g, '').replace(DASHES, '-');
  const isSentence = tight !== gap.replace(DASHES, '-') && !tight.includes('-') && SENTENCE_PUNCTUATION.test(tight);
  return tight === '' || isSentence ? ' ' : tight;
}

/** The characters that are kept before a digit that follows no digit: a sign, a comparison, or nothing. */
function beforeDigit(gap: string, previous: number): string {
  const last = gap.at(-1) ?? '';
  const standsFree = gap.length > 1 || previous !== ALPHABETIC;
  if (standsFree && /[-−–‒]/.test(last)) return '-';
  if (standsFree && last === '+') return '+';
  if (/(?:^|\s)[.,]$/.test(gap) && previous !== ALPHABETIC && previous !== IDEOGRAPHIC) return last;
  return (gap.match(MATHEMATICAL) ?? []).filter((sign) => !/[+−]/.test(sign)).join('');
}

function joint(gap: string, previous: number, next: number): string {
  if (next === DIGIT) return previous === DIGIT ? betweenDigits(gap) : beforeDigit(gap, previous);
  if (previous !== DIGIT) return '';
  return /^\s*[^\P{Sm}|−]/u.exec(gap)?.[0].trim() ?? '';
}

/** Superscripts, circled numbers and fractions would join the digits beside them under NFKC: `10⁵` is not `105`. */
function separateRaisedDigits(text: string): string {
  return /\p{No}/u.test(text) ? text.replace(/(?<=\p{N})(?=\p{No})|(?<=\p{No})(?=\p{N})/gu, '^') : text;
}

/**
 * Reduces text to what counts when texts are compared: folded letters, marks and digits in order, nothing between words.
 *
 * @param text  Any text.
 * @returns     `foldText` without punctuation, symbols and spaces, except where they make a number another number:
 *              inside and before digits (`1.5`, `10-15`, `-5`, `<5`), and %, ‰, ° and currency signs.
 *
 * Pure. Errs towards keeping numbers apart: `10 000`, `10,000` and `10000` differ,
 * so do `图-160` and `图160`. Word boundaries are not content: `not able` and `notable` are one (CONTRACT: "space dropped").
 */
export function compactText(text: string): string {
  const folded = foldText(separateRaisedDigits(text));
  let result = '';
  // The kept part runs from `start` to `end`; the characters after `end` may be dropped.
  let start = 0;
  let end = 0;
  let previous = 0;
  for (let i = 0; i < folded.length; i += 1) {
    const here = classAt(folded, i);
    if (here === DROP) continue;
    if (i > end) {
      const isNumber = here === DIGIT || previous === DIGIT;
      result += folded.slice(start, end) + (isNumber ? joint(folded.slice(end, i), previous, here) : '');
      start = i;
    }
    if (folded.charCodeAt(i) >= 0xd800 && folded.charCodeAt(i) < 0xdc00) i += 1;
    end = i + 1;
    previous = here;
  }
  return result + folded.slice(start, end) + (previous === DIGIT ? joint(folded.slice(end), previous, DROP) : '');
}

/** The parts of an article that are compared. */
export type ComparableText = Pick<ExtractedArticle, 'title' | 'lead' | 'body' | 'dateline' | 'language'>;

/** Texts are compared by so many characters of theirs: ten times an article of usual length. One arrival is compared with up to 144 others. */
const COMPARED_CHARACTERS_MAX = 20_000;

/** As much of a text as is compared. */
export interface ComparedPart extends ComparableText {
  /** The text goes on: another one with an equal part need not be equal. */
  readonly isCut?: true;
}

/** @returns the beginning of a text, as much as is compared; a text of usual length itself. Pure, idempotent. */
export function comparedPart(text: ComparedPart): ComparedPart {
  const { title, lead, body, dateline, language } = text;
  const length = body.reduce((sum, block) => sum + block.text.length, title.length + (lead?.length ?? 0));
  if (length <= COMPARED_CHARACTERS_MAX) return text;
  let left = COMPARED_CHARACTERS_MAX;
  const take = (whole: string): string => {
    const part = whole.slice(0, left);
    left -= part.length;
    return part;
  };
  const [shownTitle, shownLead] = [take(title), lead === null ? null : take(lead)];
  const blocks: BodyBlock[] = [];
  for (let at = 0; at < body.length && left > 0; at += 1) {
    const block = body[at];
    if (block !== undefined) blocks.push({ ...block, text: take(block.text) });
  }
  return { title: shownTitle, lead: shownLead, body: blocks, dateline, language, isCut: true };
}

/** An article's text in the form in which texts are compared: folded, no punctuation, no spaces, no dateline. */
export interface ComparableForm {
  readonly title: string;
  /** The lead (if any) and the blocks in reading order; empty ones are left out. */
  readonly paragraphs: readonly string[];
  /** Lead and body as one text. Where the lead ends and the body begins is layout, not content. */
  readonly text: string;
}

export function withoutDateline(text: string, dateline: string): string {
  return text.startsWith(dateline) ? text.slice(dateline.length) : text;
}

/** Keeps "… in 2020" + "5 people …" from becoming one number. */
function join(paragraphs: readonly string[]): string {
  let last = '';
  const parts = paragraphs.map((paragraph) => {
    const part = /\p{N}/u.test(last) && /^\p{N}/u.test(paragraph) ? ` ${paragraph}` : paragraph;
    last = part.slice(-1);
    return part;
  });
  return parts.join('');
}

/**
 * @param article  Title, lead, body and dateline as read from the page.
 * @returns        The form that is compared; the dateline is dropped wherever a paragraph begins with it.
 *
 * Pure. Renditions of one text in the Simplified and the Traditional edition have the same form.
 */
export function comparableFormOf(article: ComparableText): ComparableForm {
  const dateline = compactText(article.dateline ?? '');
  const raw = article.lead === null ? [] : [article.lead];
  for (const block of article.body) raw.push(block.text);
  const paragraphs = raw.map((text) => withoutDateline(compactText(text), dateline)).filter((text) => text !== '');
  return { title: compactText(article.title), paragraphs, text: join(paragraphs) };
}

/** @returns the hash of a form that is already at hand; see `contentHashOf`. */
export function hashOfForm(form: ComparableForm): string {
  return `sha256:${hash('sha256', `${form.title}\n${form.text}`)}`;
}

/**
 * The identity of a text: two articles with the same hash are exact duplicates.
 *
 * @param text  An article's compared parts.
 * @returns     `sha256:<64 hex digits>` of the folded title, a newline, and the folded lead and body as one text.
 *
 * Pure. Equal under changes of white space, punctuation, case, width, Chinese script, paragraph breaks and dateline;
 * different under any change of a letter or number.
 */
export function contentHashOf(text: ComparableText): string {
  return hashOfForm(comparableFormOf(text));
}

/** 64 bits: tells the states of one article apart. */
const KEY_HEX_LENGTH = 16;

/**
 * Tells texts apart that a comparison may judge differently although they have one content hash: guards read capitals and signs, which the
 * hash does not. Links are decided again when it changes.
 *
 * @returns 16 hex digits of everything `compareTexts` reads. Pure.
 */
export function comparedKey({ title, lead, body, dateline, language }: ComparableText): string {
  const parts = [title, lead, body.map(({ text }) => text), dateline, language];
  return hash('sha256', JSON.stringify(parts)).slice(0, KEY_HEX_LENGTH);
}
