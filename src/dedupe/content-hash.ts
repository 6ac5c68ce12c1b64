import { createHash } from 'node:crypto';
import { comparableFormOf, type ComparableForm, type ComparableText } from './comparable-text.js';

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
