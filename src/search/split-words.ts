/**
 * Scripts without spaces between words, which are searched by pairs of characters. Marks of length and repetition belong to words.
 */
const GRAM_SCRIPTS = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc\uff70\u3005`;
/** Characters within words that are not part of them: soft hyphens, joiners, Armenian marks of stress and question. */
const INVISIBLE = String.raw`\u00ad\u200b-\u200d\u2060\ufeff\u055a-\u055f`;
const APOSTROPHES = `'’ʼ`;
const INNER = String.raw`[[\p{L}\p{N}\p{M}${INVISIBLE}]--[${GRAM_SCRIPTS}]]`;
const FIRST = String.raw`[[\p{L}\p{N}]--[${GRAM_SCRIPTS}]]`;
const PIECE = new RegExp(`(?<grams>[${GRAM_SCRIPTS}]+)|${FIRST}${INNER}*(?:[${APOSTROPHES}]${INNER}+)*`, 'gv');
const INVISIBLES = new RegExp(`[${INVISIBLE}]`, 'g');
export const APOSTROPHE = new RegExp(`[${APOSTROPHES}]`);

/** A word, or a run of characters of a script without spaces, as it stands in a text. */
export interface Piece {
  readonly text: string;
  /** In UTF-16 units. */
  readonly start: number;
  readonly isGrams: boolean;
}

/**
 * Divides a text into the terms that are indexed, without punctuation and spaces. Adjacent digits and letters are one
 * word (`F16`); a hyphen divides (`图-160` is `图` and `160`).
 *
 * Pure; cost is linear.
 */
export function splitWords(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const found of text.matchAll(PIECE)) {
    pieces.push({ text: found[0], start: found.index, isGrams: found.groups?.['grams'] !== undefined });
  }
  return pieces;
}

/** Longest ending or article that an apostrophe sets off: `Armenia's`, `l'Arménie`, `they'll`. */
const CLITIC_MAX = 2;

/**
 * @returns the word without invisible characters, and without an article or ending that an apostrophe separates. Turkish and Azerbaijani
 *          separate all endings of a name like this. Any other two halves are one word (`O'Brien`).
 */
export function withoutClitics(word: string, language: string): string {
  const visible = word.replace(INVISIBLES, '');
  if (!APOSTROPHE.test(visible)) return visible;
  const halves = visible.split(APOSTROPHE).filter((half) => half !== '');
  const [first = '', second = ''] = halves;
  if (halves.length !== 2) return halves.join('');
  if (language === 'tr' || language === 'az') return first.length > CLITIC_MAX ? first : halves.join('');
  if (second.length <= CLITIC_MAX && first.length > CLITIC_MAX) return first;
  return first.length <= CLITIC_MAX && second.length > CLITIC_MAX ? second : halves.join('');
}
