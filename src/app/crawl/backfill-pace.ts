import { z } from 'zod';
import { HOUR_MS } from '../../domain/units.js';
import { toUtcInstant, type Clock } from '../../platform/clock.js';
import { crawlJobSchema, type CrawlPart } from '../../queue/crawl-jobs.js';
import type { Queues } from '../../queue/open-queues.js';
import { partsOfBackfill } from './perform-backfill.js';

/** The pace is that of so many parts, the ones that were finished last. */
const PARTS_MAX = 100;
/** For a back-fill that is never finished. */
const KEPT_SECONDS = 90 * 24 * 3_600;
/** Parts further apart are not of one stretch: it was paused, or nobody worked. */
const PAUSE_MS = 2 * HOUR_MS;

const noteSchema = z.strictObject({
  /** `YYYY-MM-DD`; null: an archive that tells no days. */
  day: z.string().nullable(),
  fetched: z.int().nonnegative(),
  found: z.int().nonnegative(),
  /** Milliseconds since the epoch. */
  at: z.number(),
});
type Note = z.infer<typeof noteSchema>;

/** How fast a back-fill goes, by the parts that were finished last. */
interface BackfillPace {
  /** The day that was finished last, `YYYY-MM-DD`. */
  readonly day: string | null;
  /** Null where too few parts are finished to tell. */
  readonly daysPerHour: number | null;
  readonly pagesPerHour: number | null;
  /** Pages that are still to be fetched, if the days to come are like the last ones. */
  readonly pagesToGo: number | null;
  /** UTC instant at which it ends at this pace. */
  readonly etaAt: string | null;
}

/** Notes a finished part beside the queues. @param backfillId  Job id of the back-fill. */
export async function notePart(
  { redis, prefix }: Queues,
  backfillId: string,
  { day, fetched, found, at }: Pick<CrawlPart, 'fetched' | 'found'> & Pick<Note, 'day' | 'at'>,
): Promise<void> {
  const key = paceKey(prefix, backfillId);
  const note = JSON.stringify({ day, fetched, found, at } satisfies Note);
  await redis
    .multi()
    .lpush(key, note)
    .ltrim(key, 0, PARTS_MAX - 1)
    .expire(key, KEPT_SECONDS)
    .exec();
}

/** @param partsToGo  Not yet finished. @param nowMs  Milliseconds since the epoch. */
async function readPace(
  { redis, prefix }: Queues,
  backfillId: string,
  { partsToGo, nowMs }: { readonly partsToGo: number; readonly nowMs: number },
): Promise<BackfillPace> {
  const texts = await redis.lrange(paceKey(prefix, backfillId), 0, -1);
  return paceOf(
    texts.flatMap((text) => noteSchema.safeParse(JSON.parse(text)).data ?? []),
    { partsToGo, nowMs },
  );
}

/** @param newestFirst  Finished parts. Pure. */
export function paceOf(
  newestFirst: readonly Note[],
  { partsToGo, nowMs }: { readonly partsToGo: number; readonly nowMs: number },
): BackfillPace {
  const [newest] = newestFirst;
  const end = newestFirst.findIndex(({ at }, index) => at < (newestFirst[index - 1]?.at ?? at) - PAUSE_MS);
  const stretch = end === -1 ? newestFirst : newestFirst.slice(0, end);
  const oldest = stretch.at(-1);
  const day = newest?.day ?? null;
  const hours = newest === undefined || oldest === undefined ? 0 : (newest.at - oldest.at) / HOUR_MS;
  if (stretch.length < 2 || hours <= 0) {
    return { day, daysPerHour: null, pagesPerHour: null, pagesToGo: null, etaAt: null };
  }
  // The first one marks the beginning; its own time lies before it.
  const timed = stretch.slice(0, -1);
  const pages = timed.reduce((sum, { fetched }) => sum + fetched, 0);
  const daysPerHour = timed.length / hours;
  return {
    day,
    daysPerHour: rounded(daysPerHour),
    pagesPerHour: rounded(pages / hours),
    pagesToGo: Math.round((pages / timed.length) * partsToGo),
    etaAt: toUtcInstant(nowMs + (partsToGo / daysPerHour) * HOUR_MS),
  };
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}

function paceKey(prefix: string, backfillId: string): string {
  return `${prefix}:backfill-pace:${backfillId}`;
}

/** How far a back-fill has come. */
export interface BackfillStatus extends BackfillPace {
  readonly runId: string;
  readonly requestedBy: string;
  /** Editions whose archives could be asked how far they go back. */
  readonly editions: readonly string[];
  /** First day asked for; null: as far as the archives go back. */
  readonly since: string | null;
  readonly until: string;
  /** Days of editions that are finished, or were given up. */
  readonly done: number;
  /** All of them; an archive that does not tell its days counts as one. */
  readonly parts: number;
  /** No further day is begun until they are resumed. */
  readonly isPaused: boolean;
}

const BACKFILLS_SHOWN = 20;

/** Reads the back-fills that are under way; one that has not yet read where the archives begin is left out. */
export async function readOpenBackfills(queues: Queues, clock: Clock): Promise<BackfillStatus[]> {
  const jobs = await queues.crawl.getJobs(['waiting-children', 'active', 'waiting'], 0, BACKFILLS_SHOWN - 1);
  const isPaused = await queues.backfill.isPaused();
  const backfills: BackfillStatus[] = [];
  for (const job of jobs) {
    const { division, since = null, runId, requestedBy } = crawlJobSchema.safeParse(job.data).data ?? {};
    if (division?.part !== 'order') continue;
    const { processed = 0, ignored = 0 } = await job.getDependenciesCount({ processed: true, ignored: true });
    const parts = partsOfBackfill({ since }, division).length;
    const done = processed + ignored;
    const pace = await readPace(queues, job.id ?? '', { partsToGo: parts - done, nowMs: clock.now() });
    backfills.push({
      ...{ runId: runId ?? '', requestedBy: requestedBy ?? '', editions: Object.keys(division.archives).sort() },
      ...{ since, until: division.lastDay, done, parts, isPaused, ...pace },
      etaAt: isPaused ? null : pace.etaAt,
    });
  }
  return backfills;
}
