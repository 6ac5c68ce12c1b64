import { Parser } from 'htmlparser2';
import type { ListProblem } from './listed-item.js';

/** A link to somewhere, with the text within it. */
export interface PageLink {
  readonly href: string;
  readonly isTitle: boolean;
  text: string;
}

/** One item of a list as it stands in the page. */
export interface PageItem {
  readonly links: PageLink[];
  /** `data-unixtime`, the first within the item. */
  unixTime: string | null;
}

/** What a page holds that may be a list. */
export interface ScannedPage {
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
const ASIDE_ELEMENTS = ['aside', 'footer', 'header', 'nav', 'noscript', 'script', 'style', 'template'];
const ASIDE_BLOCKS = [
  'footer',
  'header',
  'lenta',
  'lenta-mini',
  'menu',
  'modal',
  'nav',
  'popular',
  'recommended',
  'sidebar',
  'widget',
];

const CHUNK_LENGTH = 65_536;
const DEPTH_MAX = 2_000;
const ITEMS_MAX = 20_000;
const LINKS_MAX = 20_000;
const LINKS_PER_ITEM_MAX = 50;
const LINK_TEXT_LENGTH_MAX = 2_000;
const URLS_MAX = 100;

/**
 * Finds the items of a list page and every sign of where the list goes on, in one pass and without a tree.
 * It judges by class names only; what is an article is for the caller to say. Pure; bounded in depth and number.
 */
export function scanListPage(html: string): ScannedPage {
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
      if (frame.item !== parent.item) keep(frame.isList ? page.listItems : page.looseItems, frame.item, ITEMS_MAX);
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
