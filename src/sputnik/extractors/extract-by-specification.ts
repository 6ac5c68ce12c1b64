import { inlineText } from '../html/inline-text.js';
import { attributeOf, holderOf, isWithin, type PageTree, type TreeElement } from '../html/page-tree.js';
import { select, selectFirst } from '../html/select.js';
import { formatOf } from './article-format.js';
import { isPictureUrl, resolveUrl } from '../urls/url-grammar.js';
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
/** What the site adds to an article's `<title>`: " - 10.05.2024, Sputnik International", " - РИА Новости, 11.06.2022". */
const DATED_END = /\d{1,2}\.\d{1,2}\.\d{4}|\d{4}年\d{1,2}月\d{1,2}日/;
const TITLE_END_LENGTH = 80;
/** The size of the picture before it, and the next picture where no blank parts them. */
const SRCSET_SIZE = /^(\d+(?:\.\d+)?)[wx](?:,(.*))?$/;
/** Lazy loading keeps the URL in a data attribute; `src` is then a placeholder. */
const IMAGE_ATTRIBUTES = ['data-src', 'data-srcset', 'src', 'srcset', 'content', 'href'];

/** `./Title_files/1_640.jpg`: where a browser put the picture when it saved the page; the site knows no such URL. */
const BESIDE_SAVED_PAGE =
  /^(?!https?:|\/)[^?#]*_(?:files?|dateien|fichiers|archivos|arquivos|ficheiros|pliki|soubory|dosyalar|файлы|файли)\//iu;

/** Extracts everything that the specification names, judging nothing. Pure. */
export function extractBySpecification(specification: ExtractorSpecification, view: ArticleView): PageFields {
  const cards = selectAll(specification.cards, view);
  return {
    extractor: { name: specification.name, version: specification.version },
    url: view.page.url,
    base: extractBase(view),
    ids: extractIds(specification, view),
    canonical: extractCanonical(view),
    titles: extractTitles(specification, view),
    titleWitnesses: extractTitleWitnesses(view),
    leads: view.readAll(specification.leads),
    body: extractBody(specification.body, view),
    format: formatOf(specification, view),
    published: view.readAll(specification.published),
    modified: view.readAll(specification.modified),
    tags: extractTags(specification, view, cards),
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

/** `<title>` is a title only where nothing else is, and by the date that the site adds no name of the site or of a section. */
function extractTitles({ titles }: ExtractorSpecification, view: ArticleView): readonly Found[] {
  const found = view.readAll(titles);
  if (found.length > 0) return found;
  return view.read('page title').filter(({ value }) => DATED_END.test(value.slice(-TITLE_END_LENGTH)));
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

function extractBase({ page }: ArticleView): string | null {
  const [base] = select(page.head, 'base[href]');
  return base === undefined ? null : (resolveUrl(attributeOf(base, 'href') ?? '', page.url)?.href ?? null);
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

function extractTags(
  specification: ExtractorSpecification,
  view: ArticleView,
  cards: ReadonlySet<TreeElement>,
): readonly FoundTag[] {
  const containers = selectAll(specification.body.containers, view);
  const isOfCardInText = (element: TreeElement): boolean => {
    const card = holderOf(element, cards);
    return card !== null && holderOf(card, containers) !== null;
  };
  for (const selector of specification.tagLinks) {
    const inArticle = select(view.page.tree, selector, view.root);
    const elements = inArticle.length > 0 || !isAlone(view) ? inArticle : select(view.page.tree, selector);
    const tags = elements
      .filter((element) => !isOfCardInText(element))
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
  const portraits = selectAll(specification.portraits, view);
  const shown: FoundImage[] = [];
  for (const image of select(tree, 'img, amp-img', view.root)) {
    if (shown.length >= IMAGES_MAX) break;
    const frame = holderOf(image, frames);
    const src = imageUrlOf(image);
    const card = holderOf(image, cards);
    // A card may itself be the frame of a picture.
    if (frame === null || src === null || isFallback(image) || isCounter(image) || (card !== null && card !== frame))
      continue;
    if (holderOf(image, portraits) !== null) continue;
    const around = [frame, ...widerFrames(tree, frame, frames)];
    const caption =
      wordsAround(tree, specification.captions, around) ?? attributeOf(image, 'alt') ?? attributeOf(image, 'title');
    shown.push({ src, caption, credit: wordsAround(tree, specification.credits, around), source: 'img' });
  }
  return [...lead, ...shown];
}

/** Frames around the innermost one that hold no other picture, so that their text belongs to this picture too. */
function widerFrames(tree: PageTree, frame: TreeElement, frames: ReadonlySet<TreeElement>): readonly TreeElement[] {
  const wider: TreeElement[] = [];
  for (let at = frame.parent; at !== null; at = at.parent) {
    if (!frames.has(at)) continue;
    if (select(tree, 'img, amp-img', at).length > 1) break;
    wider.push(at);
  }
  return wider;
}

function wordsAround(tree: PageTree, selectors: readonly string[], around: readonly TreeElement[]): string | null {
  for (const frame of around) {
    const words = textIn(tree, selectors, frame);
    if (words !== null) return words;
  }
  return null;
}

function textIn(tree: PageTree, selectors: readonly string[], frame: TreeElement): string | null {
  const [element] = selectFirst(tree, selectors, frame);
  const text = element === undefined ? '' : inlineText(element);
  return text === '' ? null : text;
}

function imageUrlOf(image: TreeElement): string | null {
  for (const name of IMAGE_ATTRIBUTES) {
    const value = attributeOf(image, name)?.trim() ?? '';
    const url = name.endsWith('srcset') ? largestOf(value) : value;
    if (isPictureUrl(url) && !BESIDE_SAVED_PAGE.test(url)) return url;
  }
  return null;
}

/** `a_640.jpg 640w,a_1920.jpg 1920w`: the biggest picture, the first where sizes are not told. */
function largestOf(srcset: string): string {
  const pictures: { readonly url: string; size: number }[] = [];
  const add = (word: string): unknown => pictures.push({ url: word.split(',')[0] ?? '', size: 0 });
  for (const word of srcset.trim().split(/\s+/)) {
    const [, size, next = ''] = SRCSET_SIZE.exec(word) ?? [];
    const last = pictures.at(-1);
    if (size === undefined || last === undefined) add(word);
    else {
      last.size = Number(size);
      if (next !== '') add(next);
    }
  }
  return pictures.filter(({ url }) => isPictureUrl(url)).sort((a, b) => b.size - a.size)[0]?.url ?? '';
}

/** What AMP shows where its own element does not work. */
function isFallback(image: TreeElement): boolean {
  return isInside(image.parent, ({ name }) => name === 'amp-img', null);
}

/** A picture of a point's size counts readers; what AMP writes as its size may be a ratio. */
function isCounter(image: TreeElement): boolean {
  if (image.name === 'amp-img') return false;
  return ['width', 'height'].every((name) => /^[0-2](?:px)?$/.test(attributeOf(image, name) ?? ''));
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
      // A card whose link lies over it says its title to screen readers only.
      const title = inlineText(anchor) || inlineText(anchor, () => false) || (attributeOf(anchor, 'title') ?? '');
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
