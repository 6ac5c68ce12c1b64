import { BLOCK_ELEMENTS, SILENT_ELEMENTS, type TreeElement, attributeOf } from './page-tree.js';

export type ElementTest = (element: TreeElement) => boolean;

/** What a walk does at each step; `enter` returns false to leave an element out with all it holds. */
interface TreeVisitor {
  enter(element: TreeElement): boolean;
  text?(text: string): void;
  leave?(element: TreeElement): void;
}

/** Walks the content of `root` in reading order, without recursion, so that deep nesting takes no stack. */
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

/** @returns whether anything inside the element passes the test. */
export function holdsElement(element: TreeElement, test: ElementTest): boolean {
  let isFound = false;
  walkTree(element, {
    enter: (inner) => {
      isFound ||= test(inner);
      return !isFound;
    },
  });
  return isFound;
}

const HIDDEN_CLASSES: ReadonlySet<string> = new Set(['visually-hidden', 'sr-only', 'screen-reader-text']);
const HIDDEN_STYLE = /(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;

/** @returns whether no reader sees the element: its attributes say so, or its class. Style sheets are not asked. */
export function isHidden(element: TreeElement): boolean {
  if (element.attributes.length === 0) return false;
  if (attributeOf(element, 'hidden') !== null || HIDDEN_STYLE.test(attributeOf(element, 'style') ?? '')) return true;
  return element.classes.some((name) => HIDDEN_CLASSES.has(name));
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
  if (text.includes(LINE_BREAK)) text = text.replace(/ ?\u2028 ?/g, '\n');
  return text.trim();
}

/**
 * The text of an element such as a title, a caption or a name. Blocks inside it are separated by a space, and invisible
 * parts are left out. Pure.
 */
export function inlineText(element: TreeElement, isDropped: ElementTest = isHidden): string {
  return collapseWhiteSpace(rawText(element, isDropped));
}

/**
 * @returns The text for an element that is not plain text: a superscript, a subscript, the reading of a ruby; null for
 * any other element.
 */
export function apartText(element: TreeElement, isDropped: ElementTest): string | null {
  const script = scriptOf(element);
  if (script !== null) return raiseText(rawText(element, isDropped), script);
  if (!isBareReading(element)) return null;
  const reading = rawText(element, isDropped).trim();
  return reading === '' ? '' : `(${reading})`;
}

function rawText(element: TreeElement, isDropped: ElementTest): string {
  const only = element.children[0];
  if (element.children.length === 1 && typeof only === 'string') return only;
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

type Script = 'super' | 'sub';

/** Pairs of a character and its form above or below the line, as far as Unicode has one. */
const FORMS: Readonly<Record<Script, ReadonlyMap<string, string>>> = {
  super: pairs(
    '0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻–⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻ' +
      'AᴬBᴮDᴰEᴱGᴳHᴴIᴵJᴶKᴷLᴸMᴹNᴺOᴼPᴾRᴿTᵀUᵁVⱽWᵂβᵝγᵞδᵟθᶿφᵠχᵡ',
  ),
  sub: pairs('0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋–₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨφᵩχᵪ'),
};
const SIGNS: Readonly<Record<Script, string>> = { super: '^', sub: '_' };
/** Stand above the line by themselves. */
const RAISED_MARKS = /^[®™©℠°ºª′″†‡*⁰¹²³⁴-⁹]+$/;
const VERTICAL_ALIGN = /vertical-align\s*:\s*(super|sub)\b/i;

function pairs(text: string): ReadonlyMap<string, string> {
  const characters = Array.from(text);
  return new Map(characters.flatMap((one, at) => (at % 2 === 0 ? [[one, characters[at + 1] ?? one] as const] : [])));
}

/** @returns whether the element stands above or below the line; null: it does not. */
function scriptOf(element: TreeElement): Script | null {
  if (element.name === 'sup') return 'super';
  if (element.name === 'sub') return 'sub';
  if (element.attributes.length === 0) return null;
  const style = attributeOf(element, 'style');
  const align = style === null ? undefined : VERTICAL_ALIGN.exec(style)?.[1];
  return align === undefined ? null : align.toLowerCase() === 'super' ? 'super' : 'sub';
}

/**
 * Writes text that stands above or below the line so that it stays apart from what it follows: 10⁶ is not 106.
 *
 * @param raw  The text, white space as in the source.
 * @returns    Unicode's own forms if all characters have them; otherwise the text after `^` or `_`, in brackets if it
 * is more than a word. A space after it is kept. Pure.
 */
function raiseText(raw: string, script: Script): string {
  const text = raw.trim();
  if (text === '' || RAISED_MARKS.test(text)) return raw;
  const forms = Array.from(text.replace(/\s+/g, ''), (character) => FORMS[script].get(character));
  const isWord = /^(?:[\p{L}\p{M}\p{Nd}]+|.|\[.*\])$/su.test(text);
  const raised = forms.every((form) => form !== undefined)
    ? forms.join('')
    : `${SIGNS[script]}${isWord ? text : `(${text})`}`;
  return `${raised}${/\s$/.test(raw) ? ' ' : ''}`;
}

/** @returns whether the element is a reading beside the characters of a ruby that puts no brackets around it itself. */
function isBareReading({ name, parent }: TreeElement): boolean {
  if (name !== 'rt' && name !== 'rtc') return false;
  return parent?.children.every((child) => typeof child === 'string' || child.name !== 'rp') ?? true;
}
