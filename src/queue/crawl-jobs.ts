import { z } from 'zod';
import { DISCOVERY_ROUTES } from '../domain/edition.js';
import { FETCH_FAILURES, OUTCOMES } from '../domain/outcome.js';

/**
 * Queue `crawl`: crawl these editions, these topics, this window.
 * Job id: `run-<runId>` for a requested crawl; scheduled ones get BullMQ's scheduler id. A window of more
 * than a week is a back-fill (`backfill-jobs.ts`): its worker divides it into days.
 */

/** Most URLs that one job names; a longer list is split by its sender. */
const CRAWL_URLS_MAX = 500;

/** `YYYY-MM-DD` */
export const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const count = z.int().nonnegative();

/** What a part of a back-fill came to: the summary of a crawl without what all parts share. */
export const crawlPartSchema = z.strictObject({
  editions: z.array(z.string()),
  requests: count,
  found: count,
  skipped: count,
  fetched: count,
  /** Those that are not zero. */
  outcomes: z.partialRecord(z.enum(OUTCOMES), count),
  unreachable: z.array(z.strictObject({ edition: z.string(), reason: z.string() })),
  unreadLists: z.array(z.strictObject({ edition: z.string(), url: z.string(), reason: z.string() })),
});
export type CrawlPart = z.infer<typeof crawlPartSchema>;

/** The progress of a back-fill. Its worker writes it; a program that enqueues a job leaves it out. */
const divisionSchema = z.discriminatedUnion('part', [
  z.strictObject({
    part: z.literal('order'),
    /** UTC instant of its first try. */
    startedAt: z.string(),
    /** Last day, so that a back-fill that lasts beyond midnight stays the same. */
    lastDay: daySchema,
    /** Edition → first day of its archive; null: not told, so it is read in one piece. Unreachable ones are missing. */
    archives: z.record(z.string(), daySchema.nullable()),
    /** Parts that are queued or done, in their order. */
    planned: count,
    /** What the back-fill did itself: reading the indexes, and at the end feeds and tag pages. */
    own: z.array(crawlPartSchema).max(2),
  }),
  z.strictObject({ part: z.literal('piece') }),
]);

export type BackfillProgress = Extract<z.infer<typeof divisionSchema>, { part: 'order' }>;

export const crawlJobSchema = z.strictObject({
  v: z.literal(1),
  /** Null in a schedule's template: each tick gets its own. */
  runId: z.string().min(1).max(64).nullable(),
  /** Who asked: `cli`, or the schedule's name. */
  requestedBy: z.string().max(64),
  /** Edition ids; null: every enabled one. */
  editions: z.array(z.string().max(255)).max(200).nullable(),
  /** Topic ids; null: every enabled one. */
  topics: z.array(z.string().max(64)).max(50).nullable(),
  since: daySchema.nullable(),
  until: daySchema.nullable(),
  /** Null: the routes of the configuration. */
  via: z.array(z.enum(DISCOVERY_ROUTES)).min(1).nullable(),
  /** Only these articles; empty: discover. */
  urls: z.array(z.string().max(2048)).max(CRAWL_URLS_MAX),
  limit: z.int().positive().nullable(),
  refetch: z.boolean(),
  /** Revisit due pages only, without reading lists. */
  revisitOnly: z.boolean().default(false),
  /** Read nothing but how far each edition's archive goes back. */
  archiveOnly: z.boolean().optional(),
  division: divisionSchema.optional(),
  /** True while a command waits for it: of no use to anyone once that command has died. */
  attached: z.boolean(),
});
export type CrawlJob = z.infer<typeof crawlJobSchema>;

/** A crawl of every enabled edition and topic by the configured routes; a caller states only the differences. */
export const ORDINARY_CRAWL: Omit<CrawlJob, 'requestedBy' | 'attached'> = {
  v: 1,
  runId: null,
  editions: null,
  topics: null,
  since: null,
  until: null,
  via: null,
  urls: [],
  limit: null,
  refetch: false,
  revisitOnly: false,
};

/** @returns crawls of just these pages, as many in each as one job may name, with the pages of each. Pure. */
export function crawlsOfPages<Page extends { readonly url: string }>(
  pages: readonly Page[],
  asked: Pick<CrawlJob, 'requestedBy' | 'attached'>,
): { readonly job: CrawlJob; readonly pages: readonly Page[] }[] {
  const crawls: { readonly job: CrawlJob; readonly pages: readonly Page[] }[] = [];
  for (let at = 0; at < pages.length; at += CRAWL_URLS_MAX) {
    const chunk = pages.slice(at, at + CRAWL_URLS_MAX);
    crawls.push({ job: { ...ORDINARY_CRAWL, ...asked, urls: chunk.map(({ url }) => url) }, pages: chunk });
  }
  return crawls;
}

/** Where the pages of one edition stand, each counted once. */
const pagesStateSchema = z.object({
  found: count,
  /** Decided on, not fetched yet. */
  toFetch: count,
  fetched: count,
  /** How many of the fetched pages are now part of a record. */
  stored: count,
  failed: count,
  /** Known and not due. */
  skipped: count,
});
export type PagesState = z.infer<typeof pagesStateSchema>;

/** What a crawl says of itself while it runs: the progress of its job. */
export const crawlStateSchema = z.object({
  requests: count,
  editions: z.record(z.string(), pagesStateSchema),
  /** Article pages that are being asked for, or that wait for a further attempt; the first fifty. */
  trying: z
    .array(
      z.object({
        url: z.string(),
        /** UTC instant of the first attempt. */
        since: z.string(),
        failed: z.array(z.object({ at: z.string(), reason: z.enum(FETCH_FAILURES) })),
      }),
    )
    .optional(),
  /** The host that all of it waits for, where it does, and for how much longer. */
  pause: z.object({ host: z.string(), waitMs: count }).optional(),
});
export type CrawlState = z.infer<typeof crawlStateSchema>;

const outcomeCountsSchema = z.record(z.enum(OUTCOMES), z.int().nonnegative());

/** What one crawl did; printed by `crawl --json` (its first nine keys) and kept as the run's record. */
export const crawlSummarySchema = z.strictObject({
  runId: z.string(),
  startedAt: z.string(),
  durationMs: z.number().nonnegative(),
  editions: z.array(z.string()),
  requests: z.int().nonnegative(),
  found: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
  fetched: z.int().nonnegative(),
  outcomes: outcomeCountsSchema,
  requestedBy: z.string(),
  aborted: z.boolean(),
  /** Present for one day of a back-fill; the whole back-fill has its own summary. */
  piece: z.boolean().optional(),
  /** The sum of the days of a back-fill, where it is that; each was counted before. */
  ofPieces: z.boolean().optional(),
  /** Ended at its deadline, where it was. */
  overlong: z.boolean().optional(),
  unreachable: z.array(z.strictObject({ edition: z.string(), reason: z.string() })),
  /** Lists that gave nothing, or less than they should: there may be pages that nobody knows of. The first hundred. */
  unreadLists: z.array(z.strictObject({ edition: z.string(), url: z.string(), reason: z.string() })).optional(),
  /** First day of each edition's archive, only where that was asked for; null: its index does not tell. */
  archives: z.record(z.string(), daySchema.nullable()).optional(),
  /** Pages for which a browser was wanted, where there were any. */
  browser: z.strictObject({ tried: count, helped: count, missed: count }).optional(),
});
export type CrawlSummary = z.infer<typeof crawlSummarySchema>;
