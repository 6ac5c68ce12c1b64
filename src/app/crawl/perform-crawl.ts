import type { Config } from '../../config/config.js';
import { runCrawl } from '../../crawlers/crawl.js';
import type { CrawlDependencies } from '../../crawlers/open-crawl.js';
import type { CrawlPlan } from '../../crawlers/requests/crawl-run.js';
import type { KnownPages } from '../../crawlers/requests/select-articles.js';
import type { CaptureReference } from '../../domain/article.js';
import type { Edition } from '../../domain/edition.js';
import { FatalError, UsageError } from '../../domain/errors.js';
import { zeroOutcomes, type Outcome, type OutcomeCounts } from '../../domain/outcome.js';
import type { AnnouncedPages, ArticleKey, ArticleUrl, FetchResult, PageId } from '../../domain/page.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import type { CrawlJob, CrawlState, CrawlSummary } from '../../queue/crawl-jobs.js';
import { PageBatch, type HandOver } from '../../queue/hand-over.js';
import { pageJobFor, queuePage, type DeliverCapture, type PageJob, type RunPages } from '../../queue/page-jobs.js';
import { articleKeyOf, type UrlRules } from '../../sputnik/urls/url-rules.js';
import { CrawlStateReporter, recordRun, summariseCrawl } from './crawl-state.js';

/**
 * Where a crawl keeps what it receives, and its summary. Each is on the disk once its promise resolves; see
 * `capture-writer.ts`.
 */
interface CrawlJournal {
  readonly append: (result: FetchResult) => Promise<CaptureReference>;
  readonly appendRun: (summary: CrawlSummary) => Promise<CaptureReference>;
}

/** What a crawl asks the catalogue while it runs: in the same process, or through the writer on another host. */
export interface CrawlKnowledge {
  readonly known: KnownPages;
  /** @returns those of the articles that are linked as duplicates of another. */
  duplicatesAmong(keys: readonly ArticleKey[]): Promise<ReadonlySet<ArticleKey>>;
  /** Distinct pages that lists have announced. */
  countAnnounced(pages: AnnouncedPages): Promise<number>;
  /**
   * @param schedule  Its name.
   * @returns         Whether a run of it has anything to do for an edition. While an edition is out of reach its
   *                  articles are left alone until one of its lists, which schedule `newest` asks for, is answered: an
   *                  outage must not count as a thousand failed pages.
   */
  isOfUse(schedule: string, edition: string, nowMs: number): Promise<boolean>;
  /** Queues the crawls that fill the gaps of the last month. */
  fillGaps(editions: readonly string[]): Promise<void>;
}

export interface CrawlJobDependencies extends Pick<
  CrawlDependencies,
  'urlRules' | 'throttle' | 'robotsCache' | 'sharedRobots' | 'parseList' | 'browserTurns' | 'clock' | 'log'
> {
  readonly config: Config;
  readonly captures: CrawlJournal;
  readonly pages: HandOver<PageJob>;
  readonly deliver: DeliverCapture | null;
  readonly knowledge: CrawlKnowledge;
  readonly crashPoint?: CrashPoint;
}

type CrawlPages = PageBatch<PageId>;

/** After a stop signal, pages that were already handed over get this long to be processed. */
const PAGES_IN_HAND_MS = 4_000;

/** One try of a crawl, as its worker took it. */
export interface CrawlTry {
  /**
   * Aborting it stops fetching; pages in hand are finished and the summary is marked `aborted`. If the deadline ended
   * the try, its reason is the deadline's.
   */
  readonly stop: AbortSignal;
  /** Aborted when a run of a schedule has had its time; the summary is marked `overlong`. */
  readonly deadline: AbortSignal;
  /** Aborted when another process performs the crawl: nothing more is kept, and there is no summary. */
  readonly lost: AbortSignal;
  /** What earlier tries, which were cut off, have captured. */
  readonly runPages: RunPages;
  /** HTTP exchanges that those tries made. */
  readonly requestsBefore: number;
  readonly tell: (state: CrawlState) => void;
}

