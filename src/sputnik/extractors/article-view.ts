import type { HtmlSource } from '../html/decode-html.js';
import { inlineText } from '../html/inline-text.js';
import { attributeOf, parsePage, type PageTree, type TreeElement } from '../html/page-tree.js';
import { select } from '../html/select.js';
import { type JsonObject, readJsonLd, readJsonLdArticles } from '../html/json-ld.js';
import { readMicrodata } from '../html/microdata.js';
import type { Found } from './extractor.js';

/** The parsed parts of one page: a whole page has one tree for both. */
export interface ParsedPage {
  readonly head: PageTree;
  readonly tree: PageTree;
  /** Elements around the tree that were not parsed with it: they name the kind of the item. */
  readonly around: readonly TreeElement[];
  /** False where only the head and one article were parsed. */
  readonly isWhole: boolean;
  readonly url: string;
  /** Id by the URL, null where the URL is of no article. */
  readonly articleId: string | null;
}

interface Source {
  readonly kind: string;
  readonly rest: string;
  /** The part that readers see. */
  readonly selector: string;
  /** Null: the text. */
  readonly attribute: string | null;
  readonly provenance: string;
}

/** Limit for one source; more than any real page has. */
const VALUES_MAX = 50;
const NOTHING: readonly string[] = [];
const START_TAG_LENGTH_MAX = 2_000;
const CANDIDATES_MAX = 16;
const DIV_TAG = /<\/?div(?=[\s/>])/gi;
/** Cutting looks back from each candidate; a page this big gains nothing by it. */
const CUT_LENGTH_MAX = 2_000_000;

/** Grows by the sources that stand in the code, no further. */
const sources = new Map<string, Source>();

/** One article on a page, open for reading by sources (see `ExtractorSpecification`). */
export class ArticleView {
  #jsonLd: readonly JsonObject[] | null = null;

  constructor(
    readonly page: ParsedPage,
    readonly root: TreeElement,
  ) {}

  /** @returns the values of several sources, in their order. */
  readAll(names: readonly string[]): readonly Found[] {
    const found: Found[] = [];
    for (const name of names) this.#readInto(found, sourceOf(name));
    return found;
  }

  /** @returns the values of one source. */
  read(name: string): readonly Found[] {
    return this.readAll([name]);
  }

  /** @returns whether there is such a source, perhaps without a value. */
  shows(name: string): boolean {
    const source = sourceOf(name);
    const { kind, selector } = source;
    if (kind === 'page') return select(this.page.tree, selector).length > 0;
    if (kind === 'shown') return select(this.page.tree, selector, this.root).length > 0;
    return this.#valuesOf(source).length > 0;
  }

  #readInto(found: Found[], source: Source): void {
    for (const value of this.#valuesOf(source)) found.push({ value, source: source.provenance });
  }

  #valuesOf(source: Source): readonly string[] {
    const { kind, rest } = source;
    const { tree, head, articleId } = this.page;
    if (kind === 'shown') return readElements(tree, source, this.root);
    if (kind === 'meta') return metasOf(head).get(rest) ?? NOTHING;
    if (kind === 'microdata') return readMicrodata(tree, this.root, rest, articleId);
    if (kind === 'page') return readElements(tree, source, null);
    const article = this.#jsonLdArticles()[0];
    return article === undefined ? NOTHING : readJsonLd(article, rest);
  }

  #jsonLdArticles(): readonly JsonObject[] {
    const { tree, head, isWhole, articleId } = this.page;
    const trees = isWhole ? [tree] : [tree, head];
    this.#jsonLd ??= trees.flatMap((one) => readJsonLdArticles(one, articleId));
    return this.#jsonLd;
  }
}

/** Parses the whole page. Pure. */
export function parseWholePage(html: string, url: string, articleId: string | null): ParsedPage {
  const tree = parsePage(html);
  return { head: tree, tree, around: [], isWhole: true, url, articleId };
}

/**
 * Decodes and parses only what an article of the current engine needs: the head, and the `.article` whose id the URL names.
 * That is a quarter of a page, and most of the program's time goes into parsing.
 *
 * @returns  Head and article, or null where the cut is not plainly safe: the caller then parses the whole page.
 *
 * Pure. Errs towards null: a comment or script around the article, several articles that do not tell their ids.
 */
export function parseArticlePart(source: HtmlSource, url: string, articleId: string | null): ParsedPage | null {
  const { markup } = source;
  if (markup.length > CUT_LENGTH_MAX) return null;
  const headEnd = markup.indexOf('</head>');
  if (headEnd < 0) return null;
  const found = findArticle(markup, headEnd, articleId);
  if (found === null) return null;
  const { start, next } = found;
  const head = parsePage(source.slice(0, headEnd));
  const part = parsePage(source.slice(start, Math.min(endOfElement(markup, start), next)), { firstElementOnly: true });
  const tree = part.open.length > 0 ? parsePage(source.slice(start, next), { firstElementOnly: true }) : part;
  const around = startTagsAround(markup, headEnd, start, articleId).map(
    (at) => `${source.slice(at, tagEnd(markup, at))}>`,
  );
  return { head, tree, around: parsePage(around.join('')).elements.slice(1), isWhole: false, url, articleId };
}

