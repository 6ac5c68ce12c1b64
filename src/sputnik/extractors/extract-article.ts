import { isGuessedBody, MARKED_BLOCKS } from '../../domain/extraction.js';
import type { NotArticleReason } from '../../domain/outcome.js';
import { type HtmlSource, sourceOfText } from '../html/decode-html.js';
import { inlineText, isHidden } from '../html/inline-text.js';
import { attributeOf, type PageTree, type TreeElement } from '../html/page-tree.js';
import { matches, select } from '../html/select.js';
import { parseArticlePath } from '../urls/url-grammar.js';
import { ArticleView, parseArticlePart, type ParsedPage, parseWholePage } from './article-view.js';
import { kindWithoutText } from './article-format.js';
import { interferenceOn, isListPage, isNotHtml, isStandIn, standInOf } from './classify-page.js';
import { extractBySpecification } from './extract-by-specification.js';
import type { ExtractorSpecification, PageFields } from './extractor.js';
import { BARE_LIVE_2021, LIVE_2021, LONGREAD_2021 } from './layouts-2021.js';
import { NO_BODY } from './last-resort.js';
import { SPUTNIK_2015 } from './sputnik-2015.js';
import { AMP_2021, RIA_2021, SPUTNIK_2021 } from './sputnik-2021.js';
import { extractWithReadability, STRUCTURED_PAGE } from './unknown-markup.js';

/** Most special first: an extractor is asked only if every one before it does not know the page. */
const EXTRACTORS: readonly ExtractorSpecification[] = [
  AMP_2021,
  LONGREAD_2021,
  LIVE_2021,
  RIA_2021,
  SPUTNIK_2021,
  SPUTNIK_2015,
  BARE_LIVE_2021,
  STRUCTURED_PAGE,
];

/** Classes that other extractors than those of a plain article know: where the page holds one, the whole page is read. */
const OTHER_MARKUP = /online__item|white-longread__/;
/** The sign is looked for in bytes, too. */
const AMP_SIGN = /<html[^<>]*?\s(?:amp|⚡|\u00e2\u009a\u00a1)[\s>=]/i;
const AMP_SIGN_WITHIN = 2_000;
/** Articles on one page; the site's endless feed loads more by script only. */
const ROOTS_MAX = 100;

/** Why a page holds no article; with `emptyBody` and `cutOff` also the parts that it does show. */
interface NoArticle {
  readonly notArticle: NotArticleReason;
  readonly fields?: PageFields;
}

/**
 * Finds the article that a page holds.
 *
 * @param page  Of any engine and year, or anything else.
 * @param url   Absolute URL it was read under; it decides which of several articles on the page is meant.
 * @returns     Everything found, not yet judged (`normaliseArticle` does that), or why the page holds no article.
 *
 * Pure; never throws; time and memory grow linearly with the page up to fixed caps. Extractors by engine come first,
 * then what the page says in microdata and JSON-LD, last Readability; `extractor.name` tells which one made the result.
 * Errs towards `notArticle`: nothing is made up from a list or a guard's page.
 */
export function extractArticle(page: HtmlSource | string, url: string): PageFields | NoArticle {
  const source = typeof page === 'string' ? sourceOfText(page) : page;
  const { markup } = source;
  if (isNotHtml(markup)) return { notArticle: 'notHtml' };
  const articleId = articleIdOf(url);
  const isOther = AMP_SIGN.test(markup.slice(0, AMP_SIGN_WITHIN)) || OTHER_MARKUP.test(markup);
  const part = isOther ? null : parseArticlePart(source, url, articleId);
  const fields = part === null ? null : extractFromPart(part);
  if (
    part !== null &&
    fields !== null &&
    isWhole(fields) &&
    !isCutOff(part.tree, fields) &&
    !isOfStandIn(part, fields)
  ) {
    return fields;
  }
  const html = source.text();
  return extractFromWholePage(html, parseWholePage(html, url, articleId));
}

/** Elements around an article, or of its text, in any engine. */
const ARTICLE_PARTS = [
  '.article',
  '.article__body',
  '.b-article',
  '.b-article__text',
  '.white-longread',
  '.online__item',
  '[itemprop=articleBody]',
];

