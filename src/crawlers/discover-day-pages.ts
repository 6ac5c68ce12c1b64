import { dayUrl } from '../sputnik/urls/site-urls.js';
import { addDays, daysOf } from '../sputnik/urls/calendar-days.js';
import type { EditionCrawl } from './edition-crawl.js';
import { walkList } from './walk-list.js';

/** Reads the page of each day asked for, newest first, or of today and yesterday. */
export async function discoverByDayPages(crawl: EditionCrawl): Promise<void> {
  const { edition, today } = crawl;
  const days = daysOf(crawl.window ?? { from: addDays(today, -1), to: today });
  for (const day of days.slice(0, crawl.listPagesMax)) {
    if (crawl.isOver()) return;
    const url = dayUrl(edition, day);
    const items = await walkList(crawl, { edition, kind: 'day', url, foundBy: 'day' }, day);
    if (items === 0 && day < today) {
      crawl.problem({ foundBy: 'day', url, reason: 'noItems', detail: 'a past day lists its articles' });
    }
  }
  if (days.length > crawl.listPagesMax) {
    const detail = `${days.length} days, of which the newest ${crawl.listPagesMax} were read (crawl.listPagesMax)`;
    crawl.problem({ foundBy: 'day', url: dayUrl(edition, today), reason: 'capped', detail });
  }
}
