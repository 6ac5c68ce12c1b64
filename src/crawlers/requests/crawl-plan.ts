import type { Config } from '../../config/config.js';
import type { DiscoveryRoute, Edition, Topic } from '../../domain/edition.js';
import type { ArticleUrl } from '../../domain/page.js';
import { addDays, withoutDashes, type DayRange } from '../../sputnik/urls/calendar-days.js';

/** The part of the settings that a crawl needs. */
export type CrawlSettings = Pick<Config, 'politeness' | 'proxy' | 'browser' | 'crawl'>;

/** What one crawl is to do. */
export interface CrawlPlan {
  readonly runId: string;
  readonly editions: readonly Edition[];
  readonly topics: readonly Topic[];
  /** Routes of discovery. */
  readonly via: readonly DiscoveryRoute[];
  /** First day, `YYYY-MM-DD`, by the date in an article's URL; null: what is listed now, and the last sitemap days. */
  readonly since: string | null;
  /** Last day, the same form; null: today. */
  readonly until: string | null;
  /** Only these articles, known or not; empty: discover. */
  readonly urls: readonly ArticleUrl[];
  /** Fetches every known page of the window again, due or not, listed or not. */
  readonly refetch: boolean;
  /** Reads no lists: only pages that are due by age. */
  readonly revisitOnly: boolean;
  /** Reads nothing but how far each edition's archive goes back. */
  readonly archiveOnly: boolean;
  /** Most articles that are fetched; null: all. */
  readonly limit: number | null;
}

/** Earlier than any article of these sites. */
export const FIRST_DAY = '19900101';

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
