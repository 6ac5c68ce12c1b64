import type { BodyBlock } from '../../domain/article.js';
import {
  apartText,
  collapseWhiteSpace,
  type ElementTest,
  holdsElement,
  inlineText,
  LINE_BREAK,
  walkTree,
} from '../html/inline-text.js';
import { attributeOf, BLOCK_ELEMENTS, SILENT_ELEMENTS, type TreeElement } from '../html/page-tree.js';
import { matches, select } from '../html/select.js';
import type { ArticleView } from './article-view.js';
import { isUnknownText } from './unknown-block.js';
import type { BodyPart, BodySpecification, DroppedParts, PageFields } from './extractor.js';

type BlockType = BodyBlock['type'];

export interface BlockRules {
  /** What never is body, with all it holds. */
  readonly isDropped: ElementTest;
  /** What the site marks as a quotation beside `<blockquote>`. */
  readonly isQuote: ElementTest;
}

const HEADINGS: ReadonlySet<string> = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const LISTS: ReadonlySet<string> = new Set(['ul', 'ol', 'dl']);
const LIST_ITEMS: ReadonlySet<string> = new Set(['li', 'dt', 'dd']);
/** Text that stands in the container without a block around it. */
const BARE_TEXT_ELEMENTS: ReadonlySet<string> = new Set('p blockquote h2 h3 h4 ul ol table'.split(' '));
const EMPTY_LINE = /\u2028[ \t\n\f\r\u00a0]*\u2028/;
const BLOCKS_MAX = 5_000;

/**
 * Extracts the body: the parts that the specification names; where a container holds text but none of them, all the
 * container's text; where there is no container at all, the metadata's copy, which the site is known to cut.
 * A container without text is an empty body and stays one.
 */
export function extractBody(specification: BodySpecification, view: ArticleView): PageFields['body'] {
  const { noText } = specification;
  const body = extractShownBody(specification, view);
  return noText === undefined ? body : { ...body, blocks: body.blocks.filter(({ text }) => !noText.test(text)) };
}

/** @returns the test for what never is body: by `data-type`, class, beginning of a class, because it is hidden, or because its element holds no text. */
export function isDroppedBy(dropped: DroppedParts): ElementTest {
  const known = droppedTests.get(dropped);
  if (known !== undefined) return known;
  const dataTypes = new Set(dropped.dataTypes);
  const classes = new Set(dropped.classes);
  const { names = [], classPrefixes } = dropped;
  const attributes = ['hidden', ...(dropped.attributes ?? [])];
  const isDroppedClass = (name: string): boolean =>
    classes.has(name) || classPrefixes.some((prefix) => name.startsWith(prefix));
  const test: ElementTest = (element) => {
    if (SILENT_ELEMENTS.has(element.name) || element.name.startsWith('amp-')) return true;
    if (names.includes(element.name)) return true;
    if (element.attributes.length === 0) return false;
    if (dataTypes.has(attributeOf(element, 'data-type') ?? '')) return true;
    for (const name of attributes) if (attributeOf(element, name) !== null) return true;
    const style = attributeOf(element, 'style');
    if (style !== null && /display\s*:\s*none/i.test(style)) return true;
    return element.classes.some(isDroppedClass);
  };
  droppedTests.set(dropped, test);
  return test;
}

/** Grows by what the specifications in the code name, no further. */
const droppedTests = new Map<DroppedParts, ElementTest>();

/**
 * Collects the paragraphs inside an element, in reading order, whatever elements they are made of.
 *
 * @param type   What plain paragraphs in it are.
 * @returns      Blocks with text; a list's items, and a table's rows, joined by newlines; a table's cells by tabs.
 *
 * Paragraphs end at block elements and at empty lines (`<br><br>`); a single `<br>` is a newline. Pure.
 */
export function collectBlocks(root: TreeElement, type: BlockType, rules: BlockRules): BodyBlock[] {
  const collector = new BlockCollector(type, rules);
  walkTree(root, collector);
  return collector.end();
}

