import { DAY_MS } from '../../domain/units.js';
import type { CaptureWriter } from '../../captures/capture-writer.js';
import type { Logger } from '../../platform/logger.js';
import type { Queues } from '../../queue/open-queues.js';
import { checkSample } from '../../store/verify/check-record.js';
import type { Store } from '../../store/writer/store.js';

interface MaintenanceDependencies {
  readonly dataDir: string;
  readonly store: Store;
  readonly queues: Queues;
  readonly captures: CaptureWriter;
  readonly bodyBytesMax: number;
  readonly log: Logger;
}

/** Records that are read again each time, by lot: within some months every one of a corpus of ten thousand. */
const SAMPLE_RECORDS_MAX = 200;
/** Failed jobs are evidence for so long; their captures stay anyway. */
const FAILED_JOBS_KEPT_MS = 7 * DAY_MS;
const JOBS_CLEANED_MAX = 10_000;

/**
 * The daily maintenance of a data directory, by its writer, beside everything else: old summaries of runs and old failed
 * jobs go, the catalogue is compacted and its log emptied, the capture file is closed so that it can be kept elsewhere, and
 * some records are read again with their captures. Asks nothing of any site, and mends nothing: damage is named in the log.
 */
export async function maintainData(deps: MaintenanceDependencies): Promise<void> {
  const { dataDir, store, queues, captures, bodyBytesMax, log } = deps;
  const startedAt = performance.now();
  captures.rollOver();
  const runs = await store.maintain();
  const jobs = [
    ...(await queues.page.clean(FAILED_JOBS_KEPT_MS, JOBS_CLEANED_MAX, 'failed')),
    ...(await queues.crawl.clean(FAILED_JOBS_KEPT_MS, JOBS_CLEANED_MAX, 'failed')),
    ...(await queues.backfill.clean(FAILED_JOBS_KEPT_MS, JOBS_CLEANED_MAX, 'failed')),
  ];
  const { records, faults } = await checkSample(dataDir, SAMPLE_RECORDS_MAX, bodyBytesMax);
  for (const { code, place, detail } of faults.faults) {
    log.error(
      { event: 'maintenance.fault', code, file: place, reason: detail },
      'damage found; `sputnik verify` says more',
    );
  }
  const durationMs = Math.round(performance.now() - startedAt);
  const reason = `${runs} old runs, ${jobs.length} old failed jobs; ${records} records read, ${faults.total} faults`;
  log.info({ event: 'maintenance.done', count: records, durationMs, reason }, 'maintenance is done');
}
