import { foldText } from '../normalise/fold-text.js';
import { numberOfWord } from './number-words.js';

/** A thing that a text names, as it stands there and in the form in which it is compared. */
export interface Mention {
  readonly wording: string;
  readonly key: string;
}

/** Characters that Chinese transliteration of foreign names is mostly written with, in folded form. */
const TRANSLITERATION =
  '阿埃艾安奥巴贝拜比彼别波伯勃博布查达戴丹德登迪蒂顿多厄恩尔法菲费弗佛夫福盖戈格根贡古哈海赫亨霍基吉加贾杰金卡凯康考柯科克库拉莱兰朗劳勒雷里利莉林隆卢鲁伦罗洛马迈曼梅门蒙米明莫姆穆纳奈内尼涅诺努帕潘佩皮普奇恰乔切丘瑞若萨塞桑瑟沙尚舍什斯司索苏塔泰坦汤特提廷托图瓦万维韦温沃乌西希夏肖谢辛休雅亚扬耶叶伊依英尤扎泽詹兹疆佐珍娜娃莎丝';
const DOT = '[·•・‧]';
const TRANSLITERATED = new RegExp(
  `[${TRANSLITERATION}]{3,}(?:${DOT}[${TRANSLITERATION}]{2,})*|\\p{Script=Han}{2,6}${DOT}\\p{Script=Han}{2,6}`,
  'gu',
);
const CAPITALISED = /(?<![\p{L}\p{M}])\p{Lu}[\p{L}\p{M}’'-]+/gu;
const SMALL_WORD = /(?<![\p{L}\p{M}])\p{Ll}[\p{L}\p{M}’'-]+/gu;
/** What stands before the first word of a sentence. */
const SENTENCE_START = /(?:^|[.!?…:։:\n]|[.!?…]["»”])[\s"«„“(—–-]*$/u;
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
    key: match.replace(new RegExp(DOT, 'g'), ''),
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