function extractShownBody(specification: BodySpecification, view: ArticleView): PageFields['body'] {
  const rules: BlockRules = {
    isDropped: isDroppedBy(specification.dropped),
    isQuote: (element) => specification.quoteSelectors.some((selector) => matches(element, selector)),
  };
  for (const selector of specification.containers) {
    const containers = outermost(select(view.page.tree, selector, view.root), rules);
    if (containers.length === 0) continue;
    const parts = containers.flatMap((container) => extractParts(container, specification.parts, rules));
    if (parts.length > 0) return { blocks: parts, source: selector };
    return { blocks: containers.flatMap((container) => collectBlocks(container, 'text', rules)), source: selector };
  }
  return extractLastResort(specification.lastResort, view);
}

/** A container inside another one, or inside what never is body, is not read by itself. */
function outermost(containers: readonly TreeElement[], { isDropped }: BlockRules): readonly TreeElement[] {
  const all = new Set(containers);
  return containers.filter((container) => {
    if (isDropped(container)) return false;
    for (let at = container.parent; at !== null; at = at.parent) {
      if (all.has(at) || isDropped(at)) return false;
    }
    return true;
  });
}

function extractParts(container: TreeElement, parts: readonly BodyPart[], rules: BlockRules): BodyBlock[] {
  if (parts.length === 0) return collectBlocks(container, 'text', rules);
  const blocks: BodyBlock[] = [];
  walkTree(container, {
    enter: (element) => {
      if (rules.isDropped(element)) return false;
      const part = parts.find((candidate) => isPart(element, candidate));
      const isOnTop = element.parent === container;
      if (part !== undefined) blocks.push(...extractPart(element, part, parts, rules));
      else if (isOnTop && BARE_TEXT_ELEMENTS.has(element.name)) {
        blocks.push(...collectBlocks({ ...element, children: [element] }, 'text', rules));
      } else if (isOnTop || attributeOf(element, 'data-type') !== null) {
        if (holdsElement(element, (inner) => parts.some((other) => isPart(inner, other)))) return true;
        const unknown = collectBlocks(element, 'text', rules);
        if (isUnknownText(element, unknown)) blocks.push(...unknown);
      } else return true;
      return false;
    },
  });
  return blocks;
}

function isPart(element: TreeElement, { selector, unlessHolding }: BodyPart): boolean {
  if (element.attributes.length === 0 || !matches(element, selector)) return false;
  return (
    unlessHolding === undefined ||
    !holdsElement(element, ({ classes }) => unlessHolding.some((name) => classes.includes(name)))
  );
}

function extractPart(
  element: TreeElement,
  { type }: BodyPart,
  parts: readonly BodyPart[],
  rules: BlockRules,
): readonly BodyBlock[] {
  if (type === 'heading' || type === 'list') return asOne(collectBlocks(element, type, rules), type);
  const quotes = parts.filter((other) => other.type === 'quote');
  const isQuote: ElementTest = (inner) =>
    rules.isQuote(inner) || quotes.some(({ selector }) => matches(inner, selector));
  const blocks = collectBlocks(element, type === 'inset' ? 'text' : type, { isDropped: rules.isDropped, isQuote });
  if (type !== 'inset') return blocks;
  return blocks.map((block) => (block.type === 'heading' ? { ...block, type: 'text' } : block));
}

/** A heading or a list that the site made of several elements is one block. */
function asOne(blocks: readonly BodyBlock[], type: BlockType): readonly BodyBlock[] {
  const text = blocks.map((block) => block.text).join(type === 'list' ? '\n' : ' ');
  return text === '' ? [] : [{ type, text }];
}

