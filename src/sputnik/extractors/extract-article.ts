import type { NotArticleReason } from '../../domain/outcome.js';
import { parseArticlePath } from '../urls/article-path.js';
import type { PageFields } from './page-fields.js';
import { AMP_2021 } from './amp-2021.js';
import { emptinessOf, interferenceOn, isListPage, isNotHtml } from './classify-page.js';
import { BARE_LIVE_2021, LIVE_2021 } from './live-2021.js';
import { LONGREAD_2021 } from './longread-2021.js';
import { parseArticlePart, parseWholePage } from './parse-article-page.js';
import type { TreeElement } from '../html/page-tree.js';
import { type PageView, type ParsedPage, viewArticle } from './page-view.js';
import { extractBySpecification } from './extract-by-specification.js';
import { readWithReadability } from './readability.js';
import type { ExtractorSpecification } from './extractor-specification.js';
import { RIA_2021 } from './ria-2021.js';
import { select } from '../html/select.js';
import { SPUTNIK_2015 } from './sputnik-2015.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';
import { STRUCTURED_PAGE } from './structured-page.js';

/** Most special first: a reader is asked only if every one before it does not know the page. */
const READERS: readonly ExtractorSpecification[] = [
  AMP_2021,
  LONGREAD_2021,
  LIVE_2021,
  RIA_2021,
  SPUTNIK_2021,
  SPUTNIK_2015,
  BARE_LIVE_2021,
  STRUCTURED_PAGE,
];

/** Classes that other readers than those of a plain article know: where the page holds one, the whole page is read. */
const OTHER_MARKUP = ['online__item', 'white-longread__'];
const AMP_SIGN = /<html[^>]{0,500}?\s(?:amp|⚡)[\s>=]/i;
const AMP_SIGN_WITHIN = 2_000;
/** Articles on one page; the site's endless feed loads more by script only. */
const ROOTS_MAX = 100;

/**
 * Finds the article that a page holds.
 *
 * @param html  The page as text, of any engine and year, or anything else.
 * @param url   Absolute address it was read under; it decides which of several articles on the page is meant.
 * @returns     Everything found, not yet judged (`normaliseArticle` does that), or why the page holds no article.
 *
 * Pure; never throws; time and memory grow linearly with the page up to fixed caps. Readers by engine come first, then
 * what the page says in microdata and JSON-LD, last Readability; `extractor.name` tells which one made the result.
 * Errs towards `notArticle`: nothing is made up from a list or a guard's page.
 */
export function extractArticle(html: string, url: string): PageFields | { readonly notArticle: NotArticleReason } {
  if (isNotHtml(html)) return { notArticle: 'notHtml' };
  const articleId = articleIdOf(url);
  const isOther =
    AMP_SIGN.test(html.slice(0, AMP_SIGN_WITHIN)) || OTHER_MARKUP.some((className) => html.includes(className));
  const part = isOther ? null : parseArticlePart(html, url, articleId);
  if (part !== null) {
    const reading = readPart(part);
    if (reading !== null && isWhole(reading)) return reading;
  }
  return readWholePage(html, parseWholePage(html, url, articleId));
}

function readPart(part: ParsedPage): PageFields | null {
  for (const specification of [RIA_2021, SPUTNIK_2021]) {
    const view = viewFor(specification, part);
    if (view !== null) return extractBySpecification(specification, view);
  }
  return null;
}

/** Nothing that the rest of the page might hold is missing. */
function isWhole(reading: PageFields): boolean {
  return (
    reading.titles.length > 0 &&
    reading.body.blocks.length > 0 &&
    reading.body.source.startsWith('.article__body') &&
    reading.published.length > 0 &&
    (reading.tags.length > 0 || reading.tagNames.length === 0)
  );
}

function readWholePage(html: string, page: ParsedPage): PageFields | { readonly notArticle: NotArticleReason } {
  let emptyRoot: TreeElement | null = null;
  let untitled = false;
  for (const specification of READERS) {
    const view = viewFor(specification, page);
    if (view === null) continue;
    const reading = extractBySpecification(specification, view);
    const hasText = reading.body.blocks.length > 0;
    if (hasText && reading.titles.length > 0) return reading;
    if (hasText) untitled = true;
    else if (reading.titles.length > 0) emptyRoot ??= view.root;
  }
  if (emptyRoot !== null || untitled) {
    const reason = interferenceOn(html, page.tree);
    if (reason !== null && emptyRoot === null) return { notArticle: reason };
    return { notArticle: emptyRoot === null ? 'noTitle' : emptinessOf(page.tree, emptyRoot) };
  }
  const interference = interferenceOn(html, page.tree);
  if (interference !== null) return { notArticle: interference };
  if (isListPage(page.tree)) return { notArticle: 'section' };
  return readWithReadability(html, page) ?? { notArticle: 'unknownMarkup' };
}

/** The article on the page that this reader would read, or null if another engine made the page. */
function viewFor(specification: ExtractorSpecification, page: ParsedPage): PageView | null {
  for (const selector of specification.roots) {
    const roots = selector === '#root' ? [page.tree.root] : outermost(select(page.tree, selector)).slice(0, ROOTS_MAX);
    const views = roots.map((root) => viewArticle(page, root));
    const known = views.filter((view) => specification.signs.some((sign) => isShown(view, sign)));
    const chosen = known.find((view) => isAbout(view, specification, page.articleId)) ?? known[0];
    if (chosen !== undefined) return chosen;
  }
  return null;
}

function isShown(view: PageView, sign: string): boolean {
  if (/^(?:json-ld|microdata|meta) /.test(sign)) return view.read(sign).length > 0;
  if (sign.startsWith('page ')) return select(view.page.tree, sign.slice('page '.length)).length > 0;
  return select(view.page.tree, sign, view.root).length > 0;
}

function isAbout(view: PageView, specification: ExtractorSpecification, articleId: string | null): boolean {
  for (let at: TreeElement | null = view.root; at !== null; at = at.parent) {
    const element = at;
    const isNamed = specification.idAttributes.some((name) => {
      const index = element.attributes.indexOf(name);
      return index >= 0 && index % 2 === 0 && element.attributes[index + 1] === articleId;
    });
    if (isNamed) return true;
  }
  return false;
}

function outermost(elements: readonly TreeElement[]): readonly TreeElement[] {
  const all = new Set(elements);
  return elements.filter((element) => {
    for (let at = element.parent; at !== null; at = at.parent) if (all.has(at)) return false;
    return true;
  });
}

function articleIdOf(url: string): string | null {
  return URL.canParse(url) ? (parseArticlePath(new URL(url).pathname)?.articleId ?? null) : null;
}
