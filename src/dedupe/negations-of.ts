import { foldText } from '../normalise/fold-text.js';

const IDEOGRAPHIC = /[不没未无非否勿莫驳]|拒绝|ない|ません|なかった/gu;
/** Words that deny, whole. */
const WORDS = [
  'не|ни|нет|нельзя|никто|ничего|никогда|без',
  "not|no|never|none|nobody|nothing|neither|nor|cannot|without|\\p{L}+n['’]t",
  'ոչ|չի|չեն|չէ|չէր|չէին|չկա|չկան|չեմ|չենք|առանց|չ\\p{L}{3,}',
  'deyil|yox|heç|nə|değil|yok|hiç',
  'pas|jamais|aucun|aucune|sans|nunca|ningún|ninguna|ninguno|sin',
  'لا|لم|لن|ليس|لیس|ليست|لیست|بدون|نه|نیست|نبود|نشد|نمي\\p{L}*|نمی\\p{L}*',
  'არ|ვერ|ნუ|არა|აღარ|ვეღარ',
];
/** How words begin that deny what was said. */
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
const ANY = new RegExp(
  `(?<![\\p{L}\\p{M}])(?:(?:${WORDS.join('|')})(?![\\p{L}\\p{M}])|(?:${DENIALS.join('|')})\\p{L}*|${SUFFIXED})`,
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
  return [...folded.matchAll(IDEOGRAPHIC), ...folded.matchAll(ANY)].map(([match]) => match);
}
