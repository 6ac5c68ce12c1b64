import { createRequire } from 'node:module';
import type * as StringWidth from 'string-width';

const require = createRequire(import.meta.url);

/** @returns columns that the text takes on a terminal: East Asian wide characters and emoji two, combining marks none. */
export function displayWidth(text: string): number {
  // Plain text needs no library, which takes a tenth of a start to load.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return (require('string-width') as typeof StringWidth).default(text);
}

/**
 * Breaks a line into lines of at most so many columns, at white space where there is some, else (Chinese, long words)
 * between characters. What is set in is set in again, two columns further; a line at the margin goes on at the margin.
 */
export function wrapLine(line: string, columns: number): string[] {
  if (displayWidth(line) <= columns) return [line];
  const [indent = ''] = /^ */.exec(line) ?? [];
  const room = Math.max(10, columns - indent.length);
  const hanging = indent === '' || indent.length + 12 > columns ? indent : `${indent}  `;
  const [first = '', ...rest] = wrapWords(line.slice(indent.length), room, Math.max(10, columns - hanging.length));
  return [indent + first, ...rest.map((text) => hanging + text)];
}

/** @param roomFirst  Columns of the first line; the others have `roomOthers`. */
function wrapWords(text: string, roomFirst: number, roomOthers: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of text.split(/(?<=[^ \t])[ \t]+(?=[^ \t])/).flatMap((part) => pieces(part, roomOthers))) {
    const gap = line === '' || word.continues ? '' : ' ';
    if (line !== '' && width + gap.length + word.width > (lines.length === 0 ? roomFirst : roomOthers)) {
      lines.push(line);
      [line, width] = [word.text, word.width];
    } else {
      line += gap + word.text;
      width += gap.length + word.width;
    }
  }
  return [...lines, line];
}

interface Piece {
  readonly text: string;
  readonly width: number;
  /** Follows the piece before it without a space. */
  readonly continues: boolean;
}

const CHARACTERS = new Intl.Segmenter();

/** A word in parts between which a line may end: wide characters each, others up to the room there is. */
function pieces(word: string, room: number): Piece[] {
  const whole = displayWidth(word);
  if (whole <= room && whole === word.length) return [{ text: word, width: whole, continues: false }];
  const parts: Piece[] = [];
  let text = '';
  let width = 0;
  for (const { segment } of CHARACTERS.segment(word)) {
    const own = displayWidth(segment);
    if (text !== '' && (own === 2 || width + own > room)) {
      parts.push({ text, width, continues: parts.length > 0 });
      [text, width] = ['', 0];
    }
    text += segment;
    width += own;
  }
  return [...parts, { text, width, continues: parts.length > 0 }];
}

/** The text cut to so many columns, with `…` where something is left out. */
export function cutText(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of CHARACTERS.segment(text)) {
    width += displayWidth(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
