import type { BodyBlock } from '../../domain/article.js';
import { MARKED_BLOCKS } from '../../domain/extraction.js';
import { type ElementTest, holdsElement, inlineText, isHidden, walkTree } from '../html/inline-text.js';
import { attributeOf, BLOCK_ELEMENTS, SILENT_ELEMENTS, type TreeElement } from '../html/page-tree.js';
import { matches, select } from '../html/select.js';
import type { ArticleView } from './article-view.js';
import { asksForSomething, endsSentence, holdsOnlyLinks, isReadAlsoLabel, kindNames } from './beside-text.js';
import { type BlockRules, collectBlocks } from './collect-blocks.js';
import type { BodyPart, BodySpecification, DroppedParts, PageFields } from './extractor.js';
import { extractCopy, extractSentences } from './last-resort.js';

type BlockType = BodyBlock['type'];

/** Text that stands in the container without a block around it. */
const BARE_TEXT_ELEMENTS: ReadonlySet<string> = new Set('p blockquote h2 h3 h4 ul ol table'.split(' '));

/**
 * Extracts the body from the parts that the specification names. If a container has text but none of these parts, all
 * of its text is taken. If there is no container at all, the body is what the parts find anywhere, otherwise the copy
 * in the metadata, which the site is known to shorten, otherwise whole sentences. A container without text gives an
 * empty body.
 */
export function extractBody(specification: BodySpecification, view: ArticleView): PageFields['body'] {
  const { noText } = specification;
  const body = extractShownBody(specification, view);
  return noText === undefined ? body : { ...body, blocks: body.blocks.filter(({ text }) => !noText.test(text)) };
}

/**
 * Dropped on every page: captions, parts that only screen readers and scripts see, embedded posts of other sites,
 * advertisements, and struck-out text, since a "12" that was corrected to "15" is no longer part of the text.
 */
const DROPPED_NAMES: ReadonlySet<string> = new Set([...SILENT_ELEMENTS, 'figcaption', 'del', 's', 'strike']);
const DROPPED_CLASSES = (
  'twitter-tweet x-embed twitter-video instagram-media fb-post fb-video telegram-post telegram-widget vk_post vk-post ok-embed ' +
  'tiktok-embed reddit-embed bluesky-embed adsbygoogle caption image-caption photo-caption wp-caption-text'
).split(' ');
const DROPPED_CLASS_PREFIXES = ['taboola', 'tgme_'];
const STRUCK_OUT = /(?<![\w-])text-decoration(?:-line)?\s*:\s*line-through/i;

/** @returns the test for what never is body: by `data-type`, class, beginning of a class, because it is hidden, or because its element holds no text. */
export function isDroppedBy(dropped: DroppedParts): ElementTest {
  const known = droppedTests.get(dropped);
  if (known !== undefined) return known;
  const dataTypes = new Set(dropped.dataTypes);
  const classes = new Set([...DROPPED_CLASSES, ...dropped.classes]);
  const names = new Set([...DROPPED_NAMES, ...(dropped.names ?? [])]);
  const classPrefixes = [...DROPPED_CLASS_PREFIXES, ...dropped.classPrefixes];
  const attributes = dropped.attributes ?? [];
  const isDroppedClass = (name: string): boolean =>
    classes.has(name) || classPrefixes.some((prefix) => name.startsWith(prefix));
  const test: ElementTest = (element) => {
    if (names.has(element.name) || element.name.startsWith('amp-')) return true;
    if (element.attributes.length === 0) return false;
    if (isHidden(element)) return true;
    if (dataTypes.has(attributeOf(element, 'data-type') ?? '')) return true;
    for (const name of attributes) if (attributeOf(element, name) !== null) return true;
    const style = attributeOf(element, 'style');
    if (style !== null && STRUCK_OUT.test(style)) return true;
    return element.classes.some(isDroppedClass);
  };
  droppedTests.set(dropped, test);
  return test;
}

/** Grows by what the specifications in the code name, no further. */
const droppedTests = new Map<DroppedParts, ElementTest>();

