import type { BodyBlock } from '../../domain/article.js';
import { BLOCK_ELEMENTS, SILENT_ELEMENTS } from '../html/html-elements.js';
import { collapseWhiteSpace, inlineText, LINE_BREAK, walkTree } from '../html/inline-text.js';
import type { TreeElement } from '../html/page-tree.js';

export type BlockType = BodyBlock['type'];

export interface BlockRules {
  /** What never is body, with all it holds. */
  readonly isDropped: (element: TreeElement) => boolean;
  /** What the site marks as a quotation beside `<blockquote>`. */
  readonly isQuote: (element: TreeElement) => boolean;
}

const HEADINGS: ReadonlySet<string> = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const LISTS: ReadonlySet<string> = new Set(['ul', 'ol', 'dl']);
const LIST_ITEMS: ReadonlySet<string> = new Set(['li', 'dt', 'dd']);
const BLOCKS_MAX = 5_000;

/**
 * Reads the paragraphs inside an element, in reading order, whatever elements they are made of.
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
    if (LISTS.has(name)) return this.add('list', readItems(element, this.rules).join('\n'));
    if (name === 'table') return this.add('list', readRows(element, this.rules).join('\n'));
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

const EMPTY_LINE = /\u2028[ \t\n\f\r\u00a0]*\u2028/;

/** Items of nested lists follow the item they stand in. */
function readItems(list: TreeElement, rules: BlockRules): string[] {
  const isApart = (element: TreeElement): boolean =>
    LISTS.has(element.name) || LIST_ITEMS.has(element.name) || rules.isDropped(element);
  const items = descendants(list, (element) => LIST_ITEMS.has(element.name), rules);
  const sources = items.length > 0 ? items : [list];
  return sources.map((item) => oneLine(inlineText(item, isApart))).filter((text) => text !== '');
}

/** Rows of a table inside a cell follow the row it stands in. */
function readRows(table: TreeElement, rules: BlockRules): string[] {
  const isApart = (element: TreeElement): boolean => element.name === 'table' || rules.isDropped(element);
  return descendants(table, (element) => element.name === 'tr', rules)
    .map((row) =>
      row.children
        .filter((cell) => typeof cell !== 'string')
        .map((cell) => oneLine(inlineText(cell, isApart)))
        .join('\t')
        .trim(),
    )
    .filter((text) => text !== '');
}

function descendants(
  root: TreeElement,
  isWanted: (element: TreeElement) => boolean,
  rules: BlockRules,
): readonly TreeElement[] {
  const found: TreeElement[] = [];
  walkTree(root, {
    enter: (element) => {
      if (SILENT_ELEMENTS.has(element.name) || rules.isDropped(element)) return false;
      if (isWanted(element)) found.push(element);
      return true;
    },
    text: () => undefined,
    leave: () => undefined,
  });
  return found;
}

function oneLine(text: string): string {
  return text.replace(/\n+/g, ' ');
}
