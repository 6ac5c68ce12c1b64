import { hash } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { nameOfReference } from '../captures/capture-format.js';
import { articleKeySchema, captureReferenceSchema, type CaptureReference } from '../domain/article.js';
import { FETCH_FAILURES, OUTCOMES, type FetchFailure, type Outcome } from '../domain/outcome.js';
import { isKey, PAGE_KINDS, type FetchTarget, type PageId } from '../domain/page.js';
import { crawlSummarySchema } from './crawl-jobs.js';

/**
 * Queue `page`: each job says that a capture is ready. Payloads refer to the capture, never hold the page, and stay
 * under 4 KB; a batch may have as much for each of its jobs.
 *
 * | kind         | asks the page worker to |
 * |--------------|-------------------------|
 * | `article`    | read, extract, deduplicate and store one captured answer for one page |
 * | `list`       | note whether a feed, sitemap, tag or day page was read, and which pages it announces |
 * | `run`        | keep the record of a finished crawl |
 * | `reextract`  | extract every capture of one article again and bring its record to what today's extractor makes of them |
 * | `maintenance` | do the daily maintenance of files and catalogue |
 * | `quarantine` | take a page out of quarantine and process its capture again, or give it up |
 * | `batch`      | do several of `article` and `reextract`, which were ready at the same moment |
 *
 * Job ids come from the capture's location, so the same capture is queued once however often it is handed over.
 */
export const pageIdSchema = z.custom<PageId>(
  (value) => typeof value === 'string' && isKey(value),
  'expected <edition>/<articleId>',
);

const jobCaptureSchema = captureReferenceSchema.extend({
  file: z.string().refine((file) => nameOfReference(file) !== null, 'expected captures/<name>.warc.gz'),
});

const articleJobSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('article'),
  runId: z.string().max(64),
  edition: z.string().max(255),
  pageId: pageIdSchema,
  /** Canonical URL that was asked for. */
  url: z.string().max(2048),
  /** URL that answered, after redirects. */
  finalUrl: z.string().max(2048),
  fetch: z.enum(['response', 'notModified', 'failure']),
  failure: z.enum(FETCH_FAILURES).nullable(),
  capture: jobCaptureSchema,
});
export type ArticleJob = z.infer<typeof articleJobSchema>;

/** `YYYYMMDD` */
const compactDay = z.string().regex(/^\d{8}$/);

export const listJobSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('list'),
  runId: z.string().max(64),
  edition: z.string().max(255),
  pageKind: z.enum(PAGE_KINDS).exclude(['article']),
  url: z.string().max(2048),
  /** Null: an answer came. */
  failure: z.enum(FETCH_FAILURES).nullable().default(null),
  /** For robots.txt: the days whose lists were needed. */
  wantedDays: z.strictObject({ from: compactDay, to: compactDay }).nullable().default(null),
  capture: jobCaptureSchema,
});
export type ListJob = z.infer<typeof listJobSchema>;

const runJobSchema = z.strictObject({ v: z.literal(1), kind: z.literal('run'), summary: crawlSummarySchema });
export type RunJob = z.infer<typeof runJobSchema>;

const reextractJobSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('reextract'),
  runId: z.string().max(64),
  article: articleKeySchema,
  /** Where the captures note it; null where only what the catalogue says of pages changes. */
  note: captureReferenceSchema.pick({ file: true, offset: true, length: true }).nullable(),
});
export type ReextractJob = z.infer<typeof reextractJobSchema>;

/** What people decide about quarantined pages. The closed list. */
const QUARANTINE_ACTIONS = ['retry', 'drop'] as const;
export type QuarantineAction = (typeof QUARANTINE_ACTIONS)[number];

const quarantineJobSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('quarantine'),
  /** The run of this request, not of the crawl that captured the page; its tally shows when the job is done. */
  runId: z.string().max(64),
  action: z.enum(QUARANTINE_ACTIONS),
  /** As `failed list` names the page. */
  id: z.int().positive(),
  /** Says with the id which capture is meant, so that the job may be delivered twice. */
  capture: captureReferenceSchema,
});
export type QuarantineJob = z.infer<typeof quarantineJobSchema>;

const maintenanceJobSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('maintenance'),
  runId: z.string().max(64),
});

/** Most jobs that travel as one. More share one round trip and one commit, and are done again together after a crash. */
export const BATCH_JOBS_MAX = 32;

const batchJobSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('batch'),
  jobs: z
    .array(z.discriminatedUnion('kind', [articleJobSchema, reextractJobSchema]))
    .min(2)
    .max(BATCH_JOBS_MAX),
});
export type BatchJob = z.infer<typeof batchJobSchema>;
export type BatchedJob = BatchJob['jobs'][number];

export const pageJobSchema = z.discriminatedUnion('kind', [
  batchJobSchema,
  articleJobSchema,
  listJobSchema,
  runJobSchema,
  quarantineJobSchema,
  reextractJobSchema,
  maintenanceJobSchema,
]);
export type PageJob = z.infer<typeof pageJobSchema>;

/**
 * Hands a capture over to a writer on another machine, which keeps it and queues the job. Resolves with true when that
 * is done, and with false if this process is stopping; the next start then hands the capture over.
 */
export type DeliverCapture = (capture: CaptureReference) => Promise<boolean>;

/** What a fetch ended in, as the crawler hands it over and as the captures folder gives it back. */
export type CapturedAnswer = { readonly target: FetchTarget; readonly runId: string } & (
  | { readonly kind: 'response'; readonly status: number; readonly finalUrl: string }
  | { readonly kind: 'notModified' }
  | { readonly kind: 'failure'; readonly reason: FetchFailure }
);

