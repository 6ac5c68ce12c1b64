import type { BodyBlock } from '../../domain/article.js';
import { holdsElement, inlineText, walkTree } from '../html/inline-text.js';
import { attributeOf, type TreeElement } from '../html/page-tree.js';

/** Kinds of blocks that ask for something instead of telling it, by the words in their names. */
const NO_TEXT_KIND =
  /subscri|promo|banner|advert|(?:^|[ _-])ads?(?:[ _-]|$)|sponsor|recommend|related|widget|donat|newsletter|share|social|comment|login|paywall|(?:^|[ _-])apps?(?:[ _-]|$)|seealso|read-?more|injection/i;
const CONTROLS: ReadonlySet<string> = new Set('form button input select textarea iframe object'.split(' '));
const SENTENCE_END = /[.!?…。！？։؟।][»”"'’)\]」』）]*$/mu;
/** Of the text: what leads elsewhere with more of it is a card or an appeal. */
const LINKS_SHARE_MAX = 0.2;

/**
 * Tells whether a block of a kind that no extractor knows is text, so that a new kind of block loses none.
 *
 * @param blocks  The paragraphs found in it.
 * @returns       True where it tells whole sentences, and is neither a form, nor an appeal, nor mostly links.
 *
 * Pure. Errs towards no: labels and buttons are no text.
 */
export function isUnknownText(element: TreeElement, blocks: readonly BodyBlock[]): boolean {
  const names = [attributeOf(element, 'data-type') ?? '', ...element.classes].join(' ');
  if (NO_TEXT_KIND.test(names) || holdsElement(element, ({ name }) => CONTROLS.has(name))) return false;
  if (!blocks.some(({ text }) => endsSentence(text))) return false;
  const length = blocks.reduce((sum, { text }) => sum + text.length, 0);
  return lengthOfLinks(element) <= length * LINKS_SHARE_MAX;
}

/** @returns whether a line of the text ends as a sentence does. */
export function endsSentence(text: string): boolean {
  return SENTENCE_END.test(text);
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
