import { WaitingChildrenError } from 'bullmq';
import { dayIn, daysOf, withDashes, withoutDashes } from '../../sputnik/urls/calendar-days.js';
import type { Config } from '../../config/config.js';
import { type Clock, toUtcInstant } from '../../platform/clock.js';
import {
  type BackfillProgress,
  type CrawlJob,
  type CrawlPart,
  crawlPartSchema,
  type CrawlSummary,
} from '../../queue/crawl-jobs.js';
import { partOf, splitRoutes, sumOfParts } from '../../queue/backfill-jobs.js';
import { newRunId, type Queues } from '../../queue/open-queues.js';
import type { AnnouncedPages } from '../../domain/page.js';
import type { TakenCrawl } from '../../workers/start-workers.js';

interface BackfillDependencies {
  readonly config: Config;
  readonly queues: Queues;
  readonly clock: Clock;
  /** Performs one crawl in this process; throws where it was stopped before its end. */
  readonly perform: (crawl: CrawlJob & { readonly runId: string }) => Promise<CrawlSummary>;
  readonly record: (summary: CrawlSummary) => Promise<void>;
  /** Distinct pages that lists have announced, once every captured list is processed. */
  readonly countAnnounced: (pages: AnnouncedPages) => Promise<number>;
}

/** Parts that are queued at a time, so that one of twenty years does not fill Redis. */
const BATCH = 200;
/** A part whose edition is out of reach is tried again after 1, 2, 4 … minutes, about two hours in all. */
const UNREACHABLE = { attempts: 8, backoff: { type: 'exponential', delay: 60_000 } };
/**
 * Performs a back-fill: finds out how far back the archives go, crawls each day of each edition in its own job, newest
 * first, then reads the lists without days, and adds everything up. The job waits in Redis while any process works on
 * its parts. Finished parts are noted there, so that after a crash only the rest is done.
 *
 * @throws {WaitingChildrenError} while there are parts to wait for; the back-fill is taken up again when they are done.
 */
export async function performBackfill(taken: TakenCrawl, deps: BackfillDependencies): Promise<CrawlSummary> {
  const { job, token } = taken;
  const runId = job.data.runId ?? newRunId();
  const backfill = { ...taken.crawl, runId, via: taken.crawl.via ?? [...deps.config.crawl.via] };
  let progress = taken.crawl.division?.part === 'order' ? taken.crawl.division : await begin(backfill, deps);
  const note = async (next: BackfillProgress): Promise<void> => {
    progress = next;
    await job.updateData({ ...job.data, runId, division: next });
  };
  await note(progress);
  const parts = partsOfBackfill(backfill, progress);
  while (progress.planned < parts.length) {
    const batch = parts.slice(progress.planned, progress.planned + BATCH);
    await queueParts(taken, backfill, batch, progress.planned, deps.queues);
    await note({ ...progress, planned: progress.planned + batch.length });
    if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
  }
  if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
  if (progress.own.length === 1) {
    const lists = await readCurrentLists(backfill, progress, job.attemptsStarted, deps);
    await note({ ...progress, own: [...progress.own, lists] });
  }
  const summary = await summarise(taken, backfill, progress, deps);
  await deps.record(summary);
  return summary;
}

type Backfill = CrawlJob & { readonly runId: string; readonly via: NonNullable<CrawlJob['via']> };

async function begin(backfill: Backfill, { perform, clock, config }: BackfillDependencies): Promise<BackfillProgress> {
  const startedAtMs = clock.now();
  const archiveJob = { ...backfill, runId: `${backfill.runId}-index`, archiveOnly: true, via: backfill.via };
  const summary = await perform(archiveJob);
  const zones = config.editions.map(({ timeZone }) => withDashes(dayIn(timeZone, startedAtMs)));
  return {
    part: 'order',
    startedAt: toUtcInstant(startedAtMs),
    // Where it is tomorrow already, tomorrow's first articles stand under tomorrow.
    lastDay: backfill.until ?? zones.sort().at(-1) ?? withDashes(dayIn('UTC', startedAtMs)),
    archives: summary.archives ?? {},
    planned: 0,
    own: [partOf(summary)],
  };
}

