import { foldText } from '../normalise/fold-text.js';
import type { Mention } from './names-of.js';

const NUMBER =
  /(?<!\p{N})(?<!(?!\p{Script=Han})\p{L})[-−–](?=\p{N})|\p{N}+(?:[ \u00a0]\p{N}{3}(?!\p{N})|[.,:/]\p{N}+)*/gu;
const GROUPED = /^\p{N}{1,3}(?:([ .,])\p{N}{3})(?:\1\p{N}{3})*(?![\p{N}])/u;

/** `10 000`, `10,000` and `10.000` are written `10000`; a decimal sign is a point. */
function canonical(number: string): string {
  const grouped = GROUPED.exec(number)?.[0];
  const whole = grouped === undefined ? '' : grouped.replace(/[ .,]/g, '');
  return whole + number.slice(grouped?.length ?? 0).replaceAll(',', '.');
}

/**
 * @param text  Any text.
 * @returns     The numbers written in digits, in reading order, repeats kept, a minus sign with its number. `key`: digit
 *              groups joined, decimal comma as point (`-5`, `10000`, `1.5`, `16:30`).
 *
 * Pure. Numbers in words (`пять`, `五`) are not seen. Errs towards reading `1,234` as a thousand and more.
 */
export function numberMentionsOf(text: string): Mention[] {
  const numbers: Mention[] = [];
  let sign = '';
  for (const [match] of foldText(text).matchAll(NUMBER)) {
    if (/^[-−–]$/.test(match)) {
      sign = match;
    } else {
      numbers.push({ wording: sign + match, key: (sign === '' ? '' : '-') + canonical(match) });
      sign = '';
    }
  }
  return numbers;
}

/** @returns the keys of `numberMentionsOf`. */
export function numbersOf(text: string): string[] {
  return numberMentionsOf(text).map(({ key }) => key);
}
