import { FatalError } from '../../domain/errors.js';
import type { Outcome } from '../../domain/outcome.js';
import { PageBatch } from '../../queue/hand-over.js';
import { newRunId } from '../../queue/open-queues.js';
import type { QuarantineAction } from '../../queue/page-jobs.js';
import type { QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import { jobsLost, withHarvester, type WorkRequest } from '../harvester/with-harvester.js';

export interface QuarantineRequest extends WorkRequest {
  readonly action: QuarantineAction;
  readonly pages: readonly QuarantinedPage[];
  readonly onProgress: (done: number) => void;
}

/** A service may have much to do before; without any progress for so long it is taken to hang. */
const STALLED_MS = 10 * 60_000;

/**
 * Has quarantined pages processed again, or given up.
 *
 * @returns for each page by its quarantine id what became of it; `failed`: it is in quarantine still.
 * @throws {FatalError} `quarantine.stalled`, `jobs.lost`; what `withHarvester` throws.
 */
export async function decideQuarantined(request: QuarantineRequest): Promise<ReadonlyMap<number, Outcome>> {
  const { action, onProgress } = request;
  if (request.pages.length === 0) return new Map();
  return withHarvester(request, 'failed', async ({ pages, stop }) => {
    const runId = newRunId();
    const stalled = { afterMs: STALLED_MS, error: quarantineStalled };
    // Named by the quarantine's own id: several captures of one page may wait in it.
    const batch = new PageBatch<number>(pages, { lost: jobsLost, stalled, onProgress });
    for (const { id, capture } of request.pages)
      await batch.add({ v: 1, kind: 'quarantine', runId, action, id, capture }, id);
    await batch.finish(stop.signal);
    return batch.outcomes;
  });
}

function quarantineStalled(pending: number): FatalError {
  return new FatalError(`${pending} pages have had no answer for ${STALLED_MS / 60_000} minutes`, {
    code: 'quarantine.stalled',
    hint: 'they stay queued; `sputnik status` shows whether anybody works on them',
  });
}
