import { displayWidth } from './text-output.js';

/** Text output stays readable on a terminal of this width. */
export const TEXT_COLUMNS = 100;

/**
 * Breaks text into lines of at most so many columns, at white space where there is some, else (Chinese, long words)
 * between characters.
 *
 * @param first  Stands before the first line.
 * @param rest   Stands before the others.
 */
export function wrapText(text: string, first = '', rest = first, columns = TEXT_COLUMNS): string[] {
  const room = Math.max(10, columns - Math.max(displayWidth(first), displayWidth(rest)));
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/[ \t]+/).flatMap((part) => pieces(part, room))) {
      const joined = line === '' ? word.text : `${line}${word.continues ? '' : ' '}${word.text}`;
      if (line !== '' && displayWidth(joined) > room) {
        lines.push(line);
        line = word.text;
      } else line = joined;
    }
    lines.push(line);
  }
  return lines.map((line, at) => (at === 0 ? first : rest) + line);
}

interface Piece {
  readonly text: string;
  /** Follows the piece before it without a space. */
  readonly continues: boolean;
}

/** A word in parts between which a line may end: wide characters each, others up to the room there is. */
function pieces(word: string, room: number): Piece[] {
  const parts: Piece[] = [];
  let text = '';
  for (const character of word) {
    const isWide = displayWidth(character) === 2;
    if (text !== '' && (isWide || displayWidth(text) >= room)) {
      parts.push({ text, continues: parts.length > 0 });
      text = '';
    }
    text += character;
  }
  return [...parts, { text, continues: parts.length > 0 }];
}

/** The text cut to so many columns, with `…` where something is left out. */
export function cutText(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const character of text) {
    width += displayWidth(character);
    if (width > columns - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
