import { listCaptureFiles } from '../captures/capture-files.js';
import { scanCaptureFile, type ScannedRecord } from '../captures/scan-captures.js';
import type { CatalogueReader } from '../store/catalogue/catalogue-reader.js';
import { crawlSummarySchema } from '../queue/crawl-jobs.js';
import type { ListVisit } from './list-ledger.js';

/** Newest runs whose sums are looked at. */
const RUNS_MAX = 100_000;

/**
 * Reads from the journal (the captures folder) which lists were asked for and what came of it; the catalogue keeps only what
 * lists announced. Reads headers only.
 *
 * @param sinceMs  Capture files that were last written to before it are passed over.
 */
export async function* readListVisits(
  dataDir: string,
  reader: CatalogueReader,
  sinceMs: number,
): AsyncIterable<ListVisit> {
  const losses = lossesOfRuns(reader);
  for (const { file, modifiedAtMs } of await listCaptureFiles(dataDir)) {
    if (modifiedAtMs < sinceMs) continue;
    for await (const record of scanCaptureFile(dataDir, file)) {
      const visit = visitOf(record, losses);
      if (visit !== null) yield visit;
    }
  }
}

/** `<runId> <edition or list>` → reason: what gave a run nothing of use, although it may have been answered with 200. */
function lossesOfRuns(reader: CatalogueReader): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const run of reader.runs(RUNS_MAX)) {
    const summary = crawlSummarySchema.safeParse(run).data;
    if (summary === undefined) continue;
    const { runId, unreachable, unreadLists = [] } = summary;
    for (const { edition, reason } of unreachable) reasons.set(nameOf(runId, edition), reason);
    for (const { url, reason } of unreadLists) reasons.set(nameOf(runId, url), reason);
  }
  return reasons;
}

function visitOf(record: ScannedRecord, losses: ReadonlyMap<string, string>): ListVisit | null {
  if (record.kind === 'foreign' || record.kind === 'damaged' || record.kind === 'run') return null;
  const { kind, edition, url } = record.target;
  if (kind === 'article') return null;
  const visit = { edition, kind, url, at: record.reference.fetchedAt };
  if (record.kind === 'failure') return { ...visit, failure: record.reason };
  if (kind === 'robots' || record.kind === 'notModified') return null;
  // A block page, and XML that is cut off, answer 200: then the run says that nothing of use came.
  const loss = losses.get(nameOf(record.runId, url)) ?? losses.get(nameOf(record.runId, edition));
  if (loss !== undefined) return { ...visit, failure: loss };
  return { ...visit, failure: record.status === 200 ? null : 'notFound' };
}

function nameOf(runId: string, what: string): string {
  return `${runId} ${what}`;
}
