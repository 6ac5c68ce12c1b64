import type { PageKind } from '../../domain/fetched.js';
import type { UrlRules } from '../urls/url-rules.js';
import type { ParsedList } from './listed-item.js';
import { parseFeed } from './parse-feed.js';
import { parseListPage } from './parse-list-page.js';
import { parseSitemap } from './parse-sitemap.js';

/** Pages that announce articles. */
export type ListKind = Exclude<PageKind, 'article' | 'robots'>;

/**
 * Reads any list by its kind.
 *
 * @param text  The page, decoded.
 * @param url   Its real address.
 *
 * Pure; never throws, whatever the text: what is wrong stands in `problems`.
 */
export function parseList(kind: ListKind, text: string, url: string, book: UrlRules): ParsedList {
  switch (kind) {
    case 'feed':
      return parseFeed(text, url, book);
    case 'sitemapIndex':
    case 'sitemap':
      return parseSitemap(text, url, book);
    case 'tag':
    case 'day':
    case 'more':
      return parseListPage(text, url, kind, book);
  }
}
