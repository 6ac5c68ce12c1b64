import { foldText } from '../normalise/fold-text.js';
import type { ComparableText } from './comparable-text.js';
import { numbersOf } from './numbers-of.js';
import { squeezeText } from './squeeze-text.js';

/** From so many replaced numbers on, and where they are at least half of all, two like texts report two events. */
const REPLACED_MIN = 2;
const REPLACED_SHARE = 0.5;

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
  /** Numbers of the paragraphs that the other text does not repeat word for word. */
  readonly own: ReadonlySet<string>;
  /** Days named in title and first two paragraphs. */
  readonly days: ReadonlySet<string>;
  /** The whole text with each number replaced by one sign. */
  readonly masked: string;
}

function numbersApart(article: ComparableText, other: ComparableText): Numbers {
  const theirs = new Set(blocksOf(other).map(squeezeText));
  const blocks = blocksOf(article).map((block) => withoutDateline(block, article.dateline));
  const ownBlocks = blocks.filter((block) => !theirs.has(squeezeText(block)));
  return {
    own: new Set(ownBlocks.flatMap(numbersOf)),
    days: daysOf(blocks.slice(0, 3).map(foldText).join('\n')),
    masked: blocks.map((block) => squeezeText(block).replace(/\p{N}+(?:[^\p{L}\p{M}%]\p{N}+)*/gu, '#')).join('\n'),
  };
}

function missingFrom(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...a].filter((member) => !b.has(member)).length;
}

/**
 * Tells whether two texts that are alike in their words report different events, by their numbers: the daily bulletin
 * with other counts, the notice for another day.
 *
 * @returns  `numbers`: at least two numbers, and half of those outside paragraphs that both repeat, are replaced by
 *           others; `day`: only numbers differ and a day of the month at the top is among them; else null.
 *
 * Pure and symmetric. Errs towards telling apart: a toll that was raised twice over makes two articles.
 */
export function tellApartByNumbers(a: ComparableText, b: ComparableText): 'numbers' | 'day' | null {
  const [x, y] = [numbersApart(a, b), numbersApart(b, a)];
  const replaced = Math.min(missingFrom(x.own, y.own), missingFrom(y.own, x.own));
  const fewest = Math.min(x.own.size, y.own.size);
  if (replaced >= REPLACED_MIN && replaced >= fewest * REPLACED_SHARE) return 'numbers';
  const dayReplaced = missingFrom(x.days, y.days) > 0 && missingFrom(y.days, x.days) > 0;
  return dayReplaced && x.masked === y.masked ? 'day' : null;
}
