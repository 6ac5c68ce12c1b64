import type { UrlRules } from '../urls/url-rules.js';
import { ItemCollector, LIST_LENGTH_MAX, tidyTitle, type ListProblem, type ParsedList } from './listed-item.js';
import { readUnixTime } from './list-times.js';
import { scanListPage, type PageItem, type PageLink, type ScannedPage } from './scan-list-page.js';
import { isMorePath, resolveOnEdition } from '../urls/site-urls.js';

/** A tag page lists 20, a day page 15 to 20; a front page a few hundred. */
const ITEMS_MAX = 5_000;

/**
 * Reads a tag page, a day page, or a load-more fragment of either.
 *
 * @param html  The page, decoded.
 * @param url   Its real address.
 * @param kind  `more` may be empty: so a list ends.
 * @returns     The list's items, of Sputnik (`.list__item`) or RIA (`.list-item`); the news ticker, menus and side
 *              blocks are no items. `listedAt` from `data-unixtime`. `next` is where load-more leads, null after an empty
 *              fragment.
 *
 * Where no such markup is found, all article links outside of menus and side blocks are taken, and the problem
 * `noListMarkup` says so: it errs towards too many. A page without any is none of the site's: `wrongDocument`. Pure. Source: site facts, §3 and §5.
 */
export function parseListPage(html: string, url: string, kind: 'tag' | 'day' | 'more', book: UrlRules): ParsedList {
  if (html.length > LIST_LENGTH_MAX) return failed({ code: 'tooLarge', detail: `${html.length} characters` });
  const page = scanListPage(html);
  if (!page.isHtml && html.trim() !== '') return failed({ code: 'wrongDocument', detail: 'no HTML element' });

  const { items, isGuess } = collect(page, url, book);
  if (kind !== 'more' && items.items.length === 0 && isForeign(page, url, book)) {
    return failed({ code: 'wrongDocument', detail: 'no list, and no link to an article anywhere' });
  }
  const isEnd = kind === 'more' && items.items.length === 0;
  const problems: ListProblem[] = [];
  if (page.problem !== null) problems.push(page.problem);
  if (isGuess) problems.push({ code: 'noListMarkup', detail: 'no list was recognised; all article links were taken' });
  problems.push(...items.problems().filter(({ code }) => !(isEnd && code === 'empty')));
  return { items: items.items, next: isEnd ? null : nextAddress(page, url, book), children: [], problems };
}

function failed(problem: ListProblem): ParsedList {
  return { items: [], next: null, children: [], problems: [problem] };
}

/** Every page of the sites bears a list or links to articles, be it in a side block: one without is somebody else's. */
function isForeign({ hasList, isHtml, asideHrefs, otherLinks }: ScannedPage, url: string, book: UrlRules): boolean {
  if (hasList || !isHtml) return false;
  return ![...asideHrefs, ...otherLinks.map(({ href }) => href)].some((href) => book.parse(href, url) !== null);
}

/** Items of lists; else items outside of lists; else, as a guess, every article link. */
function collect(page: ScannedPage, url: string, book: UrlRules): { items: ItemCollector; isGuess: boolean } {
  const marked = page.listItems.length > 0 ? page.listItems : page.looseItems;
  const items = new ItemCollector(ITEMS_MAX);
  for (const item of marked) {
    if (!items.isFull) addItem(items, item, url, book);
  }
  if (items.items.length > 0 || page.otherLinks.length === 0) return { items, isGuess: false };

  const guessed = new ItemCollector(ITEMS_MAX);
  for (const link of page.otherLinks) {
    const isArticle = !guessed.isFull && book.parse(link.href, url) !== null;
    if (isArticle) addItem(guessed, { links: [link], unixTime: null }, url, book);
  }
  return guessed.items.length > 0 ? { items: guessed, isGuess: true } : { items, isGuess: false };
}

function addItem(items: ItemCollector, item: PageItem, url: string, book: UrlRules): void {
  const links = [...item.links].sort((a, b) => Number(b.isTitle) - Number(a.isTitle));
  const found = links
    .map((link) => ({ link, address: book.parse(link.href, url) }))
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
  return links.map((link) => tidyTitle(link.text)).find((title) => title !== null) ?? null;
}

/** The last `data-next-url`, else the first `data-url`, that is a load-more of this edition and not the ticker's. */
function nextAddress(page: ScannedPage, url: string, book: UrlRules): string | null {
  const candidates = [...[...page.nextUrls].reverse(), ...page.moreUrls].map((href) =>
    resolveOnEdition(book, href, url),
  );
  const isMore = (address: string): boolean => {
    const path = new URL(address).pathname;
    return isMorePath(path) && !path.includes('/widget/');
  };
  return candidates.find((address) => address !== null && isMore(address)) ?? null;
}
