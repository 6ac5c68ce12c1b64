import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { ArticleJob, ListJob, PageJob, QuarantineJob, RunJob } from '../queue/page-jobs.js';
import type { StoredPage, PageResult } from '../domain/page-result.js';
import { articleUrlOf, interpretAnswer, type InterpreterDependencies } from './interpret-capture.js';
import { processReextractJob, type ReextractJobDependencies } from './process-reextract-job.js';
import { readCapturedJob } from './read-captured-job.js';
import { reextractBeforeEdit, type ReextractDependencies } from './reextract-before-edit.js';
import { readListCapture } from './read-list-capture.js';

/** What the page worker is given. */
export interface PageWorkerDependencies
  extends InterpreterDependencies, ReextractDependencies, ReextractJobDependencies {
  /** Looks whether the reader still finds what it used to; called when a run has ended. */
  readonly watchDrift: () => void;
  /** The daily upkeep; asks nothing of any site. */
  readonly maintain: () => Promise<void>;
  readonly clock: Clock;
}

/**
 * Works off one job of queue `page`. Idempotent: a capture that was settled before gives the outcome of then.
 *
 * @param attempt  1 for the first try.
 * @throws {RetryableError | FatalError} when the store cannot be written now; the capture stays unsettled.
 */
export async function processPageJob(job: PageJob, attempt: number, deps: PageWorkerDependencies): Promise<void> {
  if (job.kind === 'run') await processRunJob(job, deps);
  else if (job.kind === 'list') await processListJob(job, deps);
  else if (job.kind === 'reextract') await processReextractJob(job, deps);
  else if (job.kind === 'maintenance') await deps.maintain();
  else if (job.kind === 'quarantine') await processQuarantineJob(job, attempt, deps);
  else await processArticleJob(job, attempt, deps);
}

async function processRunJob(
  { summary }: RunJob,
  { store, watchDrift, crashPoint }: PageWorkerDependencies,
): Promise<void> {
  await store.recordRun(summary);
  crashPoint('run.recorded');
  watchDrift();
}

async function processListJob(job: ListJob, deps: PageWorkerDependencies): Promise<void> {
  const { store, readList, crashPoint } = deps;
  crashPoint('list.taken');
  await store.storeList(readListCapture(job, readList, deps));
  crashPoint('list.stored');
}

async function processArticleJob(job: ArticleJob, attempt: number, deps: PageWorkerDependencies): Promise<void> {
  const startedAt = performance.now();
  const { crashPoint } = deps;
  crashPoint('page.taken');
  const result = await interpretAnswer(job, attempt, deps);
  crashPoint('page.interpreted');
  await reextractBeforeEdit(result, job.runId, deps);
  const settled = await deps.store.storePage(result);
  crashPoint('page.stored');
  await deps.recordOutcome(job, settled.outcome);
  crashPoint('page.counted');
  logOutcome(job, result, settled, performance.now() - startedAt, deps.log);
}

/**
 * Takes a page out of quarantine and processes its capture again, or gives it up. Nothing leaves the quarantine before its
 * capture is known to be readable. A second delivery finds the page released already, and processes the same capture.
 */
async function processQuarantineJob(job: QuarantineJob, attempt: number, deps: PageWorkerDependencies): Promise<void> {
  const { store, crashPoint } = deps;
  crashPoint('quarantine.taken');
  const listed = store.quarantined(job.id);
  const page = listed !== null && isSamePlace(listed.capture, job.capture) ? listed : null;
  // Counted by the quarantine's own id: several captures of one page may wait in it.
  const count = async (outcome: Outcome): Promise<void> => {
    await deps.recordOutcome({ runId: job.runId, pageId: `quarantine/${job.id}` }, outcome);
    crashPoint('quarantine.counted');
  };
  try {
    if (job.action === 'drop') {
      if (page !== null) await store.dropQuarantined(page.id);
      crashPoint('quarantine.dropped');
      await count('failed');
      return;
    }
    const captured = readCapturedJob(deps.readList.dataDir, job.capture);
    crashPoint('quarantine.read');
    articleUrlOf(captured.url, deps.addresses);
    if (page !== null) await store.releaseQuarantined(page.id);
    crashPoint('quarantine.released');
    const attempts = (page?.attempts ?? 0) + attempt;
    const counted: PageWorkerDependencies = { ...deps, recordOutcome: (_job, outcome) => count(outcome) };
    await processArticleJob({ ...captured, runId: job.runId }, attempts, counted);
  } catch (error) {
    if (error instanceof PermanentError) await count('failed');
    throw error;
  }
}

function isSamePlace(a: CaptureReference, b: CaptureReference): boolean {
  return a.file === b.file && a.offset === b.offset;
}

function logOutcome(job: ArticleJob, result: PageResult, settled: StoredPage, durationMs: number, log: Logger): void {
  const reason = 'reason' in result ? result.reason : result.kind === 'quarantined' ? result.code : null;
  const fields = {
    event: 'page.stored',
    edition: job.edition,
    pageId: job.pageId,
    url: job.url,
    runId: job.runId,
    outcome: settled.outcome,
    durationMs: Math.round(durationMs),
    ...(reason === null ? {} : { reason }),
  };
  if (settled.outcome === 'failed') log.warn(fields, 'page failed');
  else log.info(fields, 'page settled');
}
