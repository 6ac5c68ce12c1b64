import { Parser } from 'htmlparser2';
import type { UrlRules } from '../urls/url-rules.js';
import { ItemCollector, LIST_LENGTH_MAX, cleanListTitle, type ListProblem, type ParsedList } from './parsed-list.js';
import { readUnixTime } from '../site-time.js';
import { isMorePath, resolveOnEdition } from '../urls/site-urls.js';

/** A tag page lists 20, a day page 15 to 20; a front page a few hundred. */
const ITEMS_MAX = 5_000;

/**
 * Reads a tag page, a day page, or a load-more fragment of either.
 *
 * @param html  The page, decoded.
 * @param url   Its real URL.
 * @param kind  `more` may be empty: so a list ends.
 * @returns     The list's items, of Sputnik (`.list__item`) or RIA (`.list-item`); the news ticker, menus and side
 *              blocks are no items. `listedAt` from `data-unixtime`. `next` is where load-more leads, null after an empty
 *              fragment.
 *
 * Where no such markup is found, all article links outside of menus and side blocks are taken, and the problem
 * `noListMarkup` says so: it errs towards too many. A page without any is none of the site's: `wrongDocument`. Pure. Source: site facts, §3 and §5.
 */
export function parseListPage(html: string, url: string, kind: 'tag' | 'day' | 'more', rules: UrlRules): ParsedList {
  if (html.length > LIST_LENGTH_MAX) return failed({ code: 'tooLarge', detail: `${html.length} characters` });
  const page = scanListPage(html);
  if (!page.isHtml && html.trim() !== '') return failed({ code: 'wrongDocument', detail: 'no HTML element' });

  const { items, isGuess } = collect(page, url, rules);
  if (kind !== 'more' && items.items.length === 0 && isForeign(page, url, rules)) {
    return failed({ code: 'wrongDocument', detail: 'no list, and no link to an article anywhere' });
  }
  const isEnd = kind === 'more' && items.items.length === 0;
  const problems: ListProblem[] = [];
  if (page.problem !== null) problems.push(page.problem);
  if (isGuess) problems.push({ code: 'noListMarkup', detail: 'no list was recognised; all article links were taken' });
  problems.push(...items.problems().filter(({ code }) => !(isEnd && code === 'empty')));
  return { items: items.items, next: isEnd ? null : nextUrl(page, url, rules), children: [], problems };
}

function failed(problem: ListProblem): ParsedList {
  return { items: [], next: null, children: [], problems: [problem] };
}

/** Every page of the sites bears a list or links to articles, be it in a side block: one without is somebody else's. */
function isForeign({ hasList, isHtml, asideHrefs, otherLinks }: ScannedPage, url: string, rules: UrlRules): boolean {
  if (hasList || !isHtml) return false;
  return ![...asideHrefs, ...otherLinks.map(({ href }) => href)].some((href) => rules.parse(href, url) !== null);
}

/** Items of lists; else items outside of lists; else, as a guess, every article link. */
function collect(page: ScannedPage, url: string, rules: UrlRules): { items: ItemCollector; isGuess: boolean } {
  const marked = page.listItems.length > 0 ? page.listItems : page.looseItems;
  const items = new ItemCollector(ITEMS_MAX);
  for (const item of marked) {
    if (!items.isFull) addItem(items, item, url, rules);
  }
  if (items.items.length > 0 || page.otherLinks.length === 0) return { items, isGuess: false };

  const guessed = new ItemCollector(ITEMS_MAX);
  for (const link of page.otherLinks) {
    const isArticle = !guessed.isFull && rules.parse(link.href, url) !== null;
    if (isArticle) addItem(guessed, { links: [link], unixTime: null }, url, rules);
  }
  return guessed.items.length > 0 ? { items: guessed, isGuess: true } : { items, isGuess: false };
}

function addItem(items: ItemCollector, item: PageItem, url: string, rules: UrlRules): void {
  const links = [...item.links].sort((a, b) => Number(b.isTitle) - Number(a.isTitle));
  const found = links
    .map((link) => ({ link, address: rules.parse(link.href, url) }))
    .filter((one) => one.address !== null);
  const address = found[0]?.address ?? null;
  const same = found.filter((one) => one.address?.pageId === address?.pageId).map(({ link }) => link);
  items.add(address, {
    listedAt: readUnixTime(item.unixTime ?? ''),
    modifiedAt: null,
    title: titleOf(same),
  });
}

function titleOf(links: readonly PageLink[]): string | null {
  return links.map((link) => cleanListTitle(link.text)).find((title) => title !== null) ?? null;
}

/** The last `data-next-url`, else the first `data-url`, that is a load-more of this edition and not the ticker's. */
function nextUrl(page: ScannedPage, url: string, rules: UrlRules): string | null {
  const candidates = [...[...page.nextUrls].reverse(), ...page.moreUrls].map((href) =>
    resolveOnEdition(rules, href, url),
  );
  const isMore = (url: string): boolean => {
    const path = new URL(url).pathname;
    return isMorePath(path) && !path.includes('/widget/');
  };
  return candidates.find((candidate) => candidate !== null && isMore(candidate)) ?? null;
}

/** A link to somewhere, with the text within it. */
interface PageLink {
  readonly href: string;
  readonly isTitle: boolean;
  text: string;
}

/** One item of a list as it stands in the page. */
interface PageItem {
  readonly links: PageLink[];
  /** `data-unixtime`, the first within the item. */
  unixTime: string | null;
}

