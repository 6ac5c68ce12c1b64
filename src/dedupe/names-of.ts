import { foldText } from '../normalise/fold-text.js';

/** Characters that Chinese transliteration of foreign names is mostly written with, in folded form. */
const TRANSLITERATION =
  '阿埃艾安奥巴贝比彼别波伯勃博布查达戴丹德登迪蒂顿多厄恩尔法菲费弗佛夫福盖戈格根贡古哈海赫亨霍基吉加贾杰金卡凯康考柯科克库拉莱兰朗劳勒雷里利莉林隆卢鲁伦罗洛马迈曼梅门蒙米明莫姆穆纳奈内尼涅诺努帕潘佩皮普奇恰乔切丘瑞若萨塞桑瑟沙尚舍什斯司索苏塔泰坦汤特提廷托图瓦万维韦温沃乌西希夏肖谢辛休雅亚扬耶叶伊依英尤扎泽詹兹佐珍娜娃莎丝';
const TRANSLITERATED = new RegExp(
  `[${TRANSLITERATION}]{3,}(?:[·•・‧][${TRANSLITERATION}]{2,})*|\\p{Script=Han}{2,6}[·•・‧]\\p{Script=Han}{2,6}`,
  'gu',
);
const CAPITALISED = /(?<![\p{L}\p{M}])\p{Lu}[\p{L}\p{M}’'-]+/gu;

/**
 * @param text  Any text.
 * @returns     What looks like a name, folded, in reading order, repeats kept: capitalised words of two letters and more;
 *              in Chinese, parts joined by a middle dot and runs of three and more transliteration characters.
 *
 * Pure. Without a dictionary it errs both ways: the first word of a sentence passes for a name (towards seeing one);
 * Chinese personal names of two or three native characters, and 普京 or 俄罗斯 inside other words, are missed or cut.
 */
export function namesOf(text: string): string[] {
  const names = Array.from(text.matchAll(CAPITALISED), ([match]) => foldText(match));
  for (const [match] of foldText(text).matchAll(TRANSLITERATED)) names.push(match.replace(/[·•・‧]/g, ''));
  return names;
}
