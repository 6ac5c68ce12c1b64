import { Tokenizer } from 'htmlparser2';

/** An element of a page: the least that extraction needs, so that a page costs little. */
export interface TreeElement {
  /** Lower case. */
  readonly name: string;
  /** Names (lower case) and values in turn, as written; the first of repeated names counts. */
  readonly attributes: readonly string[];
  readonly parent: TreeElement | null;
  readonly children: readonly (TreeElement | string)[];
  /** Position in reading order, from 0. */
  readonly order: number;
}

/** A page, or the part of it that was parsed. */
export interface PageTree {
  readonly root: TreeElement;
  /** In reading order, root first. */
  readonly elements: readonly TreeElement[];
  /** A cap was reached: the page is deeper or has more elements than any real one. */
  readonly isCut: boolean;
}

export interface ParseLimits {
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
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 head header hgroup hr html li main menu nav ol option p pre search section summary table ' +
    'tbody td template tfoot th thead title tr ul'
  ).split(' '),
);

/** Opening one of these ends an open paragraph. */
const PARAGRAPH_CLOSERS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hgroup hr main menu nav ol p pre search section summary table ul'
  ).split(' '),
);

/** End tags and implied ends do not reach beyond these. */
const SCOPE_ELEMENTS: ReadonlySet<string> = new Set(
  'html table td th caption template object marquee button'.split(' '),
);

/** Hold nothing that is read as text. */
export const SILENT_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'script style noscript template iframe svg math object embed video audio picture canvas map form button select ' +
    'textarea input nav title head'
  ).split(' '),
);
const LIST_SCOPE = new Set([...SCOPE_ELEMENTS, 'ul', 'ol', 'dl']);
const RUBY_SCOPE = new Set([...SCOPE_ELEMENTS, 'ruby']);
const ROW_SCOPE = new Set(['tr', 'table', 'tbody', 'thead', 'tfoot']);
const TABLE_SCOPE = new Set(['table', 'tbody', 'thead', 'tfoot']);

interface OpenElement {
  readonly name: string;
  readonly attributes: string[];
  readonly parent: OpenElement | null;
  readonly children: (OpenElement | string)[];
  readonly order: number;
}

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
  return { root: builder.root, elements: builder.elements, isCut: builder.isCut };
}

/** @returns the attribute's value ('' where it has none), or null where the element lacks it. */
export function attributeOf(element: TreeElement, name: string): string | null {
  const { attributes } = element;
  for (let at = 0; at < attributes.length; at += 2) {
    if (attributes[at] === name) return attributes[at + 1] ?? '';
  }
  return null;
}

