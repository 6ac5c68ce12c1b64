import { FatalError, PermanentError, UsageError } from '../../domain/errors.js';
import { toUtcInstant } from '../../platform/clock.js';
import { backfillJobId, isBackfill, sumOfParts } from '../../queue/backfill-jobs.js';
import {
  type CrawlJob,
  type CrawlPart,
  crawlPartSchema,
  type CrawlState,
  crawlStateSchema,
  type CrawlSummary,
  crawlSummarySchema,
} from '../../queue/crawl-jobs.js';
import type { JobEnd } from '../../queue/hand-over.js';
import { newRunId, openHandOver, queueCrawl, type Queues, untilEmpty } from '../../queue/open-queues.js';
import { dayIn, withDashes } from '../../sputnik/urls/calendar-days.js';
import { openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { knowledgeOf } from './catalogue-knowledge.js';
import { stateOfPart, sumOfStates } from './crawl-state.js';
import { openCrawlWorker, PAGES_READ_MS } from './open-crawl-worker.js';
import { readOpenBackfills, type BackfillStatus } from './backfill-pace.js';
import { type QueuedAhead, watchTurn } from './watch-turn.js';
import { isServed } from '../harvester/runtime.js';
import { withHarvester, withServiceQueues, type WorkClient, type WorkRequest } from '../harvester/with-harvester.js';
import type { QueueEvents } from 'bullmq';

export interface CrawlRequest extends WorkRequest {
  /** Leave the crawl to a service, running now or later, and return at once. */
  readonly detach: boolean;
  readonly onProgress: (state: CrawlState) => void;
  /** Called at once, and at every change, with what the crawl waits for. */
  readonly onWaiting?: (ahead: QueuedAhead) => void;
  /** Told how far a back-fill has come. */
  readonly onBackfill?: (status: BackfillStatus) => void;
}

type CrawlAnswer =
  | { readonly kind: 'finished'; readonly summary: CrawlSummary; readonly quarantined: number }
  | { readonly kind: 'detached'; readonly runId: string; readonly isServed: boolean };

const BACKFILL_LOOK_MS = 5_000;
/** A crawl of our own that was stopped has this long to end in order and to tell its summary. */
const STOPPED_CRAWL_MS = 5_500;

/**
 * Has one crawl performed. The job goes through queue `crawl` and its pages through queue `page`.
 *
 * @throws {FatalError} `crawl.failed`, `crawl.vanished`; what `withHarvester` throws.
 */
export async function requestCrawl(job: CrawlJob, request: CrawlRequest): Promise<CrawlAnswer> {
  const { config, clock } = request;
  const today = withDashes(dayIn('UTC', clock.now()));
  const backfillId = isBackfill(job, config.crawl.via, today) ? backfillJobId(job) : undefined;
  if (request.detach) {
    const queued = await withServiceQueues(request, 'sputnik crawl --detach', (queues) =>
      queueCrawl(queues, { ...job, runId: newRunId() }, backfillId),
    );
    return { kind: 'detached', runId: queued.data.runId ?? '', isServed: isServed(config) };
  }
  const summary = await withHarvester(request, 'crawl', async (client) => {
    if (client.harvester !== null) await startCrawling(client, backfillId);
    return queueAndWait(job, backfillId, request, client);
  });
  return { kind: 'finished', summary, quarantined: countQuarantined(config.dataDir) };
}

/** Has this process work off queue `crawl`, too. */
async function startCrawling({ harvester, queues, stop }: WorkClient, backfillId: string | undefined): Promise<void> {
  if (harvester === null) return;
  // What an earlier command left behind when it died is of no use to anyone, but for the same back-fill: it goes on.
  if (!(await isUnderWay(queues, backfillId))) {
    for (const queue of [queues.crawl, queues.backfill]) await queue.obliterate({ force: true });
  }
  // The user of the command wants the crawl now.
  await queues.backfill.resume();
  const ready = untilEmpty(queues.page, stop.signal, { totalMs: PAGES_READ_MS });
  await openCrawlWorker(harvester, knowledgeOf(harvester.queries, harvester), stop.signal, ready);
}

async function isUnderWay({ crawl }: Queues, backfillId: string | undefined): Promise<boolean> {
  const backfill = backfillId === undefined ? undefined : await crawl.getJob(backfillId);
  return backfill !== undefined && backfill.finishedOn === undefined;
}

async function queueAndWait(
  job: CrawlJob,
  backfillId: string | undefined,
  { clock, log, onProgress, onWaiting, onBackfill }: CrawlRequest,
  { harvester, queues, stop, closers }: WorkClient,
): Promise<CrawlSummary> {
  const crawls = await openHandOver(queues.crawl, queues, { closers, log });
  const runId = newRunId();
  const jobId = backfillId ?? `run-${runId}`;
  const parts = backfillId === undefined ? null : await openHandOver(queues.backfill, queues, { closers, log });
  const sources = [crawls.events, ...(parts === null ? [] : [parts.events])];
  const watch = new BackfillWatch(jobId, toUtcInstant(clock.now()), sources, onProgress);
  const ended = crawls.endOf(jobId).then(summaryOf);
  const queued = await queueCrawl(queues, { ...job, runId }, backfillId);
  const turn = watchTurn(queued, queues, onWaiting ?? (() => undefined));
  closers.push('turn', () => {
    turn.stop();
  });
  if (backfillId !== undefined && onBackfill !== undefined)
    tellBackfill(queued, queues, { clock, closers, onBackfill });
  // The rest of a divided crawl waits for the next call; the summary covers what is done by now.
  const isDivided = backfillId !== undefined && harvester !== null;
  const told = isDivided ? Promise.race([ended, watch.summaryAtStop(stop.signal, queued.data)]) : ended;
  // Stopping the command does not stop the service's crawl, so there is nothing to wait for.
  return stop.orEnd(told, harvester === null ? 0 : STOPPED_CRAWL_MS);
}

/** Reports the progress of a back-fill every few seconds; failed queries are skipped. */
function tellBackfill(
  { data }: { readonly data: CrawlJob },
  queues: Queues,
  {
    clock,
    closers,
    onBackfill,
  }: Pick<WorkClient, 'closers'> &
    Pick<CrawlRequest, 'clock'> & { readonly onBackfill: (status: BackfillStatus) => void },
): void {
  const timer = setInterval(() => {
    readOpenBackfills(queues, clock)
      .then((backfills) => backfills.find(({ runId }) => runId === data.runId))
      .then((status) => {
        if (status !== undefined) onBackfill(status);
      })
      .catch(() => undefined); // whether Redis answers is watched elsewhere
  }, BACKFILL_LOOK_MS);
  closers.push('back-fill told', () => {
    clearInterval(timer);
  });
}

/** Hints for a crawl that could not keep what it fetched. */
const CAPTURE_HINTS: Readonly<Record<string, string>> = {
  'capture.diskFull': 'Free space on the disk that holds dataDir, then start again; nothing is lost',
  'capture.notWritable': 'Let the user who runs this command own dataDir, on a disk that can be written',
};

/** @throws {UsageError | PermanentError | FatalError} by the code that the crawl failed with. */
function summaryOf(end: JobEnd): CrawlSummary {
  if (end.kind === 'completed') return crawlSummarySchema.parse(end.value);
  if (end.kind === 'lost') {
    throw new FatalError('the crawl vanished from the queue while it ran', { code: 'crawl.vanished' });
  }
  const [, code, message = code] = /^([a-z]+\.[A-Za-z]+): (.*)$/s.exec(end.reason) ?? [];
  if (code === undefined) throw new FatalError(`the crawl failed: ${end.reason}`, { code: 'crawl.failed' });
  const hint = CAPTURE_HINTS[code];
  if (hint !== undefined) throw new FatalError(message ?? code, { code, hint });
  if (code.startsWith('crawl.unknown')) throw new UsageError(message ?? code, { code });
  throw new PermanentError(message ?? code, { code });
}

function countQuarantined(dataDir: string): number {
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) return 0;
  try {
    return catalogue.queries.corpus.counts().quarantined;
  } finally {
    catalogue.close();
  }
}