/** What a page holds that may be a list. */
interface ScannedPage {
  /** Items within a list, in page order. */
  readonly listItems: readonly PageItem[];
  /** Items marked as such outside of any list. */
  readonly looseItems: readonly PageItem[];
  /** All links outside of items, menus and side blocks. */
  readonly otherLinks: readonly PageLink[];
  /** Values of `data-next-url` and `data-url`, in page order. */
  readonly nextUrls: readonly string[];
  readonly moreUrls: readonly string[];
  /** Whether there was anything that lists are made of, with items or without. */
  readonly hasList: boolean;
  /** Targets of links in menus and side blocks. */
  readonly asideHrefs: readonly string[];
  /** Whether there was any element at all. */
  readonly isHtml: boolean;
  readonly problem: ListProblem | null;
}

interface Frame {
  readonly isAside: boolean;
  readonly isList: boolean;
  readonly item: PageItem | null;
  readonly link: PageLink | null;
}

const OUTSIDE: Frame = { isAside: false, isList: false, item: null, link: null };

const ITEM_CLASSES = ['list__item', 'list-item'];
const TITLE_CLASSES = ['list__title', 'list-item__title'];
const LIST_CLASSES = ['list', 'list-items-loaded', 'list__items-loaded'];
/** Elements and class blocks (what stands before `__`) whose links belong to the site, not to the list. */
const ASIDE_ELEMENTS = 'aside footer header nav noscript script style template'.split(' ');
const ASIDE_BLOCKS = 'footer header lenta lenta-mini menu modal nav popular recommended sidebar widget'.split(' ');

const CHUNK_LENGTH = 65_536;
const DEPTH_MAX = 2_000;
const SCANNED_ITEMS_MAX = 20_000;
const LINKS_MAX = 20_000;
const LINKS_PER_ITEM_MAX = 50;
const LINK_TEXT_LENGTH_MAX = 2_000;
const URLS_MAX = 100;

/**
 * Finds the items of a list page and every sign of where the list goes on, in one pass and without a tree.
 * It judges by class names only; what is an article is for the caller to say. Pure; bounded in depth and number.
 */
function scanListPage(html: string): ScannedPage {
  const page = { listItems: [] as PageItem[], looseItems: [] as PageItem[], otherLinks: [] as PageLink[] };
  const urls = { nextUrls: [] as string[], moreUrls: [] as string[], asideHrefs: [] as string[] };
  const open: Frame[] = [];
  const state = { isHtml: false, hasList: false, problem: null as ListProblem | null };

  const parser = new Parser({
    onopentag: (name, attributes) => {
      state.isHtml = true;
      const parent = open.at(-1) ?? OUTSIDE;
      const frame = frameOf(name, attributes, parent);
      open.push(frame);
      if (open.length > DEPTH_MAX) state.problem ??= { code: 'tooDeep', detail: `more than ${DEPTH_MAX} levels` };
      state.hasList ||= frame.isList || frame.item !== null;
      if (frame.isAside) {
        keep(urls.asideHrefs, attributes['href'] ?? null, LINKS_MAX);
        return;
      }
      keepUrls(urls, attributes);
      if (frame.item !== parent.item)
        keep(frame.isList ? page.listItems : page.looseItems, frame.item, SCANNED_ITEMS_MAX);
      if (frame.link !== parent.link) {
        if (frame.item === null) keep(page.otherLinks, frame.link, LINKS_MAX);
        else keep(frame.item.links, frame.link, LINKS_PER_ITEM_MAX);
      }
      if (frame.item !== null) frame.item.unixTime ??= attributes['data-unixtime'] ?? null;
    },
    ontext: (text) => {
      const { link } = open.at(-1) ?? OUTSIDE;
      if (link !== null && link.text.length < LINK_TEXT_LENGTH_MAX) link.text += text;
    },
    onclosetag: (name, isImplied) => {
      open.pop();
      if (name === 'html' && isImplied) state.problem ??= { code: 'broken', detail: 'the page ends before </html>' };
    },
  });
  for (let at = 0; at < html.length && state.problem === null; at += CHUNK_LENGTH) {
    parser.write(html.slice(at, at + CHUNK_LENGTH));
  }
  parser.end();
  return { ...page, ...urls, ...state };
}

function frameOf(name: string, attributes: Readonly<Record<string, string>>, parent: Frame): Frame {
  const classes = (attributes['class'] ?? '').split(/\s+/);
  const has = (wanted: readonly string[]): boolean => classes.some((one) => wanted.includes(one));
  const isAside = parent.isAside || isAsideElement(name, classes);
  const isList = parent.isList || has(LIST_CLASSES);
  if (isAside) return { isAside, isList, item: null, link: null };
  const href = name === 'a' ? attributes['href'] : undefined;
  return {
    isAside,
    isList,
    item: parent.item ?? (has(ITEM_CLASSES) ? { links: [], unixTime: null } : null),
    link: href === undefined ? parent.link : { href, isTitle: has(TITLE_CLASSES), text: '' },
  };
}

function isAsideElement(name: string, classes: readonly string[]): boolean {
  if (name === 'html' || name === 'body') return false;
  return ASIDE_ELEMENTS.includes(name) || classes.some((one) => ASIDE_BLOCKS.includes(one.split('__')[0] ?? ''));
}

function keep<T>(list: T[], value: T | null, countMax: number): void {
  if (value !== null && list.length < countMax) list.push(value);
}

function keepUrls(
  urls: { readonly nextUrls: string[]; readonly moreUrls: string[] },
  attributes: Readonly<Record<string, string>>,
): void {
  keep(urls.nextUrls, attributes['data-next-url'] ?? null, URLS_MAX);
  keep(urls.moreUrls, attributes['data-url'] ?? null, URLS_MAX);
}
