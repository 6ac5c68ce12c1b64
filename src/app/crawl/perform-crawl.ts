import type { CaptureWriter } from '../../captures/capture-writer.js';
import type { Config } from '../../config/config.js';
import { withDashes } from '../../sputnik/urls/calendar-days.js';
import type { BrowserTurns } from '../../crawlers/browser/browser-turns.js';
import type { HostThrottle } from '../../crawlers/politeness/host-throttle.js';
import {
  isLoss,
  runCrawl,
  type CrawlPlan,
  type CrawlTally,
  type ParseList,
  type RobotsCache,
  type SharedRobots,
} from '../../crawlers/crawl.js';
import type { Edition } from '../../domain/edition.js';
import { FatalError, UsageError } from '../../domain/errors.js';
import type { ArticleUrl, FetchResult, PageId } from '../../domain/page.js';
import { zeroOutcomes, type Outcome, type OutcomeCounts } from '../../domain/outcome.js';
import { toUtcInstant, type Clock } from '../../platform/clock.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import type { Logger } from '../../platform/logger.js';
import type { CrawlJob, CrawlState, CrawlSummary } from '../../queue/crawl-jobs.js';
import { PageBatch, type HandOver } from '../../queue/hand-over.js';
import { pageJobFor, queuePage, type DeliverCapture, type PageJob } from '../../queue/page-jobs.js';
import type { RunPages } from '../../queue/run-pages.js';
import { articleKeyOf, type UrlRules } from '../../sputnik/urls/url-rules.js';
import type { CrawlKnowledge } from './crawl-knowledge.js';
import { CrawlStateReporter } from './crawl-state.js';

/** What a crawl is performed with. */
export interface CrawlJobDependencies {
  readonly config: Config;
  readonly urlRules: UrlRules;
  readonly captures: CaptureWriter;
  readonly pages: HandOver<PageJob>;
  readonly deliver: DeliverCapture | null;
  readonly knowledge: CrawlKnowledge;
  readonly throttle: HostThrottle;
  readonly robotsCache: RobotsCache;
  readonly sharedRobots?: SharedRobots;
  readonly parseList: ParseList;
  readonly browserTurns: BrowserTurns;
  readonly clock: Clock;
  readonly log: Logger;
  readonly crashPoint?: CrashPoint;
}

type CrawlPages = PageBatch<PageId>;

/** Lists that a summary names. */
const UNREAD_LISTS_MAX = 100;
/** After a stop signal, pages that were already handed over get this long to be processed. */
const PAGES_IN_HAND_MS = 4_000;

/** One try of a crawl, as its worker took it. */
export interface CrawlTry {
  /** Aborting it stops fetching; pages in hand are finished and the summary is marked `aborted`. */
  readonly signal: AbortSignal;
  /** Aborted when somebody else performs the crawl: nothing more is kept, and nothing is summed up. */
  readonly lost: AbortSignal;
  /** What earlier tries, which were cut off, have captured. */
  readonly runPages: RunPages;
  /** HTTP exchanges of theirs. */
  readonly requestsBefore: number;
  readonly tell: (state: CrawlState) => void;
}

