import { foldText } from '../normalise/fold-text.js';
import type { ComparableText } from './comparable-text.js';
import { numbersOf } from './numbers-of.js';
import { jaccard } from './prepared-text.js';
import { lettersOf, shinglesOf } from './shingles.js';
import { compactText } from './compact-text.js';

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
  `(\\d{1,2})月(\\d{1,2})日|(\\d{1,2})日|(\\d{1,2})[ -]?(?:${MONTHS})|(?:${MONTHS})[^ ]* (\\d{1,2})(?!\\d)|(\\d{1,2})[./](\\d{1,2})[./]\\d{2,4}`,
  'gu',
);

function blocksOf(article: ComparableText): string[] {
  return [article.title, article.lead ?? '', ...article.body.map((block) => block.text)];
}

function daysOf(folded: string): Set<string> {
  return new Set(Array.from(folded.matchAll(DAY), (match) => match[0].replace(/[^\d月日./]/g, '')));
}

function withoutDateline(text: string, dateline: string | null): string {
  return dateline !== null && text.startsWith(dateline) ? text.slice(dateline.length) : text;
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
  const blocks = blocksOf(article).map((block) => withoutDateline(block, article.dateline));
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
 * Tells whether two texts that are alike in their words report different events, by their numbers: the daily bulletin
 * with other counts, the notice for another day.
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