function extractShownBody(specification: BodySpecification, view: ArticleView): PageFields['body'] {
  const rules: BlockRules = {
    isDropped: isDroppedBy(specification.dropped),
    isQuote: (element) => specification.quoteSelectors.some((selector) => matches(element, selector)),
  };
  for (const selector of specification.containers) {
    const isRoot = matches(view.root, selector);
    const containers = isRoot ? [view.root] : outermost(select(view.page.tree, selector, view.root), rules);
    if (containers.length === 0) continue;
    const parts = containers.flatMap((container) => extractParts(container, specification.parts, rules));
    if (parts.length > 0) return { blocks: parts, source: selector };
    return { blocks: containers.flatMap((container) => collectBlocks(container, 'text', rules)), source: selector };
  }
  if (specification.parts.length === 0) return extractCopy(specification.lastResort, view);
  const blocks = extractMarked(view.root, specification.parts, rules);
  const copy = extractCopy(specification.lastResort, view);
  const isText = blocks.some(({ type, text }) => type === 'text' && endsSentence(text));
  if (isText && lengthOf(blocks) * COPY_RATIO > lengthOf(copy.blocks)) return { blocks, source: MARKED_BLOCKS };
  return copy.blocks.length > 0 ? copy : extractSentences(view, rules);
}

/** A copy so many times as long as the blocks that were found has what stands in others. */
const COPY_RATIO = 1.2;

function lengthOf(blocks: readonly BodyBlock[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0);
}

/** Blocks of a known kind, whatever holds them: the container's name is one that is not known. */
function extractMarked(root: TreeElement, parts: readonly BodyPart[], rules: BlockRules): BodyBlock[] {
  const blocks: BodyBlock[] = [];
  const partOf = partFinder(parts);
  const enter: ElementTest = (element) => {
    if (rules.isDropped(element)) return false;
    const part = partOf(element);
    if (part !== null) blocks.push(...extractPart(element, part, parts, rules));
    return part === null;
  };
  walkTree(root, { enter });
  return blocks;
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
  const partOf = partFinder(parts);
  const isFrame = frameTest(partOf);
  let isAfterLabel = false;
  const enter: ElementTest = (element) => {
    if (rules.isDropped(element)) return false;
    const part = partOf(element);
    const isOnTop = element.parent === container || isFrame(element.parent);
    const found =
      part === null ? blocksBetween(element, isOnTop, partOf, rules) : extractPart(element, part, parts, rules);
    if (found === null) return true;
    // The links behind "Read also:", each in a block of its own.
    if (found.length > 0 && isAfterLabel && holdsOnlyLinks(element)) return false;
    isAfterLabel = found.length === 0 && isReadAlsoLabel(inlineText(element));
    blocks.push(...found);
    return false;
  };
  for (const run of bareRuns(container, partOf, rules)) {
    const part = { ...container, children: run.children };
    if (run.isBare) blocks.push(...collectBlocks(part, 'text', rules).filter(({ text }) => endsSentence(text)));
    else walkTree(part, { enter });
  }
  return blocks;
}

/** @returns the part that an element is, null if it is none. */
type PartFinder = (element: TreeElement) => BodyPart | null;

/** Each element of a container is asked about several times, on the way to it and from around it. */
function partFinder(parts: readonly BodyPart[]): PartFinder {
  const known = new Map<TreeElement, BodyPart | null>();
  return (element) => {
    if (element.attributes.length === 0) return null;
    let part = known.get(element);
    if (part === undefined) {
      part = parts.find((candidate) => isPart(element, candidate)) ?? null;
      known.set(element, part);
    }
    return part;
  };
}

interface ChildRun {
  /** Text, and what belongs into its lines, straight in the container. */
  readonly isBare: boolean;
  readonly children: TreeElement['children'];
}

