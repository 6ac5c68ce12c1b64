import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import {
  IMPLIED_ENDS,
  nameAt,
  openElement,
  PARAGRAPH_CLOSERS,
  SCOPE_ELEMENTS,
  type OpenElement,
} from './open-element.js';

/** An element of a page: the least that extraction needs, so that a page costs little. */
export interface TreeElement {
  /** Lower case. */
  readonly name: string;
  /** Names (lower case) and values in turn, as written; the first of repeated names counts. */
  readonly attributes: readonly string[];
  readonly parent: TreeElement | null;
  readonly children: readonly (TreeElement | string)[];
  /** Names of its classes, as written. */
  readonly classes: readonly string[];
  /** Position in reading order, from 0. */
  readonly order: number;
  /** Position of the last element that it holds; its own where it holds none. */
  readonly lastOrder: number;
}

/** A page, or the part of it that was parsed. */
export interface PageTree {
  readonly root: TreeElement;
  /** In reading order, root first. */
  readonly elements: readonly TreeElement[];
  /** A cap was reached: the page is deeper or has more elements than any real one. */
  readonly isCut: boolean;
  /** It is cut because it is deeper. */
  readonly isTooDeep: boolean;
  /** Elements that were open still where the text ended, outermost first. */
  readonly open: readonly TreeElement[];
  /**
   * Cached results of `select`. This is not a `WeakMap`, because a young one keeps its values, and so whole pages,
   * through garbage collections.
   */
  readonly found: TreeFindings;
}

/** Elements by what they carry, in reading order; by an attribute once it was asked for. */
export interface ElementIndex {
  readonly names: Map<string, TreeElement[]>;
  readonly classes: Map<string, TreeElement[]>;
  readonly attributes: Map<string, TreeElement[]>;
}

/** What stays at hand as long as the tree does. */
interface TreeFindings {
  /** Once any element was asked for. */
  elements: ElementIndex | null;
  /** Microdata by the element that bears it. */
  readonly properties: Map<TreeElement, ReadonlyMap<string, readonly TreeElement[]>>;
  /** Head metas by name, once any was asked for. */
  metas: ReadonlyMap<string, readonly string[]> | null;
}

interface ParseLimits {
  /** Stop where the first element closes: the cut starts at the article. */
  readonly firstElementOnly?: boolean;
}

/** What deeper nesting holds is read as if it stood at this depth. */
export const DEPTH_MAX = 256;
/** Later elements are not read; a real page has 1,000 to 4,000. */
const ELEMENTS_MAX = 100_000;
const ATTRIBUTES_MAX = 48;
const ATTRIBUTE_LENGTH_MAX = 200_000;

/** Never have content. */
const VOID_ELEMENTS: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/** Stand on lines of their own: text before and after them belongs to different paragraphs. */
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set([
  ...PARAGRAPH_CLOSERS,
  ...'body caption dd dt head html li option tbody td template tfoot th thead title tr'.split(' '),
]);

/** Hold nothing that is read as text. */
export const SILENT_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'script style noscript template iframe svg math object embed video audio picture canvas map form button select ' +
    'textarea input nav title head'
  ).split(' '),
);

/**
 * Parses HTML, well formed or not, into a light tree.
 *
 * @param html  Any text.
 * @returns     Every element and text; scripts hold their source, comments are left out.
 *
 * Pure; never throws. Time and memory grow linearly with `html`, whatever it holds: depth, elements and attributes are
 * capped, and no step looks further than the open elements. Follows the HTML standard for implied and misplaced end
 * tags where an article's end depends on it; formatting elements are not reopened.
 */
export function parsePage(html: string, limits: ParseLimits = {}): PageTree {
  const builder = new TreeBuilder(html, limits.firstElementOnly ?? false);
  builder.run();
  const { root, elements, isCut, isTooDeep, open } = builder;
  const found = { elements: null, properties: new Map(), metas: null };
  return { root, elements, isCut: isCut || isTooDeep, isTooDeep, open, found };
}

/** @returns the attribute's value ('' where it has none), or null where the element lacks it. */
export function attributeOf(element: TreeElement, name: string): string | null {
  const { attributes } = element;
  for (let at = 0; at < attributes.length; at += 2) {
    if (attributes[at] === name) return attributes[at + 1] ?? '';
  }
  return null;
}

/** @returns whether `element` is `ancestor` or stands inside it; both are of one tree. */
export function isWithin(element: TreeElement, ancestor: TreeElement): boolean {
  return element.order >= ancestor.order && element.order <= ancestor.lastOrder;
}

/** @returns the innermost of the holders that is the element or holds it, or null. */
export function holderOf(element: TreeElement, holders: ReadonlySet<TreeElement>): TreeElement | null {
  if (holders.size === 0) return null;
  for (let at: TreeElement | null = element; at !== null; at = at.parent) {
    if (holders.has(at)) return at;
  }
  return null;
}

