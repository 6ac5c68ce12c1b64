import type { CaptureWriter } from '../captures/capture-writer.js';
import type { Logger } from '../platform/logger.js';
import type { Queues } from '../queue/open-queues.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { Drift } from '../store/drift/find-drift.js';
import type { Store } from '../store/writer/store.js';

interface MaintenanceDependencies {
  readonly store: Store;
  readonly queues: Queues;
  readonly captures: CaptureWriter;
  readonly bodyBytesMax: number;
  readonly log: Logger;
}

/** Records that are read again each time, by lot: within some months every one of a corpus of ten thousand. */
const SAMPLE_RECORDS_MAX = 200;
/** Failed jobs are evidence for so long; their captures stay anyway. */
const FAILED_JOBS_KEPT_MS = 7 * 86_400_000;
const JOBS_CLEANED_MAX = 10_000;

/**
 * The daily maintenance of a data directory, by its writer, beside everything else: old summaries of runs and old failed
 * jobs go, the catalogue is compacted and its log emptied, the capture file is closed so that it can be kept elsewhere, and
 * some records are read again with their captures. Asks nothing of any site, and mends nothing: damage is named in the log.
 */
export async function maintainData(deps: MaintenanceDependencies): Promise<void> {
  const { store, queues, captures, bodyBytesMax, log } = deps;
  const startedAt = performance.now();
  captures.rollOver();
  const runs = await store.tidy();
  const jobs = [
    ...(await queues.page.clean(FAILED_JOBS_KEPT_MS, JOBS_CLEANED_MAX, 'failed')),
    ...(await queues.crawl.clean(FAILED_JOBS_KEPT_MS, JOBS_CLEANED_MAX, 'failed')),
  ];
  const { records, faults } = await store.checkSample(SAMPLE_RECORDS_MAX, bodyBytesMax);
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

/**
 * @returns  A function that looks how well pages were read and tells each fall of a fill rate once, and once when it is over.
 *           What it told lives as long as the process.
 */
export function createDriftWatch(queries: Pick<CatalogueQueries, 'drift'>, log: Logger): () => void {
  let told = new Map<string, Drift>();
  return () => {
    const alarms = new Map(queries.drift().alarms.map((drift) => [keyOf(drift), drift]));
    for (const [key, drift] of alarms) if (!told.has(key)) log.warn(fieldsOf('reader.drift', drift), DRIFT);
    for (const [key, drift] of told) if (!alarms.has(key)) log.info(fieldsOf('reader.driftOver', drift), OVER);
    told = alarms;
  };
}

const DRIFT = 'a field is found less often than it was: see `sputnik drift`';
const OVER = 'a field is found as often as before';

function fieldsOf(event: string, { edition, reader, field, recent, past, examples }: Drift): object {
  const by = reader === null ? '' : ` by ${reader}`;
  return {
    event,
    edition,
    field,
    count: recent.total - recent.filled,
    reason: `found${by} on ${recent.filled} of ${recent.total} pages, before on ${past.filled} of ${past.total}`,
    ...(examples[0] === undefined ? {} : { url: examples[0].url, pageId: examples[0].pageId }),
  };
}

function keyOf({ edition, reader, field }: Drift): string {
  return [edition, reader ?? '', field].join(' ');
}