/**
 * Elements that follow the text and tags of an article, in any engine. If one of them is complete, so is everything
 * before it.
 */
const PARTS_BEHIND = ['.article__footer', '.article__tags', '.endless__choose', '.footer'];

/**
 * The page was cut off in transit within the article, perhaps by a gateway, or shows the rest only to subscribers. Its
 * text and tags may be incomplete. This does not cover a page that our own limits cut, nor one that goes on after an
 * article with unclosed elements.
 */
function isCutOff(tree: PageTree, fields: PageFields): boolean {
  if (isBehindWall(tree, fields)) return true;
  if (tree.isCut) return false;
  const open = new Set(tree.open.filter(({ name }) => name !== 'html' && name !== 'body'));
  const [part] = [...open].filter((element) => ARTICLE_PARTS.some((selector) => matches(element, selector)));
  if (part === undefined) return false;
  const behind = PARTS_BEHIND.flatMap((selector) => select(tree, selector, part));
  return behind.every((element) => open.has(element));
}

const TEXTS = ['.article__text', '[data-type=text]', 'p', 'blockquote'];

/** The article itself ends at a demand to pay, in words. What holds the text, or has text behind it, keeps nothing back. */
function isBehindWall(tree: PageTree, { body }: PageFields): boolean {
  return select(tree, '[class*=paywall]').some((wall) => {
    const part = partAround(wall);
    if (part === null) return false;
    const words = inlineText(wall);
    if (words === '' || body.blocks.some(({ text }) => words.includes(text))) return false;
    const texts = TEXTS.flatMap((selector) => select(tree, selector, part));
    return !texts.some((text) => text.order > wall.lastOrder && inlineText(text) !== '');
  });
}

/** The innermost part of an article that contains everything it shows. */
function partAround(shown: TreeElement): TreeElement | null {
  let part: TreeElement | null = null;
  for (let at: TreeElement | null = shown; at !== null; at = at.parent) {
    const element = at;
    if (isHidden(element)) return null;
    if (part === null && ARTICLE_PARTS.some((selector) => matches(element, selector))) part = element;
  }
  return part;
}

function extractFromPart(part: ParsedPage): PageFields | null {
  for (const specification of [RIA_2021, SPUTNIK_2021]) {
    const view = viewFor(specification, part);
    if (view !== null) return extractBySpecification(specification, view);
  }
  return null;
}

/** Nothing that the rest of the page might hold is missing. */
function isWhole({ titles, body, published, tags, tagNames }: PageFields): boolean {
  const hasBody = body.blocks.length > 0 && body.source.startsWith('.article__body');
  return titles.length > 0 && hasBody && published.length > 0 && (tags.length > 0 || tagNames.length === 0);
}

function extractFromWholePage(html: string, page: ParsedPage): PageFields | NoArticle {
  let withoutText: PageFields | NoArticle | null = null;
  let untitled = false;
  let isDescribedOnly = false;
  for (const specification of EXTRACTORS) {
    const view = viewFor(specification, page);
    if (view === null) continue;
    const fields = withoutDoubtfulText(specification, view, extractBySpecification(specification, view));
    const hasText = fields.body.blocks.length > 0;
    if (hasText && fields.titles.length > 0) return judgeWithText(html, page, fields);
    if (hasText) untitled = true;
    else if (fields.titles.length > 0 && withoutText === null) {
      withoutText = judgeWithoutText(specification, view, fields);
      isDescribedOnly =
        specification === STRUCTURED_PAGE && 'notArticle' in withoutText && withoutText.notArticle === 'emptyBody';
    }
  }
  // A described article that is not shown in full may still be shown in unknown markup.
  if (withoutText !== null && !isDescribedOnly) return withoutText;
  if (withoutText !== null) {
    const shown = extractWithReadability(html, page);
    return shown === null ? withoutText : judgeWithText(html, page, shown);
  }
  const interference = interferenceOn(html, page.tree);
  if (interference !== null) return { notArticle: interference };
  if (untitled) return { notArticle: 'noTitle' };
  if (isListPage(page.tree)) return { notArticle: 'section' };
  const fields = extractWithReadability(html, page);
  return fields === null || isOfStandIn(page, fields) ? { notArticle: 'unknownMarkup' } : fields;
}

