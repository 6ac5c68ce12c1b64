import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { decodeHtml } from '../sputnik/html/decode-html.js';
import type { ListProblem } from '../sputnik/lists/parsed-list.js';
import { parseList } from '../sputnik/lists/parse-list.js';
import type { ListReading, ListRequest } from './list-reading.js';

/** What a list's bytes say. */
export interface ReadBytes extends ListReading {
  /** No such list at all: HTML for XML, a block page. */
  readonly isForeign: boolean;
  /** What was wrong with it; an empty list is for the route to judge. */
  readonly problems: readonly ListProblem[];
}

/**
 * Reads a list with the site's own parsers.
 *
 * @param body         Without its content encoding.
 * @param contentType  Content-Type header, null if there was none.
 * @returns            Sightings of this edition's articles only: those of another are found by its own lists.
 *
 * Pure.
 */
export function readListBytes(
  request: ListRequest,
  body: Buffer,
  contentType: string | null,
  addresses: UrlRules,
): ReadBytes {
  const { edition, foundBy, kind, url } = request;
  const parsed = parseList(kind, decodeHtml(body, contentType).text, url, addresses);
  const own = parsed.items.filter(({ address }) => address.edition === edition.id);
  const problems = parsed.problems.filter(({ code }) => code !== 'empty');
  if (own.length === 0 && parsed.items.length > 0) {
    problems.push({ code: 'unreadableItems', detail: `all ${parsed.items.length} items are another edition's` });
  }
  return {
    sightings: own.map(({ address, modifiedAt }) => ({ address, modifiedAt, foundBy })),
    next: parsed.next,
    children: parsed.children,
    isForeign: parsed.problems.some(({ code }) => code === 'wrongDocument'),
    problems,
  };
}
