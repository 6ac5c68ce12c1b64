import type { FoundImage } from './page-fields.js';
import { inlineText } from '../html/inline-text.js';
import { attributeOf, holderOf, type PageTree, type TreeElement } from '../html/page-tree.js';
import type { PageView } from './page-view.js';
import type { ImageSpecification } from './extractor-specification.js';
import { select, selectFirst } from '../html/select.js';

const IMAGES_MAX = 200;
/** Lazy loading keeps the address in a data attribute; `src` is then a placeholder. */
const ADDRESS_ATTRIBUTES = ['data-src', 'data-srcset', 'src', 'srcset', 'content', 'href'];

/**
 * Reads the lead image by metadata first, then every picture that the article shows, with caption and credit.
 *
 * @param cards  Elements of cards: their pictures belong to other articles, unless the card itself is a frame.
 */
export function readImages(
  specification: ImageSpecification,
  view: PageView,
  cards: ReadonlySet<TreeElement>,
): readonly FoundImage[] {
  const { tree } = view.page;
  const lead = view
    .readAll(specification.lead)
    .map(({ value, source }): FoundImage => ({ src: value, caption: null, credit: null, source }));
  const frames = new Set(specification.frames.flatMap((selector) => select(tree, selector, view.root)));
  const shown: FoundImage[] = [];
  for (const image of select(tree, 'img, amp-img', view.root)) {
    if (shown.length >= IMAGES_MAX) break;
    if (isFallback(image)) continue;
    const frame = holderOf(image, frames);
    const src = articleUrlOf(image);
    const card = holderOf(image, cards);
    if (frame === null || src === null || (card !== null && card !== frame)) continue;
    const caption = textIn(tree, specification.captions, frame) ?? attributeOf(image, 'alt');
    shown.push({ src, caption, credit: textIn(tree, specification.credits, frame), source: 'img' });
  }
  return [...lead, ...shown];
}

function textIn(tree: PageTree, selectors: readonly string[], frame: TreeElement): string | null {
  const [element] = selectFirst(tree, selectors, frame);
  const text = element === undefined ? '' : inlineText(element);
  return text === '' ? null : text;
}

function articleUrlOf(image: TreeElement): string | null {
  for (const name of ADDRESS_ATTRIBUTES) {
    const value = attributeOf(image, name)?.trim() ?? '';
    const address = name.endsWith('srcset') ? (value.split(/[\s,]+/)[0] ?? '') : value;
    if (address !== '' && !address.startsWith('data:')) return address;
  }
  return null;
}

/** What AMP shows where its own element does not work. */
function isFallback(image: TreeElement): boolean {
  for (let at = image.parent; at !== null; at = at.parent) if (at.name === 'amp-img') return true;
  return false;
}
