import { stemmer as stemArabic } from '@orama/stemmers/arabic';
import { stemmer as stemArmenian } from '@orama/stemmers/armenian';
import { stemmer as stemEnglish } from '@orama/stemmers/english';
import { stemmer as stemFrench } from '@orama/stemmers/french';
import { stemmer as stemGerman } from '@orama/stemmers/german';
import { stemmer as stemGreek } from '@orama/stemmers/greek';
import { stemmer as stemHindi } from '@orama/stemmers/indian';
import { stemmer as stemItalian } from '@orama/stemmers/italian';
import { stemmer as stemPortuguese } from '@orama/stemmers/portuguese';
import { stemmer as stemRomanian } from '@orama/stemmers/romanian';
import { stemmer as stemRussian } from '@orama/stemmers/russian';
import { stemmer as stemSerbian } from '@orama/stemmers/serbian';
import { stemmer as stemSpanish } from '@orama/stemmers/spanish';
import { stemmer as stemTurkish } from '@orama/stemmers/turkish';
import { foldText } from '../normalise/fold-text.js';
import { LIGHT_STEMMERS } from './light-stemmers.js';
import { withoutClitics } from './split-words.js';

/** Raised whenever a text may get other terms than before; full texts of an older one are made again at the writer's next start. */
export const WORDS_VERSION = 1;

type Stem = (word: string) => string;

/**
 * Which stemmers a script's words may have been stemmed with: by the language of the text where that has one, else by the first. A word that
 * is looked for is stemmed with each.
 */
const STEMMERS: readonly {
  readonly script: RegExp;
  readonly byLanguage: Readonly<Record<string, Stem>>;
}[] = [
  {
    script: /\p{Script=Latin}/u,
    byLanguage: {
      en: stemEnglish,
      fr: stemFrench,
      es: stemSpanish,
      pt: stemPortuguese,
      tr: stemTurkish,
      az: LIGHT_STEMMERS.az,
      de: stemGerman,
      it: stemItalian,
      ro: stemRomanian,
      sr: stemSerbian,
    },
  },
  { script: /\p{Script=Cyrillic}/u, byLanguage: { ru: stemRussian, sr: stemSerbian } },
  { script: /\p{Script=Armenian}/u, byLanguage: { hy: stemArmenian } },
  { script: /\p{Script=Arabic}/u, byLanguage: { ar: stemArabic, fa: LIGHT_STEMMERS.fa } },
  { script: /\p{Script=Georgian}/u, byLanguage: { ka: LIGHT_STEMMERS.ka } },
  { script: /\p{Script=Greek}/u, byLanguage: { el: stemGreek } },
  { script: /\p{Script=Devanagari}/u, byLanguage: { hi: stemHindi } },
];

/** Every language that has a stemmer. */
export const STEMMED_LANGUAGES: readonly string[] = [
  ...new Set(STEMMERS.flatMap(({ byLanguage }) => Object.keys(byLanguage))),
];

/** A longer word is looked up by its beginning. */
const WORD_LENGTH_MAX = 64;
/** Words whose terms are remembered, per language; some 100 bytes each. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<string, Map<string, string>>();

/**
 * @param word      As {@link splitWords} found it; no run of grams.
 * @param language  Of the text that it stands in, BCP 47.
 * @returns         The term under which all forms of the word are found: `ru:армен`; words that no stemmer is for, and figures, as they
 *                  are, folded.
 *
 * Pure (what it remembers changes no answer).
 */
export function stemWord(word: string, language: string): string {
  const short = word.length > WORD_LENGTH_MAX ? word.slice(0, WORD_LENGTH_MAX) : word;
  let terms = remembered.get(language);
  if (terms === undefined || terms.size >= REMEMBERED_MAX)
    remembered.set(language, (terms = new Map<string, string>()));
  let term = terms.get(short);
  if (term === undefined) terms.set(short, (term = termOf(short, language)));
  return term;
}

function termOf(word: string, language: string): string {
  const own = language.split('-', 1)[0] ?? '';
  const stemmers = STEMMERS.find(({ script }) => script.test(word))?.byLanguage;
  if (stemmers === undefined) return plain(foldText(withoutClitics(word, own)));
  const chosen = own in stemmers ? own : (Object.keys(stemmers)[0] ?? '');
  const lower = lowerCase(withoutClitics(word, chosen), chosen);
  const stem = stemmers[chosen]?.(lower) ?? lower;
  return `${chosen}:${plain(foldText(stem === '' ? lower : stem))}`;
}

/** Stemmers want small letters of their own alphabet; folding would take the difference of `ı` and `i`, and Arabic letters, from them. */
function lowerCase(word: string, language: string): string {
  if (language === 'tr' || language === 'az') {
    return word.normalize('NFC').replaceAll('İ', 'i').replaceAll('I', 'ı').toLowerCase();
  }
  if (language === 'ar') return word.normalize('NFKC');
  const lower = foldText(word);
  return language === 'ru' ? lower.replaceAll('ё', 'е') : lower;
}

/** Accents and vowel signs that people leave out; `й` and the vowels of Indian scripts are letters. */
function plain(term: string): string {
  return term
    .normalize('NFD')
    .replace(
      /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Arabic}]\p{Mn}*)\p{Mn}|(?<=\p{Script=Cyrillic})\u0301/gu,
      '',
    )
    .normalize('NFC')
    .replaceAll('ə', 'e');
}
