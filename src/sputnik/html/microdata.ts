import { inlineText } from './inline-text.js';
import { attributeOf, holderOf, type PageTree, type TreeElement } from './page-tree.js';
import { select } from './select.js';

// Words of schema.org, which JSON-LD shares.
export const ARTICLE_TYPE = /(?:^|[/:#])(?:[A-Za-z]*Article|LiveBlogPosting|BlogPosting|Report)$/;
export const PERSON_TYPE = /Person\s*$/;
/** Properties that name people: an organisation under them is nobody. */
export const PEOPLE: ReadonlySet<string> = new Set(['author', 'creator', 'editor', 'contributor']);
/** Properties that hold pictures: of an item only its URL counts, neither its size nor its text. */
export const PICTURES: ReadonlySet<string> = new Set(['image', 'primaryImageOfPage', 'thumbnailUrl']);
export const PICTURE_URLS = ['contentUrl', 'url'];

const VALUES_MAX = 200;
const HOLDERS_MAX = 20;
const NOTHING: readonly string[] = [];
const NO_ELEMENTS: ReadonlySet<TreeElement> = new Set();

/**
 * Values of a schema.org property that the page gives for the article itself.
 *
 * The site writes microdata as hidden text (`<div itemprop="headline">…</div>` in `.article__meta`), other pages as
 * attributes or `<meta itemprop content>`: all are read. Properties of things inside the article (its pictures, its
 * publisher) are left out; `creator/name` reads them by path, from the item itself and not from what it holds.
 */
export function readMicrodata(
  tree: PageTree,
  root: TreeElement,
  path: string,
  articleId: string | null,
): readonly string[] {
  const [property = '', part] = path.split('/');
  const holders = ownProperties(tree, root, articleId).get(property);
  if (holders === undefined) return NOTHING;
  const isPeople = PEOPLE.has(property);
  const items = isPeople ? holders.filter(isNoOrganisation) : holders;
  const values: string[] = [];
  const add = (value: string): void => {
    if (value !== '') values.push(value);
  };
  if (part !== undefined) {
    for (const item of items.slice(0, HOLDERS_MAX)) {
      for (const holder of ownProperties(tree, item, articleId).get(part) ?? []) add(valueOf(holder));
    }
    return values;
  }
  const isPicture = PICTURES.has(property);
  for (const item of items) {
    if (isPicture) add(pictureOf(tree, item, articleId));
    else if (!isPeople || select(tree, '[itemprop]', item).length === 0) add(valueOf(item));
  }
  return values;
}

function isNoOrganisation(item: TreeElement): boolean {
  const type = attributeOf(item, 'itemtype') ?? '';
  return type.trim() === '' || PERSON_TYPE.test(type);
}

/** @returns the first URL that the item gives of itself; '' where there is none. */
function pictureOf(tree: PageTree, item: TreeElement, articleId: string | null): string {
  const properties = ownProperties(tree, item, articleId);
  if (properties.size === 0 && attributeOf(item, 'itemscope') === null) return valueOf(item);
  for (const name of PICTURE_URLS) {
    for (const holder of properties.get(name) ?? []) {
      const url = valueOf(holder);
      if (url !== '') return url;
    }
  }
  for (const image of select(tree, 'img', item)) {
    const url = attributeOf(image, 'src')?.trim() ?? '';
    if (url !== '') return url;
  }
  return '';
}

/** The root's own properties, looked for once: at most {@link VALUES_MAX} elements each, in reading order. */
function ownProperties(
  tree: PageTree,
  root: TreeElement,
  articleId: string | null,
): ReadonlyMap<string, readonly TreeElement[]> {
  const known = tree.found.properties.get(root);
  if (known !== undefined) return known;
  const properties = new Map<string, TreeElement[]>();
  const others = otherArticles(tree, root, articleId);
  for (const element of select(tree, '[itemprop]', root)) {
    if (!isOwnProperty(element, root) || holderOf(element, others) !== null) continue;
    const names = attributeOf(element, 'itemprop') ?? '';
    if (!/\s/.test(names)) addHolder(properties, names, element);
    else for (const name of names.split(/\s+/)) addHolder(properties, name, element);
  }
  tree.found.properties.set(root, properties);
  return properties;
}

/**
 * Items in the root that are other articles: teasers that bring microdata of their own. The article itself is the item that names
 * its number, else the first one; an item with the same headline is the same article.
 */
function otherArticles(tree: PageTree, root: TreeElement, articleId: string | null): ReadonlySet<TreeElement> {
  const items = [root, ...select(tree, '[itemscope]', root)].filter(
    (item) => attributeOf(item, 'itemprop') === null && ARTICLE_TYPE.test(attributeOf(item, 'itemtype') ?? ''),
  );
  if (items.length < 2) return NO_ELEMENTS;
  const names = (item: TreeElement): boolean =>
    select(tree, '[itemprop=mainEntityOfPage], [itemprop=url]', item).some(
      (holder) => articleId !== null && valueOf(holder).includes(articleId),
    );
  const itself = items.find(names) ?? items[0];
  const headlineOf = (item: TreeElement | undefined): string => {
    const [headline] = item === undefined ? [] : select(tree, '[itemprop=headline]', item);
    return headline === undefined ? '' : valueOf(headline);
  };
  const headline = headlineOf(itself);
  return new Set(items.filter((item) => item !== itself && !['', headline].includes(headlineOf(item))));
}

function addHolder(properties: Map<string, TreeElement[]>, property: string, element: TreeElement): void {
  const holders = properties.get(property);
  if (holders === undefined) properties.set(property, [element]);
  else if (holders.length < VALUES_MAX && holders.at(-1) !== element) holders.push(element);
}

/** A link around a property is no thing of its own; an item without a property's name counts where it is the thing itself. */
function isOwnProperty(element: TreeElement, root: TreeElement): boolean {
  const isHolder = attributeOf(root, 'itemprop') !== null;
  for (let at = element.parent; at !== null && at !== root; at = at.parent) {
    if (attributeOf(at, 'itemprop') !== null && (at.name !== 'a' || attributeOf(at, 'itemscope') !== null))
      return false;
    if (attributeOf(at, 'itemscope') === null) continue;
    const type = attributeOf(at, 'itemtype') ?? '';
    return isHolder ? PERSON_TYPE.test(type) : type === '' || ARTICLE_TYPE.test(type);
  }
  return true;
}

function valueOf(element: TreeElement): string {
  const attribute =
    attributeOf(element, 'content') ??
    attributeOf(element, 'datetime') ??
    (attributeOf(element, 'itemscope') === null ? (attributeOf(element, 'href') ?? attributeOf(element, 'src')) : null);
  return (attribute ?? inlineText(element)).trim();
}
