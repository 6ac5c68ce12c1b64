import { foldText } from '../normalise/fold-text.js';

const IDEOGRAPHIC = /[不没未无非否勿莫]/gu;
const WORDS = new RegExp(
  '(?<![\\p{L}\\p{M}])(?:' +
    [
      'не|ни|нет|нельзя|никто|ничего|никогда|без',
      "not|no|never|none|nobody|nothing|neither|nor|cannot|without|\\p{L}+n['’]t",
      'ոչ|չի|չեն|չէ|չէր|չէին|չկա|չկան|չեմ|չենք|առանց|չ\\p{L}{3,}',
      'deyil|yox|heç|nə',
    ].join('|') +
    ')(?![\\p{L}\\p{M}])',
  'gu',
);

/**
 * @param text  Any text.
 * @returns     The words and characters that deny, in reading order: Chinese, Russian, English, Armenian, Azerbaijani.
 *
 * Pure. Chinese characters are counted wherever they stand (`不` in `不久` too: errs towards seeing one); the Azerbaijani
 * negative suffix `-ma-`/`-mə-` is not seen.
 */
export function negationsOf(text: string): string[] {
  const folded = foldText(text);
  return [...folded.matchAll(IDEOGRAPHIC), ...folded.matchAll(WORDS)].map(([match]) => match);
}
