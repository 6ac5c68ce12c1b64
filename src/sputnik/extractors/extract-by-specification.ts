import { inlineText } from '../html/inline-text.js';
import { attributeOf, holderOf, isWithin, type PageTree, type TreeElement } from '../html/page-tree.js';
import { select, selectFirst } from '../html/select.js';
import { formatOf } from './article-format.js';
import { isPictureUrl } from '../urls/url-grammar.js';
import type { ArticleView } from './article-view.js';
import { extractBody, isDroppedBy } from './extract-body.js';
import type {
  ExtractorSpecification,
  Found,
  FoundImage,
  FoundLink,
  FoundTag,
  ImageSpecification,
  PageFields,
} from './extractor.js';

const LINKS_MAX = 500;
const TAGS_MAX = 200;
const IMAGES_MAX = 200;
/** Where a page says its title beside the headline that readers see, in every engine. */
const TITLE_WITNESSES = [
  'meta og:title',
  'meta twitter:title',
  'meta analytics:title',
  'microdata headline',
  'microdata name',
  'json-ld headline',
];
/** Lazy loading keeps the URL in a data attribute; `src` is then a placeholder. */
const IMAGE_ATTRIBUTES = ['data-src', 'data-srcset', 'src', 'srcset', 'content', 'href'];

/** Extracts everything that the specification names, judging nothing. Pure. */
export function extractBySpecification(specification: ExtractorSpecification, view: ArticleView): PageFields {
  const cards = selectAll(specification.cards, view);
  return {
    extractor: { name: specification.name, version: specification.version },
    url: view.page.url,
    ids: extractIds(specification, view),
    canonical: extractCanonical(view),
    titles: view.readAll(specification.titles),
    titleWitnesses: extractTitleWitnesses(view),
    leads: view.readAll(specification.leads),
    body: extractBody(specification.body, view),
    format: formatOf(specification, view),
    published: view.readAll(specification.published),
    modified: view.readAll(specification.modified),
    tags: extractTags(specification, view),
    tagNames: view.readAll(specification.tagNames),
    sections: view.readAll(specification.sections),
    authors: view.readAll(specification.authors),
    images: extractImages(specification.images, view, cards),
    links: extractLinks(specification, view, cards),
    copyrightHolders: view.readAll(specification.copyrightHolders),
    languages: view.readAll(specification.languages),
  };
}

/** What any of the selectors finds in the article. */
function selectAll(selectors: readonly string[], { page, root }: ArticleView): ReadonlySet<TreeElement> {
  const all = new Set<TreeElement>();
  for (const selector of selectors) for (const element of select(page.tree, selector, root)) all.add(element);
  return all;
}

function extractTitleWitnesses(view: ArticleView): readonly Found[] {
  const witnesses: Found[] = [];
  for (const source of TITLE_WITNESSES) {
    const witness = view.read(source)[0];
    if (witness !== undefined) witnesses.push(witness);
  }
  const [title] = select(view.page.head, 'title');
  if (title !== undefined) witnesses.push({ value: inlineText(title), source: 'page title' });
  return witnesses;
}

function extractIds(specification: ExtractorSpecification, view: ArticleView): PageFields['ids'] {
  for (let at: TreeElement | null = view.root; at !== null; at = at.parent) {
    for (const name of specification.idAttributes) {
      const value = attributeOf(at, name);
      if (value !== null && /^\d+$/.test(value)) return [{ value, source: `@${name}` }];
    }
  }
  return [];
}

function extractCanonical(view: ArticleView): PageFields['canonical'] {
  const found: Found[] = [];
  for (const link of select(view.page.head, 'link[rel=canonical]')) {
    const value = attributeOf(link, 'href');
    if (value !== null) found.push({ value, source: 'link[rel=canonical]' });
  }
  found.push(...view.read('meta og:url'));
  return found;
}

