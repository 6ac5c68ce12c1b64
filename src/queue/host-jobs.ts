import type { Job, Queue } from 'bullmq';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { END_STATES } from '../domain/page.js';
import { PIECE_BYTES_MAX } from '../redis/pieces-in-flight.js';
import { daySchema } from './crawl-jobs.js';
import { articleKeySchema } from '../domain/article.js';
import { pageIdSchema } from './page-jobs.js';

/**
 * Queue `host`: the questions of a crawl host to the writer, and the captures that it hands over. The two share nothing
 * but Redis.
 *
 * | kind         | asks the writer                                                              | answer |
 * |--------------|------------------------------------------------------------------------------|--------|
 * | `find`       | what it knows of these pages                                                 | those that are known |
 * | `tagPages`   | which tag pages articles of an edition have taught                           | paths |
 * | `due`        | which pages of an edition are to be fetched again now                        | page ids and URLs |
 * | `failed`     | which pages that failed are to be tried again now                             | page ids and URLs |
 * | `all`        | for every page of an edition, from a row on                                  | rows, page ids and URLs |
 * | `duplicates` | which of these articles are linked to another that they repeat               | keys |
 * | `announced`  | how many pages lists have announced                                          | a number |
 * | `isOfUse`    | whether a run of a schedule has anything to do for an edition                | yes or no |
 * | `fillGaps`   | to queue the crawls that fill the gaps of editions                           | nothing |
 * | `held`       | how much it has of a capture file                                            | bytes |
 * | `piece`      | to append a piece of a capture file, which stands in Redis under the job's id | bytes it has then |
 *
 * An answer is gzipped JSON under `<prefix>:answers:<job id>`, gone after a minute.
 */
/** Most pages or articles that one question names. */
export const NAMES_MAX = 500;
/** Pages of an edition that one answer names where all are wanted. */
export const ALL_PAGES_BATCH = 5_000;
/** An answer, compressed. */
export const ANSWER_BYTES_MAX = 4_000_000;
/** An answer, uncompressed. */
export const ANSWER_TEXT_BYTES_MAX = 64_000_000;
/** Seconds after which an answer that nobody fetched is gone. */
export const ANSWER_KEPT_SECONDS = 60;

const edition = z.string().max(255);
const file = z.string().max(255);
const bytes = z.int().nonnegative();
const common = {
  v: z.literal(1),
  /** Id of the crawl host's data directory. */
  host: z.string().regex(/^[0-9a-f]{12}$/),
};

export const hostJobSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('find'), pageIds: z.array(pageIdSchema).max(NAMES_MAX) }),
  z.strictObject({ ...common, kind: z.literal('tagPages'), edition }),
  z.strictObject({ ...common, kind: z.literal('due'), edition, nowMs: z.number() }),
  z.strictObject({ ...common, kind: z.literal('failed'), edition, nowMs: z.number() }),
  z.strictObject({ ...common, kind: z.literal('all'), edition, after: z.int().nonnegative() }),
  z.strictObject({ ...common, kind: z.literal('duplicates'), keys: z.array(articleKeySchema).max(NAMES_MAX) }),
  z.strictObject({
    ...common,
    kind: z.literal('announced'),
    editions: z.array(edition).max(200),
    since: daySchema.nullable(),
    until: daySchema,
    announcedSinceMs: z.number(),
  }),
  z.strictObject({ ...common, kind: z.literal('isOfUse'), schedule: z.string().max(64), edition, nowMs: z.number() }),
  z.strictObject({ ...common, kind: z.literal('fillGaps'), editions: z.array(edition).max(200) }),
  z.strictObject({ ...common, kind: z.literal('held'), file }),
  z.strictObject({
    ...common,
    kind: z.literal('piece'),
    file,
    offset: bytes,
    length: z.int().positive().max(PIECE_BYTES_MAX),
    /** A record ends where the piece ends: everything up to here may be processed. */
    endsRecord: z.boolean(),
  }),
]);
export type HostJob = z.infer<typeof hostJobSchema>;
export type HostJobKind = HostJob['kind'];

const instant = z.string().nullable();
const duePage = z.strictObject({ pageId: pageIdSchema, url: z.string() });

/** What the writer answers, by kind. */
export const answerSchemas = {
  find: z.array(
    z.strictObject({
      pageId: pageIdSchema,
      url: z.string(),
      endState: z.enum(END_STATES),
      reason: z.string().nullable(),
      lastFetchedAt: instant,
      etag: z.string().nullable(),
      lastModified: z.string().nullable(),
      publishedAt: instant,
      failures: z.int().nonnegative(),
      tagListedAt: instant,
    }),
  ),
  tagPages: z.array(z.string()),
  due: z.array(duePage),
  failed: z.array(duePage),
  all: z.array(duePage.extend({ row: z.int() })),
  duplicates: z.array(articleKeySchema),
  announced: z.int().nonnegative(),
  isOfUse: z.boolean(),
  fillGaps: z.null(),
  held: bytes,
  piece: bytes,
} satisfies Record<HostJobKind, z.ZodType>;
export type HostAnswer<Kind extends HostJobKind> = z.infer<(typeof answerSchemas)[Kind]>;

/** @returns id of the job, and of the piece that it names: the same for the same bytes, so that they are in Redis once. */
export function pieceId({ host, file, offset, length }: Extract<HostJob, { kind: 'piece' }>): string {
  const digest = createHash('sha256').update(`${file}@${offset}+${length}`).digest('hex');
  return `${host}.${digest.slice(0, 24)}`;
}

/** @returns the key of an answer. */
export function answerKey(prefix: string, jobId: string): string {
  return `${prefix}:answers:${jobId}`;
}

/** Checks and adds a job. @param jobId  New for each question. */
export function queueHostJob(queue: Queue<HostJob>, job: HostJob, jobId: string): Promise<Job<HostJob>> {
  return queue.add(job.kind, hostJobSchema.parse(job), { jobId });
}
