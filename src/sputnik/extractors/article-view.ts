import { inlineText } from '../html/inline-text.js';
import { attributeOf, parsePage, type PageTree, type TreeElement } from '../html/page-tree.js';
import { select } from '../html/select.js';
import { type JsonObject, readJsonLd, readJsonLdArticles, readMicrodata } from '../html/structured-data.js';
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
  readonly provenance: string;
}

/** Of one source; more than any real page has. */
const VALUES_MAX = 50;
const START_TAG_LENGTH_MAX = 2_000;
const CANDIDATES_MAX = 16;
/** Cutting looks back from each candidate; a page this big gains nothing by it. */
const CUT_LENGTH_MAX = 2_000_000;

/** Grows by the sources that stand in the code, no further. */
const sources = new Map<string, Source>();
const metasByPage = new WeakMap<PageTree, ReadonlyMap<string, readonly string[]>>();

/** One article on a page, open for reading by sources (see `ExtractorSpecification`). */
export class ArticleView {
  #jsonLd: readonly JsonObject[] | null = null;

  constructor(
    readonly page: ParsedPage,
    readonly root: TreeElement,
  ) {}

  /** @returns the values of several sources, in their order. */
  readAll(names: readonly string[]): readonly Found[] {
    return names.flatMap((name) => this.read(name));
  }

  /** @returns the values of one source. */
  read(name: string): readonly Found[] {
    const source = sourceOf(name);
    return this.#valuesOf(source).map((value) => ({ value, source: source.provenance }));
  }

  #valuesOf({ kind, rest }: Source): readonly string[] {
    switch (kind) {
      case 'meta':
        return metasOf(this.page.head).get(rest) ?? [];
      case 'microdata':
        return readMicrodata(this.page.tree, this.root, rest);
      case 'json-ld':
        return this.#jsonLdArticles()
          .slice(0, 1)
          .flatMap((article) => readJsonLd(article, rest));
      case 'page':
        return readElements(this.page.tree, rest, null);
      default:
        return readElements(this.page.tree, rest, this.root);
    }
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
 * Parses only what an article of the current engine needs: the head, and the `.article` whose id the URL names.
 * That is a quarter of a page, and most of the program's time goes into parsing.
 *
 * @returns  Head and article, or null where the cut is not plainly safe: the caller then parses the whole page.
 *
 * Pure. Errs towards null: a comment or script around the article, several articles that do not tell their ids.
 */
export function parseArticlePart(html: string, url: string, articleId: string | null): ParsedPage | null {
  if (html.length > CUT_LENGTH_MAX) return null;
  const headEnd = html.indexOf('</head>');
  if (headEnd < 0) return null;
  const start = findArticle(html, headEnd, articleId);
  if (start === null) return null;
  const head = parsePage(html.slice(0, headEnd));
  const tree = parsePage(html.slice(start), { firstElementOnly: true });
  return { head, tree, around: elementsAround(html, headEnd, start, articleId), isWhole: false, url, articleId };
}

function findArticle(html: string, from: number, articleId: string | null): number | null {
  const starts: number[] = [];
  const pattern = /class=["']article(?=[\s"'])/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(html); match !== null; match = pattern.exec(html)) {
    const start = html.lastIndexOf('<', match.index);
    const tag = html.slice(start, match.index);
    if (match.index - start > START_TAG_LENGTH_MAX || tag.includes('>') || !/^<[a-z]/i.test(tag)) return null;
    if (isBetween(html, start, '<!--', '-->') || isBetween(html, start, '<script', '</script')) return null;
    starts.push(start);
    if (starts.length > CANDIDATES_MAX) return null;
  }
  const [only] = starts;
  if (only === undefined || starts.length === 1) return only ?? null;
  return starts.find((start) => articleId !== null && tagAt(html, start).includes(`"${articleId}"`)) ?? null;
}

/** The body's element, and the one before the article that bears the article's id. */
function elementsAround(html: string, from: number, start: number, articleId: string | null): readonly TreeElement[] {
  const marked = articleId === null ? -1 : html.lastIndexOf(`data-id="${articleId}"`, start);
  const starts = [html.indexOf('<body', from), marked > from ? html.lastIndexOf('<', marked) : -1];
  const tags = starts.filter((at) => at >= from && at < start).map((at) => `${tagAt(html, at)}>`);
  return parsePage(tags.join('')).elements.slice(1);
}

function tagAt(html: string, start: number): string {
  const end = html.indexOf('>', start);
  return html.slice(start, Math.min(end < 0 ? html.length : end, start + START_TAG_LENGTH_MAX));
}

function isBetween(html: string, at: number, open: string, close: string): boolean {
  const opened = html.lastIndexOf(open, at);
  return opened >= 0 && html.lastIndexOf(close, at) < opened;
}

function sourceOf(name: string): Source {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const [, kind = 'shown', rest = name] = /^(meta|microdata|json-ld|page) (.+)$/.exec(name) ?? [];
  const source = { kind, rest, provenance: kind === 'meta' ? rest : name };
  sources.set(name, source);
  return source;
}

/** Head metas by lower-case `property` and `name`, values in page order. */
function metasOf(head: PageTree): ReadonlyMap<string, readonly string[]> {
  const known = metasByPage.get(head);
  if (known !== undefined) return known;
  const metas = new Map<string, string[]>();
  for (const element of select(head, 'meta')) {
    const content = attributeOf(element, 'content')?.trim() ?? '';
    if (content === '') continue;
    const keys = new Set([attributeOf(element, 'property'), attributeOf(element, 'name')]);
    for (const key of keys) {
      if (key === null) continue;
      const values = metas.get(key.toLowerCase()) ?? [];
      if (values.length < VALUES_MAX) values.push(content);
      metas.set(key.toLowerCase(), values);
    }
  }
  metasByPage.set(head, metas);
  return metas;
}

function readElements(tree: PageTree, source: string, scope: TreeElement | null): readonly string[] {
  const [selector = '', attribute] = source.split('@');
  return select(tree, selector, scope)
    .slice(0, VALUES_MAX)
    .map((element) => (attribute === undefined ? inlineText(element) : (attributeOf(element, attribute)?.trim() ?? '')))
    .filter((value) => value !== '');
}
