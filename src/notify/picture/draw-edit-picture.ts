import { diffWordings } from '../../edits/diff-wordings.js';
import { escapeMarkup } from '../../export/safe-markup.js';
import { nearChanges, type Notice } from '../notices/notice.js';

/** Width of every picture, in pixels; heights differ. */
export const PICTURE_WIDTH = 1_200;
const MARGIN = 56;
const TITLE_SIZE = 38;
const TEXT_SIZE = 27;
const META_SIZE = 22;
const EDITS_MAX = 3;
const LINES_MAX = 7;
const PADDING = 20;
const FONTS =
  "system-ui, 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'Noto Sans Armenian', 'Noto Sans Georgian', 'Noto Naskh Arabic', sans-serif";

const FILLS = { kept: '#1b1b1f', removed: '#9c1c13', added: '#0b5d26' } as const;
const DECORATIONS = {
  kept: '',
  removed: ' text-decoration="line-through"',
  added: ' text-decoration="underline"',
} as const;
const RIGHT_TO_LEFT = /^(?:ar|fa|he|ur)(?:-|$)/;

/** A picture of an edit with both wordings: removed words are struck out, added ones underlined. */
interface EditPicture {
  readonly svg: string;
  /** In pixels. */
  readonly height: number;
}

/** @param notice  Of an edit. Pure; texts cannot become markup, and nothing is loaded. */
export function drawEditPicture(notice: Notice): EditPicture {
  const language = notice.article?.language ?? 'und';
  const canvas = new Canvas(RIGHT_TO_LEFT.test(language), language);
  const { edition = '', id = '' } = notice.article ?? {};
  canvas.line(
    `${edition} · ${notice.at.slice(0, 16).replace('T', ' ')} UTC · ${notice.summary}`,
    META_SIZE,
    '#5b5b66',
    2,
  );
  canvas.space(10);
  canvas.line(notice.title, TITLE_SIZE, '#1b1b1f', 3, true);
  for (const { type, before, after } of notice.edits.slice(0, EDITS_MAX)) {
    const parts = diffWordings(before ?? '', after ?? '');
    canvas.space(22);
    canvas.line(type, META_SIZE, '#5b5b66', 1, true);
    if (before !== null)
      canvas.box(
        'Before',
        parts.filter(({ kind }) => kind !== 'added'),
        '#fdeceb',
      );
    if (after !== null)
      canvas.box(
        'After',
        parts.filter(({ kind }) => kind !== 'removed'),
        '#e9f6ec',
      );
  }
  const left = notice.edits.length - EDITS_MAX;
  canvas.space(18);
  canvas.line(
    [left > 0 ? `and ${left} more` : '', id, notice.url ?? ''].filter((one) => one !== '').join(' · '),
    META_SIZE,
    '#5b5b66',
    2,
  );
  return canvas.finish(`${notice.summary}: ${notice.title}`);
}

class Canvas {
  readonly #drawn: string[] = [];
  #y = MARGIN;

  constructor(
    readonly isRightToLeft: boolean,
    readonly language: string,
  ) {}

  space(height: number): void {
    this.#y += height;
  }

  line(text: string, size: number, fill: string, linesMax: number, isBold = false): void {
    const width = (PICTURE_WIDTH - 2 * MARGIN) / (isBold ? 1.1 * size : size);
    const lines = wrapSpans([{ kind: 'kept', text }], width, linesMax);
    for (const spans of lines) this.#text(spans, MARGIN, size, fill, isBold);
  }

