import { isCalendarDate, lengthInDays } from '../../sputnik/urls/calendar-days.js';
import { FIRST_DAY } from '../requests/crawl-run.js';
import type { EditionCrawl, FailedContext, RouteContext } from '../requests/crawl-run.js';
import type { NewRequest, SitemapIndexData } from '../requests/request-data.js';
import { handleListFailure } from './read-list.js';
import { childRequests, monthRequests, rangeRequest, sitemapIndexRequest } from './sitemap.js';

/** A range up to this long is asked for in one request; a longer one month by month, newest first. */
const SINGLE_REQUEST_DAYS_MAX = 31;

/** The sitemap of the days asked for, or of the last few; where they are many, the index comes first. */
export function sitemapStart(crawl: EditionCrawl): NewRequest {
  const { listDays } = crawl;
  const isOne = lengthInDays(listDays) <= SINGLE_REQUEST_DAYS_MAX;
  return isOne ? rangeRequest(crawl, listDays) : sitemapIndexRequest(crawl, listDays);
}

/** Where the archive begins, and sitemaps that are no ranges of days: those are read as they are, the others by month. */
export async function handleSitemapIndex(context: RouteContext<SitemapIndexData>): Promise<void> {
  const { request, addRequests, run } = context;
  const { edition, range } = request.userData;
  const list = await run.readList(context);
  if (list.kind === 'stopped') return;
  if (list.kind === 'failed') {
    await readMonths(context, null);
    return;
  }
  if (list.children.length === 0) {
    const detail = 'an index names at least one sitemap';
    run.counts.problem({ edition, foundBy: 'sitemap', url: request.url, reason: 'noItems', detail });
  }
  const { firstDay, undated } = readChildren(list.children);
  if (range === null) {
    if (firstDay !== null && undated.length === 0) run.counts.archive(edition, firstDay);
    return;
  }
  // So short a range is asked for first, and was not found: the sitemaps that there are, then, whatever days they are about.
  const asNamed = lengthInDays(range) <= SINGLE_REQUEST_DAYS_MAX;
  if (!asNamed && (undated.length === 0 || firstDay !== null)) await readMonths(context, firstDay);
  const crawl = { ...run.edition(edition), window: range };
  const requests = childRequests(run, crawl, request.url, asNamed ? list.children : undated);
  await addRequests(requests, { forefront: true });
}

export async function handleSitemapIndexFailure(context: FailedContext<SitemapIndexData>): Promise<void> {
  handleListFailure(context);
  await readMonths(context, null);
}

/** @param firstDay  Of the archive; null: the index does not tell. */
async function readMonths({ request, addRequests, run }: RouteContext<SitemapIndexData>, firstDay: string | null) {
  const { edition, range } = request.userData;
  if (range === null) return;
  await addRequests(monthRequests(run, run.edition(edition), range, firstDay), { forefront: true });
}

function readChildren(children: readonly string[]): { firstDay: string | null; undated: string[] } {
  const undated: string[] = [];
  let firstDay: string | null = null;
  for (const child of children) {
    const day = new URL(child).searchParams.get('date_start') ?? '';
    if (!isCalendarDate(day)) undated.push(child);
    else if (day >= FIRST_DAY && (firstDay === null || day < firstDay)) firstDay = day;
  }
  return { firstDay, undated };
}
