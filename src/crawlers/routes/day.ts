import { addDays, daysOf } from '../../sputnik/urls/calendar-days.js';
import { dayUrl } from '../../sputnik/urls/site-urls.js';
import type { CrawlRun, EditionCrawl, RouteContext } from '../requests/crawl-run.js';
import type { ListPageData, NewRequest } from '../requests/request-data.js';
import { listPageRequest, readListPage } from './read-list.js';

/** The page of each day asked for, newest first, or of today and yesterday. */
export function dayRequests(run: CrawlRun, { edition, today, window }: EditionCrawl): NewRequest[] {
  const { listPagesMax } = run.settings.crawl;
  const days = daysOf(window ?? { from: addDays(today, -1), to: today });
  if (days.length > listPagesMax) {
    const detail = `${days.length} days, of which the newest ${listPagesMax} are read (crawl.listPagesMax)`;
    const url = dayUrl(edition, today);
    run.counts.problem({ edition: edition.id, foundBy: 'day', url, reason: 'capped', detail });
  }
  return days.slice(0, listPagesMax).map((day) => listPageRequest('day', edition.id, dayUrl(edition, day), day));
}

export async function handleDay(context: RouteContext<ListPageData>): Promise<void> {
  const { request, run } = context;
  const { edition, walk } = request.userData;
  const isEmpty = await readListPage(context);
  if (!isEmpty || (walk.firstDay ?? '') >= run.edition(edition).today) return;
  const detail = 'a past day lists its articles';
  run.counts.problem({ edition, foundBy: 'day', url: request.url, reason: 'noItems', detail });
}
