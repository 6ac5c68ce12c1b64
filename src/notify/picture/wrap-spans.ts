/** A stretch of one line and how it is drawn. */
export interface DrawnSpan {
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
