import { openCaptureWriter, type CaptureWriter } from '../captures/capture-writer.js';
import { FatalError, PermanentError } from '../domain/errors.js';
import type { ArticleKey } from '../domain/page.js';
import { Closers } from '../platform/closers.js';
import { noCrash } from '../platform/crash-points.js';
import { readLockHolder } from '../platform/data-dir-lock.js';
import { runLimited } from '../platform/run-limited.js';
import { newRunId } from '../queue/open-queues.js';
import { RunTally } from '../queue/run-tally.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { ReadKeysQuery } from '../store/catalogue/read-keys.js';
import type { ReadPageResult } from '../store/writer/capture-interpreter.js';
import { openCatalogueQueries } from '../store/catalogue/open-catalogue-queries.js';
import { extractorChangeOf, reextract, type Reextraction } from '../store/writer/reextract-article.js';
import { FatalStop } from './fatal-stop.js';
import { commandPrefix, openHarvester, SERVICE_PREFIX, type Runtime } from './open-harvester.js';
import { openServiceQueues } from './open-service-queues.js';
import { openResultReader } from './open-result-reader.js';
import { PageBatch, waitForQuietQueue, type PageBatchDependencies } from './page-batch.js';
import { ExtractionTally, type ExtractionCounts } from './extraction-tally.js';
import { SOFTWARE } from './software.js';

export interface ReprocessRequest extends Runtime {
  /** Changes nothing on the disk. */
  readonly dryRun: boolean;
  readonly which: ReadKeysQuery;
  /** Most articles read; null: all. */
  readonly limit: number | null;
  /** Samples for each field. */
  readonly samplesMax: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly of: number; readonly differing: number }) => void;
}

export interface ReprocessReport extends ExtractionCounts {
  readonly dryRun: boolean;
  /** Null for a dry run. */
  readonly runId: string | null;
  /** Articles that could not be brought to what was read; the next run tries again. */
  readonly failed: number;
}

/** Articles that are read, and then handed over, at a time. */
const CHUNK = 64;
const READ_AT_ONCE = 4;

/**
 * Reads captures again with today's reader and topics, and asks nothing of the site. Records, journal and links become what today's reader
 * makes of the same captures; each record that changes is noted in the captures first, as a change of the reader.
 *
 * The change itself is made by the one writer, through queue `page`: the service that works in the data directory if there is one, else this
 * process. A kill at any moment is made good by the next start of a writer, or by running it again.
 *
 * @throws {FatalError} `lock.held` when another command works there; `catalogue.missing`; `jobs.…`; what opening throws.
 */
export async function reprocess(request: ReprocessRequest): Promise<ReprocessReport> {
  const closers = new Closers(request.log);
  return closers.closeAfter(() => {
    if (request.dryRun) return examine(request, closers);
    const isServed = readLockHolder(request.config.dataDir)?.purpose === 'serve';
    return isServed ? throughService(request, closers) : alone(request, closers);
  });
}

/** What reading takes. */
interface ExtractionDependencies {
  readonly reader: CatalogueQueries;
  readonly read: ReadPageResult;
}

async function examine(request: ReprocessRequest, closers: Closers): Promise<ReprocessReport> {
  const deps = openReading(request, closers);
  return { ...(await readAll(request, deps, null)), dryRun: true, runId: null, failed: 0 };
}

async function throughService(request: ReprocessRequest, closers: Closers): Promise<ReprocessReport> {
  const { config, clock, signal } = request;
  const deps = openReading(request, closers);
  const queues = await openServiceQueues(request, 'sputnik reprocess', closers);
  const captures = await openCaptureWriter({
    dataDir: config.dataDir,
    clock,
    fileBytesMax: config.captures.fileBytesMax,
    software: SOFTWARE,
  });
  closers.push('captures', () => captures.close());
  return apply(request, deps, { queues, tally: new RunTally(queues.redis, SERVICE_PREFIX), signal, captures });
}