/**
 * Takes away a text that was only guessed, where the page is not dated or says that it is no article. Beside a video or pictures the sentences of
 * unknown elements may be a caption or a notice.
 */
function withoutDoubtfulText(specification: ExtractorSpecification, view: ArticleView, fields: PageFields): PageFields {
  const { source } = fields.body;
  if (!isGuessedBody(source)) return fields;
  const bare = { ...fields, body: NO_BODY };
  const judged = judgeWithoutText(specification, view, bare);
  const isCredible = 'notArticle' in judged ? judged.notArticle === 'emptyBody' : source === MARKED_BLOCKS;
  return isCredible && fields.published.length > 0 ? fields : bare;
}

/** A text is an article's unless the page says that it is none, or bears a guard's or a provider's words and no trace of an article. */
function judgeWithText(html: string, page: ParsedPage, fields: PageFields): PageFields | NoArticle {
  if (isOfStandIn(page, fields)) return { notArticle: 'unknownMarkup' };
  const isNamed = fields.published.length > 0 || fields.tags.length > 0 || fields.tagNames.length > 0;
  const interference = isNamed ? null : interferenceOn(html, page.tree);
  if (interference !== null) return { notArticle: interference };
  return isCutOff(page.tree, fields) ? { notArticle: 'cutOff', fields } : fields;
}

/** In characters: an error page says two or three sentences. */
const NOTICE_LENGTH_MAX = 300;

/** In any language a short notice without date, tag, author, id and canonical URL is none of the site's articles. */
function isBareNotice({ body, published, tags, tagNames, authors, ids, canonical }: PageFields): boolean {
  if ([published, tags, tagNames, authors, ids, canonical].some(({ length }) => length > 0)) return false;
  return body.blocks.reduce((sum, { text }) => sum + text.length, 0) <= NOTICE_LENGTH_MAX;
}

function isOfStandIn({ tree, around }: ParsedPage, fields: PageFields): boolean {
  const { titles, published } = fields;
  if (isBareNotice(fields)) return true;
  return isStandIn([...around, ...select(tree, 'body')], titles[0]?.value ?? '', published.length === 0);
}

/** A video, a gallery or an infographic is published as it stands; a page that shows nothing instead of a text is not. */
function judgeWithoutText(
  specification: ExtractorSpecification,
  view: ArticleView,
  fields: PageFields,
): PageFields | NoArticle {
  const standIn = standInOf(view.page.tree);
  if (standIn !== null) return { notArticle: standIn };
  const kind = kindWithoutText(specification, view, fields);
  if (kind === 'poll') return { notArticle: 'poll' };
  if (kind === null || kind === 'text' || kind === 'live' || kind === 'longread') {
    return { notArticle: 'emptyBody', fields };
  }
  return { ...fields, format: kind };
}

/** The article on the page that this extractor would read, or null if another engine made the page. */
function viewFor(specification: ExtractorSpecification, page: ParsedPage): ArticleView | null {
  for (const selector of specification.roots) {
    const roots = selector === '#root' ? [page.tree.root] : outermost(select(page.tree, selector)).slice(0, ROOTS_MAX);
    const views = roots.map((root) => new ArticleView(page, root));
    const known = views.filter((view) => specification.signs.some((sign) => view.shows(sign)));
    const chosen = known.find((view) => isAbout(view, specification, page.articleId)) ?? known[0];
    if (chosen !== undefined) return chosen;
  }
  return null;
}

function isAbout(view: ArticleView, { idAttributes }: ExtractorSpecification, articleId: string | null): boolean {
  if (articleId === null) return false;
  for (let at: TreeElement | null = view.root; at !== null; at = at.parent) {
    const element = at;
    if (idAttributes.some((name) => attributeOf(element, name) === articleId)) return true;
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
