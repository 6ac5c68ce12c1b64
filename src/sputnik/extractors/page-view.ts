import type { Found } from './page-fields.js';
import { inlineText } from '../html/inline-text.js';
import { attributeOf, type PageTree, type TreeElement } from '../html/page-tree.js';
import { select } from '../html/select.js';
import { readJsonLd, readJsonLdArticles, readMicrodata } from '../html/structured-data.js';

/** The parsed parts of one page: a whole page has one tree for both. */
export interface ParsedPage {
  readonly head: PageTree;
  readonly tree: PageTree;
  /** False where only the head and one article were parsed. */
  readonly isWhole: boolean;
  readonly url: string;
  /** Id by the address, null where the address is of no article. */
  readonly articleId: string | null;
}

/** One article on a page, open for reading by sources (see `ExtractorSpecification`). */
export interface PageView {
  readonly page: ParsedPage;
  readonly root: TreeElement;
  /** Values of one source; provenance is `Found.source`. */
  readonly read: (source: string) => readonly Found[];
  /** Values of several sources, in their order. */
  readonly readAll: (sources: readonly string[]) => readonly Found[];
}

/** Of one source; more than any real page has. */
const VALUES_MAX = 50;

interface Source {
  readonly kind: 'meta' | 'microdata' | 'json-ld' | 'page' | 'shown';
  readonly rest: string;
  readonly provenance: string;
}

const NOTHING: readonly Found[] = [];
/** Grows by the sources that stand in the code, no further. */
const sources = new Map<string, Source>();

function sourceOf(source: string): Source {
  const known = sources.get(source);
  if (known !== undefined) return known;
  const [, kind = 'shown', rest = source] = /^(meta|microdata|json-ld|page) (.+)$/.exec(source) ?? [];
  const parsed = { kind: kind as Source['kind'], rest, provenance: kind === 'meta' ? rest : source };
  sources.set(source, parsed);
  return parsed;
}

const metasByPage = new WeakMap<PageTree, ReadonlyMap<string, readonly string[]>>();

export function viewArticle(page: ParsedPage, root: TreeElement): PageView {
  let jsonLd: readonly Readonly<Record<string, unknown>>[] | null = null;
  const jsonLdOf = (): readonly Readonly<Record<string, unknown>>[] => {
    jsonLd ??= [page.tree, page.head].flatMap((tree, at) =>
      at === 1 && page.isWhole ? [] : readJsonLdArticles(tree, null, page.articleId),
    );
    return jsonLd;
  };

  function valuesOf({ kind, rest }: Source): readonly string[] {
    switch (kind) {
      case 'meta':
        return metasOf(page.head).get(rest) ?? [];
      case 'microdata':
        return readMicrodata(page.tree, root, rest);
      case 'json-ld':
        return jsonLdOf()
          .slice(0, 1)
          .flatMap((article) => readJsonLd(article, rest));
      case 'page':
        return readElements(page.tree, rest, null);
      case 'shown':
        return readElements(page.tree, rest, root);
    }
  }

  function read(source: string): readonly Found[] {
    const parsed = sourceOf(source);
    const values = valuesOf(parsed);
    if (values.length === 0) return NOTHING;
    return values.map((value) => ({ value, source: parsed.provenance }));
  }

  return { page, root, read, readAll: (sources) => sources.flatMap(read) };
}

/** Head metas by lower-case `property` and `name`, values in page order. */
function metasOf(tree: PageTree): ReadonlyMap<string, readonly string[]> {
  const known = metasByPage.get(tree);
  if (known !== undefined) return known;
  const metas = new Map<string, string[]>();
  for (const element of select(tree, 'meta')) {
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
  metasByPage.set(tree, metas);
  return metas;
}

function readElements(tree: PageTree, source: string, scope: TreeElement | null): readonly string[] {
  const at = source.lastIndexOf('@');
  const selector = at < 0 ? source : source.slice(0, at);
  const elements = select(tree, selector, scope).slice(0, VALUES_MAX);
  const values =
    at < 0
      ? elements.map((element) => inlineText(element))
      : elements.map((element) => attributeOf(element, source.slice(at + 1))?.trim() ?? '');
  return values.filter((value) => value !== '');
}
