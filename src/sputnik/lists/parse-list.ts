import { decodeHtml } from '../html/decode-html.js';
import { inlineText } from '../html/inline-text.js';
import { attributeOf, parsePage, type PageTree, type TreeElement } from '../html/page-tree.js';
import { select } from '../html/select.js';
import { readUnixTime } from '../site-time.js';
import { isMorePath, resolveOnEdition } from '../urls/site-urls.js';
import type { UrlRules } from '../urls/url-rules.js';
import { parseXmlList } from './parse-xml-list.js';
import {
  cleanListTitle,
  failedList,
  ItemCollector,
  LIST_LENGTH_MAX,
  type ListKind,
  type ListProblem,
  type ListTask,
  type ParsedList,
  type ReadList,
} from './parsed-list.js';

/** Decodes and parses a list. Pure; never throws. */
export function readReceivedList({ kind, body, contentType, url }: ListTask, rules: UrlRules): ReadList {
  const { text } = decodeHtml(Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType);
  const isPage = text.trim() === '' || /<(?:!doctype html|html|body)\b/i.test(text.slice(0, 10_000));
  return { list: parseList(kind, text, url, rules), isPage };
}

/**
 * Reads any list by its kind.
 *
 * @param text  The decoded page.
 *
 * @param url Its real URL. Pure; never throws, whatever the text: `problems` has what is wrong.
 */
export function parseList(kind: ListKind, text: string, url: string, rules: UrlRules): ParsedList {
  switch (kind) {
    case 'feed':
      return parseXmlList('feed', text, url, rules);
    case 'sitemapIndex':
    case 'sitemap':
      return parseXmlList('sitemap', text, url, rules);
    case 'tag':
    case 'day':
    case 'more':
      return parseListPage(text, url, kind, rules);
  }
}

/**
 * Reads a tag page, a day page, or a load-more fragment of either, which may be empty: so a list ends.
 *
 * Items are those of Sputnik (`.list__item`) or RIA (`.list-item`); the news ticker, menus and side blocks are no items.
 * `listedAt` comes from `data-unixtime`; `next` is where load-more leads, null after an empty fragment. Where no such markup
 * is found, all article links outside of menus and side blocks are taken, and the problem `noListMarkup` says so: it errs
 * towards too many. A page without any is none of the site's: `wrongDocument`. Source: site facts, §3 and §5.
 */
function parseListPage(html: string, url: string, kind: 'tag' | 'day' | 'more', rules: UrlRules): ParsedList {
  if (html.length > LIST_LENGTH_MAX) return failedList({ code: 'tooLarge', detail: `${html.length} characters` });
  const tree = parsePage(html);
  const isHtml = tree.elements.length > 1;
  if (!isHtml && html.trim() !== '') return failedList({ code: 'wrongDocument', detail: 'no HTML element' });

  const page = scanListPage(tree);
  const { items, isGuess } = collectItems(page, url, rules);
  const isEmpty = items.items.length === 0;
  if (kind !== 'more' && isEmpty && isHtml && !page.hasList && !leadsToArticle(tree, url, rules)) {
    return failedList({ code: 'wrongDocument', detail: 'no list, and no link to an article anywhere' });
  }
  const isEnd = kind === 'more' && isEmpty;
  const next = isEnd ? null : nextUrl(page, url, rules);
  const problems = [
    ...problemsOf(tree, html, items.isFull),
    ...(isGuess ? [GUESSED] : []),
    ...(kind !== 'more' && page.hasMore && next === null ? [GOES_ON] : []),
    ...items.problems().filter(({ code }) => !(isEnd && code === 'empty')),
  ];
  return { items: items.items, entries: items.entries, next, children: [], problems };
}

const GUESSED: ListProblem = {
  code: 'noListMarkup',
  detail: 'no list was recognised; all article links were taken',
};

const GOES_ON: ListProblem = {
  code: 'capped',
  detail: 'the page has a button for more items, and does not say where they are',
};