async function alone(request: ReprocessRequest, closers: Closers): Promise<ReprocessReport> {
  const stop = new FatalStop(request.signal);
  const harvester = await openHarvester(request, 'reprocess', commandPrefix(request.config.dataDir), stop.stop);
  closers.push('harvester', () => harvester.closers.closeAll(), HARVESTER_CLOSE_MS);
  const { queues, tally, captures, queries, readPageResult } = harvester;
  try {
    await waitForQuietQueue({ queues, signal: stop.signal });
    const deps = { reader: queries, read: readPageResult };
    return await apply(request, deps, { queues, tally, signal: stop.signal, captures });
  } catch (error) {
    // Why it was stopped says more than how that ended.
    stop.throwIfStopped();
    throw error;
  }
}

const HARVESTER_CLOSE_MS = 30_000;

function openReading(request: ReprocessRequest, closers: Closers): ExtractionDependencies {
  const { dataDir } = request.config;
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) {
    throw new FatalError(`no catalogue in ${dataDir} yet`, {
      code: 'catalogue.missing',
      hint: 'nothing is stored there; `sputnik verify --repair` makes it from captures that are',
    });
  }
  closers.push('catalogue', () => {
    catalogue.close();
  });
  return { reader: catalogue.queries, read: openResultReader(request, closers) };
}

interface ApplyBench extends PageBatchDependencies {
  readonly captures: CaptureWriter;
}

async function apply(
  request: ReprocessRequest,
  reading: ExtractionDependencies,
  deps: ApplyBench,
): Promise<ReprocessReport> {
  const runId = newRunId();
  const batch = new PageBatch(runId, deps);
  let failed = 0;
  const sums = await readAll({ ...request, signal: deps.signal }, reading, async (found) => {
    for (const [key, anew] of found) await handOver(key, anew, { runId, batch, captures: deps.captures, request });
    for (const outcome of (await batch.settle()).values()) failed += outcome === 'failed' ? 1 : 0;
  });
  return { ...sums, dryRun: false, runId, failed };
}

interface HandOver {
  readonly runId: string;
  readonly batch: PageBatch;
  readonly captures: CaptureWriter;
  readonly request: ReprocessRequest;
}

/** The note first: it stands before its effect, and has it made good where this process dies in between. */
async function handOver(
  key: ArticleKey,
  found: Reextraction,
  { runId, batch, captures, request }: HandOver,
): Promise<void> {
  if (found.kind === 'same' || found.kind === 'kept') return;
  const change = extractorChangeOf(key, runId, found);
  const note = change === null ? null : await captures.appendExtractorChange(change);
  (request.crashPoint ?? noCrash)('reextract.noted');
  const place = note === null ? null : { file: note.file, offset: note.offset, length: note.length };
  await batch.hand({ v: 1, kind: 'reextract', runId, article: key, note: place }, key);
}

type OnFound = (found: readonly (readonly [ArticleKey, Reextraction])[]) => Promise<void>;

/** Reads everything that is asked for, chunk by chunk. */
async function readAll(
  request: ReprocessRequest,
  { reader, read }: ExtractionDependencies,
  onFound: OnFound | null,
): Promise<ExtractionCounts> {
  const { which, limit, samplesMax, signal, onProgress } = request;
  const keys = reader.readKeys(which).slice(0, limit ?? Number.POSITIVE_INFINITY);
  const tally = new ExtractionTally(samplesMax);
  for (let start = 0; start < keys.length; start += CHUNK) {
    signal.throwIfAborted();
    const chunk = keys.slice(start, start + CHUNK);
    const found = await runLimited(
      chunk,
      READ_AT_ONCE,
      async (key) => [key, await readOrNull(key, reader, read)] as const,
    );
    for (const [key, anew] of found) {
      if (anew === null) tally.noteDamaged(key);
      else tally.note(key, anew);
    }
    if (onFound !== null) await onFound(found.flatMap(([key, anew]) => (anew === null ? [] : [[key, anew] as const])));
    const { articles, changed, stored } = tally.counts;
    onProgress({ done: articles, of: keys.length, differing: changed + stored });
  }
  return tally.sums();
}

/** @returns null where the record's file is damaged: `sputnik verify` is the command for that. */
async function readOrNull(
  key: ArticleKey,
  reader: CatalogueQueries,
  read: ReadPageResult,
): Promise<Reextraction | null> {
  try {
    return await reextract(reader.article(key), reader.journal(key), read);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

/** For the exit code. */
export function isWhole({ failed, keptRecords }: ReprocessReport): boolean {
  return failed === 0 && !keptRecords.some(({ reason }) => reason === 'unreadable' || reason === 'recordDamaged');
}
