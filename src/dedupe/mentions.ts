import { foldText } from '../normalise/fold-text.js';
import { compactText } from './comparable-text.js';

// What a text mentions, found by patterns: numbers, names, negations, quotations. All pure.

/** Something that a text names, in its original form and in the form in which it is compared. */
export interface Mention {
  readonly wording: string;
  readonly key: string;
}

/**
 * Words for small numbers, `one` left out since it is an article as well; those that decline in the forms that news uses. Two and
 * more words of one language may stand for one number.
 */
const NUMBER_WORDS: Readonly<Record<number, string>> = {
  2: 'two два две двух двое двум երկու երկուսը iki dos deux دو اثنان اثنين ორი',
  3: 'three три трёх трех трое трём երեք երեքը üç tres trois سه ثلاثة ثلاث სამი',
  4: 'four четыре четырёх четырех четверо չորս dört dörd cuatro quatre چهار أربعة أربع ოთხი',
  5: 'five пять пяти пятеро пятерых հինգ beş cinco cinq پنج خمسة خمس ხუთი',
  6: 'six шесть шести шестеро վեց altı seis شش ستة ست ექვსი',
  7: 'seven семь семи семеро յոթ yedi yeddi siete sept هفت سبعة سبع შვიდი',
  8: 'eight восемь восьми ութ sekiz səkkiz ocho huit هشت ثمانية ثماني რვა',
  9: 'nine девять девяти ինը ինն dokuz doqquz nueve neuf نه تسعة تسع ცხრა',
  10: 'ten десять десяти տասը տասն on diez dix ده عشرة عشر ათი',
  11: 'eleven одиннадцать տասնմեկ once onze یازده თერთმეტი',
  12: 'twelve двенадцать տասներկու doce douze دوازده თორმეტი',
  15: 'fifteen пятнадцать տասնհինգ quince quinze پانزده',
  20: 'twenty двадцать քսան yirmi iyirmi veinte vingt بیست عشرون عشرين ოცი',
  30: 'thirty тридцать երեսուն otuz treinta trente سی ثلاثون ثلاثين',
  40: 'forty сорок քառասուն kırk qırx cuarenta quarante چهل أربعون',
  50: 'fifty пятьдесят հիսուն elli əlli cincuenta cinquante پنجاه خمسون',
};
/** Short words of one language that are other words of another. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['on', 'once', 'نه', 'six', 'dix']);

const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries(NUMBER_WORDS).flatMap(([value, words]) =>
    words
      .split(' ')
      .filter((word) => !AMBIGUOUS.has(word))
      .map((word): [string, number] => [foldText(word), Number(value)]),
  ),
);

/** @returns the number that a folded word stands for, null if it is none. */
function numberOfWord(foldedWord: string): number | null {
  return NUMBERS.get(foldedWord) ?? null;
}

const DIGITS = '零一二三四五六七八九';
const UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1_000, 万: 10_000, 亿: 100_000_000 };

/** @returns the number that Chinese numerals stand for (`三十五`, `两百`, `二〇二四`), folded or not. Pure. */
function numberOfNumerals(numerals: string): number {
  let [total, section, digit] = [0, 0, 0];
  let isPositional = true;
  for (const character of foldText(numerals).replaceAll('〇', '零').replaceAll('两', '二')) {
    const value = DIGITS.indexOf(character);
    const unit = UNITS[character];
    if (value >= 0) {
      digit = isPositional ? digit * 10 + value : value;
    } else if (unit !== undefined) {
      if (unit >= 10_000) {
        total = (total + section + digit) * unit;
        section = 0;
      } else section += (digit === 0 ? 1 : digit) * unit;
      digit = 0;
      isPositional = false;
    }
  }
  return total + section + digit;
}

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
 * Numerals of two or more characters, or one before a counted noun; a single one is often part of another word (`一起`,
 * `周三`, `第三`).
 */
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

/** Characters that Chinese transliteration of foreign names is mostly written with, in folded form. */
const TRANSLITERATION =
  '阿埃艾安奥巴贝拜比彼别波伯勃博布查达戴丹德登迪蒂顿多厄恩尔法菲费弗佛夫福盖戈格根贡古哈海赫亨霍基吉加贾杰金卡凯康考柯科克库拉莱兰朗劳勒雷里利莉林隆卢鲁伦罗洛马迈曼梅门蒙米明莫姆穆纳奈内尼涅诺努帕潘佩皮普奇恰乔切丘瑞若萨塞桑瑟沙尚舍什斯司索苏塔泰坦汤特提廷托图瓦万维韦温沃乌西希夏肖谢辛休雅亚扬耶叶伊依英尤扎泽詹兹疆佐珍娜娃莎丝';