/** @returns whether `element` is `ancestor` or stands inside it. */
export function isWithin(element: TreeElement, ancestor: TreeElement): boolean {
  for (let at: TreeElement | null = element; at !== null; at = at.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

/** @returns the innermost of the holders that is the element or holds it, or null. */
export function holderOf(element: TreeElement, holders: ReadonlySet<TreeElement>): TreeElement | null {
  if (holders.size === 0) return null;
  for (let at: TreeElement | null = element; at !== null; at = at.parent) {
    if (holders.has(at)) return at;
  }
  return null;
}

class TreeBuilder {
  readonly root: OpenElement = { name: '#root', attributes: [], parent: null, children: [], order: 0 };
  readonly elements: OpenElement[] = [this.root];
  isCut = false;
  private readonly stack: OpenElement[] = [this.root];
  private readonly tokenizer: Tokenizer;
  /** Open elements beyond the depth cap, which are not on the stack. */
  private buried = 0;
  private openParagraphs = 0;
  private text = '';
  private tagName = '';
  private attributes: string[] = [];
  private attributeName = '';
  private attributeValue = '';

  constructor(
    private readonly html: string,
    private readonly firstElementOnly: boolean,
  ) {
    const ignore = (): void => undefined;
    this.tokenizer = new Tokenizer(
      { decodeEntities: true },
      {
        ontext: (start, end) => (this.text += this.html.slice(start, end)),
        ontextentity: (codepoint) => (this.text += String.fromCodePoint(codepoint)),
        onopentagname: (start, end) => {
          this.tagName = this.html.slice(start, end).toLowerCase();
          this.attributes = [];
        },
        onattribname: (start, end) => {
          this.attributeName = this.html.slice(start, end).toLowerCase();
          this.attributeValue = '';
        },
        onattribdata: (start, end) => {
          if (this.attributeValue.length < ATTRIBUTE_LENGTH_MAX) this.attributeValue += this.html.slice(start, end);
        },
        onattribentity: (codepoint) => {
          if (this.attributeValue.length < ATTRIBUTE_LENGTH_MAX) this.attributeValue += String.fromCodePoint(codepoint);
        },
        onattribend: () => {
          this.endAttribute();
        },
        onopentagend: () => {
          this.open();
        },
        onselfclosingtag: () => {
          this.open();
        },
        onclosetag: (start, end) => {
          this.close(this.html.slice(start, end).toLowerCase());
        },
        onend: ignore,
        oncdata: ignore,
        oncomment: ignore,
        ondeclaration: ignore,
        onprocessinginstruction: ignore,
      },
    );
  }

  run(): void {
    this.tokenizer.write(this.html);
    this.tokenizer.end();
    this.flushText();
  }

  private get top(): OpenElement {
    return this.stack[this.stack.length - 1] ?? this.root;
  }

  private flushText(): void {
    if (this.text === '') return;
    this.top.children.push(this.text);
    this.text = '';
  }

  private endAttribute(): void {
    if (this.attributes.length >= ATTRIBUTES_MAX * 2) return;
    this.attributes.push(this.attributeName, this.attributeValue.slice(0, ATTRIBUTE_LENGTH_MAX));
  }

  private open(): void {
    this.flushText();
    const name = this.tagName;
    this.closeImplied(name);
    const parent = this.top;
    const element: OpenElement = {
      name,
      attributes: this.attributes,
      parent,
      children: [],
      order: this.elements.length,
    };
    parent.children.push(element);
    this.elements.push(element);
    if (!VOID_ELEMENTS.has(name)) this.push(element);
    if (this.elements.length >= ELEMENTS_MAX) {
      this.isCut = true;
      this.tokenizer.pause();
    }
  }

  private push(element: OpenElement): void {
    if (this.stack.length >= DEPTH_MAX) {
      this.buried += 1;
      this.isCut = true;
      return;
    }
    this.stack.push(element);
    if (element.name === 'p') this.openParagraphs += 1;
  }

  /** Ends the elements that the standard ends when `name` opens: a paragraph before a block, an item before an item. */
  private closeImplied(name: string): void {
    if (this.buried > 0) return;
    if (this.openParagraphs > 0 && PARAGRAPH_CLOSERS.has(name)) this.closeNearest(['p'], SCOPE_ELEMENTS);
    if (name === 'li') this.closeNearest(['li'], LIST_SCOPE);
    else if (name === 'dt' || name === 'dd') this.closeNearest(['dt', 'dd'], LIST_SCOPE);
    else if (name === 'td' || name === 'th') this.closeNearest(['td', 'th'], ROW_SCOPE);
    else if (name === 'tr') this.closeNearest(['tr'], TABLE_SCOPE);
    else if (name === 'rt' || name === 'rp') this.closeNearest(['rt', 'rp'], RUBY_SCOPE);
    else if (name === 'option') this.closeNearest(['option'], SCOPE_ELEMENTS);
  }

  private closeNearest(names: readonly string[], scope: ReadonlySet<string>): void {
    for (let at = this.stack.length - 1; at > 0; at -= 1) {
      const name = this.stack[at]?.name ?? '';
      if (names.includes(name)) {
        this.cutStack(at);
        return;
      }
      if (scope.has(name)) return;
    }
  }

  private close(name: string): void {
    this.flushText();
    if (this.buried > 0) {
      if (!VOID_ELEMENTS.has(name)) this.buried -= 1;
      return;
    }
    if (name === 'br') this.appendLineBreak();
    const crossesBlocks = BLOCK_ELEMENTS.has(name);
    for (let at = this.stack.length - 1; at > 0; at -= 1) {
      const open = this.stack[at]?.name ?? '';
      if (open === name) {
        this.cutStack(at);
        return;
      }
      if (crossesBlocks ? SCOPE_ELEMENTS.has(open) : BLOCK_ELEMENTS.has(open)) return;
    }
  }

  /** `</br>` is a line break, by the standard. */
  private appendLineBreak(): void {
    const element: OpenElement = {
      name: 'br',
      attributes: [],
      parent: this.top,
      children: [],
      order: this.elements.length,
    };
    this.top.children.push(element);
    this.elements.push(element);
  }

  private cutStack(length: number): void {
    for (let at = length; at < this.stack.length; at += 1) {
      if (this.stack[at]?.name === 'p') this.openParagraphs -= 1;
    }
    this.stack.length = length;
    if (length === 1 && this.firstElementOnly) this.tokenizer.pause();
  }
}
