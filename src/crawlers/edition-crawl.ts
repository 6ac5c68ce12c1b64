import type { Edition } from '../domain/edition.js';
import type { DayRange } from '../sputnik/urls/calendar-days.js';
import type { CrawlPlan } from './crawl-plan.js';
import type { CrawlProblem } from './crawl-tally.js';
import type { KnownPages } from './known-pages.js';
import type { ReadList } from './list-reading.js';
import type { DiscoveredUrl } from './fetch-decision.js';

/** What every route of discovery works with, for one edition of one run. */
export interface EditionCrawl {
  readonly edition: Edition;
  readonly plan: CrawlPlan;
  readonly known: KnownPages;
  /** The days asked for; null where the plan names none. */
  readonly window: DayRange | null;
  /** The day that it is where the edition is. */
  readonly today: string;
  /** False: load-more lists are followed too. */
  readonly obeyRobots: boolean;
  /** Days of sitemap that are read where no window is asked for. */
  readonly sitemapDays: number;
  /** Most pages of one list that are followed. */
  readonly listPagesMax: number;
  readonly readList: ReadList;
  /** Hands sightings to the decision which of them are fetched; those outside the window count for nothing. */
  readonly offer: (sightings: readonly DiscoveredUrl[]) => Promise<void>;
  readonly problem: (problem: Omit<CrawlProblem, 'edition'>) => void;
  /** Whether nothing further is wanted: stopped, or the limit is reached. */
  readonly isOver: () => boolean;
}
