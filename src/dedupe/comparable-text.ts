import { createHash } from 'node:crypto';
import type { ExtractedArticle } from '../domain/extraction.js';
import { compactText } from './compact-text.js';

/** The parts of an article that are compared. */
export type ComparableText = Pick<ExtractedArticle, 'title' | 'lead' | 'body' | 'dateline' | 'language'>;

/** An article's text in the form in which texts are compared: folded, no punctuation, no spaces, no dateline. */
export interface ComparableForm {
  readonly title: string;
  /** The lead (if any) and the blocks in reading order; empty ones are left out. */
  readonly paragraphs: readonly string[];
  /** Lead and body as one text. Where the lead ends and the body begins is layout, not content. */
  readonly text: string;
}

function withoutDateline(compacted: string, dateline: string): string {
  return dateline !== '' && compacted.startsWith(dateline) ? compacted.slice(dateline.length) : compacted;
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
  return `sha256:${createHash('sha256').update(`${form.title}\n${form.text}`, 'utf8').digest('hex')}`;
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
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_HEX_LENGTH);
}
