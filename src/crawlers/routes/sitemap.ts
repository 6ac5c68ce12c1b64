import { halvesOf, lengthInDays, monthsOf, type DayRange } from '../../sputnik/urls/calendar-days.js';
import { sitemapUrl } from '../../sputnik/urls/site-urls.js';
import type { CrawlRun, EditionCrawl, FailedContext, ListResult, RouteContext } from '../requests/crawl-run.js';
import type { MonthWalk, NewRequest, SitemapData } from '../requests/request-data.js';

/** Where neither the plan nor the index says where the archive begins, so many empty months in a row are its beginning. */
const EMPTY_MONTHS_MAX = 3;
import { handleListFailure } from './read-list.js';

/** An edition that publishes daily has something in any range this long. */
const EMPTY_DAYS_MAX = 1;

/** A sitemap of some days. */
export function rangeRequest(
  { edition }: EditionCrawl,
  range: DayRange,
  months: MonthWalk | null = null,
  endsMonth = true,
): NewRequest<SitemapData> {
  return sitemapRequest(edition.id, sitemapUrl(edition, range.from, range.to), { range, months, endsMonth });
}

/** A sitemap that is no range of days. */
export function sitemapRequest(
  edition: string,
  url: string,
  part: Pick<SitemapData, 'range' | 'months' | 'endsMonth'> = { range: null, months: null, endsMonth: false },
): NewRequest<SitemapData> {
  const target = { kind: 'sitemap', edition, url, pageId: null, foundBy: 'sitemap' } as const;
  return { url, userData: { label: 'sitemap', edition, target, ...part } };
}

/**
 * The newest month of a range; each month adds the one before it, so that a run that was interrupted has done the newest,
 * and finds those pages known when it is started again.
 *
 * @param firstDay  Of the archive, as the index tells it; null: nobody says.
 */
export function monthRequests(
  run: CrawlRun,
  crawl: EditionCrawl,
  range: DayRange,
  firstDay: string | null,
): NewRequest[] {
  const from = firstDay !== null && firstDay > range.from ? firstDay : range.from;
  const isOpen = firstDay === null && run.plan.since === null;
  return nextMonth(crawl, { rest: monthsOf({ from, to: range.to }), isOpen, emptyInARow: 0, items: null });
}

export async function handleSitemap(context: RouteContext<SitemapData>): Promise<void> {
  await goOn(context, await context.run.readList(context));
}

export async function handleSitemapFailure(context: FailedContext<SitemapData>): Promise<void> {
  handleListFailure(context);
  await goOn(context, { kind: 'failed', reason: context.failure.reason });
}

/** What is found in it, and what is asked for after it. A range too large for one answer is halved. */
async function goOn({ request, addRequests, run }: RouteContext<SitemapData>, list: ListResult): Promise<void> {
  const { edition: id, range, months, endsMonth } = request.userData;
  const crawl = run.edition(id);
  if (list.kind === 'stopped') return;
  if (list.kind === 'failed' && list.reason === 'tooLarge' && range !== null && lengthInDays(range) > 1) {
    const [newer, older] = halvesOf(range);
    if (months !== null) months.items ??= 0;
    const halves = [rangeRequest(crawl, newer, months, false), rangeRequest(crawl, older, months, endsMonth)];
    await addRequests(halves, { forefront: true });
    return;
  }
  if (list.kind === 'read') {
    const items = list.discovered.length;
    if (months !== null) months.items = (months.items ?? 0) + items;
    if (items === 0 && range !== null && lengthInDays(range) > EMPTY_DAYS_MAX) {
      const detail = `no article in ${lengthInDays(range)} days`;
      run.counts.problem({ edition: id, foundBy: 'sitemap', url: request.url, reason: 'noItems', detail });
    }
    await addRequests(run.articles.select(list.discovered, crawl.window));
  }
  if (months === null || !endsMonth) return;
  months.emptyInARow = months.items === 0 ? months.emptyInARow + 1 : 0;
  if (months.isOpen && months.emptyInARow >= EMPTY_MONTHS_MAX) return;
  await addRequests(nextMonth(crawl, months), { forefront: true });
}

function nextMonth(crawl: EditionCrawl, months: MonthWalk): NewRequest[] {
  const month = months.rest.shift();
  months.items = null;
  return month === undefined ? [] : [rangeRequest(crawl, month, months)];
}
