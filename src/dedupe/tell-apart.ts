import { ConverterBuilder } from 'opencc-js/core';
import { foldText } from '../normalise/fold-text.js';
import { type ComparableText, compactText, withoutDateline } from './comparable-text.js';
import { lettersOf, shinglesOf } from './fingerprint.js';
import { namesOf, negationsOf, numbersOf } from './mentions.js';
import { jaccard, type PreparedText } from './prepared-text.js';
import * as traditionalToSimplified from 'opencc-js/preset/t2cn';

/** From so many replaced numbers on, and where they are at least half of all, two like texts may report two events. */
const REPLACED_MIN = 2;
const REPLACED_SHARE = 0.5;
/** Texts that are alike to this share but for their numbers are filled in from one form. */
const ONE_FORM = 0.9;
/** Longer texts (in letters, an ideograph counting three) are no notices: another day in them is a correction. */
const DAY_NOTICE_LETTERS = 900;

const MONTHS = [
  'январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр',
  'january|february|march|april|may|june|july|august|september|october|november|december',
  'հունվար|փետրվար|մարտ|ապրիլ|մայիս|հունիս|հուլիս|օգոստոս|սեպտեմբեր|հոկտեմբեր|նոյեմբեր|դեկտեմբեր',
  'yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr',
].join('|');
/** A day of a month, in folded text: `4月12日`, `12 апреля`, `april 12`, `12 aprel`, `12.04`. */
const DAY = new RegExp(
  `(\\d{1,2})月(\\d{1,2})日|(\\d{1,2})日|(\\d{1,2})[ -]?(?:${MONTHS})|(?:${MONTHS})[^ ]{0,12} (\\d{1,2})(?!\\d)|(\\d{1,2})[./](\\d{1,2})[./]\\d{2,4}`,
  'gu',
);

function blocksOf(article: ComparableText): string[] {
  return [article.title, article.lead ?? '', ...article.body.map((block) => block.text)];
}

function daysOf(folded: string): Set<string> {
  return new Set(Array.from(folded.matchAll(DAY), (match) => match[0].replace(/[^\d月日./]/g, '')));
}

interface Numbers {
  /** Numbers of the title. */
  readonly title: ReadonlySet<string>;
  /** Numbers of the paragraphs that the other text does not repeat word for word. */
  readonly own: ReadonlySet<string>;
  /** Days named in title and first two paragraphs. */
  readonly days: ReadonlySet<string>;
  /** The whole text with each number replaced by one sign. */
  readonly masked: string;
}

function numbersApart(article: ComparableText, other: ComparableText): Numbers {
  const theirs = new Set(blocksOf(other).map(compactText));
  const blocks = blocksOf(article).map((block) => withoutDateline(block, article.dateline ?? ''));
  const ownBlocks = blocks.filter((block) => !theirs.has(compactText(block)));
  return {
    title: new Set(numbersOf(article.title)),
    own: new Set(ownBlocks.flatMap(numbersOf)),
    days: daysOf(blocks.slice(0, 3).map(foldText).join('\n')),
    masked: blocks.map((block) => compactText(block).replace(/\p{N}+(?:[^\p{L}\p{M}%]\p{N}+)*/gu, '#')).join('\n'),
  };
}

/** @returns how many members were replaced by others: missing on either side, the lesser count. */
function replacedCount(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const missing = (from: ReadonlySet<string>, to: ReadonlySet<string>): number =>
    [...from].filter((member) => !to.has(member)).length;
  return Math.min(missing(a, b), missing(b, a));
}

/**
 * Decides by their numbers whether two texts with similar words report different events, such as daily bulletins with
 * different counts, or notices for different days.
 *
 * @returns  `numbers`: at least two numbers, and half of those outside paragraphs that both repeat, are replaced by
 *           others, and so is one in the title or a day at the top, or nothing else differs; `day`: in a short text
 *           nothing but numbers differs, a day of the month at the top among them; else null.
 *
 * Pure and symmetric. Errs towards telling apart: a toll that was raised twice over makes two articles.
 */
export function tellApartByNumbers(a: ComparableText, b: ComparableText): 'numbers' | 'day' | null {
  const [x, y] = [numbersApart(a, b), numbersApart(b, a)];
  const otherDay = replacedCount(x.days, y.days) > 0;
  const replaced = replacedCount(x.own, y.own);
  const fewest = Math.min(x.own.size, y.own.size);
  if (replaced >= REPLACED_MIN && replaced >= fewest * REPLACED_SHARE) {
    if (otherDay || replacedCount(x.title, y.title) > 0) return 'numbers';
    if (jaccard(shinglesOf(x.masked), shinglesOf(y.masked)) >= ONE_FORM) return 'numbers';
  }
  return otherDay && x.masked === y.masked && lettersOf(x.masked) <= DAY_NOTICE_LETTERS ? 'day' : null;
}

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

/** A headline in which more ideographs than this differ was rewritten. */
const REPLACED_IDEOGRAPHS_MAX = 6;

/** The ideographs in which two headlines differ, each also with a neighbour; null if they differ in more than one stretch. */
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
 * Whether a word of the headline was replaced by another, and so it was in the text below: the text tells other news in the words of the
 * former. A headline that was only rewritten leaves the text as it is.
 */
function isReplacedThroughout(a: PreparedText, b: PreparedText): boolean {
  const whole = (text: PreparedText): string => text.form.title + text.form.text;
  const tells = (word: string, its: PreparedText, other: PreparedText): boolean =>
    its.form.text.includes(word) && !whole(other).includes(word);
  const [x, y] = [stemsOf(a.article.title), stemsOf(b.article.title)];
  if (x.some((stem) => tells(stem, a, b)) && y.some((stem) => tells(stem, b, a))) return true;
  const wordingOf = ({ article }: PreparedText): string => compactText(inCommonWording(article.title));
  const replaced = replacedIdeographs(wordingOf(a), wordingOf(b));
  if (replaced === null) return false;
  return replaced.ofA.some((form, i) => tells(form, a, b) && tells(replaced.ofB[i] ?? form, b, a));
}

/**
 * Decides whether two short notices with similar words make different claims: about another person, the opposite, or
 * another count in the headline.
 *
 * @returns  true only if the shorter text is a notice and the titles differ in a number, a name or a negation, or in a
 *           word that was replaced in the text as well (`confirms` for `welcomes`).
 *
 * Pure and symmetric. Longer texts are not separated in this way: in them, the same change is an edit of one article.
 */
export function tellApartByClaim(a: PreparedText, b: PreparedText): boolean {
  if (Math.min(a.letters, b.letters) > NOTICE_LETTERS) return false;
  const [x, y] = [a.article.title, b.article.title];
  if (numbersOf(x).join(' ') !== numbersOf(y).join(' ')) return true;
  if (negationsOf(x).length !== negationsOf(y).length) return true;
  if (strangersIn(a, b).length > 0 && strangersIn(b, a).length > 0) return true;
  return isReplacedThroughout(a, b);
}

let convert: ((text: string) => string) | null = null;

/**
 * @param text  A Chinese headline in any script, or any other text.
 * @returns     Taiwan's words as the mainland says them (`計程車` → `出租车`), as far as OpenCC's phrases know them. Other text as it is.
 *
 * Pure. Only words in Traditional writing are known. The tables are built when first needed (a tenth of a second).
 */
function inCommonWording(text: string): string {
  if (!/\p{Script=Han}/u.test(text)) return text;
  convert ??= ConverterBuilder(traditionalToSimplified)({ from: 'twp', to: 'cn' });
  return convert(text);
}