/**
 * Performs one crawl: discover → fetch → capture → queue, then waits until every page has its outcome.
 *
 * What an earlier try of it has captured is counted and not asked for again, so that the summary is that of the whole
 * crawl.
 *
 * @param job  Checked payload; `runId` set.
 * @throws {UsageError} `crawl.unknownEdition`, `crawl.unknownTopic`, `crawl.unknownAddress`
 * @throws {FatalError} `crawl.pagesLost` where the queue has lost pages, as when somebody empties Redis.
 */
export async function performCrawl(
  job: CrawlJob & { readonly runId: string },
  deps: CrawlJobDependencies,
  attempt: CrawlTry,
): Promise<CrawlSummary> {
  const { config, clock } = deps;
  const { stop, deadline, lost, runPages } = attempt;
  const started = { atMs: clock.now(), tick: performance.now() };
  const reporter = new CrawlStateReporter(attempt.tell);
  try {
    const onOutcome = (pageId: PageId, outcome: Outcome): void => {
      reporter.processed(pageId, outcome);
      runPages.note(pageId, outcome).catch(() => undefined); // its job, which stands there, gives the same outcome
    };
    const pages: CrawlPages = new PageBatch(deps.pages, { lost: pagesLost, onOutcome });
    const plan = { ...planCrawl(job, deps), fetchedBefore: await includeEarlier(pages, attempt) };
    const tally = await runCrawl(plan, {
      ...deps,
      settings: config,
      known: deps.knowledge.known,
      sink: (result) => captureAndQueue(result, pages, deps, attempt),
      allProcessed: () => pages.finish(stop),
      signal: stop,
      onProgress: reporter.crawled,
    });
    lost.throwIfAborted();
    await finishPages(pages, stop);
    const outcomes = await countOutcomes(pages.outcomes, deps);
    lost.throwIfAborted();
    const requests = tally.requests + (plan.fetchedBefore.size > 0 ? attempt.requestsBefore : 0);
    const isOverlong = tally.aborted && stop.reason === deadline.reason;
    const summary = summariseCrawl(job, { plan, tally: { ...tally, requests }, outcomes, started, isOverlong });
    await recordRun(summary, deps);
    await runPages.forget();
    return summary;
  } finally {
    reporter.end();
  }
}

/**
 * @returns the pages that an earlier attempt captured; those without a known result are processed again, with the same
 * outcome.
 */
async function includeEarlier(pages: CrawlPages, { runPages }: CrawlTry): Promise<Set<PageId>> {
  const earlier = await runPages.read();
  for (const [pageId, entry] of earlier) {
    if (typeof entry === 'string') pages.include(pageId, entry);
    else await pages.add(entry, pageId);
  }
  return new Set(earlier.keys());
}

/** Captures an answer and then queues it, so that everything queued is on disk. */
async function captureAndQueue(
  result: FetchResult,
  pages: CrawlPages,
  deps: CrawlJobDependencies,
  { stop, lost, runPages }: CrawlTry,
): Promise<void> {
  const { crashPoint = noCrash } = deps;
  await pages.room(stop, lost);
  lost.throwIfAborted();
  const capture = await deps.captures.append(result);
  crashPoint('capture.appended');
  const job = pageJobFor(result, capture);
  if (deps.deliver !== null) {
    const delivered = deps.deliver(capture);
    if (job?.kind === 'article') pages.addQueued(job, job.pageId, delivered);
    // What only this host has is of no use to the next try, which another one may make.
    if ((await delivered) && job?.kind === 'article') await runPages.note(job.pageId, job);
  } else if (job?.kind === 'article') {
    await runPages.note(job.pageId, job);
    await pages.add(job, job.pageId);
  } else if (job !== null) {
    await queuePage(deps.pages.queue, job);
  }
  crashPoint('capture.queued');
}

