import type { BodyBlock } from '../../domain/article.js';
import type { PageFields } from './page-fields.js';
import { collectBlocks, type BlockRules } from './collect-blocks.js';
import { isDroppedBy } from './dropped-parts.js';
import { walkTree } from '../html/inline-text.js';
import type { TreeElement } from '../html/page-tree.js';
import type { PageView } from './page-view.js';
import type { BodyPart, BodySpecification } from './extractor-specification.js';
import { classesOf, matches, select } from '../html/select.js';

/**
 * Reads the body: the parts that the specification names; where a container holds text but none of them, all the
 * container's text; where there is no container at all, the metadata's copy, which the site is known to cut.
 * A container without text is an empty body and stays one.
 */
export function readBody(specification: BodySpecification, view: PageView): PageFields['body'] {
  const { noText } = specification;
  const body = readShownBody(specification, view);
  return noText === undefined ? body : { ...body, blocks: body.blocks.filter(({ text }) => !noText.test(text)) };
}

function readShownBody(specification: BodySpecification, view: PageView): PageFields['body'] {
  const rules: BlockRules = {
    isDropped: isDroppedBy(specification.dropped),
    isQuote: (element) => specification.quoteSelectors.some((selector) => matches(element, selector)),
  };
  for (const selector of specification.containers) {
    const containers = outermost(select(view.page.tree, selector, view.root), rules);
    if (containers.length === 0) continue;
    const parts = containers.flatMap((container) => readParts(container, specification.parts, rules));
    if (parts.length > 0) return { blocks: parts, source: selector };
    return { blocks: containers.flatMap((container) => collectBlocks(container, 'text', rules)), source: selector };
  }
  return readLastResort(specification.lastResort, view);
}

/** A container inside another one, or inside what never is body, is not read by itself. */
function outermost(containers: readonly TreeElement[], rules: BlockRules): readonly TreeElement[] {
  const all = new Set(containers);
  return containers.filter((container) => {
    if (rules.isDropped(container)) return false;
    for (let at = container.parent; at !== null; at = at.parent) {
      if (all.has(at) || rules.isDropped(at)) return false;
    }
    return true;
  });
}

function readParts(container: TreeElement, parts: readonly BodyPart[], rules: BlockRules): BodyBlock[] {
  const blocks: BodyBlock[] = [];
  if (parts.length === 0) return collectBlocks(container, 'text', rules);
  walkTree(container, {
    enter: (element) => {
      if (rules.isDropped(element)) return false;
      const part = parts.find((candidate) => isPart(element, candidate));
      if (part !== undefined) blocks.push(...readPart(element, part, parts, rules));
      else if (element.parent !== container || !BARE_TEXT_ELEMENTS.has(element.name)) return true;
      else blocks.push(...collectBlocks({ ...element, children: [element] }, 'text', rules));
      return false;
    },
    text: () => undefined,
    leave: () => undefined,
  });
  return blocks;
}

/** Text that stands in the container without a block around it. */
const BARE_TEXT_ELEMENTS: ReadonlySet<string> = new Set('p blockquote h2 h3 h4 ul ol table'.split(' '));

function isPart(element: TreeElement, part: BodyPart): boolean {
  if (element.attributes.length === 0) return false;
  if (!matches(element, part.selector)) return false;
  const { unlessHolding } = part;
  return unlessHolding === undefined || !holdsClass(element, unlessHolding);
}

function holdsClass(element: TreeElement, classes: readonly string[]): boolean {
  let isFound = false;
  walkTree(element, {
    enter: (inner) => {
      isFound ||= classesOf(inner).some((name) => classes.includes(name));
      return !isFound;
    },
    text: () => undefined,
    leave: () => undefined,
  });
  return isFound;
}

function readPart(
  element: TreeElement,
  part: BodyPart,
  parts: readonly BodyPart[],
  rules: BlockRules,
): readonly BodyBlock[] {
  const { type } = part;
  if (type === 'heading' || type === 'list') return asOne(collectBlocks(element, type, rules), type);
  const quotes = parts.filter((other) => other.type === 'quote');
  const isQuote = (inner: TreeElement): boolean =>
    rules.isQuote(inner) || quotes.some(({ selector }) => matches(inner, selector));
  const blocks = collectBlocks(element, type === 'inset' ? 'text' : type, { isDropped: rules.isDropped, isQuote });
  if (type !== 'inset') return blocks;
  return blocks.map((block) => (block.type === 'heading' ? { ...block, type: 'text' } : block));
}

/** A heading or a list that the site made of several elements is one block. */
function asOne(blocks: readonly BodyBlock[], type: BodyBlock['type']): readonly BodyBlock[] {
  const text = blocks.map((block) => block.text).join(type === 'list' ? '\n' : ' ');
  return text === '' ? [] : [{ type, text }];
}

function readLastResort(sources: readonly string[], view: PageView): PageFields['body'] {
  for (const source of sources) {
    const [found] = view.read(source);
    if (found === undefined) continue;
    const blocks = found.value
      .split(/\n+/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((text): BodyBlock => ({ type: 'text', text }));
    if (blocks.length > 0) return { blocks, source: found.source };
  }
  return { blocks: [], source: 'none' };
}
