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
 * Breaks a line into lines of at most a number of columns, at white space or, if there is none (Chinese, long words),
 * between characters. An indented line continues two columns further in, and a line at the margin continues at the
 * margin. A line with columns, separated by two or more spaces, continues under the last column that begins in the left
 * half.
 */
export function wrapLine(line: string, columns: number): string[] {
  if (displayWidth(line) <= columns) return [line];
  const [indent = ''] = /^ */.exec(line) ?? [];
  const head = columnsBefore(line, columns) ?? indent;
  const hanging = ' '.repeat(hangingWidth(line, head, columns));
  const room = Math.max(10, columns - displayWidth(head));
  const [first = '', ...rest] = wrapWords(line.slice(head.length), room, Math.max(10, columns - hanging.length));
  return [head + first, ...rest.map((text) => hanging + text)];
}

/** @returns the start of the line up to the last column that begins in the left half; null: there is none. */
function columnsBefore(line: string, columns: number): string | null {
  const starts = [...line.matchAll(/(?<=\S) {2,}(?=\S)/g)].map(({ index, 0: gap }) =>
    line.slice(0, index + gap.length),
  );
  return starts.findLast((start) => displayWidth(start) <= columns / 2) ?? null;
}

function hangingWidth(line: string, head: string, columns: number): number {
  if (head.trim() !== '') return displayWidth(head);
  const isTable = /\S {2,}\S/.test(line);
  if ((head === '' && !isTable) || head.length + 12 > columns) return head.length;
  return head.length + 2;
}

/** @param roomFirst  Columns of the first line; the others have `roomOthers`. Gaps within a line stay as wide as they are. */
function wrapWords(text: string, roomFirst: number, roomOthers: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  const [first = '', ...others] = text.split(/(?<=[^ \t])([ \t]+)(?=[^ \t])/);
  const words = pieces(first, '', roomOthers);
  for (let at = 0; at < others.length; at += 2)
    words.push(...pieces(others[at + 1] ?? '', others[at] ?? '', roomOthers));
  for (const word of words) {
    if (line !== '' && width + word.gap.length + word.width > (lines.length === 0 ? roomFirst : roomOthers)) {
      lines.push(line);
      [line, width] = [word.text, word.width];
    } else {
      const gap = line === '' ? '' : word.gap;
      line += gap + word.text;
      width += gap.length + word.width;
    }
  }
  return [...lines, line];
}

interface Piece {
  readonly text: string;
  readonly width: number;
  /** White space between it and the piece before it. */
  readonly gap: string;
}

const CHARACTERS = new Intl.Segmenter();
/** Chinese lines do not begin with these, nor end with those (GB/T 15834). */
const NOT_FIRST = /^[、。，．：；？！％）〉》」』】〕〗”’…—～・\]]/u;
const NOT_LAST = /[（〈《「『【〔〖“‘[]$/u;

/** A word in parts between which a line may end: wide characters each, others up to the room there is. */
function pieces(word: string, gap: string, room: number): Piece[] {
  const whole = displayWidth(word);
  if (whole <= room && whole === word.length) return [{ text: word, width: whole, gap }];
  const parts: Piece[] = [];
  let text = '';
  let width = 0;
  const gapBefore = (): string => (parts.length === 0 ? gap : '');
  for (const { segment } of CHARACTERS.segment(word)) {
    const own = displayWidth(segment);
    const mayBreak = own === 2 && !NOT_FIRST.test(segment) && !NOT_LAST.test(text);
    if (text !== '' && (mayBreak || width + own > room)) {
      parts.push({ text, width, gap: gapBefore() });
      [text, width] = ['', 0];
    }
    text += segment;
    width += own;
  }
  return [...parts, { text, width, gap: gapBefore() }];
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
