import { crawlHostOf, listCaptureFiles } from '../../captures/capture-files.js';
import type { ScannedRecord } from '../../captures/decode-record.js';
import { scanCaptures } from '../../captures/scan-captures.js';
import { extractorChangeSchema } from '../../domain/extraction.js';
import type { ListResult } from '../../domain/page-result.js';
import { crawlSummarySchema } from '../../queue/crawl-jobs.js';
import {
  BATCH_JOBS_MAX,
  isBatched,
  joinJobs,
  pageJobFor,
  queuePage,
  type BatchedJob,
  type PageJob,
} from '../../queue/page-jobs.js';
import type { Logger } from '../../platform/logger.js';
import type { Queues } from '../../queue/open-queues.js';
import type { InterpretCapture } from '../../store/writer/capture-interpreter.js';
import type { Store } from '../../store/writer/store.js';

interface PendingSearch {
  readonly dataDir: string;
  readonly queues: Queues;
  readonly store: Store;
  readonly log: Logger;
}

/**
 * The captures folder is the journal, the page queue only a cache of it: every capture without an end state is queued again, in
 * order, into a queue that is empty. So it makes no difference whether the queue, some of it or all of Redis was lost. The queue is
 * worked off meanwhile, and is never much deeper than {@link QUEUED_MAX}. Up to where a file is processed without a gap is
 * remembered: the next start begins there.
 *
 * @param signal  Aborted where the queue is not worked off any more: its reason is thrown.
 */
export async function queuePendingCaptures(
  { dataDir, queues, store, log }: PendingSearch,
  signal: AbortSignal,
): Promise<number> {
  const files = await listCaptureFiles(dataDir);
  const from = new Map(files.map(({ file }) => [file, store.processedTo(file)]));
  const processed = new ProcessedStretches();
  const waiting: BatchedJob[] = [];
  let count = 0;
  for await (const record of scanCaptures(dataDir, from)) {
    const job = pageJobOf(record, store);
    processed.note(record, job === null && record.kind !== 'damaged');
    if (job === null) continue;
    if (count % BATCH_JOBS_MAX === 0) await untilRoom(queues, signal);
    count += 1;
    // A crawl host waits for each of its pages by itself.
    if (!isBatched(job) || crawlHostOf(record.file) !== null) await queuePage(queues.page, job);
    else if (waiting.push(job) >= BATCH_JOBS_MAX) await queueAll(queues, waiting.splice(0));
  }
  await queueAll(queues, waiting);
  await Promise.all(processed.ends().map(([file, offset]) => store.markProcessedTo(file, offset)));
  if (count > 0) log.info({ event: 'captures.requeued', count }, 'queued captures that had no end state');
  return count;
}

/** Jobs that wait in the queue at once: were all of them batches, some 20 MB of Redis. */
export const QUEUED_MAX = 1_000;
const ROOM_LOOK_MS = 50;

async function queueAll({ page }: Queues, [first, ...others]: readonly BatchedJob[]): Promise<void> {
  if (first !== undefined) await queuePage(page, joinJobs([first, ...others]));
}

/** Waits until the queue is less than {@link QUEUED_MAX} deep. @throws the signal's reason. */
async function untilRoom({ page }: Queues, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if ((await page.getJobCountByTypes('waiting')) < QUEUED_MAX) return;
    await new Promise((resolve) => setTimeout(resolve, ROOM_LOOK_MS));
  }
}

/** How far each file is processed without a gap, so that the next start need not look there again. */
class ProcessedStretches {
  readonly #ends = new Map<string, number>();
  readonly #interrupted = new Set<string>();

  note({ file, offset, length }: ScannedRecord, isProcessed: boolean): void {
    if (!isProcessed) this.#interrupted.add(file);
    else if (!this.#interrupted.has(file)) this.#ends.set(file, offset + length);
  }

  ends(): [file: string, offset: number][] {
    return [...this.#ends];
  }
}

/** @returns the job that has a record processed; null where it is, or nothing is to be done. */
export function pageJobOf(record: ScannedRecord, store: Store): PageJob | null {
  if (record.kind === 'foreign' || record.kind === 'damaged') return null;
  if (record.kind === 'run') {
    const summary = crawlSummarySchema.safeParse(record.summary);
    return summary.success && !store.hasRun(record.runId) ? { v: 1, kind: 'run', summary: summary.data } : null;
  }
  if (record.kind === 'readerChange') return reextractJobOf(record, store);
  return store.isProcessed(record.reference) ? null : pageJobFor(record, record.reference);
}

/** A note stands before its effect: one without it was left by a process that was killed. */
function reextractJobOf(note: Extract<ScannedRecord, { kind: 'readerChange' }>, store: Store): PageJob | null {
  const { file, offset, length, runId } = note;
  const change = extractorChangeSchema.safeParse(note.change);
  if (!change.success || store.isProcessed({ file, offset, length })) return null;
  return { v: 1, kind: 'reextract', runId, article: change.data.article, note: { file, offset, length } };
}

interface EarlierListFetches {
  readonly dataDir: string;
  readonly store: Store;
  readonly interpret: InterpretCapture;
  readonly log: Logger;
}

/**
 * Brings a catalogue of an older form to know which lists were asked for: reads the processed lists of the journal once more.
 * What is not processed yet is noted when it is. Does nothing where the catalogue knows already.
 */
export async function noteEarlierListFetches(earlier: EarlierListFetches): Promise<void> {
  const { store, log } = earlier;
  if (store.knowsListFetches) return;
  log.info({ event: 'catalogue.listFetches' }, 'reading the captured lists once more, for the ledger');
  const count = await store.restoreListFetches(processedLists(earlier));
  log.info({ event: 'catalogue.listFetches', count }, 'noted which lists were asked for');
}

async function* processedLists({ dataDir, store, interpret, log }: EarlierListFetches): AsyncIterable<ListResult> {
  for await (const record of scanCaptures(dataDir)) {
    const isPage = record.kind === 'response' || record.kind === 'notModified' || record.kind === 'failure';
    if (!isPage || record.target.kind === 'article' || !store.isProcessed(record.reference)) continue;
    try {
      const meaning = await interpret(record);
      if (meaning?.kind === 'list') yield meaning.list;
    } catch (error) {
      // The worker could not parse it either; `verify` names it.
      log.warn({ event: 'capture.unreadable', file: record.file, err: error }, 'could not read a captured list again');
    }
  }
}
