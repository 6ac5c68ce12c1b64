import { FatalError } from '../../domain/errors.js';
import { OUTCOMES, type Outcome } from '../../domain/outcome.js';
import { crawlsOfPages, type CrawlState } from '../../queue/crawl-jobs.js';
import { PageBatch } from '../../queue/hand-over.js';
import { newRunId } from '../../queue/open-queues.js';
import type { QuarantineAction } from '../../queue/page-jobs.js';
import { openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { isListedForAnswers, type QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import { sumOfPages } from '../crawl/crawl-state.js';
import { requestCrawl } from '../crawl/request-crawl.js';
import { jobsLost, withHarvester, type WorkRequest } from '../harvester/with-harvester.js';

interface QuarantineRequest extends WorkRequest {
  readonly action: QuarantineAction;
  readonly pages: readonly QuarantinedPage[];
  readonly onProgress: (done: number) => void;
}

/** A service may have much to do before; without any progress for so long it is taken to hang. */
const STALLED_MS = 10 * 60_000;

/**
 * Has quarantined pages processed again, or given up. One that did not answer is asked for again: there is no capture
 * to read.
 *
 * @returns for each page by its quarantine id what became of it; `failed`: it is in quarantine still.
 * @throws {FatalError} `quarantine.stalled`, `jobs.lost`; what `withHarvester` throws.
 */
export async function decideQuarantined(request: QuarantineRequest): Promise<ReadonlyMap<number, Outcome>> {
  const { action, pages } = request;
  const { unanswered, captured } = splitQuarantined(action, pages);
  const outcomes = await processAgain({ ...request, pages: captured });
  for (const [id, outcome] of await askAgain({ ...request, pages: unanswered }, outcomes.size))
    outcomes.set(id, outcome);
  return outcomes;
}

/**
 * @returns the pages that a retry fetches from the site, and those whose capture is processed again or given up. Pure.
 */
export function splitQuarantined(
  action: QuarantineAction,
  pages: readonly QuarantinedPage[],
): { readonly unanswered: readonly QuarantinedPage[]; readonly captured: readonly QuarantinedPage[] } {
  const isAskedAgain = (page: QuarantinedPage): boolean => action === 'retry' && isListedForAnswers(page);
  return { unanswered: pages.filter(isAskedAgain), captured: pages.filter((page) => !isAskedAgain(page)) };
}

async function askAgain(request: QuarantineRequest, done: number): Promise<ReadonlyMap<number, Outcome>> {
  const { config, pages, onProgress } = request;
  const outcomes = new Map<number, Outcome>();
  for (const { job, pages: chunk } of crawlsOfPages(pages, { requestedBy: 'failed', attached: true })) {
    const before = done + outcomes.size;
    const ofChunk = ({ editions }: CrawlState): void => {
      onProgress(before + sumOfPages(Object.values(editions)).fetched);
    };
    await requestCrawl(job, { ...request, detach: false, onProgress: ofChunk });
    const catalogue = openCatalogueQueries(config.dataDir);
    try {
      for (const { id, pageId } of chunk) {
        const newest = catalogue?.queries.pages.story(pageId)?.captures.at(-1)?.outcome;
        outcomes.set(id, OUTCOMES.find((outcome) => outcome === newest) ?? 'failed');
      }
    } finally {
      catalogue?.close();
    }
  }
  return outcomes;
}

async function processAgain(request: QuarantineRequest): Promise<Map<number, Outcome>> {
  const { action, onProgress } = request;
  if (request.pages.length === 0) return new Map();
  return withHarvester(request, 'failed', async ({ pages, stop }) => {
    const runId = newRunId();
    const stalled = { afterMs: STALLED_MS, error: quarantineStalled };
    // Named by the quarantine's own id: several captures of one page may wait in it.
    const batch = new PageBatch<number>(pages, {
      lost: jobsLost,
      stalled,
      onOutcome: (_id, _outcome, ended) => {
        onProgress(ended);
      },
    });
    for (const { id, capture } of request.pages)
      await batch.add({ v: 1, kind: 'quarantine', runId, action, id, capture }, id);
    await batch.finish(stop.signal);
    return new Map(batch.outcomes);
  });
}

function quarantineStalled(pending: number): FatalError {
  return new FatalError(`${pending} pages have got no result for ${STALLED_MS / 60_000} minutes`, {
    code: 'quarantine.stalled',
    hint: 'they stay queued; `sputnik status` shows whether a process works on them',
  });
}