/** Waits for the pages in hand. What a stopped crawl does not get processed in time stays queued for the next start. */
async function finishPages(pages: CrawlPages, signal: AbortSignal): Promise<void> {
  try {
    await pages.finish(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    await pages.finish(AbortSignal.timeout(PAGES_IN_HAND_MS)).catch(() => undefined);
  }
}

/**
 * An article that was new when it came may have turned out to repeat one that came later in the same run (the original
 * is the one published first): the summary says what the store says at the end.
 */
async function countOutcomes(
  outcomes: ReadonlyMap<PageId, Outcome>,
  { knowledge, urlRules }: CrawlJobDependencies,
): Promise<OutcomeCounts> {
  const counts = zeroOutcomes();
  for (const outcome of outcomes.values()) counts[outcome] += 1;
  const keys = [...outcomes].flatMap(([pageId, outcome]) =>
    outcome === 'new' ? [articleKeyOf(pageId, urlRules)] : [],
  );
  const duplicates = await knowledge.duplicatesAmong(keys);
  const repeats = keys.filter((key) => duplicates.has(key)).length;
  return { ...counts, new: counts.new - repeats, duplicate: counts.duplicate + repeats };
}

function pagesLost(): FatalError {
  return new FatalError('pages of this crawl vanished from the queue while it ran', {
    code: 'crawl.pagesLost',
    hint: 'check whether something else empties this Redis or evicts keys from it; the next start processes their captures',
  });
}

/**
 * Turns a job into the crawler's plan. What the job leaves open is filled in from the configuration: every enabled
 * edition and topic, its routes.
 *
 * @throws {UsageError} `crawl.unknownEdition`, `crawl.unknownTopic`, `crawl.unknownAddress`
 */
function planCrawl(
  job: CrawlJob & { readonly runId: string },
  { config, urlRules }: Pick<CrawlJobDependencies, 'config' | 'urlRules'>,
): Omit<CrawlPlan, 'fetchedBefore'> {
  const { runId, since, until, refetch, revisitOnly, limit } = job;
  const urls = job.urls.map((url) => parseArticleUrl(url, urlRules));
  return {
    ...{ runId, since, until, urls, refetch, revisitOnly, limit },
    editions: editionsFor(job, urls, config),
    topics: topicsFor(job, config),
    via: job.via ?? config.crawl.via,
    archiveOnly: job.archiveOnly === true,
    failedPages: failedPagesOf(job, config),
    isPatient: job.division?.part === 'piece',
  };
}

/** Scheduled runs leave failed pages to the schedule `retry`; a crawl that somebody asks for includes them. */
function failedPagesOf({ requestedBy, attached }: CrawlJob, { schedules }: Config): CrawlPlan['failedPages'] {
  if (requestedBy === ('retry' satisfies keyof Config['schedules'])) return 'only';
  return requestedBy in schedules || (requestedBy === 'fill' && !attached) ? 'leave' : 'ask';
}

function parseArticleUrl(url: string, urlRules: UrlRules): ArticleUrl {
  const parsed = urlRules.parse(url);
  if (parsed !== null) return parsed;
  throw new UsageError(`${url} is not the URL of an article of a configured edition`, { code: 'crawl.unknownAddress' });
}

function editionsFor(job: CrawlJob, urls: readonly ArticleUrl[], { editions }: Config): Edition[] {
  const named = job.editions ?? (urls.length > 0 ? [...new Set(urls.map(({ edition }) => edition))] : null);
  if (named === null) return editions.filter(({ enabled }) => enabled);
  return named.map((id) => {
    const edition = editions.find((candidate) => candidate.id === id);
    if (edition !== undefined) return edition;
    throw new UsageError(`the edition ${id} is not configured`, { code: 'crawl.unknownEdition' });
  });
}

function topicsFor(job: CrawlJob, { topics }: Config): Config['topics'] {
  if (job.topics === null) return topics.filter(({ enabled }) => enabled);
  return job.topics.map((id) => {
    const topic = topics.find((candidate) => candidate.id === id);
    if (topic !== undefined) return topic;
    throw new UsageError(`the topic ${id} is not configured`, { code: 'crawl.unknownTopic' });
  });
}
