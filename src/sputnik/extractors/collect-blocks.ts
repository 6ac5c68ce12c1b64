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
import {
  holdsOnlyLinks,
  isAdvertNotice,
  isOnlyLinks,
  isReadAlso,
  isReadAlsoLabel,
  LINK_END,
  linkStart,
  withoutLinkMarks,
} from './beside-text.js';

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
const EMPTY_LINE = /\u2028[ \t\n\f\r\u00a0\ufdd0-\ufdd3]*\u2028/;
const BLOCKS_MAX = 5_000;

/**
 * Collects the paragraphs inside an element, in reading order, whatever elements they are made of.
 *
 * @param type   What plain paragraphs in it are.
 * @returns      Blocks with text; a list's items, and a table's rows, joined by newlines; a table's cells by tabs.
 *
 * Paragraphs end at block elements and at empty lines (`<br><br>`); a single `<br>` is a newline. What only leads to other
 * articles ("Read also: …") is none of them. Pure.
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
  /** The last paragraph was the label of links that follow, and was left out. */
  private isAfterLabel = false;

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
    if (SILENT_ELEMENTS.has(name) || this.rules.isDropped(element) || isBesideText(element)) {
      if (BLOCK_ELEMENTS.has(name)) this.flush();
      return false;
    }
    if (HEADINGS.has(name)) return this.add('heading', inlineText(element, this.rules.isDropped));
    if ((LISTS.has(name) || name === 'table') && this.isOfReadAlso(element)) return false;
    if (LISTS.has(name)) return this.add('list', itemsOf(element, this.rules).join('\n'));
    if (name === 'table') return this.add('list', rowsOf(element, this.rules).join('\n'));
    const apart = apartText(element, this.rules.isDropped);
    if (apart !== null) {
      this.raw += apart;
      return false;
    }
    if (BLOCK_ELEMENTS.has(name)) this.flush();
    if (this.isQuote(element)) this.openQuotes += 1;
    if (name === 'a') this.raw += linkStart(attributeOf(element, 'href') ?? '');
    if (name === 'q') this.raw += '"';
    return true;
  }

  leave(element: TreeElement): void {
    if (element.name === 'a') this.raw += LINK_END;
    if (element.name === 'q') this.raw += '"';
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
    for (const paragraph of raw.split(EMPTY_LINE)) {
      if (isReadAlso(paragraph) || (this.isAfterLabel && isOnlyLinks(paragraph))) continue;
      this.push(type, collapseWhiteSpace(withoutLinkMarks(paragraph)));
    }
  }

  private isOfReadAlso(list: TreeElement): boolean {
    this.flush();
    return this.isAfterLabel && holdsOnlyLinks(list);
  }

  private push(type: BlockType, text: string): void {
    if (text === '') return;
    if (type !== 'list' && isAdvertNotice(text)) return;
    this.isAfterLabel = isReadAlsoLabel(text);
    if (!this.isAfterLabel && this.blocks.length < BLOCKS_MAX) this.blocks.push({ type, text });
  }
}

/** "Name (@account)" over a link to the post: what networks offer for pasting, its class perhaps lost. */
const POST_SIGNATURE = /\(@\w{1,30}\)/;
const POST_URL = /^https?:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/\w{1,30}\/status\//;

/** A channel or a page of the agency's in a network; a post has more in its path. */
const CHANNEL_URL =
  /^https?:\/\/(?:www\.|m\.)?(?:t\.me|telegram\.me|dzen\.ru|zen\.yandex\.(?:ru|com)|max\.ru|vk\.com|ok\.ru|(?:www\.)?facebook\.com|(?:twitter|x)\.com)\/@?[\w.-]+\/?(?:\?\S*)?$/;

/**
 * An aside among text, the post of a network, and a paragraph that is nothing but a link to a channel are none of the text; an aside
 * that stands alone in its block is its text.
 */
function isBesideText(element: TreeElement): boolean {
  if (element.name === 'aside') return !isAlone(element);
  if (element.name === 'a') return CHANNEL_URL.test(attributeOf(element, 'href') ?? '') && isParagraph(element);
  if (element.name !== 'blockquote') return false;
  const leadsToPost: ElementTest = (inner) => inner.name === 'a' && POST_URL.test(attributeOf(inner, 'href') ?? '');
  return holdsElement(element, leadsToPost) && POST_SIGNATURE.test(inlineText(element));
}

/** One of more is not looked upon as alone: each look goes through all of them. */
const SIBLINGS_MAX = 50;

function isAlone(element: TreeElement): boolean {
  const isWritten = (other: TreeElement | string): boolean =>
    (typeof other === 'string' ? other : inlineText(other)).trim() !== '';
  const siblings = element.parent?.children ?? [];
  return siblings.length <= SIBLINGS_MAX && siblings.every((other) => other === element || !isWritten(other));
}

/** Whether the paragraph of the element contains nothing else. */
function isParagraph(element: TreeElement): boolean {
  let at = element;
  while (isAlone(at)) {
    if (at.parent === null || BLOCK_ELEMENTS.has(at.parent.name)) return true;
    at = at.parent;
  }
  return false;
}

/** Items of nested lists follow the item they stand in. */
function itemsOf(list: TreeElement, { isDropped }: BlockRules): string[] {
  const items = descendants(list, (element) => LIST_ITEMS.has(element.name), isDropped);
  return (items.length > 0 ? items : [list])
    .map((item) => oneLine(item, (inner) => LISTS.has(inner.name) || LIST_ITEMS.has(inner.name) || isDropped(inner)))
    .filter((text) => text !== '');
}

/** The caption and the rows; rows of a table inside a cell follow the row it stands in. */
function rowsOf(table: TreeElement, { isDropped }: BlockRules): string[] {
  const isInner: ElementTest = (inner) => inner.name === 'table' || isDropped(inner);
  return descendants(table, ({ name }) => name === 'tr' || name === 'caption', isDropped)
    .map((row) => {
      if (row.name === 'caption') return oneLine(row, isInner);
      const cells = row.children.filter((cell) => typeof cell !== 'string');
      return cells.map((cell) => oneLine(cell, isInner)).join('\t');
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