function extractLastResort(sources: readonly string[], view: ArticleView): PageFields['body'] {
  for (const source of sources) {
    const [found] = view.read(source);
    const lines = found?.value.split(/\n+/).map((line) => line.trim()) ?? [];
    const blocks = lines.filter((line) => line !== '').map((text): BodyBlock => ({ type: 'text', text }));
    if (blocks.length > 0) return { blocks, source };
  }
  return { blocks: [], source: 'none' };
}

class BlockCollector {
  private readonly blocks: BodyBlock[] = [];
  private raw = '';
  private openQuotes = 0;

  constructor(
    private readonly type: BlockType,
    private readonly rules: BlockRules,
  ) {}

  text(text: string): void {
    this.raw += text;
  }

  enter(element: TreeElement): boolean {
    const { name } = element;
    if (name === 'br') this.raw += LINE_BREAK;
    if (SILENT_ELEMENTS.has(name) || this.rules.isDropped(element)) {
      if (BLOCK_ELEMENTS.has(name)) this.flush();
      return false;
    }
    if (HEADINGS.has(name)) return this.add('heading', inlineText(element, this.rules.isDropped));
    if (LISTS.has(name)) return this.add('list', itemsOf(element, this.rules).join('\n'));
    if (name === 'table') return this.add('list', rowsOf(element, this.rules).join('\n'));
    const apart = apartText(element, this.rules.isDropped);
    if (apart !== null) {
      this.raw += apart;
      return false;
    }
    if (BLOCK_ELEMENTS.has(name)) this.flush();
    if (this.isQuote(element)) this.openQuotes += 1;
    return true;
  }

  leave(element: TreeElement): void {
    if (BLOCK_ELEMENTS.has(element.name)) this.flush();
    if (this.isQuote(element)) this.openQuotes -= 1;
  }

  end(): BodyBlock[] {
    this.flush();
    return this.blocks;
  }

  private isQuote(element: TreeElement): boolean {
    return element.name === 'blockquote' || this.rules.isQuote(element);
  }

  private add(type: BlockType, text: string): false {
    this.flush();
    this.push(type, text);
    return false;
  }

  private flush(): void {
    const { raw } = this;
    this.raw = '';
    if (raw === '') return;
    const type = this.openQuotes > 0 ? 'quote' : this.type;
    for (const paragraph of raw.split(EMPTY_LINE)) this.push(type, collapseWhiteSpace(paragraph));
  }

  private push(type: BlockType, text: string): void {
    if (text !== '' && this.blocks.length < BLOCKS_MAX) this.blocks.push({ type, text });
  }
}

/** Items of nested lists follow the item they stand in. */
function itemsOf(list: TreeElement, { isDropped }: BlockRules): string[] {
  const items = descendants(list, (element) => LIST_ITEMS.has(element.name), isDropped);
  return (items.length > 0 ? items : [list])
    .map((item) => oneLine(item, (inner) => LISTS.has(inner.name) || LIST_ITEMS.has(inner.name) || isDropped(inner)))
    .filter((text) => text !== '');
}

/** Rows of a table inside a cell follow the row it stands in. */
function rowsOf(table: TreeElement, { isDropped }: BlockRules): string[] {
  return descendants(table, (element) => element.name === 'tr', isDropped)
    .map((row) => {
      const cells = row.children.filter((cell) => typeof cell !== 'string');
      return cells.map((cell) => oneLine(cell, (inner) => inner.name === 'table' || isDropped(inner))).join('\t');
    })
    .map((row) => row.trim())
    .filter((text) => text !== '');
}

function descendants(root: TreeElement, isWanted: ElementTest, isDropped: ElementTest): readonly TreeElement[] {
  const found: TreeElement[] = [];
  walkTree(root, {
    enter: (element) => {
      if (SILENT_ELEMENTS.has(element.name) || isDropped(element)) return false;
      if (isWanted(element)) found.push(element);
      return true;
    },
  });
  return found;
}

function oneLine(element: TreeElement, isDropped: ElementTest): string {
  return inlineText(element, isDropped).replace(/\n+/g, ' ');
}
