import type { FoundLink, FoundTag, PageFields } from './page-fields.js';
import { inlineText } from '../html/inline-text.js';
import { attributeOf, holderOf, isWithin, type TreeElement } from '../html/page-tree.js';
import { isDroppedBy } from './dropped-parts.js';
import type { PageView } from './page-view.js';
import { readBody } from './read-body.js';
import { readImages } from './read-images.js';
import type { ExtractorSpecification } from './extractor-specification.js';
import { select } from '../html/select.js';

const LINKS_MAX = 500;
const TAGS_MAX = 200;

/** Reads everything that the specification names, judging nothing. Pure. */
export function extractBySpecification(specification: ExtractorSpecification, view: PageView): PageFields {
  const { readAll } = view;
  const cards = cardsOf(specification, view);
  return {
    extractor: { name: specification.name, version: specification.version },
    url: view.page.url,
    ids: readIds(specification, view),
    canonical: readCanonical(view),
    titles: readAll(specification.titles),
    leads: readAll(specification.leads),
    body: readBody(specification.body, view),
    published: readAll(specification.published),
    modified: readAll(specification.modified),
    tags: readTags(specification, view),
    tagNames: readAll(specification.tagNames),
    sections: readAll(specification.sections),
    authors: readAll(specification.authors),
    images: readImages(specification.images, view, cards),
    links: readLinks(specification, view, cards),
    copyrightHolders: readAll(specification.copyrightHolders),
    languages: readAll(specification.languages),
  };
}

function readIds(specification: ExtractorSpecification, view: PageView): PageFields['ids'] {
  for (let at: TreeElement | null = view.root; at !== null; at = at.parent) {
    for (const name of specification.idAttributes) {
      const value = attributeOf(at, name);
      if (value !== null && /^\d+$/.test(value)) return [{ value, source: `@${name}` }];
    }
  }
  return [];
}

function readCanonical(view: PageView): PageFields['canonical'] {
  const links = select(view.page.head, 'link[rel=canonical]').flatMap((link) => {
    const value = attributeOf(link, 'href');
    return value === null ? [] : [{ value, source: 'link[rel=canonical]' }];
  });
  return [...links, ...view.read('meta og:url')];
}

function readTags(specification: ExtractorSpecification, view: PageView): readonly FoundTag[] {
  for (const selector of specification.tagLinks) {
    const inArticle = select(view.page.tree, selector, view.root);
    const elements = inArticle.length > 0 ? inArticle : select(view.page.tree, selector).filter(isOfThisArticle(view));
    const tags = elements
      .slice(0, TAGS_MAX)
      .map((element) => ({ name: inlineText(element), href: attributeOf(element, 'href'), source: selector }))
      .filter((tag) => tag.name !== '');
    if (tags.length > 0) return tags;
  }
  return [];
}

/** Tags outside the article's element are its own only where the page holds no other article. */
function isOfThisArticle(view: PageView): (element: TreeElement) => boolean {
  const rootClass = (attributeOf(view.root, 'class') ?? '').trim().split(/\s+/)[0] ?? '';
  const others = rootClass === '' ? [] : select(view.page.tree, `${view.root.name}.${rootClass}`);
  const isAlone = others.every((other) => isWithin(other, view.root) || isWithin(view.root, other));
  return () => isAlone;
}

function cardsOf(specification: ExtractorSpecification, view: PageView): ReadonlySet<TreeElement> {
  return new Set(specification.cards.flatMap((selector) => select(view.page.tree, selector, view.root)));
}

/** Links of the text and of cards, in reading order, then cards that only metadata names. */
function readLinks(
  specification: ExtractorSpecification,
  view: PageView,
  cards: ReadonlySet<TreeElement>,
): readonly FoundLink[] {
  const { tree } = view.page;
  const isDropped = isDroppedBy(specification.body.dropped);
  const places = [...specification.body.containers, ...specification.leads.filter((source) => !/[ @]/.test(source))];
  const texts = new Set(places.flatMap((selector) => select(tree, selector, view.root)));
  const links: FoundLink[] = [];
  for (const anchor of select(tree, 'a[href]', view.root)) {
    if (links.length >= LINKS_MAX) break;
    const href = attributeOf(anchor, 'href') ?? '';
    const isOnCard = holderOf(anchor, cards) !== null;
    if (isOnCard) {
      const title = inlineText(anchor) || (attributeOf(anchor, 'title') ?? '');
      links.push({ href, title: title === '' ? null : title, source: 'card' });
    } else if (holderOf(anchor, texts) !== null && !isInside(anchor, isDropped, view.root)) {
      links.push({ href, title: null, source: 'text link' });
    }
  }
  const citations = view.readAll(specification.citations);
  return [...links, ...citations.map(({ value, source }) => ({ href: value, title: null, source }))];
}

function isInside(element: TreeElement, test: (element: TreeElement) => boolean, root: TreeElement): boolean {
  for (let at: TreeElement | null = element; at !== null && at !== root; at = at.parent) {
    if (test(at)) return true;
  }
  return false;
}
