import { FatalError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import { Closers } from '../platform/closers.js';
import { readLockHolder } from '../platform/data-dir-lock.js';
import { newRunId, type Queues } from '../queue/open-queues.js';
import type { QuarantineAction } from '../queue/page-jobs.js';
import { RunTally } from '../queue/run-tally.js';
import type { QuarantinedPage } from '../store/catalogue/quarantine-rows.js';
import { FatalStop } from './fatal-stop.js';
import { commandPrefix, openHarvester, SERVICE_PREFIX, type Runtime } from './open-harvester.js';
import { openServiceQueues } from './open-service-queues.js';

export interface QuarantineRequest extends Runtime {
  readonly action: QuarantineAction;
  readonly pages: readonly QuarantinedPage[];
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** How often the tally is looked at. */
const POLL_MS = 50;
/** A service may have much to do before; without any progress for so long it is taken to hang. */
const STALLED_MS = 10 * 60_000;

/**
 * Has quarantined pages processed again, or given up: by the service that works in the data directory if there is one
 * (only the writer may change the store), else by this process. Either way through queue `page`.
 *
 * @returns for each page by its quarantine id what became of it; `failed`: it is in quarantine still.
 * @throws {FatalError} `lock.held` when another command works there; `quarantine.stalled`; what opening throws.
 */
export async function decideQuarantined(request: QuarantineRequest): Promise<ReadonlyMap<number, Outcome>> {
  if (request.pages.length === 0) return new Map();
  const isServed = readLockHolder(request.config.dataDir)?.purpose === 'serve';
  return isServed ? decideThroughService(request) : decideAlone(request);
}

async function decideThroughService(request: QuarantineRequest): Promise<ReadonlyMap<number, Outcome>> {
  const closers = new Closers(request.log);
  try {
    const queues = await openServiceQueues(request, 'sputnik failed', closers);
    return await queueAndWait(request, queues, new RunTally(queues.redis, SERVICE_PREFIX), request.signal);
  } finally {
    await closers.closeAll();
  }
}

async function decideAlone(request: QuarantineRequest): Promise<ReadonlyMap<number, Outcome>> {
  const stop = new FatalStop(request.signal);
  const harvester = await openHarvester(request, 'failed', commandPrefix(request.config.dataDir), stop.stop);
  try {
    return await queueAndWait(request, harvester.queues, harvester.tally, stop.signal);
  } catch (error) {
    stop.throwIfStopped();
    throw error;
  } finally {
    await harvester.closers.closeAll();
  }
}

async function queueAndWait(
  { action, pages, onProgress }: QuarantineRequest,
  queues: Queues,
  tally: RunTally,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Outcome>> {
  const runId = newRunId();
  for (const { id, capture } of pages) await queues.addPage({ v: 1, kind: 'quarantine', runId, action, id, capture });
  const outcomes = await waitForAll(runId, pages.length, { tally, signal, onProgress });
  await tally.forget(runId);
  return outcomes;
}

async function waitForAll(
  runId: string,
  count: number,
  { tally, signal, onProgress }: { tally: RunTally; signal: AbortSignal; onProgress: (done: number) => void },
): Promise<ReadonlyMap<number, Outcome>> {
  let progressAt = performance.now();
  let done = 0;
  for (;;) {
    signal.throwIfAborted();
    const outcomes = await tally.outcomes(runId);
    if (outcomes.size > done) {
      done = outcomes.size;
      progressAt = performance.now();
      onProgress(done);
    }
    if (done >= count) return new Map([...outcomes].map(([name, outcome]) => [Number(name.split('/')[1]), outcome]));
    if (performance.now() - progressAt > STALLED_MS) {
      throw new FatalError(`${count - done} of ${count} pages have had no answer for ${STALLED_MS / 60_000} minutes`, {
        code: 'quarantine.stalled',
        hint: 'they stay queued; `sputnik status` shows whether anybody works on them',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