function extractTags(specification: ExtractorSpecification, view: ArticleView): readonly FoundTag[] {
  for (const selector of specification.tagLinks) {
    const inArticle = select(view.page.tree, selector, view.root);
    const elements = inArticle.length > 0 || !isAlone(view) ? inArticle : select(view.page.tree, selector);
    const tags = elements
      .slice(0, TAGS_MAX)
      .map((element) => ({ name: inlineText(element), href: attributeOf(element, 'href'), source: selector }))
      .filter((tag) => tag.name !== '');
    if (tags.length > 0) return tags;
  }
  return [];
}

/** Tags outside the article's element are its own only where the page holds no other article. */
function isAlone({ page, root }: ArticleView): boolean {
  const [rootClass = ''] = (attributeOf(root, 'class') ?? '').trim().split(/\s+/);
  return page.tree.elements
    .filter(({ name }) => name === root.name && rootClass !== '')
    .filter((other) => other.classes.includes(rootClass))
    .every((other) => isWithin(other, root) || isWithin(root, other));
}

/** The lead image by metadata first, then every picture that the article shows; a card's picture is another article's. */
function extractImages(
  specification: ImageSpecification,
  view: ArticleView,
  cards: ReadonlySet<TreeElement>,
): readonly FoundImage[] {
  const { tree } = view.page;
  const lead: FoundImage[] = [];
  for (const { value, source } of view.readAll(specification.lead)) {
    if (isPictureUrl(value)) lead.push({ src: value, caption: null, credit: null, source });
  }
  const frames = selectAll(specification.frames, view);
  const shown: FoundImage[] = [];
  for (const image of select(tree, 'img, amp-img', view.root)) {
    if (shown.length >= IMAGES_MAX) break;
    const frame = holderOf(image, frames);
    const src = imageUrlOf(image);
    const card = holderOf(image, cards);
    // A card may itself be the frame of a picture.
    if (frame === null || src === null || isFallback(image) || (card !== null && card !== frame)) continue;
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

function imageUrlOf(image: TreeElement): string | null {
  for (const name of IMAGE_ATTRIBUTES) {
    const value = attributeOf(image, name)?.trim() ?? '';
    const url = name.endsWith('srcset') ? (value.split(/[\s,]+/)[0] ?? '') : value;
    if (isPictureUrl(url)) return url;
  }
  return null;
}

/** What AMP shows where its own element does not work. */
function isFallback(image: TreeElement): boolean {
  return isInside(image.parent, ({ name }) => name === 'amp-img', null);
}

/** Links of the text and of cards, in reading order, then cards that only metadata names. */
function extractLinks(
  specification: ExtractorSpecification,
  view: ArticleView,
  cards: ReadonlySet<TreeElement>,
): readonly FoundLink[] {
  const { tree } = view.page;
  const isDropped = isDroppedBy(specification.body.dropped);
  const selectors = [...specification.body.containers, ...specification.leads.filter((source) => !/[ @]/.test(source))];
  const texts = selectAll(selectors, view);
  const links: FoundLink[] = [];
  for (const anchor of select(tree, 'a[href]', view.root)) {
    if (links.length >= LINKS_MAX) break;
    const href = attributeOf(anchor, 'href') ?? '';
    if (holderOf(anchor, cards) !== null) {
      const title = inlineText(anchor) || (attributeOf(anchor, 'title') ?? '');
      links.push({ href, title: title === '' ? null : title, source: 'card' });
    } else if (holderOf(anchor, texts) !== null && !isInside(anchor, isDropped, view.root)) {
      links.push({ href, title: null, source: 'text link' });
    }
  }
  for (const { value, source } of view.readAll(specification.citations)) {
    links.push({ href: value, title: null, source });
  }
  return links;
}

/** @returns whether the element, or one around it up to `root`, passes the test. */
function isInside(
  element: TreeElement | null,
  test: (element: TreeElement) => boolean,
  root: TreeElement | null,
): boolean {
  for (let at = element; at !== null && at !== root; at = at.parent) if (test(at)) return true;
  return false;
}