/**
 * Performs one crawl: discover → fetch → capture → queue, then waits until every page has its outcome.
 *
 * What an earlier try of it has captured is counted and not asked for again, so that the summary is that of the whole crawl.
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
  const reporter = new CrawlStateReporter(attempt.tell);
  try {
    return await performReported(job, deps, attempt, reporter);
  } finally {
    reporter.end();
  }
}

async function performReported(
  job: CrawlJob & { readonly runId: string },
  deps: CrawlJobDependencies,
  attempt: CrawlTry,
  reporter: CrawlStateReporter,
): Promise<CrawlSummary> {
  const { config, clock } = deps;
  const { signal, lost, runPages } = attempt;
  const started = { atMs: clock.now(), tick: performance.now() };
  const deadline = deadlineOf(job, config);
  const stop = AbortSignal.any([signal, deadline]);
  const onOutcome = (pageId: PageId, outcome: Outcome): void => {
    reporter.processed(pageId, outcome);
    runPages.note(pageId, outcome).catch(() => undefined); // its job, which stands there, gives the same outcome
  };
  const pages: CrawlPages = new PageBatch(deps.pages, { lost: pagesLost, onOutcome });
  const plan = { ...planOf(job, deps), fetchedBefore: await includeEarlier(pages, attempt) };
  const tally = await runCrawl(plan, {
    known: deps.knowledge.known,
    sink: (result) => captureAndQueue(result, pages, deps, attempt),
    allProcessed: () => pages.finish(stop),
    throttle: deps.throttle,
    clock,
    log: deps.log,
    settings: config,
    robotsCache: deps.robotsCache,
    ...(deps.sharedRobots && { sharedRobots: deps.sharedRobots }),
    parseList: deps.parseList,
    browserTurns: deps.browserTurns,
    urlRules: deps.urlRules,
    signal: stop,
    onProgress: reporter.crawled,
  });
  lost.throwIfAborted();
  await finishPages(pages, stop);
  const outcomes = await countOutcomes(pages.outcomes, deps);
  lost.throwIfAborted();
  const requests = tally.requests + (plan.fetchedBefore.size > 0 ? attempt.requestsBefore : 0);
  const isOverlong = tally.aborted && deadline.aborted && !signal.aborted;
  const summary = {
    ...summarise(job, plan, { ...tally, requests }, outcomes, started),
    ...(isOverlong ? { overlong: true, unreachable: unansweredOf(tally) } : {}),
    ...(job.division?.part === 'piece' ? { piece: true } : {}),
  };
  await recordRun(summary, deps);
  await runPages.forget();
  return summary;
}

/** The journal first, as with pages: the summary outlives a queue that is lost, and a catalogue that is rebuilt. */
export async function recordRun(
  summary: CrawlSummary,
  {
    captures,
    pages,
    deliver,
    crashPoint = noCrash,
  }: Pick<CrawlJobDependencies, 'captures' | 'pages' | 'deliver' | 'crashPoint'>,
): Promise<void> {
  const capture = await captures.appendRun({ ...summary });
  crashPoint('run.summed');
  if (deliver === null) await queuePage(pages.queue, { v: 1, kind: 'run', summary });
  else await deliver(capture);
}

/** @returns the pages that an earlier try has captured; those of which it did not hear are processed once more, with the same outcome. */
async function includeEarlier(pages: CrawlPages, { runPages }: CrawlTry): Promise<Set<PageId>> {
  const earlier = await runPages.read();
  for (const [pageId, entry] of earlier) {
    if (typeof entry === 'string') pages.include(pageId, entry);
    else await pages.add(entry, pageId);
  }
  return new Set(earlier.keys());
}