function problemsOf(tree: PageTree, html: string, isFull: boolean): readonly ListProblem[] {
  if (tree.isTooDeep) return [{ code: 'tooDeep', detail: 'more levels than are read' }];
  if (tree.isCut && !isFull) return [{ code: 'tooLarge', detail: 'more elements than are read' }];
  const isWhole = select(tree, 'html').length === 0 || /<\/html/i.test(html);
  return isWhole ? [] : [{ code: 'broken', detail: 'the page ends before </html>' }];
}

/**
 * Every page of the sites has a list or links to articles, at least in a side block. A page without them is not from
 * the site.
 */
function leadsToArticle(tree: PageTree, url: string, rules: UrlRules): boolean {
  return select(tree, 'a[href]').some((link) => rules.parse(hrefOf(link), url) !== null);
}

/** One item of a list as it stands in the page. */
interface PageItem {
  readonly links: TreeElement[];
  /** `data-unixtime`, the first within the item. */
  unixTime: string | null;
}

/** Items of lists; otherwise items outside lists; otherwise, as a guess, every article link. */
function collectItems(page: ListPage, url: string, rules: UrlRules): { items: ItemCollector; isGuess: boolean } {
  const items = new ItemCollector(ITEMS_MAX);
  for (const item of page.listItems.length > 0 ? page.listItems : page.looseItems) {
    if (!items.isFull) addItem(items, item, url, rules);
  }
  if (items.items.length > 0) return { items, isGuess: false };
  const guessed = new ItemCollector(ITEMS_MAX);
  for (const link of page.otherLinks) {
    const isArticle = !guessed.isFull && rules.parse(hrefOf(link), url) !== null;
    if (isArticle) addItem(guessed, { links: [link], unixTime: null }, url, rules);
  }
  return guessed.items.length > 0 ? { items: guessed, isGuess: true } : { items, isGuess: false };
}

function addItem(items: ItemCollector, item: PageItem, url: string, rules: UrlRules): void {
  const isTitle = (link: TreeElement): boolean => link.classes.some((name) => TITLE_CLASSES.includes(name));
  const found = item.links
    .slice(0, LINKS_PER_ITEM_MAX)
    .sort((a, b) => Number(isTitle(b)) - Number(isTitle(a)))
    .map((link) => ({ link, address: rules.parse(hrefOf(link), url) }))
    .filter(({ address }) => address !== null);
  const address = found[0]?.address ?? null;
  const same = found.filter((one) => one.address?.pageId === address?.pageId);
  const titles = same.map(({ link }) => cleanListTitle(inlineText(link, () => false)));
  items.add(address, {
    listedAt: readUnixTime(item.unixTime ?? ''),
    modifiedAt: null,
    title: titles.find((title) => title !== null) ?? null,
  });
}

/** The last `data-next-url`, else the first `data-url`, that is a load-more of this edition and not the ticker's. */
function nextUrl(page: ListPage, url: string, rules: UrlRules): string | null {
  const candidates = [...page.nextUrls.slice(-URLS_MAX).reverse(), ...page.moreUrls.slice(0, URLS_MAX)].map((href) =>
    resolveOnEdition(rules, href, url),
  );
  const isMore = (candidate: string): boolean => {
    const path = new URL(candidate).pathname;
    return isMorePath(path) && !path.includes('/widget/');
  };
  return candidates.find((candidate) => candidate !== null && isMore(candidate)) ?? null;
}

/** @returns whether a class is that of a button that leads on: `list-more` (RIA), `list__more`, and what else it may be called. */
function leadsOn(className: string): boolean {
  if (!/more/i.test(className)) return false;
  const name = className.toLowerCase();
  const isPartMore = MORE_OF.test(name) && name.split(/[-_]/).includes('more');
  return isPartMore || MORE_BY_ITSELF.test(name);
}

function hrefOf(link: TreeElement): string {
  return attributeOf(link, 'href') ?? '';
}

