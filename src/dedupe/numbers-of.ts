import { foldText } from '../normalise/fold-text.js';
import type { Mention } from './names-of.js';
import { numberOfNumerals, numberOfWord } from './number-words.js';

const NUMBER =
  /(?<!\p{N})(?<!(?!\p{Script=Han})\p{L})[-−–](?=\p{N})|\p{N}+(?:[ \u00a0]\p{N}{3}(?!\p{N})|[.,:/]\p{N}+)*/gu;
const GROUPED = /^\p{N}{1,3}(?:([ .,])\p{N}{3})(?:\1\p{N}{3})*(?![\p{N}])/u;

/** `10 000`, `10,000` and `10.000` are written `10000`; a decimal sign is a point. */
function canonical(number: string): string {
  const grouped = GROUPED.exec(number)?.[0];
  const whole = grouped === undefined ? '' : grouped.replace(/[ .,]/g, '');
  return whole + number.slice(grouped?.length ?? 0).replaceAll(',', '.');
}

/** Numerals of two characters and more, or one before what is counted: alone they are parts of other words (`一起`, `周三`, `第三`). */
const NUMERALS =
  /(?<![第周期])(?:[〇零一二三四五六七八九十百千万亿两]{2,}|[二三四五六七八九十百千两](?=[人名位个岁天年月日点辆架艘枚发国方家度倍成次死伤]))/gu;
const WORD = /[\p{L}\p{M}]{2,}/gu;

interface Found extends Mention {
  readonly index: number;
}

function inDigits(folded: string): Found[] {
  const numbers: Found[] = [];
  let sign = '';
  for (const { 0: match, index } of folded.matchAll(NUMBER)) {
    if (/^[-−–]$/.test(match)) {
      sign = match;
    } else if (!match.includes('〇')) {
      numbers.push({ wording: sign + match, key: (sign === '' ? '' : '-') + canonical(match), index });
      sign = '';
    }
  }
  return numbers;
}

function inWords(folded: string): Found[] {
  const numbers: Found[] = [];
  for (const { 0: wording, index } of folded.matchAll(NUMERALS)) {
    numbers.push({ wording, key: String(numberOfNumerals(wording)), index });
  }
  for (const { 0: wording, index } of folded.matchAll(WORD)) {
    const number = numberOfWord(wording);
    if (number !== null) numbers.push({ wording, key: String(number), index });
  }
  return numbers;
}

/**
 * @param text  Any text.
 * @returns     The numbers in it, in reading order, repeats kept, a minus sign with its number: written in digits of any script, in
 *              Chinese numerals, or as a word for a small number in the languages of the editions. `key`: in European digits, groups
 *              joined, decimal comma as point (`-5`, `10000`, `1.5`, `16:30`); `三`, `three` and `3` have one key.
 *
 * Pure. Numbers that are composed of several words, and `one`, are not seen. Errs towards reading `1,234` as a thousand and more.
 */
export function numberMentionsOf(text: string): Mention[] {
  const folded = foldText(text);
  return [...inDigits(folded), ...inWords(folded)]
    .sort((a, b) => a.index - b.index)
    .map(({ wording, key }) => ({ wording, key }));
}

/** @returns the keys of `numberMentionsOf`. */
export function numbersOf(text: string): string[] {
  return numberMentionsOf(text).map(({ key }) => key);
}
