import { halvesOf, isCalendarDate, lengthInDays, monthsOf, type DayRange } from '../../sputnik/urls/calendar-days.js';
import { looksCutOff } from '../../sputnik/lists/parsed-list.js';
import { sitemapIndexUrl, sitemapUrl } from '../../sputnik/urls/site-urls.js';
import {
  type CrawlRun,
  type EditionCrawl,
  type FailedContext,
  type ListResult,
  type RouteContext,
  FIRST_DAY,
} from '../requests/crawl-run.js';
import type { MonthWalk, NewRequest, SitemapData, SitemapIndexData, SitemapNesting } from '../requests/request-data.js';
import { handleListFailure } from './lists.js';

/** Where neither the plan nor the index says where the archive begins, so many empty months in a row are its beginning. */
const EMPTY_MONTHS_MAX = 3;
/** Levels of indexes below the edition's own. */
const DEPTH_MAX = 3;
/** An edition that publishes daily has something in any range this long. */
const EMPTY_DAYS_MAX = 1;

function rangeRequest(
  { edition }: EditionCrawl,
  range: DayRange,
  months: MonthWalk | null = null,
  endsMonth = true,
): NewRequest<SitemapData> {
  const url = sitemapUrl(edition, range.from, range.to);
  return sitemapRequest(edition.id, url, { range, months, endsMonth, within: null });
}

function sitemapRequest(
  edition: string,
  url: string,
  part: Pick<SitemapData, 'range' | 'months' | 'endsMonth' | 'within'>,
): NewRequest<SitemapData> {
  const target = { kind: 'sitemap', edition, url, pageId: null, foundBy: 'sitemap' } as const;
  return { url, userData: { label: 'sitemap', edition, target, ...part } };
}

/** @param range  Days whose sitemaps are wanted; null: only where the archive begins. */
export function sitemapIndexRequest({ edition }: EditionCrawl, range: DayRange | null): NewRequest<SitemapIndexData> {
  const url = sitemapIndexUrl(edition);
  const target = { kind: 'sitemapIndex', edition: edition.id, url, pageId: null, foundBy: 'sitemap' } as const;
  return { url, userData: { label: 'sitemapIndex', edition: edition.id, target, range } };
}

/**
 * The sitemaps that an index names, as they are: not those that were asked for, and none whose days are not wanted.
 * What the limits leave out is counted.
 *
 * @param index  Real URL of the index.
 */
function childRequests(
  run: CrawlRun,
  { edition, window }: EditionCrawl,
  index: string,
  children: readonly string[],
  within: SitemapNesting | null = null,
): NewRequest[] {
  const { listPagesMax } = run.settings.crawl;
  const { depth, walk } = within ?? { depth: 0, walk: { asked: new Set<string>(), left: listPagesMax } };
  walk.asked.add(index);
  const open = ofMonths(children, window).filter((child) => !walk.asked.has(child) && isWanted(child, window));
  const taken = depth >= DEPTH_MAX ? [] : open.slice(0, walk.left);
  walk.left -= taken.length;
  for (const child of taken) walk.asked.add(child);
  if (taken.length < open.length) {
    const isDeep = depth >= DEPTH_MAX;
    const limit = isDeep ? `${DEPTH_MAX} levels of indexes` : `${listPagesMax} sitemaps (crawl.listPagesMax)`;
    const detail = `of ${open.length} sitemaps ${taken.length} are read: no more than ${limit}`;
    const reason = isDeep ? 'tooDeep' : 'capped';
    run.counts.problem({ edition: edition.id, foundBy: 'sitemap', url: index, reason, detail });
  }
  const part = { range: null, months: null, endsMonth: false, within: { depth: depth + 1, walk } };
  return taken.map((child) => sitemapRequest(edition.id, child, part));
}

const MONTH_IN_NAME = /(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])?(?!\d)/;

/**
 * Leaves out sitemaps that are named after other months or years (`sitemap-2015-01.xml`), if some are named after the
 * requested ones.
 */
