import { foldText } from '../normalise/fold-text.js';
import { inCommonWording } from './common-wording.js';
import { namesOf } from './names-of.js';
import { negationsOf } from './negations-of.js';
import { numbersOf } from './numbers-of.js';
import type { PreparedText } from './prepared-text.js';
import { compactText } from './compact-text.js';

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
    .filter((name) => !theirs.includes(compactText(name)) && !known.some((knownName) => resemble(name, knownName)));
}

/** Words of fewer letters are particles; inflected otherwise, a word keeps its first five. */
const WORD_LETTERS_MIN = 3;
const STEM_LETTERS = 5;

function stemsOf(title: string): string[] {
  const words = foldText(title).match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.filter((word) => word.length >= WORD_LETTERS_MIN).map((word) => word.slice(0, STEM_LETTERS));
}

/** A headline in which more ideographs than this differ was written anew. */
const REPLACED_IDEOGRAPHS_MAX = 6;

/** What stands in one place of a headline and what in the other, each also with a neighbour; null if more than that differs. */
function replacedIdeographs(a: string, b: string): { readonly ofA: string[]; readonly ofB: string[] } | null {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const isOne = x !== '' && y !== '' && Math.max(x.length, y.length) <= REPLACED_IDEOGRAPHS_MAX;
  // What shares a character is another spelling of one name, or the other region's word.
  if (!isOne || !/\p{Script=Han}/u.test(x + y) || Array.from(x).some((character) => y.includes(character))) return null;
  const forms = (title: string): string[] => [
    title.slice(start, title.length - end),
    title.slice(start, title.length - end + 1),
    title.slice(Math.max(0, start - 1), title.length - end),
  ];
  return { ofA: forms(a), ofB: forms(b) };
}

/**
 * Whether a word of the headline was replaced by another, and so it was in the text below: the news is another, in the words of the former.
 * A headline that was only written anew leaves the text as it is.
 */
function isReplacedThroughout(a: PreparedText, b: PreparedText): boolean {
  const whole = (text: PreparedText): string => text.form.title + text.form.text;
  const tells = (word: string, its: PreparedText, other: PreparedText): boolean =>
    its.form.text.includes(word) && !whole(other).includes(word);
  const [x, y] = [stemsOf(a.article.title), stemsOf(b.article.title)];
  if (x.some((stem) => tells(stem, a, b)) && y.some((stem) => tells(stem, b, a))) return true;
  const [ours, theirs] = [a, b].map(({ article }) => compactText(inCommonWording(article.title))) as [string, string];
  const replaced = replacedIdeographs(ours, theirs);
  if (replaced === null) return false;
  return replaced.ofA.some((form, i) => tells(form, a, b) && tells(replaced.ofB[i] ?? form, b, a));
}

/**
 * Tells whether two short notices that are alike in their words claim different things: of somebody else, the opposite,
 * or another count in the headline.
 *
 * @returns  true only if the shorter text is a notice and the titles differ in a number, a name or a negation, or in a word that
 *           was replaced in the text as well (`confirms` for `welcomes`).
 *
 * Pure and symmetric. Longer texts are not told apart so: there the same change is an edit of one article.
 */
export function tellApartByClaim(a: PreparedText, b: PreparedText): boolean {
  if (Math.min(a.letters, b.letters) > NOTICE_LETTERS) return false;
  const [x, y] = [a.article.title, b.article.title];
  if (numbersOf(x).join(' ') !== numbersOf(y).join(' ')) return true;
  if (negationsOf(x).length !== negationsOf(y).length) return true;
  if (strangersIn(a, b).length > 0 && strangersIn(b, a).length > 0) return true;
  return isReplacedThroughout(a, b);
}
