import { z } from 'zod';
import { HOUR_MS } from '../../domain/units.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { CrawlPart } from '../../queue/crawl-jobs.js';
import type { Queues } from '../../queue/open-queues.js';

/** The pace is that of so many parts, the ones that were finished last. */
const PARTS_MAX = 100;
/** Of a back-fill that nobody finishes. */
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
export interface BackfillPace {
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
export async function readPace(
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
  // The first of them marks the begin; what it took lies before.
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
