import { inlineText } from './inline-text.js';
import { attributeOf, type PageTree, type TreeElement } from './page-tree.js';
import { select } from './select.js';

const JSON_LD_SCRIPTS_MAX = 50;
const JSON_LD_LENGTH_MAX = 2_000_000;
const GRAPH_DEPTH_MAX = 4;
const OBJECTS_MAX = 500;
const VALUES_MAX = 200;
const HOLDERS_MAX = 20;
const ARTICLE_TYPE = /(?:^|[/:#])(?:[A-Za-z]*Article|LiveBlogPosting|BlogPosting|Report)$/;

/**
 * Values of a schema.org property that the page gives for the article itself.
 *
 * The site writes microdata as hidden text (`<div itemprop="headline">…</div>` in `.article__meta`), other pages as
 * attributes or `<meta itemprop content>`: all are read. Properties of things inside the article (its pictures, its
 * publisher) are left out; `creator/name` reads them by path.
 */
export function readMicrodata(tree: PageTree, root: TreeElement, path: string): readonly string[] {
  const [property = '', part] = path.split('/');
  const holders = ownProperties(tree, root).get(property) ?? [];
  if (part === undefined) return holders.map(valueOf).filter((value) => value !== '');
  return holders
    .slice(0, HOLDERS_MAX)
    .flatMap((holder) => select(tree, `[itemprop=${part}]`, holder).slice(0, VALUES_MAX))
    .map(valueOf)
    .filter((value) => value !== '');
}

const propertiesByRoot = new WeakMap<TreeElement, ReadonlyMap<string, readonly TreeElement[]>>();

/** The root's own properties, looked for once: at most {@link VALUES_MAX} elements each, in reading order. */
function ownProperties(tree: PageTree, root: TreeElement): ReadonlyMap<string, readonly TreeElement[]> {
  const known = propertiesByRoot.get(root);
  if (known !== undefined) return known;
  const properties = new Map<string, TreeElement[]>();
  for (const element of select(tree, '[itemprop]', root)) {
    if (!isOwnProperty(element, root)) continue;
    for (const property of (attributeOf(element, 'itemprop') ?? '').split(/\s+/)) {
      const holders = properties.get(property);
      if (holders === undefined) properties.set(property, [element]);
      else if (holders.length < VALUES_MAX && holders.at(-1) !== element) holders.push(element);
    }
  }
  propertiesByRoot.set(root, properties);
  return properties;
}

function isOwnProperty(element: TreeElement, root: TreeElement): boolean {
  for (let at = element.parent; at !== null && at !== root; at = at.parent) {
    if (attributeOf(at, 'itemprop') !== null) return false;
    if (attributeOf(at, 'itemscope') === null) continue;
    return ARTICLE_TYPE.test(attributeOf(at, 'itemtype') ?? 'Article');
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

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON-LD objects whose `@type` is an article, the one about `articleId` first.
 *
 * Broken JSON is no error: a site's script is as trustworthy as its text. Raw line breaks in strings, which the site
 * writes, are forgiven.
 */
export function readJsonLdArticles(tree: PageTree, articleId: string | null): readonly JsonObject[] {
  const articles = select(tree, 'script[type*=ld+json]')
    .slice(0, JSON_LD_SCRIPTS_MAX)
    .map((script) => script.children.filter((child) => typeof child === 'string').join(''))
    .filter((source) => source.length <= JSON_LD_LENGTH_MAX && /Article|Posting|Report/.test(source))
    .flatMap((source) => articlesIn(parseJson(source)));
  if (articleId === null) return articles;
  const isAbout = (article: JsonObject): boolean =>
    ['mainEntityOfPage', 'mainEntityOfPage/@id', 'url', '@id'].some((path) =>
      readJsonLd(article, path).some((text) => text.includes(articleId)),
    );
  return [...articles].sort((a, b) => Number(isAbout(b)) - Number(isAbout(a)));
}

/**
 * @param path  A key, or keys parted by `/`.
 * @returns     Texts and numbers found there, lists flattened; of an object its `url` or `name`.
 */
export function readJsonLd(article: JsonObject, path: string): readonly string[] {
  let values: unknown[] = [article];
  for (const key of path.split('/')) {
    values = values
      .flat(GRAPH_DEPTH_MAX)
      .filter(isObject)
      .map((value) => value[key]);
  }
  return values
    .flat(GRAPH_DEPTH_MAX)
    .slice(0, OBJECTS_MAX)
    .map(textOf)
    .filter((text) => text !== '');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (!isObject(value)) return '';
  const inner = value['url'] ?? value['name'] ?? value['@id'];
  return typeof inner === 'string' ? inner.trim() : '';
}

function articlesIn(value: unknown): JsonObject[] {
  const found: JsonObject[] = [];
  let level: unknown[] = [value];
  for (let depth = 0; depth < GRAPH_DEPTH_MAX && level.length > 0; depth += 1) {
    const objects = level.flat(GRAPH_DEPTH_MAX).filter(isObject).slice(0, OBJECTS_MAX);
    found.push(...objects.filter(isArticle));
    level = objects.filter((object) => !isArticle(object)).map((object) => object['@graph']);
  }
  return found;
}

function isArticle(object: JsonObject): boolean {
  return [object['@type']].flat().some((type) => typeof type === 'string' && ARTICLE_TYPE.test(type));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(source: string): unknown {
  for (const text of [source, source.replace(/[\u0000-\u001f]+/g, ' ')]) {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}