/** Parts what stands straight in a container between its blocks, so that a sentence with an element in it stays one, from all else. */
function bareRuns(container: TreeElement, partOf: PartFinder, { isDropped }: BlockRules): ChildRun[] {
  const isWritten = (child: TreeElement | string): boolean => typeof child === 'string' && child.trim() !== '';
  if (!container.children.some(isWritten)) return [{ isBare: false, children: container.children }];
  const isInLine = (child: TreeElement | string): boolean => {
    if (typeof child === 'string') return true;
    if (BLOCK_ELEMENTS.has(child.name)) return false;
    return isDropped(child) || !(partOf(child) || holdsElement(child, (inner) => partOf(inner) !== null));
  };
  const runs: { isInLine: boolean; children: (TreeElement | string)[] }[] = [];
  for (const child of container.children) {
    const last = runs.at(-1);
    const inLine = isInLine(child);
    if (last?.isInLine === inLine) last.children.push(child);
    else runs.push({ isInLine: inLine, children: [child] });
  }
  return runs.flatMap(({ isInLine: inLine, children }) => {
    const end = inLine ? children.findLastIndex(isWritten) : -1;
    if (end === -1) return { isBare: false, children };
    // What follows a whole sentence is a button or a card, not its end.
    const written = children[end];
    if (typeof written !== 'string' || !endsSentence(written.trim())) return { isBare: true, children };
    return [
      { isBare: true, children: children.slice(0, end + 1) },
      { isBare: false, children: children.slice(end + 1) },
    ];
  });
}

/**
 * @param isOnTop  It stands straight in the container, or in a frame of it.
 * @returns        The text of an element of the container that is no part; null: it is looked for inside.
 */
function blocksBetween(
  element: TreeElement,
  isOnTop: boolean,
  partOf: PartFinder,
  rules: BlockRules,
): readonly BodyBlock[] | null {
  if (isOnTop && BARE_TEXT_ELEMENTS.has(element.name)) {
    if (NO_BARE_TEXT_KIND.test(kindNames(element))) return [];
    return collectBlocks({ ...element, children: [element] }, 'text', rules);
  }
  if (!isOnTop && attributeOf(element, 'data-type') === null) return null;
  if (holdsElement(element, (inner) => partOf(inner) !== null)) return null;
  const unknown = collectBlocks(element, 'text', rules);
  return isUnknownText(element, unknown) ? unknown : [];
}

/** @returns the test for an element that is no block and holds blocks: a chapter. Each is looked through once, however many it holds. */
function frameTest(partOf: PartFinder): (element: TreeElement | null) => boolean {
  const known = new Map<TreeElement, boolean>();
  return (element) => {
    if (element === null || attributeOf(element, 'data-type') !== null || BARE_TEXT_ELEMENTS.has(element.name))
      return false;
    let isFrame = known.get(element);
    if (isFrame === undefined) {
      isFrame = holdsElement(element, (inner) => partOf(inner) !== null);
      known.set(element, isFrame);
    }
    return isFrame;
  };
}

function isPart(element: TreeElement, { selector, unlessHolding }: BodyPart): boolean {
  if (!matches(element, selector)) return false;
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

/** Kinds of what needs no block of its own to be text, a paragraph, a list, that ask for something all the same; whole words only. */
const NO_BARE_TEXT_KIND =
  /(?:^|[ _-])(?:subscribe|subscription|banner|promo|cookies?|consent|gdpr|adverts?)(?:[ _-]|$)/i;
const CONTROLS: ReadonlySet<string> = new Set('form button input select textarea iframe object'.split(' '));
/** Share of the text in links; an element with more than this is a card or an appeal. */
const LINKS_SHARE_MAX = 0.2;

/**
 * Tells whether a block of a kind that no extractor knows is text, so that a new kind of block loses none.
 *
 * @param blocks  The paragraphs found in it.
 * @returns       True where it tells whole sentences, and is neither a form, nor an appeal, nor mostly links.
 *
 * Pure. Errs towards no: labels and buttons are no text.
 */
function isUnknownText(element: TreeElement, blocks: readonly BodyBlock[]): boolean {
  if (asksForSomething(element) || holdsElement(element, ({ name }) => CONTROLS.has(name))) return false;
  if (!blocks.some(({ text }) => endsSentence(text))) return false;
  const length = blocks.reduce((sum, { text }) => sum + text.length, 0);
  return lengthOfLinks(element) <= length * LINKS_SHARE_MAX;
}

function lengthOfLinks(element: TreeElement): number {
  let length = 0;
  walkTree(element, {
    enter: (inner) => {
      if (inner.name === 'a') length += inlineText(inner).length;
      return inner.name !== 'a';
    },
  });
  return length;
}
