import { addDays, withoutDashes, type DayRange } from '../sputnik/urls/calendar-days.js';
import type { CrawlPlan } from './crawl-plan.js';

/** Earlier than any article of these sites. */
const FIRST_DAY = '19900101';

/**
 * @param today  As the edition counts days.
 * @returns      The days that the plan asks for; null where it asks for what is new.
 */
export function windowOf(plan: CrawlPlan, today: string): DayRange | null {
  if (plan.since === null && plan.until === null) return null;
  const from = plan.since === null ? FIRST_DAY : withoutDashes(plan.since);
  const to = plan.until === null ? today : withoutDashes(plan.until);
  return { from, to: to < from ? from : to };
}

/** @returns the days of which the plan has lists read: those asked for, else the newest of the sitemap; null: of none. */
export function daysOfLists(plan: CrawlPlan, today: string, sitemapDays: number): DayRange | null {
  if (plan.urls.length > 0 || plan.revisitOnly) return null;
  return windowOf(plan, today) ?? { from: addDays(today, 1 - sitemapDays), to: today };
}
