import { buildHanClasses } from './han-classes.js';

/** How the table answers for a UTF-16 unit, apart from the unit that replaces it. */
const UNKNOWN = 0;
const NEEDS_CONTEXT = 0xffff;
const DROPPED = 0xfffe;
const EXPANDS = 0xfffd;

const hanClasses = buildHanClasses();
/** UTF-16 unit → folded unit or one of the marks above; filled as characters are met. */
const table = new Uint16Array(0x10000);
const expansions = new Map<number, string>();

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const HAN = /\p{Script=Han}/gu;
/** Arabic and Persian; the last hexadecimal digit of their codes is the number. */
const ARABIC_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
/** Marks, conjoining jamo and half-width katakana marks can join with the character before them; surrogates come in pairs. */
const JOINING = /[\p{M}\p{Cs}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f]/u;

/** The definition; `foldText` only does the same faster. */
function foldByDefinition(text: string): string {
  return text
    .normalize('NFKC')
    .replace(IGNORABLE, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/i\u0307+/g, 'i')
    .replaceAll('ς', 'σ')
    .replace(ARABIC_DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replaceAll('ي', 'ی')
    .replaceAll('ك', 'ک')
    .replace(HAN, (character) => hanClasses.get(character) ?? character)
    .normalize('NFKC')
    .replaceAll('եւ', 'եվ');
}

/** The last three units are taken by the marks; U+FFFD, the replacement character, is met on broken pages. */
function unitOf(folded: string): number {
  const unit = folded.charCodeAt(0);
  return unit >= EXPANDS ? NEEDS_CONTEXT : unit;
}

function learn(unit: number): number {
  const character = String.fromCharCode(unit);
  let entry = NEEDS_CONTEXT;
  if (!JOINING.test(character)) {
    const folded = foldByDefinition(character);
    if (folded === '') entry = DROPPED;
    else if (JOINING.test(folded)) entry = NEEDS_CONTEXT;
    else if (folded.length === 1) entry = unitOf(folded);
    else {
      expansions.set(unit, folded);
      entry = EXPANDS;
    }
  }
  // NUL folds to itself, which the table cannot tell from "unknown"; it is learned again each time, which is only slow.
  table[unit] = entry;
  return entry;
}

function unitsToString(units: Uint16Array, length: number): string {
  const chunk = 8192;
  let text = '';
  for (let start = 0; start < length; start += chunk) {
    // Not spread: that walks the units by their iterator, at several times the cost.
    text += Reflect.apply(
      String.fromCharCode,
      String,
      units.subarray(start, Math.min(start + chunk, length)),
    ) as string;
  }
  return text;
}

/**
 * Folds away what the same words may differ in: width and presentation forms, case, invisible characters, Chinese script.
 *
 * @param text  Any text, any script; unpaired surrogates stay as they are.
 * @returns     NFKC, case folded, default-ignorable characters gone, Han characters by the Simplified one of their
 *              class; punctuation and spaces are kept.
 *
 * Pure and idempotent; needs no locale: `I`, `İ`, `ı` and `i` all become `i`, so that a Turkish or Azerbaijani word folds
 * alike in capitals and small letters (errs towards calling `ı` and `i` one). Armenian `և`, `եւ` and capitals `ԵՎ` become `եվ`;
 * Arabic and Persian digits become European ones, the Arabic yeh and kaf the Persian.
 * Source: Unicode 3.13 (NFKC_Casefold), OpenCC dictionaries (see han-classes.ts).
 */
export function foldText(text: string): string {
  const units = new Uint16Array(text.length);
  let length = 0;
  let expanded: string | null = null;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    let entry = table[unit] ?? UNKNOWN;
    if (entry === UNKNOWN) entry = learn(unit);
    if (entry < EXPANDS) {
      units[length] = entry;
      length += 1;
    } else if (entry === EXPANDS) {
      expanded = (expanded ?? '') + unitsToString(units, length) + (expansions.get(unit) ?? '');
      length = 0;
    } else if (entry === NEEDS_CONTEXT) {
      return foldByDefinition(text);
    }
  }
  const folded = (expanded ?? '') + unitsToString(units, length);
  return folded.includes('ւ') ? folded.replaceAll('եւ', 'եվ') : folded;
}
