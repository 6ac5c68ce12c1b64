import type { UrlRules } from '../urls/url-rules.js';
import type { ListKind, ParsedList } from './parsed-list.js';
import { parseFeed } from './parse-feed.js';
import { parseListPage } from './parse-list-page.js';
import { parseSitemap } from './parse-sitemap.js';

/**
 * Reads any list by its kind.
 *
 * @param text  The page, decoded.
 * @param url   Its real URL.
 *
 * Pure; never throws, whatever the text: what is wrong stands in `problems`.
 */
export function parseList(kind: ListKind, text: string, url: string, rules: UrlRules): ParsedList {
  switch (kind) {
    case 'feed':
      return parseFeed(text, url, rules);
    case 'sitemapIndex':
    case 'sitemap':
      return parseSitemap(text, url, rules);
    case 'tag':
    case 'day':
    case 'more':
      return parseListPage(text, url, kind, rules);
  }
}