interface ArticlePlace {
  readonly start: number;
  /** Where the next article begins, even if this one was never closed; the end of the page where there is none. */
  readonly next: number;
}

function findArticle(markup: string, from: number, articleId: string | null): ArticlePlace | null {
  const starts: number[] = [];
  const pattern = /class=["']article(?=[\s"'])/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(markup); match !== null; match = pattern.exec(markup)) {
    const start = markup.lastIndexOf('<', match.index);
    const tag = markup.slice(start, match.index);
    if (match.index - start > START_TAG_LENGTH_MAX || tag.includes('>') || !/^<[a-z]/i.test(tag)) return null;
    if (isBetween(markup, start, '<!--', '-->') || isBetween(markup, start, '<script', '</script')) return null;
    starts.push(start);
    if (starts.length > CANDIDATES_MAX) return null;
  }
  const [only] = starts;
  if (only === undefined) return null;
  if (starts.length === 1) return { start: only, next: markup.length };
  const isNamed = (start: number): boolean => markup.slice(start, tagEnd(markup, start)).includes(`"${articleId}"`);
  const at = starts.findIndex((start) => articleId !== null && isNamed(start));
  const start = starts[at];
  return start === undefined ? null : { start, next: starts[at + 1] ?? markup.length };
}

/**
 * @returns  Where the element ends by the count of tags, which one in a comment or a script deceives. Articles stand in divisions:
 *           of another element, and of one that is never closed, the end of the page.
 */
function endOfElement(markup: string, start: number): number {
  if (!markup.startsWith('<div', start)) return markup.length;
  DIV_TAG.lastIndex = start;
  let depth = 0;
  while (DIV_TAG.test(markup)) {
    const isEndTag = markup.charAt(DIV_TAG.lastIndex - '/div'.length) === '/';
    depth += isEndTag ? -1 : 1;
    if (depth === 0) return tagEnd(markup, DIV_TAG.lastIndex) + 1;
  }
  return markup.length;
}

/** Classes of the body, and of the element before the article that has the article's id. */
function startTagsAround(markup: string, from: number, start: number, articleId: string | null): readonly number[] {
  const marked = articleId === null ? -1 : markup.lastIndexOf(`data-id="${articleId}"`, start);
  const starts = [markup.indexOf('<body', from), marked > from ? markup.lastIndexOf('<', marked) : -1];
  return starts.filter((at) => at >= from && at < start);
}

function tagEnd(markup: string, start: number): number {
  const end = markup.indexOf('>', start);
  return Math.min(end < 0 ? markup.length : end, start + START_TAG_LENGTH_MAX);
}

function isBetween(markup: string, at: number, open: string, close: string): boolean {
  const opened = markup.lastIndexOf(open, at);
  return opened >= 0 && markup.lastIndexOf(close, at) < opened;
}

function sourceOf(name: string): Source {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const [, kind = 'shown', rest = name] = /^(meta|microdata|json-ld|page) (.+)$/.exec(name) ?? [];
  const [selector = '', attribute = null] = rest.split('@');
  const source = { kind, rest, selector, attribute, provenance: kind === 'meta' ? rest : name };
  sources.set(name, source);
  return source;
}

/** Head metas by lower-case `property` and `name`, values in page order. */
function metasOf(head: PageTree): ReadonlyMap<string, readonly string[]> {
  if (head.found.metas !== null) return head.found.metas;
  const metas = new Map<string, string[]>();
  for (const element of select(head, 'meta')) {
    const content = attributeOf(element, 'content')?.trim() ?? '';
    if (content === '') continue;
    const property = attributeOf(element, 'property');
    const name = attributeOf(element, 'name');
    if (property !== null) addMeta(metas, property.toLowerCase(), content);
    if (name !== null && name !== property) addMeta(metas, name.toLowerCase(), content);
  }
  head.found.metas = metas;
  return metas;
}

function addMeta(metas: Map<string, string[]>, key: string, content: string): void {
  const values = metas.get(key);
  if (values === undefined) metas.set(key, [content]);
  else if (values.length < VALUES_MAX) values.push(content);
}

function readElements(tree: PageTree, { selector, attribute }: Source, scope: TreeElement | null): readonly string[] {
  const elements = select(tree, selector, scope);
  if (elements.length === 0) return NOTHING;
  const values: string[] = [];
  for (const element of elements.slice(0, VALUES_MAX)) {
    const value = attribute === null ? inlineText(element) : (attributeOf(element, attribute)?.trim() ?? '');
    if (value !== '') values.push(value);
  }
  return values;
}