class TreeBuilder implements TokenizerCallbacks {
  readonly root: OpenElement = openElement('#root', [], null, 0);
  readonly elements: OpenElement[] = [this.root];
  isCut = false;
  isTooDeep = false;
  private readonly stack: OpenElement[] = [this.root];
  private readonly tokenizer = new Tokenizer({ decodeEntities: true }, this);
  /** Open elements beyond the depth cap, which are not on the stack. */
  private buried = 0;
  private text = '';
  private tagName = '';
  private attributes: string[] = [];
  private attributeName = '';
  private attributeValue = '';

  constructor(
    private readonly html: string,
    private readonly firstElementOnly: boolean,
  ) {}

  run(): void {
    this.tokenizer.write(this.html);
    this.tokenizer.end();
    this.flushText();
    this.noteEnds(0);
  }

  ontext(start: number, end: number): void {
    this.text += this.html.slice(start, end);
  }

  ontextentity(codepoint: number): void {
    this.text += String.fromCodePoint(codepoint);
  }

  onopentagname(start: number, end: number): void {
    this.tagName = nameAt(this.html, start, end);
    this.attributes = [];
  }

  onattribname(start: number, end: number): void {
    this.attributeName = nameAt(this.html, start, end);
    this.attributeValue = '';
  }

  onattribdata(start: number, end: number): void {
    if (this.attributeValue.length < ATTRIBUTE_LENGTH_MAX) this.attributeValue += this.html.slice(start, end);
  }

  onattribentity(codepoint: number): void {
    if (this.attributeValue.length < ATTRIBUTE_LENGTH_MAX) this.attributeValue += String.fromCodePoint(codepoint);
  }

  onattribend(): void {
    if (this.attributes.length >= ATTRIBUTES_MAX * 2) return;
    this.attributes.push(this.attributeName, this.attributeValue.slice(0, ATTRIBUTE_LENGTH_MAX));
  }

  onopentagend(): void {
    this.flushText();
    const name = this.tagName;
    if ((name === 'body' || name === 'html') && this.isWithinPage(name)) return;
    const implied = this.buried > 0 ? undefined : IMPLIED_ENDS.get(name);
    if (implied !== undefined) this.closeNearest(implied.ends, implied.scope);
    const element = this.append(name, this.attributes);
    if (VOID_ELEMENTS.has(name)) return;
    if (this.stack.length < DEPTH_MAX) {
      this.stack.push(element);
      return;
    }
    this.buried += 1;
    this.isTooDeep = true;
  }

  onselfclosingtag(): void {
    this.onopentagend();
  }

  onclosetag(start: number, end: number): void {
    const name = nameAt(this.html, start, end);
    this.flushText();
    // By the standard a page goes on after these tags, and open elements stay open.
    if (name === 'body' || name === 'html') return;
    if (this.buried > 0) {
      if (!VOID_ELEMENTS.has(name)) this.buried -= 1;
      return;
    }
    // `</br>` is a line break, by the standard.
    if (name === 'br') this.append(name, []);
    this.closeNearest([name], BLOCK_ELEMENTS.has(name) ? SCOPE_ELEMENTS : BLOCK_ELEMENTS);
  }

  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onend(): void {}
  onprocessinginstruction(): void {}

  get open(): readonly TreeElement[] {
    return this.stack.slice(1);
  }

  /** A page has one of each; the one within an element is a document pasted into the text, of which the standard keeps the content. */
  private isWithinPage(name: string): boolean {
    if (this.firstElementOnly) return this.stack.length > 1;
    return this.stack.some((element) => element.name === name);
  }

  private get top(): OpenElement {
    return this.stack[this.stack.length - 1] ?? this.root;
  }

  private flushText(): void {
    if (this.text === '') return;
    this.top.children.push(this.text);
    this.text = '';
  }

  private append(name: string, attributes: string[]): OpenElement {
    const element = openElement(name, attributes, this.top, this.elements.length);
    this.top.children.push(element);
    this.elements.push(element);
    if (this.elements.length >= ELEMENTS_MAX) {
      this.isCut = true;
      this.tokenizer.pause();
    }
    return element;
  }

  private closeNearest(names: readonly string[], scope: ReadonlySet<string>): void {
    for (let at = this.stack.length - 1; at > 0; at -= 1) {
      const name = this.stack[at]?.name ?? '';
      if (names.includes(name)) {
        this.noteEnds(at);
        this.stack.length = at;
        if (at === 1 && this.firstElementOnly) this.tokenizer.pause();
        return;
      }
      if (scope.has(name)) return;
    }
  }

  /** Closes all elements that are open from the given depth on. */
  private noteEnds(depth: number): void {
    const last = this.elements.length - 1;
    for (let at = depth; at < this.stack.length; at += 1) {
      const element = this.stack[at];
      if (element !== undefined) element.lastOrder = last;
    }
  }
}
