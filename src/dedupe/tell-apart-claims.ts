import { namesOf } from './names-of.js';
import { negationsOf } from './negations-of.js';
import { numbersOf } from './numbers-of.js';
import type { PreparedText } from './prepared-text.js';
import { squeezeText } from './squeeze-text.js';

/** Up to this length (in letters, an ideograph counting three) a text is a notice: its headline's claim is all of it. */
const NOTICE_LETTERS = 480;

/** Inflected or transliterated otherwise, a name keeps its first three letters, or one of its ideographs. */
function resemble(a: string, b: string): boolean {
  if (a.slice(0, 3) === b.slice(0, 3)) return true;
  return /\p{Script=Han}/u.test(a) && Array.from(a).some((character) => b.includes(character));
}

/** Names in this title that neither the other title nor the other text knows. */
function strangersIn(text: PreparedText, other: PreparedText): string[] {
  const known = namesOf(other.article.title).map(({ key }) => key);
  const theirs = other.form.title + other.form.text;
  return namesOf(text.article.title)
    .map(({ key }) => key)
    .filter((name) => !theirs.includes(squeezeText(name)) && !known.some((knownName) => resemble(name, knownName)));
}

/**
 * Tells whether two short notices that are alike in their words claim different things: of somebody else, the opposite,
 * or another count in the headline.
 *
 * @returns  true only if the shorter text is a notice and the titles differ in a number, a name or a negation.
 *
 * Pure and symmetric. Longer texts are not told apart so: there the same change is an edit of one article.
 */
export function tellApartByClaim(a: PreparedText, b: PreparedText): boolean {
  if (Math.min(a.letters, b.letters) > NOTICE_LETTERS) return false;
  const [x, y] = [a.article.title, b.article.title];
  if (numbersOf(x).join(' ') !== numbersOf(y).join(' ')) return true;
  if (negationsOf(x).length !== negationsOf(y).length) return true;
  return strangersIn(a, b).length > 0 && strangersIn(b, a).length > 0;
}
