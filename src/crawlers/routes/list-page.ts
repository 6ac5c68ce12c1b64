import type { RouteContext } from '../requests/crawl-run.js';
import type { ListPageData, NewRequest } from '../requests/request-data.js';

/** @param firstDay  Articles before this day are not wanted; null: only the first page is. */
export function listPageRequest(
  label: 'tag' | 'day',
  edition: string,
  url: string,
  firstDay: string | null,
): NewRequest<ListPageData> {
  const target = { kind: label, edition, url, pageId: null, foundBy: label };
  const walk = { firstUrl: url, firstDay, asked: new Set<string>(), seen: new Set<never>(), pages: 0, items: 0 };
  return { url, userData: { label, edition, target, walk } };
}

/**
 * Reads one page of a list and, where load-more may be asked for, adds what follows it.
 *
 * The list ends, and says why in the counts where that is no natural end: past the first day wanted; at an empty fragment;
 * at a page that repeats what was seen; at a URL that was asked for already; at the cap; at a page that could not be read.
 *
 * @returns  Whether the list has ended without a single item.
 */
export async function readListPage(context: RouteContext<ListPageData>): Promise<boolean> {
  const { request, addRequests, run } = context;
  const { edition, target, walk } = request.userData;
  const { window } = run.edition(edition);
  const pagesMax = run.settings.crawl.listPagesMax;
  walk.asked.add(target.url);
  const list = await run.readList(context);
  if (list.kind !== 'read') return false;
  const pageIds = list.discovered.map(({ article }) => article.pageId);
  const isNew = pageIds.some((pageId) => !walk.seen.has(pageId));
  for (const pageId of pageIds) walk.seen.add(pageId);
  walk.items += pageIds.length;
  walk.pages += 1;
  await addRequests(run.articles.select(list.discovered, window));
  const { next } = list;
  const { firstDay } = walk;
  const problem = (url: string, reason: 'cursorStuck' | 'nothingNew' | 'capped', detail: string): void => {
    run.counts.problem({ edition, foundBy: target.foundBy, url, reason, detail });
  };
  if (run.settings.politeness.obeyRobots || firstDay === null || next === null || run.isOver()) return walk.items === 0;
  if (pageIds.length === 0 || list.discovered.every(({ article }) => article.date < firstDay)) return walk.items === 0;
  if (!isNew) problem(target.url, 'nothingNew', 'a further page repeats what came before');
  else if (walk.asked.has(next)) problem(target.url, 'cursorStuck', 'the list goes on at a URL it was already at');
  else if (walk.pages >= pagesMax) {
    problem(walk.firstUrl, 'capped', `${pagesMax} pages were read and the list goes on (crawl.listPagesMax)`);
  } else {
    const more = { ...request.userData, target: { ...target, kind: 'more' as const, url: next } };
    await addRequests([{ url: next, userData: more }], { forefront: true });
  }
  return false;
}
