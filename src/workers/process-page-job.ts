import { FatalError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import type { PageResult } from '../domain/page-result.js';
import { splitKey } from '../domain/page.js';
import type { Logger } from '../platform/logger.js';
import type { ArticleJob, BatchedJob, BatchJob, ListJob, PageJob, QuarantineJob, RunJob } from '../queue/page-jobs.js';
import { parseListCapture, type InterpreterDependencies } from './interpret-answer.js';
import { captureMismatch, interpretJob } from './interpret-job.js';
import { processReextractJob, reextractBeforeEdit, type ReextractDependencies } from './process-reextract-job.js';

/** What the page worker is given. */
export interface PageWorkerDependencies extends InterpreterDependencies, ReextractDependencies {
  /** Looks whether fields are still found as often as before; called when a run has ended. */
  readonly watchDrift: () => void;
  /** The daily maintenance; asks nothing of any site. */
  readonly maintain: () => Promise<void>;
  /** Queues a job of a batch by itself. */
  readonly requeue: (job: BatchedJob) => Promise<void>;
}

/** A job's return value: what became of a page or an article, of each in a batch; null for other work. */
export type JobValue = Outcome | readonly (Outcome | null)[] | null;

/**
 * Processes one job of queue `page`. Idempotent: a capture that was stored before gives the same outcome again.
 *
 * @param attempt  1 for the first try.
 * @returns        The job's return value, for the process that handed the job over.
 * @throws {RetryableError | FatalError} if the store cannot be written now; the capture stays pending.
 */
export async function processJob(job: PageJob, attempt: number, deps: PageWorkerDependencies): Promise<JobValue> {
  if (job.kind === 'batch') return processBatchJob(job, attempt, deps);
  if (job.kind === 'article') return processPageJob(job, attempt, deps);
  if (job.kind === 'quarantine') return processQuarantineJob(job, attempt, deps);
  if (job.kind === 'reextract') return processReextractJob(job, deps);
  if (job.kind === 'list') await processListJob(job, deps);
  else if (job.kind === 'run') await processRunJob(job, deps);
  else await deps.maintain();
  return null;
}

/**
 * Processes the jobs of a batch: all pages are extracted first and then stored together, so that they share a commit. A
 * job that throws is queued again on its own, with its own attempts.
 *
 * @returns  The outcome of each job; null if it was queued again.
 * @throws {FatalError} where the store cannot go on.
 */
async function processBatchJob({ jobs }: BatchJob, attempt: number, deps: PageWorkerDependencies): Promise<JobValue> {
  const startedAt = performance.now();
  const read = await Promise.allSettled(
    jobs.map((job) => (job.kind === 'article' ? readPage(job, attempt, deps) : Promise.resolve(null))),
  );
  deps.crashPoint('page.interpreted');
  const ended = await Promise.allSettled(
    jobs.map((job, index) => {
      if (job.kind === 'reextract') return processReextractJob(job, deps);
      const page = read[index];
      if (page?.status === 'fulfilled' && page.value !== null)
        return storeResult(page.value, job.runId, startedAt, deps);
      return Promise.reject(page?.status === 'rejected' ? (page.reason as Error) : new Error('a page was not read'));
    }),
  );
  deps.crashPoint('page.counted');
  const outcomes: (Outcome | null)[] = [];
  for (const [index, job] of jobs.entries()) {
    const end = ended[index];
    outcomes.push(end?.status === 'fulfilled' ? end.value : null);
    if (end?.status === 'fulfilled') continue;
    if (end?.reason instanceof FatalError) throw end.reason;
    await deps.requeue(job);
    deps.crashPoint('page.counted');
  }
  return outcomes;
}

/** Read the capture → extract and normalise (on a thread, see `extract-page.ts`) → deduplicate and store. */
async function processPageJob(job: ArticleJob, attempt: number, deps: PageWorkerDependencies): Promise<Outcome> {
  const startedAt = performance.now();
  const result = await readPage(job, attempt, deps);
  deps.crashPoint('page.interpreted');
  return storeResult(result, job.runId, startedAt, deps);
}

function readPage(job: ArticleJob, attempt: number, deps: PageWorkerDependencies): Promise<PageResult> {
  deps.crashPoint('page.taken');
  return interpretJob(job, attempt, deps);
}

/** Deduplication is part of storing: record, links and index change in one commit. */
async function storeResult(
  result: PageResult,
  runId: string,
  startedAt: number,
  deps: PageWorkerDependencies,
): Promise<Outcome> {
  await reextractBeforeEdit(result, runId, deps);
  const { outcome } = await deps.store.storePage(result);
  deps.crashPoint('page.stored');
  logOutcome(result, outcome, { runId, durationMs: Math.round(performance.now() - startedAt) }, deps.log);
  deps.crashPoint('page.counted');
  return outcome;
}

async function processListJob(job: ListJob, deps: PageWorkerDependencies): Promise<void> {
  deps.crashPoint('list.taken');
  await deps.store.storeList(await parseListCapture(job, deps));
  deps.crashPoint('list.stored');
}

async function processRunJob({ summary }: RunJob, deps: PageWorkerDependencies): Promise<void> {
  await deps.store.recordRun(summary);
  deps.crashPoint('run.recorded');
  deps.watchDrift();
}

/**
 * Takes a page out of quarantine and processes its capture again, or gives it up. Nothing leaves the quarantine before
 * its capture is known to be readable. A second delivery finds the page released already, and processes the same
 * capture.
 */
async function processQuarantineJob(
  job: QuarantineJob,
  attempt: number,
  deps: PageWorkerDependencies,
): Promise<Outcome> {
  const startedAt = performance.now();
  const { crashPoint } = deps;
  crashPoint('quarantine.taken');
  const listed = deps.store.quarantined(job.id);
  const { file, offset } = job.capture;
  const page = listed?.capture.file === file && listed.capture.offset === offset ? listed : null;
  let outcome: Outcome = 'failed';
  if (job.action === 'drop') {
    if (page !== null) await deps.store.dropQuarantined(page.id);
    crashPoint('quarantine.dropped');
  } else {
    const result = await deps.readPageResult(job.capture);
    crashPoint('quarantine.read');
    if (result?.capture.sha256 !== job.capture.sha256) throw captureMismatch(job.capture);
    if (page !== null) await deps.store.releaseQuarantined(page.id);
    crashPoint('quarantine.released');
    const attempts = (page?.attempts ?? 0) + attempt;
    outcome = await storeResult('attempts' in result ? { ...result, attempts } : result, job.runId, startedAt, deps);
  }
  crashPoint('quarantine.counted');
  return outcome;
}

function logOutcome(
  result: PageResult,
  outcome: Outcome,
  run: { readonly runId: string; readonly durationMs: number },
  log: Logger,
): void {
  const { pageId, url } = result.page;
  const reason = 'reason' in result ? result.reason : result.kind === 'quarantined' ? result.code : null;
  const [edition] = splitKey(pageId);
  const fields = {
    event: 'page.stored',
    edition,
    pageId,
    url,
    outcome,
    ...run,
    ...(reason === null ? {} : { reason }),
  };
  if (outcome === 'failed') log.warn(fields, 'page failed');
  else log.info(fields, 'page processed');
}