/** A tag page lists 20, a day page 15 to 20; a front page a few hundred. */
const ITEMS_MAX = 5_000;
const LINKS_PER_ITEM_MAX = 50;
const URLS_MAX = 100;
const ITEM_CLASSES = ['list__item', 'list-item'];
const TITLE_CLASSES = ['list__title', 'list-item__title'];
const LIST_CLASSES = ['list', 'list-items-loaded', 'list__items-loaded'];
/** What the class of a button that leads on begins with, before a part `more`; or by itself. */
const MORE_OF = /^(?:list|item|rubric|archive|tag)/;
const MORE_BY_ITSELF = /^(?:load|show)-?more/;
/** Elements and class blocks (the part before `__`) whose links belong to the site, not to the list. */
const ASIDE_ELEMENTS = 'aside footer header nav noscript script style template'.split(' ');
const ASIDE_BLOCKS = 'footer header lenta lenta-mini menu modal nav popular recommended sidebar widget'.split(' ');

/** Where an element stands. */
interface Region {
  readonly isAside: boolean;
  readonly isList: boolean;
  readonly item: PageItem | null;
}

/** What a page holds that may be a list, in page order. */
interface ListPage {
  readonly listItems: PageItem[];
  /** Items marked as such outside of any list. */
  readonly looseItems: PageItem[];
  /** Links outside of items, menus and side blocks. */
  readonly otherLinks: TreeElement[];
  /** Values of `data-next-url` and `data-url`. */
  readonly nextUrls: string[];
  readonly moreUrls: string[];
  /** Whether there was anything that lists are made of, with items or without. */
  hasList: boolean;
  /** Whether there was a button for more of it. */
  hasMore: boolean;
}

/**
 * Finds the items, and every sign of where the list goes on, by class names. The caller decides which items are
 * articles.
 */
function scanListPage({ root, elements }: PageTree): ListPage {
  const page: ListPage = {
    listItems: [],
    looseItems: [],
    otherLinks: [],
    nextUrls: [],
    moreUrls: [],
    hasList: false,
    hasMore: false,
  };
  const regions = new Map<TreeElement, Region>([[root, { isAside: false, isList: false, item: null }]]);
  for (const element of elements) {
    const outer = regions.get(element.parent ?? root);
    if (outer === undefined) continue;
    const region = regionOf(element, outer);
    regions.set(element, region);
    const { item } = region;
    page.hasList ||= region.isList || item !== null;
    if (region.isAside) continue;
    if (item !== null && outer.item === null) (region.isList ? page.listItems : page.looseItems).push(item);
    if (item !== null) item.unixTime ??= attributeOf(element, 'data-unixtime');
    const isLink = element.name === 'a' && attributeOf(element, 'href') !== null;
    if (isLink) (item?.links ?? page.otherLinks).push(element);
    page.hasMore ||= element.classes.some(leadsOn);
    keep(page.nextUrls, attributeOf(element, 'data-next-url'));
    keep(page.moreUrls, attributeOf(element, 'data-url'));
  }
  return page;
}

function keep(urls: string[], url: string | null): void {
  if (url !== null) urls.push(url);
}

function regionOf(element: TreeElement, outer: Region): Region {
  const classes = element.classes;
  const has = (wanted: readonly string[]): boolean => classes.some((name) => wanted.includes(name));
  const isList = outer.isList || has(LIST_CLASSES);
  if (outer.isAside || isAsideElement(element, classes)) return { isAside: true, isList, item: null };
  return { isAside: false, isList, item: outer.item ?? (has(ITEM_CLASSES) ? { links: [], unixTime: null } : null) };
}

function isAsideElement({ name }: TreeElement, classes: readonly string[]): boolean {
  if (name === 'html' || name === 'body') return false;
  return ASIDE_ELEMENTS.includes(name) || classes.some((one) => ASIDE_BLOCKS.includes(one.split('__')[0] ?? ''));
}