/** Queues parts as children of the back-fill, those left out that a try before a crash has finished. */
async function queueParts(
  { job }: TakenCrawl,
  backfill: Backfill,
  parts: readonly BackfillPart[],
  planned: number,
  queues: Queues,
): Promise<void> {
  const backfillId = job.id ?? '';
  const finished = new Set(Object.keys(await job.getChildrenValues()));
  const jobs = parts.map((part, index) => {
    const jobId = `${backfillId}-${part.edition}-${part.since === part.until ? part.until : 'whole'}`;
    const data: CrawlJob = {
      ...backfill,
      runId: `${backfill.runId}-${planned + index}`,
      editions: [part.edition],
      via: splitRoutes(backfill.via).byDay,
      since: part.since,
      until: part.until,
      division: { part: 'piece' },
    };
    const parent = { id: backfillId, queue: job.queueQualifiedName };
    const opts = { jobId, parent, ignoreDependencyOnFailure: true, removeOnComplete: true };
    return { name: 'day', data, opts: backfill.attached ? opts : { ...opts, ...UNREACHABLE } };
  });
  await queues.backfill.addBulk(jobs.filter(({ opts }) => !finished.has(queues.backfill.toKey(opts.jobId))));
}

/**
 * Feeds and tag pages show only the newest articles. They are read once, after the days have shown where the tags lead.
 */
async function readCurrentLists(
  backfill: Backfill,
  progress: BackfillProgress,
  attempt: number,
  { perform }: BackfillDependencies,
): Promise<CrawlPart> {
  const { now } = splitRoutes(backfill.via);
  const editions = Object.keys(progress.archives);
  const nothing = sumOfParts([], editions);
  if (now.length === 0 || editions.length === 0) return { ...nothing, outcomes: {} };
  const whole = {
    ...backfill,
    editions,
    via: now,
    until: progress.lastDay,
    runId: `${backfill.runId}-lists-${attempt}`,
  };
  return partOf(await perform({ ...whole, division: { part: 'piece' } }));
}

async function summarise(
  { job }: TakenCrawl,
  backfill: Backfill,
  { own, startedAt, archives, lastDay }: BackfillProgress,
  { clock, countAnnounced }: BackfillDependencies,
): Promise<CrawlSummary> {
  const children = Object.values(await job.getChildrenValues<unknown>());
  const parts = children.flatMap((value) => crawlPartSchema.safeParse(value).data ?? []);
  const failures = Object.entries(await job.getIgnoredChildrenFailures()).map(([key, reason]) =>
    failedPart(key, reason),
  );
  const summary = sumOfParts([...own, ...parts, ...failures], own[0]?.editions ?? []);
  // Feeds and tag pages show pages of days that a part has counted, and others: only the catalogue can tell them apart.
  const announced = await countAnnounced({
    editions: Object.keys(archives),
    since: backfill.since,
    until: lastDay,
    announcedSinceMs: Date.parse(startedAt),
  });
  const found = Math.max(announced, summary.fetched);
  return {
    ...summary,
    found,
    skipped: found - summary.fetched,
    runId: backfill.runId,
    startedAt,
    durationMs: Math.max(0, clock.now() - Date.parse(startedAt)),
    requestedBy: backfill.requestedBy,
    aborted: false,
    ofPieces: true,
  };
}

/** A part that was given up: its day is named as not read. @param key  Ends in `<edition>-<YYYY-MM-DD>`. */
function failedPart(key: string, reason: string): CrawlPart {
  const [, edition = key, day = ''] = /:order-[0-9a-f]{16}-([^:]+)-(\d{4}-\d{2}-\d{2}|whole)$/.exec(key) ?? [];
  return {
    ...sumOfParts([], [edition]),
    outcomes: {},
    unreadLists: [{ edition, url: `day ${day}`, reason: reason.slice(0, 200) }],
  };
}

interface BackfillPart {
  readonly edition: string;
  readonly since: string | null;
  readonly until: string;
}

/** The parts of a back-fill, always the same and in the same order: archives that tell no days in one piece, then days, newest first. */
export function partsOfBackfill(
  backfill: Pick<CrawlJob, 'since'>,
  { archives, lastDay }: BackfillProgress,
): BackfillPart[] {
  const whole: BackfillPart[] = [];
  const days: BackfillPart[] = [];
  for (const [edition, firstDay] of Object.entries(archives).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (firstDay === null) whole.push({ edition, since: backfill.since, until: lastDay });
    else {
      const from = backfill.since !== null && backfill.since > firstDay ? backfill.since : firstDay;
      if (from > lastDay) continue;
      const range = { from: withoutDashes(from), to: withoutDashes(lastDay) };
      for (const day of daysOf(range)) days.push({ edition, since: withDashes(day), until: withDashes(day) });
    }
  }
  days.sort((a, b) => (a.until === b.until ? 0 : a.until > b.until ? -1 : 1));
  return [...whole, ...days];
}
