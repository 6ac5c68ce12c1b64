import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scanCaptureFile } from '../../captures/scan-captures.js';
import type { Config } from '../../config/config.js';
import type { Article } from '../../domain/article.js';
import type { FailedTry, PageId } from '../../domain/page.js';
import { toUtcInstant } from '../../platform/clock.js';
import { systemCodeOf } from '../../platform/disk-error.js';
import { articlePath, RECORD_FOLDERS } from '../../store/files/article-files.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { crawlsAskingFor, type CrawlUnderWay } from './read-crawls-under-way.js';
import { dayOf } from '../../store/catalogue/row-values.js';
import type { PageStory } from '../../store/catalogue/page-queries.js';
import { nextTryAt } from '../../store/catalogue/failed-pages.js';
import { UNREACHABLE, type QuarantinedPage } from '../../store/catalogue/quarantine-table.js';

/** One answer, or failure to get one. */
export type PageFetch = PageStory['captures'][number] & {
  /** HTTP status of the capture; null where there was no answer, or the capture cannot be read any more. */
  readonly status: number | null;
  /** Of one without an answer: its attempts, as far as the capture tells. */
  readonly tries: readonly FailedTry[];
};

/** When a page is asked for again by age. */
export interface NextFetch {
  /** UTC instant, may lie in the past: then the next crawl asks. Null: not by age. */
  readonly dueAt: string | null;
  readonly rule: 'byAge' | 'afterFailure' | 'givenUp' | 'everyCrawl' | 'tooOld' | 'onlyIfListedAgain';
  /** For `byAge`. */
  readonly everyMinutes: number | null;
}

/** Everything that is known of one page. */
export interface PageHistory extends Omit<PageStory, 'captures'> {
  /** Path of the article's record, relative to `dataDir`; null if there is none. */
  readonly record: string | null;
  readonly visits: readonly PageFetch[];
  readonly quarantine: readonly QuarantinedPage[];
  readonly nextVisit: NextFetch;
  /** Crawls that may be asking for it at this moment. */
  readonly crawlsUnderWay: readonly CrawlUnderWay[];
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface HistoryDependencies {
  readonly config: Config;
  readonly queries: CatalogueQueries;
  readonly nowMs: number;
  /** All of them. */
  readonly crawlsUnderWay: readonly CrawlUnderWay[];
}

/** @returns null if the page was never heard of. */
export async function readPageHistory(
  pageId: PageId,
  { config, queries, nowMs, crawlsUnderWay }: HistoryDependencies,
): Promise<PageHistory | null> {
  const story = queries.pages.story(pageId);
  if (story === null) return null;
  const { captures, ...page } = story;
  const fetches: PageFetch[] = [];
  for (const capture of captures) fetches.push({ ...capture, ...(await answerOf(config.dataDir, capture)) });
  const article = queries.article(story.articleKey);
  const quarantine = queries.quarantine(true).filter((quarantined) => quarantined.pageId === pageId);
  const isGivenUp = quarantine.some(({ code, droppedAt }) => code === UNREACHABLE && droppedAt !== null);
  return {
    ...page,
    record: article === null ? null : recordPathOf(config.dataDir, article),
    visits: fetches,
    quarantine,
    nextVisit: isGivenUp
      ? { dueAt: null, rule: 'givenUp', everyMinutes: null }
      : (retryOf(story, config) ?? nextFetchOf(story, config, nowMs)),
    crawlsUnderWay: crawlsAskingFor({ url: story.url, edition: pageId.split('/')[0] ?? '' }, crawlsUnderWay),
  };
}

/** The catalogue keeps what an answer meant; its status, and the attempts of one that did not come, stand in the capture. */
async function answerOf(
  dataDir: string,
  capture: PageStory['captures'][number],
): Promise<Pick<PageFetch, 'status' | 'tries'>> {
  if (capture.kind === 'notModified') return { status: 304, tries: [] };
  try {
    for await (const record of scanCaptureFile(dataDir, capture.file, capture.offset)) {
      if (record.kind === 'failure') return { status: record.status, tries: record.tries };
      return { status: record.kind === 'response' ? record.status : null, tries: [] };
    }
  } catch (error) {
    // A capture file that was moved away takes its status with it; everything else stays known.
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
  return { status: null, tries: [] };
}

/** A record stands in the month of one of the URLs under which it was seen. */
function recordPathOf(dataDir: string, { id, url, aliases, renditions }: Article): string | null {
  const key = id as PageId;
  const urls = [url, ...aliases, ...renditions.map((rendition) => rendition.url)];
  for (const month of new Set(urls.map((seen) => String(dayOf(seen)).slice(0, 6)))) {
    for (const folder of RECORD_FOLDERS) {
      const path = month.length === 6 ? articlePath({ folder, key, month }) : null;
      if (path !== null && existsSync(join(dataDir, path))) return path;
    }
  }
  return null;
}

/** A page that failed is tried again on its own schedule, whatever else would ask for it. */
function retryOf({ failures, failedAt, lastFailure }: PageStory, { crawl }: Config): NextFetch | null {
  if (failedAt === null || lastFailure === 'robots') return null;
  return { dueAt: nextTryAt(failures, failedAt, crawl.retryMinutes), rule: 'afterFailure', everyMinutes: null };
}

function nextFetchOf(story: PageStory, config: Config, nowMs: number): NextFetch {
  if (story.endState === 'pending' || story.endState === 'unreachable') {
    return { dueAt: null, rule: 'everyCrawl', everyMinutes: null };
  }
  if (story.endState !== 'stored') return { dueAt: null, rule: 'onlyIfListedAgain', everyMinutes: null };
  const day = String(dayOf(story.url));
  const publishedMs = Date.parse(
    story.publishedAt ?? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`,
  );
  const rule = config.crawl.recheck.find(({ ageHoursMax }) => nowMs - publishedMs < ageHoursMax * HOUR_MS);
  if (rule === undefined) return { dueAt: null, rule: 'tooOld', everyMinutes: null };
  const { everyMinutes } = rule;
  const dueMs = story.lastFetchedAt === null ? nowMs : Date.parse(story.lastFetchedAt) + everyMinutes * MINUTE_MS;
  return { dueAt: toUtcInstant(dueMs), rule: 'byAge', everyMinutes };
}
