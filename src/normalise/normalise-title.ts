import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import { disagreement, type Field } from './field.js';

const TITLE_LENGTH_MAX = 5_000;
/** " - 10.05.2024, Sputnik International": what the site adds in `<title>`. */
const SUFFIX = /\s[-–—|]\s(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{4}年\d{1,2}月\d{1,2}日)[,，]\s[^,，]{2,60}$/u;

/** The first title found, on one line. Titles that differ in more than punctuation and blanks are disagreements. */
export function normaliseTitle(reading: PageFields): Field<string> {
  const titles = reading.titles
    .map(({ value, source }) => ({
      value: source === 'page title' ? titleOf(value).replace(SUFFIX, '') : titleOf(value),
      source,
    }))
    .filter(({ value }) => value !== '');
  const [chosen] = titles;
  if (chosen === undefined) return { value: '', source: null, disagreements: [] };
  const disagreements = titles
    .filter(({ value }) => value !== chosen.value && lettersOf(value) !== lettersOf(chosen.value))
    .map(({ value, source }) =>
      disagreement('title', chosen.value, value, `${source} is less trusted than ${chosen.source}`),
    );
  return { ...chosen, disagreements };
}

function titleOf(value: string): string {
  return cleanText(value.slice(0, TITLE_LENGTH_MAX)).replace(/[\n\t]+/g, ' ');
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
