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
import { APOSTROPHE, withoutClitics } from './split-words.js';

/** Endings of words, by their position behind the stem. At most one ending of each slot is removed, the last slot first. */
interface Endings {
  readonly slots: readonly (readonly string[])[];
  /** The least letters that a stem keeps. */
  readonly stemMin: number;
  /** Last letter of a stem → its letter in the index, because endings change it. */
  readonly alternations?: Readonly<Record<string, string>>;
}

const words = (text: string): string[] => text.split(' ').sort((a, b) => b.length - a.length);

/**
 * Nouns: plural, possessive, case. The Turkish stemmer fails on Azerbaijani: `prezidenti` becomes `prezi`, and `ə` does not count as a vowel.
 * An `n` or a vowel before an ending may belong to the word (`Azərbaycan-ın`) or to the ending (`Bakı-nın`), so it is always removed.
 */
const AZERBAIJANI: Endings = {
  slots: [
    words('ı i u ü'),
    words('ya yə a ə'),
    words('lar lər'),
    words('ımız imiz umuz ümüz ınız iniz unuz ünüz sı si su sü ı i u ü'),
    words('n'),
    words('ın in un ün dan dən da də ya yə nı ni nu nü yı yi yu yü na nə sı si su sü ı i u ü a ə yla ylə'),
    words('dır dir dur dür kı ki'),
  ],
  stemMin: 3,
  alternations: { ğ: 'q', y: 'k' },
};

/**
 * Nouns: article, case, plural, and the endings of abstract nouns. The Armenian stemmer, which runs next, would leave them on short words:
 * `գնացքը` and `գնացք` would stay different.
 */
const ARMENIAN: Endings = {
  slots: [
    words('ություն ության ությամբ ությու ությա'),
    words('ն'),
    words('եր ներ'),
    words('ն'),
    words('ի ու ում ից ով ուց'),
    words('ը ն ս դ'),
  ],
  stemMin: 3,
};

/** Nouns: plural, case, postposition, as Georgian writes them together. */
const GEORGIAN: Endings = {
  slots: [
    words('ებ'),
    words('ისა ის ით ითა ად ადა მა სა ს ი ო ა ე თა ნი'),
    words('თვის ში ზე თან დან მდე კენ ვით ც აც'),
  ],
  stemMin: 3,
};

/** Nouns: plural, possessive, the article of relative clauses. Joiners are removed before, so that endings touch the word. */
const PERSIAN: Endings = {
  slots: [words('ها های هایی ان ات ین'), words('مان تان شان اش ام ات ی'), words('ی را')],
  stemMin: 3,
};

function stripper({ slots, stemMin, alternations = {} }: Endings): (word: string) => string {
  const slotsFromEnd = [...slots].reverse();
  return (word) => {
    let stem = word;
    for (const endings of slotsFromEnd) {
      const ending = endings.find((one) => stem.endsWith(one) && stem.length - one.length >= stemMin);
      if (ending !== undefined) stem = stem.slice(0, -ending.length);
    }
    const last = stem.at(-1) ?? '';
    return stem.slice(0, -1) + (alternations[last] ?? last);
  };
}

/** Our own stemmers, for languages without a good one in the Snowball family. */
const LIGHT_STEMMERS: Readonly<Record<'az' | 'hy' | 'ka' | 'fa', (word: string) => string>> = {
  az: stripper(AZERBAIJANI),
  hy: stripper(ARMENIAN),
  ka: stripper(GEORGIAN),
  fa: stripper(PERSIAN),
};

/** Raised whenever a text may get different terms. The writer's next start then rebuilds the full text. */
export const WORDS_VERSION = 2;

type Stem = (word: string) => string;

/**
 * The Arabic article with the words that are joined to it: and, with, like, for. The stemmer removes only some of them,
 * and removes another ending as well.
 */
const ARABIC_ARTICLE = /^[وف]?(?:ال|بال|كال|لل)(?=.{3})/u;

/**
 * The stemmers of each script. A word of a text is stemmed by the language of the text, or else by the first stemmer. A word of a query is
 * stemmed by each.
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
  { script: /\p{Script=Armenian}/u, byLanguage: { hy: (word) => stemArmenian(LIGHT_STEMMERS.hy(word)) } },
  {
    script: /\p{Script=Arabic}/u,
    byLanguage: { ar: (word) => stemArabic(word.replace(ARABIC_ARTICLE, '')), fa: LIGHT_STEMMERS.fa },
  },
  { script: /\p{Script=Georgian}/u, byLanguage: { ka: LIGHT_STEMMERS.ka } },
  { script: /\p{Script=Greek}/u, byLanguage: { el: stemGreek } },
  { script: /\p{Script=Devanagari}/u, byLanguage: { hi: stemHindi } },
];

/** Every language that has a stemmer. */
export const STEMMED_LANGUAGES: readonly string[] = [
  ...new Set(STEMMERS.flatMap(({ byLanguage }) => Object.keys(byLanguage))),
];

