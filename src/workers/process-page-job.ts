import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { ArticleJob, ListJob, PageJob, QuarantineJob, RunJob } from '../queue/page-jobs.js';
import type { Settled, Settlement } from '../store/settlement.js';
import { addressOf, interpretAnswer, type InterpreterBench } from './interpret-capture.js';
import { processRereadJob, type RereadJobBench } from './process-reread-job.js';
import { readCapturedJob } from './read-captured-job.js';
import { rereadBeforeEdit, type RereadBench } from './reread-before-edit.js';
import { readListCapture } from './read-list-capture.js';

/** What the page worker is given. */
export interface PageWorkerBench extends InterpreterBench, RereadBench, RereadJobBench {
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
export async function processPageJob(job: PageJob, attempt: number, bench: PageWorkerBench): Promise<void> {
  if (job.kind === 'run') await processRunJob(job, bench);
  else if (job.kind === 'list') await processListJob(job, bench);
  else if (job.kind === 'reread') await processRereadJob(job, bench);
  else if (job.kind === 'maintenance') await bench.maintain();
  else if (job.kind === 'quarantine') await processQuarantineJob(job, attempt, bench);
  else await processArticleJob(job, attempt, bench);
}

async function processRunJob({ summary }: RunJob, { store, watchDrift, crashPoint }: PageWorkerBench): Promise<void> {
  await store.recordRun(summary);
  crashPoint('run.recorded');
  watchDrift();
}

async function processListJob(job: ListJob, bench: PageWorkerBench): Promise<void> {
  const { store, readList, crashPoint } = bench;
  crashPoint('list.taken');
  await store.settleList(readListCapture(job, readList, bench));
  crashPoint('list.settled');
}

async function processArticleJob(job: ArticleJob, attempt: number, bench: PageWorkerBench): Promise<void> {
  const startedAt = performance.now();
  const { crashPoint } = bench;
  crashPoint('page.taken');
  const settlement = await interpretAnswer(job, attempt, bench);
  crashPoint('page.interpreted');
  await rereadBeforeEdit(settlement, job.runId, bench);
  const settled = await bench.store.settlePage(settlement);
  crashPoint('page.settled');
  await bench.recordOutcome(job, settled.outcome);
  crashPoint('page.counted');
  logOutcome(job, settlement, settled, performance.now() - startedAt, bench.log);
}

/**
 * Takes a page out of quarantine and processes its capture again, or gives it up. Nothing leaves the quarantine before its
 * capture is known to be readable. A second delivery finds the page released already, and processes the same capture.
 */
async function processQuarantineJob(job: QuarantineJob, attempt: number, bench: PageWorkerBench): Promise<void> {
  const { store, crashPoint } = bench;
  crashPoint('quarantine.taken');
  const listed = store.reader.quarantined(job.id);
  const page = listed !== null && isSamePlace(listed.capture, job.capture) ? listed : null;
  // Counted by the quarantine's own id: several captures of one page may wait in it.
  const count = async (outcome: Outcome): Promise<void> => {
    await bench.recordOutcome({ runId: job.runId, pageId: `quarantine/${job.id}` }, outcome);
    crashPoint('quarantine.counted');
  };
  try {
    if (job.action === 'drop') {
      if (page !== null) await store.dropQuarantined(page.id);
      crashPoint('quarantine.dropped');
      await count('failed');
      return;
    }
    const captured = await readCapturedJob(bench.readList.dataDir, job.capture);
    crashPoint('quarantine.read');
    addressOf(captured.url, bench.addresses);
    if (page !== null) await store.releaseQuarantined(page.id);
    crashPoint('quarantine.released');
    const attempts = (page?.attempts ?? 0) + attempt;
    const counted: PageWorkerBench = { ...bench, recordOutcome: (_job, outcome) => count(outcome) };
    await processArticleJob({ ...captured, runId: job.runId }, attempts, counted);
  } catch (error) {
    if (error instanceof PermanentError) await count('failed');
    throw error;
  }
}

function isSamePlace(a: CaptureReference, b: CaptureReference): boolean {
  return a.file === b.file && a.offset === b.offset;
}

function logOutcome(job: ArticleJob, settlement: Settlement, settled: Settled, durationMs: number, log: Logger): void {
  const reason =
    'reason' in settlement ? settlement.reason : settlement.kind === 'quarantined' ? settlement.code : null;
  const fields = {
    event: 'page.settled',
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
