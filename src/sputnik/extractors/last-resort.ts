/** The fallback if no element that holds the text is known. */
import type { BodyBlock } from '../../domain/article.js';
import { SENTENCES } from '../../domain/extraction.js';
import type { ElementTest } from '../html/inline-text.js';
import { BLOCK_ELEMENTS, parsePage, type TreeElement } from '../html/page-tree.js';
import type { ArticleView } from './article-view.js';
import { asksForSomething, endsSentence, holdsOnlyLinks, NO_TEXT_KIND } from './beside-text.js';
import { type BlockRules, collectBlocks } from './collect-blocks.js';
import type { PageFields } from './extractor.js';

export const NO_BODY: PageFields['body'] = { blocks: [], source: 'none' };

/** @returns the first copy of the text that the metadata holds and that is not cut short. */
export function extractCopy(sources: readonly string[], view: ArticleView): PageFields['body'] {
  for (const source of sources) {
    const [found] = view.read(source);
    const blocks = found === undefined || CUT_SHORT.test(found.value.trimEnd()) ? [] : blocksOfValue(found.value);
    if (blocks.length > 0) return { blocks, source };
  }
  return NO_BODY;
}

/** A value of metadata is plain text, a paragraph a line, or markup, or markup that was encoded as text. */
function blocksOfValue(value: string): BodyBlock[] {
  const markup = ENCODED_MARKUP.test(value) ? parsePage(value).root.children.filter(isText).join('') : value;
  if (MARKUP.test(markup))
    return collectBlocks(parsePage(markup).root, 'text', { isDropped: isNever, isQuote: isNever });
  const lines = value.split(/\n+/).map((line) => line.trim());
  return lines.filter((line) => line !== '').map((text): BodyBlock => ({ type: 'text', text }));
}

/** The site cuts texts in metadata by length: the rest of the page says more, or nothing does. */
const CUT_SHORT = /(?:\.\.\.|…)$/;
const MARKUP = /<\/?(?:p|br|div|strong|em|b|i|a|ul|ol|li|h[1-6]|blockquote)(?=[\s/>])/i;
const ENCODED_MARKUP = /^\s*&lt;(?:p|div|h[1-6]|strong|b)\b/i;

function isNever(): boolean {
  return false;
}

function isText(child: TreeElement | string): child is string {
  return typeof child === 'string';
}

/** Elements above and below the text, by parts of their class names. */
const AROUND_TEXT =
  /(?:^|__)(?:header|title|subtitle|footer|tags|meta|author|authors|related|more|photo|caption|desc|copyright|notice)(?:$|-)/;
const LEAD = /(?:^|__)(?:announce|lead)(?:$|-)/;
const AROUND_TEXT_ELEMENTS: ReadonlySet<string> = new Set('header footer nav aside form button h1'.split(' '));
/** In characters: a notice or an apology has two or three sentences. */
const SENTENCES_LENGTH_MIN = 300;
const PARAGRAPHS_MIN = 3;

/** A bigger element is not looked through: those in it are. */
const TEASER_ELEMENTS_MAX = 200;

function isTeaser(element: TreeElement): boolean {
  const isSmall = element.lastOrder - element.order <= TEASER_ELEMENTS_MAX;
  return isSmall && BLOCK_ELEMENTS.has(element.name) && holdsOnlyLinks(element);
}

/** @returns whether the classes of an element are those of what stands beside a text. */
export function isCalledBeside(classes: readonly string[]): boolean {
  return classes.some((name) => AROUND_TEXT.test(name) || NO_TEXT_KIND.test(name));
}

/** @returns whether an element that a guess comes upon stands beside the text: a byline, comments, an appeal, teasers. */
export function isAroundText(element: TreeElement): boolean {
  return (
    AROUND_TEXT_ELEMENTS.has(element.name) ||
    (element.name === 'time' && element.parent?.name !== 'p') ||
    isCalledBeside(element.classes) ||
    asksForSomething(element) ||
    isTeaser(element)
  );
}

/** Where neither container nor blocks are known, all that the article says in whole sentences; little of it is a notice. */
export function extractSentences({ root }: ArticleView, { isDropped, isQuote }: BlockRules): PageFields['body'] {
  const isAround: ElementTest = (element) =>
    element !== root && (isAroundText(element) || element.classes.some((name) => LEAD.test(name)));
  const found = collectBlocks(root, 'text', {
    isDropped: (element) => isDropped(element) || isAround(element),
    isQuote,
  });
  const blocks = found.filter(({ type, text }) => type !== 'list' && type !== 'heading' && endsSentence(text));
  const length = blocks.reduce((sum, { text }) => sum + text.length, 0);
  return length < SENTENCES_LENGTH_MIN || blocks.length < PARAGRAPHS_MIN ? NO_BODY : { blocks, source: SENTENCES };
}
