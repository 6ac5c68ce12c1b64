import { readRecordAt } from '../captures/read-capture.js';
import { PermanentError } from '../domain/errors.js';
import type { PageId } from '../domain/page.js';
import type { Outcome } from '../domain/outcome.js';
import { extractorChangeSchema } from '../domain/extractor-change.js';
import type { CrashPoint } from '../platform/crash-points.js';
import type { Logger } from '../platform/logger.js';
import type { ReextractJob } from '../queue/page-jobs.js';
import type { NotedChange } from '../store/writer/capture-interpreter.js';
import type { ReextractOutcome } from '../store/writer/apply-reextraction.js';
import type { Store } from '../store/writer/store.js';
import type { ListReader } from './read-list-capture.js';

/** What reading an article anew takes. */
export interface ReextractJobDependencies {
  readonly store: Store;
  readonly readList: ListReader;
  /** Named by page; work on a whole article by the article's key. */
  readonly recordOutcome: (job: { readonly runId: string; readonly pageId: PageId }, outcome: Outcome) => Promise<void>;
  /** For tests: called between the steps. */
  readonly crashPoint: CrashPoint;
  readonly log: Logger;
}

/** In the words of a run's tally; `failed`: the record was left as it is. */
const OUTCOME_OF: Readonly<Record<ReextractOutcome, Outcome>> = {
  changed: 'revised',
  stored: 'new',
  noted: 'unchanged',
  same: 'unchanged',
  repeat: 'unchanged',
  kept: 'failed',
};

/** Reads every capture of one article anew. Idempotent; throws as `processPageJob` does. */
export async function processReextractJob(job: ReextractJob, deps: ReextractJobDependencies): Promise<void> {
  const { store, crashPoint, log } = deps;
  crashPoint('reextract.taken');
  const noted = job.note === null ? null : readNote(deps.readList.dataDir, job);
  const outcome = await store.reextract(job.article, noted);
  crashPoint('reextract.stored');
  await deps.recordOutcome({ runId: job.runId, pageId: job.article }, OUTCOME_OF[outcome]);
  const fields = { event: 'article.reextract', runId: job.runId, pageId: job.article, outcome };
  log.info(fields, 'article read anew');
}

/** @throws {PermanentError} `capture.mismatch` where no such note stands at the place. */
function readNote(dataDir: string, { note, article }: ReextractJob): NotedChange {
  const place = note ?? { file: '', offset: 0, length: 0 };
  const record = readRecordAt(dataDir, place);
  if (record?.kind === 'readerChange') {
    const change = extractorChangeSchema.safeParse(record.change);
    if (change.success && change.data.article === article)
      return { place, notedAt: record.notedAt, change: change.data };
  }
  throw new PermanentError(`wanted the note of ${article} in ${place.file} at ${place.offset}, found none`, {
    code: 'capture.mismatch',
  });
}