function ofMonths(children: readonly string[], window: DayRange | null): readonly string[] {
  if (window === null) return children;
  const isOfWindow = (child: string): boolean | null => {
    const [, year, month] = MONTH_IN_NAME.exec(new URL(child).pathname) ?? [];
    if (year === undefined) return null;
    return year + (month ?? '00') <= window.to.slice(0, 6) && year + (month ?? '12') >= window.from.slice(0, 6);
  };
  return children.some((child) => isOfWindow(child) === true)
    ? children.filter((child) => isOfWindow(child) !== false)
    : children;
}

function isWanted(child: string, window: DayRange | null): boolean {
  const { searchParams } = new URL(child);
  const [from, to] = [searchParams.get('date_start') ?? '', searchParams.get('date_end') ?? ''];
  if (window === null || !isCalendarDate(from) || !isCalendarDate(to)) return true;
  return from <= window.to && to >= window.from;
}

/**
 * The newest month of a range; each month adds the one before it, so that a run that was interrupted has done the newest,
 * and finds those pages known when it is started again.
 *
 * @param firstDay  Of the archive, as the index tells it; null: nobody says.
 */
function monthRequests(run: CrawlRun, crawl: EditionCrawl, range: DayRange, firstDay: string | null): NewRequest[] {
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

/** The items of a sitemap, and the requests that follow from it. A range that is too large for one answer is halved. */
async function goOn({ request, addRequests, run }: RouteContext<SitemapData>, list: ListResult): Promise<void> {
  const { edition: id, range, months, endsMonth, within } = request.userData;
  const crawl = run.edition(id);
  if (list.kind === 'stopped') return;
  const isTooLarge = list.kind === 'failed' && list.reason === 'tooLarge';
  const isCutOff = list.kind === 'read' && range !== null && isCutOffWithin(list, range);
  if (range !== null && lengthInDays(range) > 1 && (isTooLarge || isCutOff)) {
    const [newer, older] = halvesOf(range);
    if (months !== null) months.items ??= 0;
    if (list.kind === 'read') {
      await addRequests(childRequests(run, crawl, request.url, list.children, within), { forefront: true });
      await addRequests(await run.articles.select(list.discovered, crawl.window));
    }
    const halves = [rangeRequest(crawl, newer, months, false), rangeRequest(crawl, older, months, endsMonth)];
    await addRequests(halves, { forefront: true });
    return;
  }
  // Nobody made a sitemap of just these days: the index says which there are.
  if (list.kind === 'failed' && list.reason === 'notFound' && range !== null && months === null) {
    await addRequests([sitemapIndexRequest(crawl, range)], { forefront: true });
  }
  if (list.kind === 'read') {
    const nested = childRequests(run, crawl, request.url, list.children, within);
    await addRequests(nested, { forefront: true });
    const items = list.discovered.length + list.children.length;
    if (months !== null) months.items = (months.items ?? 0) + items;
    if (items === 0 && range !== null && lengthInDays(range) > EMPTY_DAYS_MAX) {
      const detail = `no article in ${lengthInDays(range)} days`;
      run.counts.problem({ edition: id, foundBy: 'sitemap', url: request.url, reason: 'noItems', detail });
    }
    await addRequests(await run.articles.select(list.discovered, crawl.window));
  }
  if (months === null || !endsMonth) return;
  months.emptyInARow = months.items === 0 ? months.emptyInARow + 1 : 0;
  if (months.isOpen && months.emptyInARow >= EMPTY_MONTHS_MAX) return;
  await addRequests(nextMonth(crawl, months), { forefront: true });
}

/** A server that ignores the range gives the same round number for every part of it: these are not asked for. */
function isCutOffWithin({ entries, discovered }: Extract<ListResult, { kind: 'read' }>, range: DayRange): boolean {
  if (!looksCutOff(entries, range)) return false;
  return discovered.some(({ article: { date } }) => date >= range.from && date <= range.to);
}

function nextMonth(crawl: EditionCrawl, months: MonthWalk): NewRequest[] {
  const month = months.rest.shift();
  months.items = null;
  return month === undefined ? [] : [rangeRequest(crawl, month, months)];
}

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
