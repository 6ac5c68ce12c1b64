import { BLOCK_ELEMENTS, SILENT_ELEMENTS, type TreeElement } from './page-tree.js';
import { isBareReading, raiseText, scriptOf } from './raised-text.js';

export type ElementTest = (element: TreeElement) => boolean;

/** What a walk does at each step; `enter` returns false to leave an element out with all it holds. */
export interface TreeVisitor {
  enter(element: TreeElement): boolean;
  text?(text: string): void;
  leave?(element: TreeElement): void;
}

/** Walks what is inside `root` in reading order, without recursion: nesting costs no stack. */
export function walkTree(root: TreeElement, visitor: TreeVisitor): void {
  const open: { readonly element: TreeElement; at: number }[] = [{ element: root, at: 0 }];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const child = frame.element.children[frame.at];
    frame.at += 1;
    if (child === undefined) {
      open.pop();
      if (frame.element !== root) visitor.leave?.(frame.element);
    } else if (typeof child === 'string') {
      visitor.text?.(child);
    } else if (visitor.enter(child)) {
      open.push({ element: child, at: 0 });
    }
  }
}

/** Stands for `<br>` until white space has been collapsed; a source text that holds it (U+2028) means the same. */
export const LINE_BREAK = '\u2028';

/**
 * Joins the pieces of one paragraph as a browser shows them.
 *
 * White space collapses to one blank and is trimmed; `<br>` becomes a newline. A line break in the source between two
 * Chinese or Japanese characters vanishes (CSS Text 3, segment breaks): such text is not written with blanks, and the
 * seed's second paragraph breaks at a link. After the 電 that ends a dateline the break stands for the blank there.
 */
export function collapseWhiteSpace(raw: string): string {
  let text = raw;
  if (/[\t\n\f\r]| {2}/.test(text)) text = text.replace(/[ \t\n\f\r]+/g, collapseRun);
  if (text.includes(LINE_BREAK)) text = text.replace(/ *\u2028 */g, '\n');
  return text.trim();
}

/**
 * The text of an element on as few lines as it has: the value of a title, a caption, a name.
 *
 * Blocks inside are parted by a blank, what is never shown is left out. Pure.
 */
export function inlineText(element: TreeElement, isDropped: ElementTest = () => false): string {
  return collapseWhiteSpace(rawText(element, isDropped));
}

/**
 * @returns  What stands in the text for an element that is no plain run of it: a superscript, a subscript, the reading
 *           of a ruby; null for any other element.
 */
export function apartText(element: TreeElement, isDropped: ElementTest): string | null {
  const script = scriptOf(element);
  if (script !== null) return raiseText(rawText(element, isDropped), script);
  if (!isBareReading(element)) return null;
  const reading = rawText(element, isDropped).trim();
  return reading === '' ? '' : `(${reading})`;
}

function rawText(element: TreeElement, isDropped: ElementTest): string {
  let raw = '';
  walkTree(element, {
    enter: (inner) => {
      if (inner.name === 'br') raw += LINE_BREAK;
      if (SILENT_ELEMENTS.has(inner.name) || isDropped(inner)) return false;
      const apart = apartText(inner, isDropped);
      if (apart !== null) raw += apart;
      else if (BLOCK_ELEMENTS.has(inner.name)) raw += ' ';
      return apart === null;
    },
    text: (text) => (raw += text),
    leave: (inner) => {
      if (BLOCK_ELEMENTS.has(inner.name)) raw += ' ';
    },
  });
  return raw;
}

/** Ideographs, kana, and the punctuation of Chinese and Japanese; not Hangul, which is written with blanks. */
const CJK =
  /[\u2e80-\u2fff\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\ud840-\ud888\udc00-\udfff]/;
/** Marks that Chinese and Latin writing share: they are Chinese in Chinese company. */
const SHARED_MARKS = '\u201c\u201d\u2018\u2019\u2026\u2014\u00b7';
const DATELINE_END = '电電讯訊';

function collapseRun(run: string, offset: number, whole: string): string {
  if (!/[\n\r]/.test(run)) return ' ';
  const before = whole[offset - 1] ?? '';
  const after = whole[offset + run.length] ?? '';
  if (!isChinese(before) || !isChinese(after) || DATELINE_END.includes(before)) return ' ';
  const areMarks = isSharedMark(before) && isSharedMark(after);
  return areMarks && !isCjk(beforeMarks(whole, offset - 1)) ? ' ' : '';
}

/** Whether no blank belongs beside the character: ideographs, and the marks they share with Latin writing. */
function isChinese(character: string): boolean {
  return isCjk(character) || isSharedMark(character);
}

function isCjk(character: string): boolean {
  return character !== '' && CJK.test(character);
}

function isSharedMark(character: string): boolean {
  return character !== '' && SHARED_MARKS.includes(character);
}

/** @returns the nearest character before the marks that end at `at`; '' where there is none. */
function beforeMarks(text: string, at: number): string {
  let start = at;
  while (isSharedMark(text[start] ?? '')) start -= 1;
  return text[start] ?? '';
}
