import {
  isCalendarDate,
  addDays,
  halvesOf,
  lengthInDays,
  monthsOf,
  type DayRange,
} from '../sputnik/urls/calendar-days.js';
import { sitemapUrl, sitemapIndexUrl } from '../sputnik/urls/site-urls.js';
import type { EditionCrawl } from './edition-crawl.js';

/** A range up to this long is asked for in one request; a longer one month by month, newest first. */
const SINGLE_REQUEST_DAYS_MAX = 31;
/** Where neither the plan nor the index says where the archive begins, so many empty months in a row are its beginning. */
const EMPTY_MONTHS_MAX = 3;
/** An edition that publishes daily has something in any range this long. */
const EMPTY_DAYS_MAX = 1;
/** Older than every edition of these sites. */
const FIRST_DAY = '19900101';

/**
 * Reads the sitemap of the days asked for, or of the last few. Ranges go back in time, so that a run that was
 * interrupted has done the newest, and finds those pages known when it is started again.
 */
export async function discoverBySitemaps(crawl: EditionCrawl): Promise<void> {
  const range = crawl.window ?? { from: addDays(crawl.today, 1 - crawl.sitemapDays), to: crawl.today };
  if (lengthInDays(range) <= SINGLE_REQUEST_DAYS_MAX) {
    await readRange(crawl, range);
    return;
  }
  const index = await readIndex(crawl);
  if (index !== null && index.undated.length > 0) await readUndated(crawl, index.undated);
  if (index !== null && index.undated.length > 0 && index.firstDay === null) return;
  await readMonths(crawl, range, index?.firstDay ?? null);
}

/** @returns first day of the archive, `YYYYMMDD`; null where the index does not tell it for all that it names. */
export async function findArchiveStart(crawl: EditionCrawl): Promise<string | null> {
  const index = await readIndex(crawl);
  return index === null || index.undated.length > 0 ? null : index.firstDay;
}

async function readMonths(crawl: EditionCrawl, range: DayRange, firstDay: string | null): Promise<void> {
  const from = firstDay !== null && firstDay > range.from ? firstDay : range.from;
  const isOpen = firstDay === null && crawl.plan.since === null;
  let emptyInARow = 0;
  for (const month of monthsOf({ from, to: range.to })) {
    if (crawl.isOver()) return;
    const items = await readRange(crawl, month);
    emptyInARow = items === 0 ? emptyInARow + 1 : 0;
    if (isOpen && emptyInARow >= EMPTY_MONTHS_MAX) return;
  }
}

/** @returns the number of items, null where the range could not be read. A range too large for one answer is halved. */
async function readRange(crawl: EditionCrawl, range: DayRange): Promise<number | null> {
  const url = sitemapUrl(crawl.edition, range.from, range.to);
  const list = await crawl.readList({ edition: crawl.edition, kind: 'sitemap', url, foundBy: 'sitemap' });
  if (list.kind === 'failed' && list.reason === 'tooLarge' && lengthInDays(range) > 1) {
    const [newer, older] = halvesOf(range);
    return ((await readRange(crawl, newer)) ?? 0) + ((await readRange(crawl, older)) ?? 0);
  }
  if (list.kind !== 'read') return null;
  if (list.sightings.length === 0 && lengthInDays(range) > EMPTY_DAYS_MAX) {
    const detail = `no article in ${lengthInDays(range)} days`;
    crawl.problem({ foundBy: 'sitemap', url, reason: 'noItems', detail });
  }
  await crawl.offer(list.sightings);
  return list.sightings.length;
}

/** What the index tells: where the archive begins, and children that are no ranges of days. */
async function readIndex(
  crawl: EditionCrawl,
): Promise<{ readonly firstDay: string | null; readonly undated: readonly string[] } | null> {
  const url = sitemapIndexUrl(crawl.edition);
  const list = await crawl.readList({ edition: crawl.edition, kind: 'sitemapIndex', url, foundBy: 'sitemap' });
  if (list.kind !== 'read') return null;
  if (list.children.length === 0) {
    crawl.problem({ foundBy: 'sitemap', url, reason: 'noItems', detail: 'an index names at least one sitemap' });
  }
  const firstDays = list.children.map((child) => new URL(child).searchParams.get('date_start') ?? '');
  const dated = firstDays.filter((day) => isCalendarDate(day) && day >= FIRST_DAY).sort();
  return {
    firstDay: dated[0] ?? null,
    undated: list.children.filter((_, position) => !isCalendarDate(firstDays[position] ?? '')),
  };
}

async function readUndated(crawl: EditionCrawl, children: readonly string[]): Promise<void> {
  for (const url of children.slice(0, crawl.listPagesMax)) {
    if (crawl.isOver()) return;
    const list = await crawl.readList({ edition: crawl.edition, kind: 'sitemap', url, foundBy: 'sitemap' });
    if (list.kind === 'read') await crawl.offer(list.sightings);
  }
  if (children.length > crawl.listPagesMax) {
    const url = sitemapIndexUrl(crawl.edition);
    const detail = `${children.length} sitemaps, of which ${crawl.listPagesMax} were read (crawl.listPagesMax)`;
    crawl.problem({ foundBy: 'sitemap', url, reason: 'capped', detail });
  }
}