/**
 * @param answer   What a fetch ended in.
 * @param capture  Where it was captured.
 * @returns        The job that has it processed; null where nothing is left to do (robots files that were answered).
 */
export function pageJobFor(answer: CapturedAnswer, capture: CaptureReference): ArticleJob | ListJob | null {
  const { target, runId } = answer;
  const { edition, url } = target;
  if (target.kind === 'article' && target.pageId !== null) {
    return {
      v: 1,
      kind: 'article',
      runId,
      edition,
      pageId: target.pageId,
      url,
      finalUrl: answer.kind === 'response' ? answer.finalUrl : url,
      fetch: answer.kind,
      failure: answer.kind === 'failure' ? answer.reason : null,
      capture,
    };
  }
  if (target.kind === 'article' || answer.kind === 'notModified') return null;
  if (target.kind === 'robots' && !forbidsAll(answer, capture)) return null;
  const failure = answer.kind === 'failure' ? answer.reason : null;
  const wantedDays = target.wantedDays ?? null;
  return { v: 1, kind: 'list', runId, edition, pageKind: target.kind, url, failure, wantedDays, capture };
}

/** RFC 9309, §2.3.1.3: any 4xx but 429 means that there are no rules; without any other answer nothing may be asked for. */
function forbidsAll({ kind }: CapturedAnswer, { status }: CaptureReference): boolean {
  return kind === 'failure' && (status < 400 || status >= 500 || status === 429);
}

/** Checks and adds a page job; the same capture is queued once. */
export async function queuePage(queue: Queue<PageJob>, job: PageJob): Promise<void> {
  await queue.add(job.kind, pageJobSchema.parse(job), { jobId: pageJobId(job) });
}

/** Whether it may travel with others. */
export function isBatched(job: PageJob): job is BatchedJob {
  return job.kind === 'article' || job.kind === 'reextract';
}

/** @returns the one job that does several: the only one itself, else a batch. @param jobs  At most {@link BATCH_JOBS_MAX}. */
export function joinJobs(jobs: readonly [BatchedJob, ...BatchedJob[]]): PageJob {
  return jobs.length === 1 ? jobs[0] : { v: 1, kind: 'batch', jobs: [...jobs] };
}

/** @returns BullMQ job id: no `:`, not all digits, the same for the same capture. */
export function pageJobId(job: PageJob): string {
  if (job.kind === 'run') return `run-${job.summary.runId}`;
  if (job.kind === 'quarantine') return `quarantine-${job.runId}-${job.id}`;
  if (job.kind === 'reextract') {
    const { note, runId, article } = job;
    // One without a note is of its run: a later run asks again.
    return note === null ? `reextract-${runId}-${article.replace('/', '-')}` : locationJobId('n', note);
  }
  if (job.kind === 'maintenance') return `maintenance-${job.runId}`;
  if (job.kind === 'batch') return `b-${digestOf(job.jobs.map(pageJobId).join('\n'))}`;
  return locationJobId('c', job.capture);
}

function locationJobId(letter: string, { file, offset }: Pick<CaptureReference, 'file' | 'offset'>): string {
  return `${letter}-${digestOf(`${file}@${offset}`)}`;
}

function digestOf(text: string): string {
  return hash('sha256', text).slice(0, 24);
}

/** Longer than any job is tried again. */
const KEPT_SECONDS = 7 * 24 * 3_600;

const entrySchema = z.union([z.enum(OUTCOMES), articleJobSchema]);

/**
 * The pages that a run has captured so far: what became of each, or its job while that is not known. It stands in Redis from the first page
 * to the run's own end. Where it is found by the next try of the same crawl, the one before was cut off: its process died, or was frozen
 * until its lock was lost. Then these pages are counted, and not asked for again.
 */
export class RunPages {
  readonly #redis: Redis;
  readonly #key: string;
  #noting: { readonly entries: Map<PageId, string>; readonly done: Promise<void> } | null = null;

  /** @param jobId  Of the crawl; its tries share it. */
  constructor({ redis, crawl }: { readonly redis: Redis; readonly crawl: Queue }, jobId: string) {
    this.#redis = redis;
    this.#key = `${crawl.toKey(jobId)}:pages`;
  }

  async read(): Promise<Map<PageId, Outcome | ArticleJob>> {
    const found = await this.#redis.hgetall(this.#key);
    return new Map(
      Object.entries(found).map(([pageId, entry]) => [pageId as PageId, entrySchema.parse(JSON.parse(entry))]),
    );
  }

  /**
   * Is told of a page before its job is queued, and of its outcome. Calls in the same turn of the event loop travel
   * together.
   */
  note(pageId: PageId, entry: Outcome | ArticleJob): Promise<void> {
    if (this.#noting === null) {
      const entries = new Map<PageId, string>();
      this.#noting = { entries, done: this.#keep(entries) };
    }
    this.#noting.entries.set(pageId, JSON.stringify(entry));
    return this.#noting.done;
  }

  async #keep(entries: ReadonlyMap<PageId, string>): Promise<void> {
    await new Promise(setImmediate);
    this.#noting = null;
    // As one: a pipeline would take an answer that refuses for one that was done.
    await this.#redis.multi().hset(this.#key, entries).expire(this.#key, KEPT_SECONDS).exec();
  }

  /** The run has ended in order, whatever came of it. */
  async forget(): Promise<void> {
    await this.#redis.unlink(this.#key);
  }
}