  /** One wording in a box of its own. */
  box(label: string, spans: readonly DrawnSpan[], fill: string): void {
    const inner = PICTURE_WIDTH - 2 * (MARGIN + PADDING);
    const lines = wrapSpans(aroundChanges(spans), inner / TEXT_SIZE, LINES_MAX);
    const height = lines.length * TEXT_SIZE * 1.45 + META_SIZE * 1.45 + 2 * PADDING - 8;
    this.space(10);
    const width = PICTURE_WIDTH - 2 * MARGIN;
    this.#drawn.push(
      `<rect x="${MARGIN}" y="${round(this.#y)}" width="${width}" height="${round(height)}" rx="10" fill="${fill}"/>`,
    );
    const below = this.#y + height;
    this.space(PADDING - 6);
    this.#text([{ kind: 'kept', text: label }], MARGIN + PADDING, META_SIZE, '#5b5b66', false);
    for (const line of lines) this.#text(line, MARGIN + PADDING, TEXT_SIZE, null, false);
    this.#y = below;
  }

  #text(spans: readonly DrawnSpan[], indent: number, size: number, fill: string | null, isBold: boolean): void {
    this.#y += size * 1.45;
    const x = this.isRightToLeft ? PICTURE_WIDTH - indent : indent;
    const inner = spans
      .map(({ kind, text }) => `<tspan fill="${fill ?? FILLS[kind]}"${DECORATIONS[kind]}>${escapeMarkup(text)}</tspan>`)
      .join('');
    const weight = isBold ? ' font-weight="700"' : '';
    this.#drawn.push(
      `<text x="${x}" y="${round(this.#y - size * 0.4)}" font-size="${size}"${weight} xml:space="preserve">${inner}</text>`,
    );
  }

  finish(title: string): EditPicture {
    const height = Math.ceil(this.#y + MARGIN);
    const direction = this.isRightToLeft ? ' direction="rtl"' : '';
    const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_WIDTH}" height="${height}" viewBox="0 0 ${PICTURE_WIDTH} ${height}" role="img" xml:lang="${escapeMarkup(this.language)}"${direction} font-family="${FONTS}">`;
    const ground = `<title>${escapeMarkup(title)}</title><rect width="${PICTURE_WIDTH}" height="${height}" fill="#ffffff"/>`;
    return { svg: `${open}${ground}${this.#drawn.join('')}</svg>\n`, height };
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const CONTEXT_MAX = 160;

/** Long unchanged parts are shortened to the surroundings of a change. */
function aroundChanges(spans: readonly DrawnSpan[]): DrawnSpan[] {
  return spans.map(({ kind, text }, index) => {
    if (kind !== 'kept' || spans.length === 1) return { kind, text };
    return { kind, text: nearChanges(text, CONTEXT_MAX, index === 0, index === spans.length - 1) };
  });
}

/** A stretch of one line and how it is drawn. */
interface DrawnSpan {
  readonly kind: 'kept' | 'removed' | 'added';
  readonly text: string;
}

/** Words of any script; Chinese may be parted anywhere. */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u;
const BROAD = /[\p{Lu}\p{Script=Armenian}\p{Script=Georgian}mwшщюжмф]/u;
const CYRILLIC = /\p{Script=Cyrillic}/u;

/**
 * Breaks text into lines. Widths are estimates that err towards short lines, since the reader's fonts are not known.
 *
 * @param widthMax In units of the font size.
 * @param linesMax If there are more lines, the last one ends with `…`. Pure.
 */
export function wrapSpans(spans: readonly DrawnSpan[], widthMax: number, linesMax: number): DrawnSpan[][] {
  const lines: DrawnSpan[][] = [[]];
  let width = 0;
  for (const { kind, text } of spans.flatMap(wordsOf)) {
    const wide = widthOf(text);
    if (width > 0 && width + wide > widthMax) {
      if (lines.length === linesMax) {
        lines.at(-1)?.push({ kind, text: '…' });
        return lines.map(joined);
      }
      lines.push([]);
      width = 0;
    }
    if (width === 0 && text.trim() === '') continue;
    lines.at(-1)?.push({ kind, text });
    width += wide;
  }
  return lines.filter((line) => line.length > 0).map(joined);
}

const WORD_MAX = 24;

function wordsOf({ kind, text }: DrawnSpan): DrawnSpan[] {
  return Array.from(segmenter.segment(text), ({ segment }) => {
    const pieces = WIDE.test(segment) || segment.length > WORD_MAX ? Array.from(segment) : [segment];
    return pieces.map((piece) => ({ kind, text: piece }));
  }).flat();
}

function widthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

function widthOfCharacter(character: string): number {
  if (WIDE.test(character)) return 1;
  if (character === ' ') return 0.32;
  if (BROAD.test(character)) return 0.8;
  return CYRILLIC.test(character) ? 0.67 : 0.6;
}

/** Neighbours of one kind are drawn as one. */
function joined(line: readonly DrawnSpan[]): DrawnSpan[] {
  const spans: DrawnSpan[] = [];
  for (const span of line) {
    const last = spans.at(-1);
    if (last?.kind === span.kind) spans[spans.length - 1] = { kind: span.kind, text: last.text + span.text };
    else spans.push(span);
  }
  return spans;
}