/** Of a longer word only the beginning is indexed. */
const WORD_LENGTH_MAX = 64;
/** The terms of a word in the index. */
interface Stemmed {
  /** The term of all forms of the word: `ru:армен`. Words without a stemmer and numbers are only folded. */
  readonly term: string;
  /** The term of the word without accents, if it is different: stemmers recognise endings by their accents. */
  readonly unaccented: string | null;
}

/** Words in each of the two generations of the cache, of all languages together. A word takes about 200 bytes, so both take at most 12 MB. */
const REMEMBERED_MAX = 30_000;
type Remembered = Map<string, Map<string, Stemmed>>;
let young: Remembered = new Map();
let old: Remembered = young;
let youngCount = 0;

/**
 * @param word      As {@link splitWords} found it; no run of grams.
 * @param language  Language of the text, BCP 47. Pure (its cache does not change results).
 */
export function stemWord(word: string, language: string): Stemmed {
  const short = word.length > WORD_LENGTH_MAX ? word.slice(0, WORD_LENGTH_MAX) : word;
  const known = young.get(language)?.get(short);
  if (known !== undefined) return known;
  const kept = ownCopy(short);
  const stemmed = old.get(language)?.get(kept) ?? stemOf(kept, language);
  if (youngCount >= REMEMBERED_MAX) {
    old = young;
    young = new Map();
    youngCount = 0;
  }
  const words = young.get(language) ?? new Map<string, Stemmed>();
  young.set(language, words.set(kept, stemmed));
  youngCount += 1;
  return stemmed;
}

const LATIN = /^[\0-\xff]*$/;

/** A copy of the word. A slice of a text would keep the whole text in memory for as long as it is cached. */
function ownCopy(word: string): string {
  const encoding = LATIN.test(word) ? 'latin1' : 'utf16le';
  return Buffer.from(word, encoding).toString(encoding);
}

function stemOf(word: string, language: string): Stemmed {
  const term = termOf(word, language);
  const bare = withoutAccents(word);
  const unaccented = bare === word ? term : termOf(bare, language);
  return { term, unaccented: unaccented === term ? null : unaccented };
}

function termOf(word: string, language: string): string {
  const own = language.split('-', 1)[0] ?? '';
  const stemmers = STEMMERS.find(({ script }) => script.test(word))?.byLanguage;
  if (stemmers === undefined) return withoutAccents(foldText(withoutClitics(word, own)));
  const chosen = own in stemmers ? own : (Object.keys(stemmers)[0] ?? '');
  const lower = lowerCase(withoutClitics(word, chosen), chosen);
  const stem = stemmers[chosen]?.(lower) ?? lower;
  return `${chosen}:${withoutAccents(foldText(stem === '' ? lower : stem))}`;
}

/** Stemmers need lower-case letters of their own alphabet. Folding would remove the difference of `ı` and `i`, and change Arabic letters. */
function lowerCase(word: string, language: string): string {
  if (language === 'tr' || language === 'az') {
    return word.normalize('NFC').replaceAll('İ', 'i').replaceAll('I', 'ı').toLowerCase();
  }
  if (language === 'ar') return word.normalize('NFKC').replace(/[\u064b-\u065f\u0670\u0640]/g, '');
  const lower = foldText(word);
  return language === 'ru' ? lower.replaceAll('ё', 'е') : lower;
}

/** @returns text without the accents and vowel signs that people leave out; `й` and the vowels of Indian scripts are letters. Pure. */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(
      /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Arabic}]\p{Mn}{0,7})\p{Mn}|(?<=\p{Script=Cyrillic})\u0301/gu,
      '',
    )
    .normalize('NFC')
    .replaceAll('ə', 'e');
}

const initials = new Map<string, string>();

/**
 * Whether the term of a word may begin with one of these letters. Does not run the stemmer, which takes a hundred times as long. Errs towards
 * yes. Pure.
 *
 * @param firstLetters  Of terms, as {@link firstLetterOf} gives them.
 */
export function mayBegin(word: string, language: string, firstLetters: ReadonlySet<string>): boolean {
  // Arabic stemming removes words that are joined to the beginning, and Serbian stemming changes the script.
  if (language.startsWith('sr') || APOSTROPHE.test(word) || /\p{Script=Arabic}/u.test(word)) return true;
  const letter = String.fromCodePoint(word.codePointAt(0) ?? 0);
  let initial = initials.get(letter);
  if (initial === undefined) initials.set(letter, (initial = firstLetterOf(withoutAccents(foldText(letter)))));
  return firstLetters.has(initial);
}

/** @returns the first letter of the stem in a term. */
export function firstLetterOf(term: string): string {
  return String.fromCodePoint(term.codePointAt(term.indexOf(':') + 1) ?? 0);
}