const DOT = '[·•・‧]';
const DOTS = /[·•・‧]/g;
const TRANSLITERATED = new RegExp(
  `[${TRANSLITERATION}]{3,}(?:${DOT}[${TRANSLITERATION}]{2,})*|\\p{Script=Han}{2,6}${DOT}\\p{Script=Han}{2,6}`,
  'gu',
);
const CAPITALISED = /(?<![\p{L}\p{M}])\p{Lu}[\p{L}\p{M}’'-]+/gu;
const SMALL_WORD = /(?<![\p{L}\p{M}])\p{Ll}[\p{L}\p{M}’'-]+/gu;
/** The characters before the first word of a sentence. */
const SENTENCE_START = /(?:^|[.!?…:։:\n]|[.!?…]["»”])[\s"«„“(—–-]{0,8}$/u;
/** Shorter first words of a sentence are taken for particles and pronouns. */
const FIRST_WORD_LETTERS = 4;

function isPlainFirstWord(text: string, match: RegExpExecArray, smallWords: ReadonlySet<string>): boolean {
  if (numberOfWord(foldText(match[0])) !== null) return true;
  if (!SENTENCE_START.test(text.slice(Math.max(0, match.index - 8), match.index))) return false;
  return match[0].length < FIRST_WORD_LETTERS || smallWords.has(match[0].toLowerCase());
}

/** Folded so that positions in the fold are positions in the text: character by character where folding changes lengths. */
function foldInPlace(text: string): string {
  const whole = foldText(text);
  if (whole.length === text.length) return whole;
  let folded = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = foldText(text.charAt(i));
    folded += character.length === 1 ? character : text.charAt(i);
  }
  return folded;
}

function transliterations(text: string): Mention[] {
  if (!/\p{Script=Han}/u.test(text)) return [];
  return Array.from(foldInPlace(text).matchAll(TRANSLITERATED), ({ 0: match, index }) => ({
    wording: text.slice(index, index + match.length),
    key: match.replace(DOTS, ''),
  }));
}

/**
 * @param text  Any text.
 * @returns     What looks like a name, in reading order, repeats kept: capitalised words of two letters and more; in
 *              Chinese, parts joined by a middle dot and runs of three and more transliteration characters.
 *
 * Pure. Without a dictionary it errs both ways: the first word of a sentence may pass for a name (if it has four letters
 * and the text does not also use it in small letters); scripts without capitals other than Chinese have no names; Chinese
 * names in two or three native characters, and short transliterations such as 普京, are missed.
 */
export function namesOf(text: string): Mention[] {
  const smallWords = new Set(text.match(SMALL_WORD));
  const capitalised = Array.from(text.matchAll(CAPITALISED)).filter(
    (match) => !isPlainFirstWord(text, match, smallWords),
  );
  const names = capitalised.map(([wording]) => ({ wording, key: foldText(wording) }));
  return [...names, ...transliterations(text)];
}

const NEGATING_IDEOGRAPHS = /[不没未无非否勿莫驳]|拒绝|ない|ません|なかった/gu;
/** Words that deny, whole. */
const NEGATIONS = [
  'не|ни|нет|нельзя|никто|ничего|никогда|без',
  "not|no|never|none|nobody|nothing|neither|nor|cannot|without|\\p{L}+n['’]t",
  'ոչ|չի|չեն|չէ|չէր|չէին|չկա|չկան|չեմ|չենք|առանց|չ\\p{L}{3,}',
  'deyil|yox|heç|nə|değil|yok|hiç',
  'pas|jamais|aucun|aucune|sans|nunca|ningún|ninguna|ninguno|sin',
  'لا|لم|لن|ليس|لیس|ليست|لیست|بدون|نه|نیست|نبود|نشد|نمي\\p{L}*|نمی\\p{L}*',
  'არ|ვერ|ნუ|არა|აღარ|ვეღარ',
];
/** The beginnings of words of denial. */
const DENIALS = [
  'опроверг|отрица|отверг|отказ',
  'den(?:y|i(?:es|ed|al))|refut|reject|refus',
  'հերք|ժխտ|մերժ',
  'təkzib|inkar|yalanla|reddet|rədd',
  'dément|dementi|démenti|réfut|nie|rejet|refus|desm[ie]|niega|negó|nega|rechaz',
  'تنفی|نفی|نفت|ینفی|تکذیب|رفض|ترفض|یرفض|رد',
  'უარ',
];
/** Negative forms of Azerbaijani and Turkish verbs: `-məyəcək`, `-madı`, `-mıyor`. */
const SUFFIXED = '\\p{L}{2,}m(?:[aəe](?:y[aəe]c[aəe][kq]|y[iu]b|di|miş|z)|[iuü]yor)\\p{L}*';
const NEGATION = new RegExp(
  `(?<![\\p{L}\\p{M}])(?:(?:${NEGATIONS.join('|')})(?![\\p{L}\\p{M}])|(?:${DENIALS.join('|')})\\p{L}*|${SUFFIXED})`,
  'gu',
);

/**
 * @param text  Any text.
 * @returns     The words and characters that deny, in reading order per kind: not, no, never, and verbs such as `denies`, in the
 *              languages of the editions.
 *
 * Pure. Chinese characters are counted wherever they stand (`不` in `不久` too), and other words that begin like a denial are taken
 * for one: errs towards seeing one. It is only ever compared between two headlines of like texts.
 */
export function negationsOf(text: string): string[] {
  const folded = foldText(text);
  return [...folded.matchAll(NEGATING_IDEOGRAPHS), ...folded.matchAll(NEGATION)].map(([match]) => match);
}

/** Opening and closing signs are not told apart: pages mix them (`"…”`). */
const QUOTED = /[“"„«「『]([^“”"„«»「」『』]{2,2000})[”"“»」』]/gu;

/**
 * @param text  A paragraph.
 * @returns     Its quotations without the signs around them, in reading order.
 *
 * Pure. Errs towards seeing one: a name in quotation marks is a quotation. Quotations inside quotations are cut there.
 */
export function quotationsOf(text: string): Mention[] {
  return Array.from(text.matchAll(QUOTED), ({ 1: wording = '' }) => ({ wording, key: compactText(wording) }));
}
