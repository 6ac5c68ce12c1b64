import { listCaptureFiles } from '../captures/capture-files.js';
import type { ScannedRecord } from '../captures/decode-record.js';
import { scanCaptures } from '../captures/scan-captures.js';
import type { ArticleKey } from '../domain/page.js';
import { extractorChangeSchema } from '../domain/extractor-change.js';
import { crawlSummarySchema } from '../queue/crawl-jobs.js';
import { pageJobFor, type PageJob } from '../queue/page-jobs.js';
import type { Logger } from '../platform/logger.js';
import type { Queues } from '../queue/open-queues.js';
import type { Store } from '../store/writer/store.js';

export interface PendingSearch {
  readonly dataDir: string;
  readonly queues: Queues;
  readonly store: Store;
  readonly log: Logger;
}

/**
 * The captures folder is the journal, the page queue only a cache of it: what a dead process left queued is thrown away,
 * and every capture without an end state is queued again, in order. So it makes no difference whether the queue, some of
 * it or all of Redis was lost. Up to where a file is settled without a gap is remembered: the next start begins there.
 */
export async function queuePendingCaptures({ dataDir, queues, store, log }: PendingSearch): Promise<number> {
  await queues.page.obliterate({ force: true });
  const files = await listCaptureFiles(dataDir);
  const from = new Map(files.map(({ file }) => [file, store.processedTo(file)]));
  const settled = new SettledStretches();
  let count = 0;
  for await (const record of scanCaptures(dataDir, { from })) {
    const job = jobOf(record, store);
    settled.note(record, job === null && record.kind !== 'damaged');
    if (job === null) continue;
    await queues.addPage(job);
    count += 1;
  }
  await Promise.all(settled.ends().map(([file, offset]) => store.markProcessedTo(file, offset)));
  if (count > 0) log.info({ event: 'captures.requeued', count }, 'queued captures that had no end state');
  return count;
}

/** How far each file is settled without a gap, so that the next start need not look there again. */
class SettledStretches {
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

function jobOf(record: ScannedRecord, store: Store): PageJob | null {
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
  const article = change.data.article as ArticleKey;
  return { v: 1, kind: 'reextract', runId, article, note: { file, offset, length } };
}
