import type { Edition } from '../domain/edition.js';
import type { KnownPage } from '../domain/known-page.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import type { CrawlPlan } from './crawl-plan.js';
import { windowOf } from './crawl-window.js';
import { discoverByDayPages } from './discover-day-pages.js';
import { discoverByFeed } from './discover-feed.js';
import { discoverBySitemaps, findArchiveStart } from './discover-sitemaps.js';
import { discoverByTagPages } from './discover-tag-pages.js';
import type { EditionCrawl } from './edition-crawl.js';
import type { KnownPages } from './known-pages.js';
import type { ReadList } from './list-reading.js';
import type { CrawlSettings } from './crawl-settings.js';
import type { RobotsRulesCache } from './robots-cache.js';
import type { RunRecord } from './run-record.js';
import type { DiscoveredUrl } from './fetch-decision.js';
import type { FetchPlanner } from './fetch-planner.js';
import { dayIn } from '../sputnik/urls/calendar-days.js';

/** What all editions of one run share. */
export interface CrawlRun {
  readonly plan: CrawlPlan;
  readonly settings: CrawlSettings;
  readonly known: KnownPages;
  readonly addresses: UrlRules;
  readonly robots: RobotsRulesCache;
  readonly visits: FetchPlanner;
  readonly record: RunRecord;
  readonly readList: ReadList;
  /** Resolves when everything handed to the sink so far has its end state. */
  readonly settled: () => Promise<void>;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Rounds of tag pages: the configured and known ones, then those that articles of this run have taught. */
const TAG_ROUNDS_MAX = 3;

/**
 * Crawls one edition: robots.txt first, then what is to be discovered, then what is due; resolves when every article it
 * took has been handed to the sink.
 */
export async function crawlEdition(run: CrawlRun, edition: Edition): Promise<void> {
  if (!(await run.robots.prepare(edition))) return;
  const crawl = describe(run, edition);
  if (run.plan.archiveOnly) {
    const firstDay = await findArchiveStart(crawl);
    if (firstDay !== null) run.record.archive(edition.id, firstDay);
  } else if (run.plan.urls.length > 0) {
    const named = run.plan.urls.filter((address) => address.edition === edition.id);
    await run.visits.offer(
      named.map((address) => ({ address, foundBy: 'url', modifiedAt: null })),
      null,
    );
  } else {
    run.visits.setDue(run.known.due(edition.id, run.nowMs));
    if (!run.plan.revisitOnly) await discover(run, crawl);
    await revisit(run, crawl);
  }
  await run.visits.drained(edition.id);
}

async function discover(run: CrawlRun, crawl: EditionCrawl): Promise<void> {
  const { via } = run.plan;
  const tagPagesRead = new Set<string>();
  if (via.includes('tag')) await offerSeeds(run, crawl);
  if (via.includes('feed') && !crawl.isOver()) await discoverByFeed(crawl);
  if (via.includes('tag') && !crawl.isOver()) await discoverByTagPages(crawl, tagPagesRead);
  if (via.includes('sitemap') && !crawl.isOver()) await discoverBySitemaps(crawl);
  if (via.includes('day') && !crawl.isOver()) await discoverByDayPages(crawl);
  if (!via.includes('tag')) return;
  for (let round = 1; round < TAG_ROUNDS_MAX && !crawl.isOver(); round += 1) {
    await run.visits.drained(crawl.edition.id);
    if (!(await isProcessed(run))) return;
    if ((await discoverByTagPages(crawl, tagPagesRead)) === 0) return;
  }
}

/** Waiting for end states ends early, and by an error, where the run is stopped meanwhile. */
async function isProcessed(run: CrawlRun): Promise<boolean> {
  try {
    await run.settled();
    return true;
  } catch (error) {
    if (run.signal.aborted) return false;
    throw error;
  }
}

/** Seed articles teach tag pages; while none is known they are read whatever days are asked for. */
async function offerSeeds(run: CrawlRun, crawl: EditionCrawl): Promise<void> {
  const { edition, known } = crawl;
  const base = `https://${edition.id}/`;
  const addresses = edition.seedArticles.map((path) => run.addresses.parse(path, base));
  const seeds = addresses.flatMap((address) =>
    address === null ? [] : [{ address, foundBy: 'seed', modifiedAt: null } as const],
  );
  const isTaught = Object.keys(edition.tagPages).length > 0 || known.tagPages(edition.id).length > 0;
  await run.visits.offer(seeds, isTaught ? crawl.window : null);
}

/** Pages that are due by age, or all that are known where everything is to be visited again. */
async function revisit(run: CrawlRun, crawl: EditionCrawl): Promise<void> {
  const { known, edition } = crawl;
  const pages = run.plan.refetch ? known.all(edition.id) : known.due(edition.id, run.nowMs);
  const batch: DiscoveredUrl[] = [];
  for (const page of pages) {
    if (crawl.isOver()) return;
    const discovered = discoveredUrlOf(run.addresses, page);
    if (discovered !== null) batch.push(discovered);
    if (batch.length >= 500) await crawl.offer(batch.splice(0));
  }
  await crawl.offer(batch);
}

function discoveredUrlOf(addresses: UrlRules, page: KnownPage): DiscoveredUrl | null {
  const address = addresses.parse(page.url);
  return address === null ? null : { address, foundBy: 'revisit', modifiedAt: null };
}

function describe(run: CrawlRun, edition: Edition): EditionCrawl {
  const { plan, settings } = run;
  const today = dayIn(edition.timeZone, run.nowMs);
  const window = windowOf(plan, today);
  return {
    edition,
    plan,
    known: run.known,
    window,
    today,
    obeyRobots: settings.politeness.obeyRobots,
    sitemapDays: settings.crawl.sitemapDays,
    listPagesMax: settings.crawl.listPagesMax,
    readList: run.readList,
    offer: (sightings) => run.visits.offer(sightings, window),
    problem: (problem) => {
      run.record.problem({ edition: edition.id, ...problem });
    },
    isOver: () => run.signal.aborted || run.visits.full,
  };
}