/** Follows a crawl, or a back-fill and its parts, from outside the process that works on it. */
class BackfillWatch {
  readonly #jobId: string;
  readonly #startedAt: string;
  readonly #startedAtMs = performance.now();
  readonly #done: CrawlPart[] = [];
  /** Job id → where it stands. */
  readonly #underWay = new Map<string, CrawlState>();

  /**
   * @param jobId      Of the crawl; the ids of a back-fill's parts begin with it.
   * @param startedAt  UTC instant of now, for the summary.
   * @param sources    Events of the queues that they are in.
   */
  constructor(
    jobId: string,
    startedAt: string,
    sources: readonly QueueEvents[],
    onProgress: (state: CrawlState) => void,
  ) {
    this.#jobId = jobId;
    this.#startedAt = startedAt;
    for (const events of sources) this.#listen(events, onProgress);
  }

  #listen(events: QueueEvents, onProgress: (state: CrawlState) => void): void {
    events.on('progress', ({ jobId: id, data }) => {
      const state = this.#isOurs(id) ? crawlStateSchema.safeParse(data).data : undefined;
      if (state === undefined) return;
      this.#underWay.set(id, state);
      onProgress(this.#state());
    });
    events.on('completed', ({ jobId: id, returnvalue }) => {
      const part = this.#isOurs(id) ? crawlPartSchema.safeParse(returnvalue).data : undefined;
      if (part === undefined) return;
      this.#underWay.delete(id);
      this.#done.push(part);
      onProgress(this.#state());
    });
  }

  /** @returns the summary of the parts that were done when `signal` was aborted. */
  async summaryAtStop(signal: AbortSignal, backfill: CrawlJob): Promise<CrawlSummary> {
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    const editions = new Set(this.#done.flatMap((part) => part.editions));
    const durationMs = Math.round(performance.now() - this.#startedAtMs);
    return {
      ...sumOfParts(this.#done, [...editions]),
      runId: backfill.runId ?? '',
      startedAt: this.#startedAt,
      durationMs,
      requestedBy: backfill.requestedBy,
      aborted: true,
    };
  }

  #isOurs(id: string): boolean {
    return id === this.#jobId || id.startsWith(`${this.#jobId}-`);
  }

  #state(): CrawlState {
    return sumOfStates([...this.#done.map(stateOfPart), ...this.#underWay.values()]);
  }
}