function planOf(
  job: CrawlJob & { readonly runId: string },
  { config, urlRules }: CrawlJobDependencies,
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

/** Pages that failed are a schedule's own concern; whoever asks by hand asks for them too. */
function failedPagesOf({ requestedBy, attached }: CrawlJob, { schedules }: Config): CrawlPlan['failedPages'] {
  if (requestedBy === ('retry' satisfies keyof Config['schedules'])) return 'only';
  return requestedBy in schedules || (requestedBy === 'fill' && !attached) ? 'leave' : 'ask';
}

const MINUTE_MS = 60_000;

/** A run that a schedule has queued ends at its deadline; what it has not come to is taken up by the next one. */
function deadlineOf({ requestedBy }: CrawlJob, { schedules }: Config): AbortSignal {
  const [, settings] = Object.entries(schedules).find(([name]) => name === requestedBy) ?? [];
  const minutes = settings?.deadlineMinutes;
  return minutes === undefined ? new AbortController().signal : AbortSignal.timeout(minutes * MINUTE_MS);
}

/** Captures an answer, then has it queued: what is queued is on disk. */
async function captureAndQueue(
  result: FetchResult,
  pages: CrawlPages,
  deps: CrawlJobDependencies,
  { signal, lost, runPages }: CrawlTry,
): Promise<void> {
  const { crashPoint = noCrash } = deps;
  await pages.room(signal, lost);
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

/** Of a crawl that was stopped, what is not processed in time stays queued, and is finished by the next start. */
async function finishPages(pages: CrawlPages, signal: AbortSignal): Promise<void> {
  try {
    await pages.finish(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    await pages.finish(AbortSignal.timeout(PAGES_IN_HAND_MS)).catch(() => undefined);
  }
}

function pagesLost(): FatalError {
  return new FatalError('pages of this crawl vanished from the queue while it ran', {
    code: 'crawl.pagesLost',
    hint: 'does something else empty this Redis, or evict from it? Their captures are processed by the next start',
  });
}

function summarise(
  job: CrawlJob & { readonly runId: string },
  { editions }: Pick<CrawlPlan, 'editions'>,
  tally: CrawlTally,
  outcomes: OutcomeCounts,
  started: { readonly atMs: number; readonly tick: number },
): CrawlSummary {
  return {
    runId: job.runId,
    startedAt: toUtcInstant(started.atMs),
    // The clock may have been set meanwhile; this one only goes forward.
    durationMs: Math.round(performance.now() - started.tick),
    editions: editions.map(({ id }) => id),
    requests: tally.requests,
    found: tally.found,
    skipped: tally.skipped,
    fetched: tally.fetched,
    outcomes,
    requestedBy: job.requestedBy,
    aborted: tally.aborted,
    unreachable: unreachableOf(tally),
    unreadLists: tally.problems
      .filter(isLoss)
      .slice(0, UNREAD_LISTS_MAX)
      .map(({ edition, url, reason }) => ({ edition, url, reason })),
    ...(job.archiveOnly === true ? { archives: archivesOf(tally) } : {}),
    ...(tally.browser.tried + tally.browser.missed > 0 ? { browser: tally.browser } : {}),
  };
}

function unreachableOf({ editions }: CrawlTally): CrawlSummary['unreachable'] {
  return editions.flatMap(({ id, reachable, reason }) =>
    reachable ? [] : [{ edition: id, reason: reason ?? 'unknown' }],
  );
}

/** Of a run that was ended at its deadline: whoever has not answered by then is out of reach, failed attempts or none. */
function unansweredOf({ editions }: CrawlTally): CrawlSummary['unreachable'] {
  return editions.flatMap(({ id, hasAnswered, reason }) =>
    hasAnswered ? [] : [{ edition: id, reason: reason ?? 'timeout' }],
  );
}

/** First days of the editions that could be asked. */
function archivesOf({ editions }: CrawlTally): Record<string, string | null> {
  const reached = editions.filter(({ reachable }) => reachable);
  return Object.fromEntries(
    reached.map(({ id, archiveFrom }) => [id, archiveFrom === null ? null : withDashes(archiveFrom)]),
  );
}

/**
 * An article that was new when it came may have turned out to repeat one that came later in the same run (the original is
 * the one published first): the summary says what the store says at the end.
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

function parseArticleUrl(url: string, urlRules: UrlRules): ArticleUrl {
  const parsed = urlRules.parse(url);
  if (parsed !== null) return parsed;
  throw new UsageError(`${url} is no article URL of a configured edition`, { code: 'crawl.unknownAddress' });
}

function editionsFor(job: CrawlJob, urls: readonly ArticleUrl[], { editions }: Config): Edition[] {
  const named = job.editions ?? (urls.length > 0 ? [...new Set(urls.map(({ edition }) => edition))] : null);
  if (named === null) return editions.filter(({ enabled }) => enabled);
  return named.map((id) => {
    const edition = editions.find((candidate) => candidate.id === id);
    if (edition !== undefined) return edition;
    throw new UsageError(`no edition ${id} is configured`, { code: 'crawl.unknownEdition' });
  });
}

function topicsFor(job: CrawlJob, { topics }: Config): Config['topics'] {
  if (job.topics === null) return topics.filter(({ enabled }) => enabled);
  return job.topics.map((id) => {
    const topic = topics.find((candidate) => candidate.id === id);
    if (topic !== undefined) return topic;
    throw new UsageError(`no topic ${id} is configured`, { code: 'crawl.unknownTopic' });
  });
}
