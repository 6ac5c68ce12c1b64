import type { PageId } from '../domain/page.js';
import type { EditionCrawl } from './edition-crawl.js';
import type { ListRequest } from './list-reading.js';

/**
 * Reads a list page and, where load-more may be asked for, what follows it.
 *
 * It ends, and says why on the record where that is no natural end: past the first day wanted; an empty fragment;
 * a page that repeats what was seen; an address that was asked for already; the cap; a page that could not be read.
 *
 * @param firstDay  Articles before this day are not wanted; null: only the first page is.
 * @returns         Items seen, repeats included; null where not even the first page could be read.
 */
export async function walkList(
  crawl: EditionCrawl,
  first: ListRequest,
  firstDay: string | null,
): Promise<number | null> {
  const asked = new Set<string>();
  const seen = new Set<PageId>();
  let request = first;
  let items = 0;
  for (let pages = 0; pages < crawl.listPagesMax; pages += 1) {
    asked.add(request.url);
    const list = await crawl.readList(request);
    if (list.kind !== 'read') return pages === 0 ? null : items;
    const pageIds = list.sightings.map(({ address }) => address.pageId);
    const isNew = pageIds.some((pageId) => !seen.has(pageId));
    for (const pageId of pageIds) seen.add(pageId);
    items += pageIds.length;
    await crawl.offer(list.sightings);
    if (crawl.obeyRobots || firstDay === null || list.next === null || crawl.isOver()) return items;
    if (pageIds.length === 0 || list.sightings.every(({ address }) => address.date < firstDay)) return items;
    if (!isNew || asked.has(list.next)) {
      const reason = isNew ? 'cursorStuck' : 'nothingNew';
      const detail = isNew
        ? 'the list goes on at an address it was already at'
        : 'a further page repeats what came before';
      crawl.problem({ foundBy: request.foundBy, url: request.url, reason, detail });
      return items;
    }
    request = { ...request, kind: 'more', url: list.next };
  }
  const detail = `${crawl.listPagesMax} pages were read and the list goes on (crawl.listPagesMax)`;
  crawl.problem({ foundBy: first.foundBy, url: first.url, reason: 'capped', detail });
  return items;
}
