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
