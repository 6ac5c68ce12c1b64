import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAnswer, type CapturedAnswer } from '../../captures/scan-captures.js';
import type { Config } from '../../config/config.js';
import type { Article } from '../../domain/article.js';
import { FatalError } from '../../domain/errors.js';
import { MISHAPS } from '../../domain/outcome.js';
import { splitKey, type PageId } from '../../domain/page.js';
import { HOUR_MS, MINUTE_MS } from '../../domain/units.js';
import { toUtcInstant } from '../../platform/clock.js';
import { Closers } from '../../platform/closers.js';
import type { Logger } from '../../platform/logger.js';
import { crawlJobSchema, crawlStateSchema, type CrawlState } from '../../queue/crawl-jobs.js';
import { openQueues } from '../../queue/open-queues.js';
import { findRedis } from '../../redis/find-redis.js';
import { withDashes } from '../../sputnik/urls/calendar-days.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { nextTryAt } from '../../store/catalogue/failed-pages.js';
import { CONFIRM_AFTER_MS, type PageStory } from '../../store/catalogue/page-queries.js';
import { isListedForAnswers, type QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import { dayOf } from '../../store/catalogue/database.js';
import { articlePath, RECORD_FOLDERS } from '../../store/files/article-files.js';
import { commandPrefix, servicePrefix } from '../harvester/runtime.js';

/** One answer, or failure to get one. */
export type PageFetch = PageStory['captures'][number] & CapturedAnswer;

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

/**
 * A topic's tag may be put on an article later, in silence, and when the tag's page has long gone on: so articles off topic are looked
 * at again now and then, where that costs no more than a 304. So are pages that are gone or have long led to another article, for they may come back.
 */
export const SELDOM = [
  { ageHoursMax: 7 * 24, everyMinutes: 24 * 60 },
  { ageHoursMax: 30 * 24, everyMinutes: 7 * 24 * 60 },
];

interface HistoryDependencies {
  readonly config: Config;
  readonly queries: CatalogueQueries;
  readonly nowMs: number;
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
  for (const capture of captures) fetches.push({ ...capture, ...(await readAnswer(config.dataDir, capture)) });
  const article = queries.article(story.articleKey);
  const quarantine = queries.quarantineOf(pageId);
  const isGivenUp = quarantine.some((listed) => isListedForAnswers(listed) && listed.droppedAt !== null);
  return {
    ...page,
    record: article === null ? null : recordPathOf(config.dataDir, article),
    visits: fetches,
    quarantine,
    nextVisit: isGivenUp
      ? { dueAt: null, rule: 'givenUp', everyMinutes: null }
      : (retryOf(story, config) ??
        nextFetchOf(story, { config, nowMs, isListed: quarantine.some(isListedForAnswers) })),
    crawlsUnderWay: crawlsAskingFor({ url: story.url, edition: splitKey(pageId)[0] }, crawlsUnderWay),
  };
}

/** The record is in the folder of the month of one of the URLs under which the article was seen. */
function recordPathOf(dataDir: string, { id: key, url, aliases, renditions }: Article): string | null {
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

function nextFetchOf(
  story: PageStory,
  { config, nowMs, isListed }: { readonly config: Config; readonly nowMs: number; readonly isListed: boolean },
): NextFetch {
  if (story.endState === 'pending' || story.endState === 'unreachable') {
    return { dueAt: null, rule: 'everyCrawl', everyMinutes: null };
  }
  const { endState, reason, etag, lastModified, lastFetchedAt, goneSuspectedAt, goneAt } = story;
  if (goneSuspectedAt !== null && goneAt === null && lastFetchedAt !== null) {
    const dueAt = toUtcInstant(Date.parse(lastFetchedAt) + CONFIRM_AFTER_MS);
    return { dueAt, rule: 'byAge', everyMinutes: CONFIRM_AFTER_MS / MINUTE_MS };
  }
  const isDear = endState === 'offTopic' && etag === null && lastModified === null;
  const isMishap = endState === 'notArticle' && MISHAPS.has(reason);
  if (isDear || endState === 'quarantined' || (endState === 'notArticle' && !isMishap))
    return { dueAt: null, rule: 'onlyIfListedAgain', everyMinutes: null };
  // An article that has long led elsewhere is looked at like one that is gone.
  const isWanted = endState === 'stored' || (isMishap && !(isListed && reason === 'otherArticle'));
  const day = String(dayOf(story.url));
  const publishedMs = Date.parse(story.publishedAt ?? `${withDashes(day)}T00:00:00Z`);
  const rule = (isWanted ? config.crawl.recheck : SELDOM).find(
    ({ ageHoursMax }) => nowMs - publishedMs < ageHoursMax * HOUR_MS,
  );
  if (rule === undefined) return { dueAt: null, rule: 'tooOld', everyMinutes: null };
  const { everyMinutes } = rule;
  const dueMs = lastFetchedAt === null ? nowMs : Date.parse(lastFetchedAt) + everyMinutes * MINUTE_MS;
  return { dueAt: toUtcInstant(dueMs), rule: 'byAge', everyMinutes };
}

/** A crawl that is running. Requests without an answer are not captured until their attempts are used up. */
interface CrawlUnderWay {
  readonly runId: string | null;
  /** `cli`, or the schedule's name. */
  readonly requestedBy: string;
  /** UTC instant. */
  readonly startedAt: string;
  /** Null: every enabled edition. */
  readonly editions: readonly string[] | null;
  /** Only these articles; empty: whatever its lists announce. */
  readonly urls: readonly string[];
  /** Article pages that it is asking for at this moment, or will again, with the attempts that failed. */
  readonly trying: NonNullable<CrawlState['trying']>;
}

/** @returns the crawls of the service and of a command; none where no Redis answers. */
export async function readCrawlsUnderWay(config: Config, log: Logger): Promise<CrawlUnderWay[]> {
  const location = findRedis(config);
  if (location === null) return [];
  const closers = new Closers(log);
  try {
    return await closers.closeAfter(async () => {
      const found: CrawlUnderWay[] = [];
      for (const prefix of [servicePrefix(config), commandPrefix(config)]) {
        const { crawl, backfill } = await openQueues(location, prefix, closers);
        for (const job of [...(await crawl.getActive()), ...(await backfill.getActive())]) {
          const { runId, requestedBy, editions, urls } = crawlJobSchema.parse(job.data);
          const { trying = [] } = crawlStateSchema.safeParse(job.progress).data ?? {};
          found.push({ runId, requestedBy, startedAt: toUtcInstant(job.processedOn ?? 0), editions, urls, trying });
        }
      }
      return found;
    });
  } catch (error) {
    if (error instanceof FatalError && error.code.startsWith('redis.')) return [];
    throw error;
  }
}

/** @returns those of the crawls that may be asking for the page. */
function crawlsAskingFor(
  { url, edition }: { readonly url: string; readonly edition: string },
  crawls: readonly CrawlUnderWay[],
): CrawlUnderWay[] {
  const mayAsk = ({ editions, urls }: CrawlUnderWay): boolean =>
    urls.length > 0 ? urls.includes(url) : editions === null || editions.includes(edition);
  return crawls.filter(mayAsk).map((crawl) => ({ ...crawl, trying: crawl.trying.filter((page) => page.url === url) }));
}
