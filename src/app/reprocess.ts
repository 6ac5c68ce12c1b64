import { FatalError, PermanentError } from '../domain/errors.js';
import type { ArticleKey } from '../domain/page.js';
import { Closers } from '../platform/closers.js';
import { noCrash } from '../platform/crash-points.js';
import { runLimited } from '../platform/run-limited.js';
import { PageBatch } from '../queue/hand-over.js';
import { newRunId, untilEmpty, type Queues } from '../queue/open-queues.js';
import { openCatalogueQueries, type CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { ReadKeysQuery } from '../store/catalogue/article-queries.js';
import type { ReadPageResult } from '../store/writer/capture-interpreter.js';
import { extractorChangeOf, reextract, type Reextraction } from '../store/writer/reextract-article.js';
import { ExtractionTally, type ExtractionCounts } from './extraction-tally.js';
import { openInterpreter } from './open-interpreter.js';
import { jobsLost, withHarvester, type WorkClient, type WorkRequest } from './with-harvester.js';

export interface ReprocessRequest extends WorkRequest {
  /** Changes nothing on the disk. */
  readonly dryRun: boolean;
  readonly which: ReadKeysQuery;
  /** Most articles read; null: all. */
  readonly limit: number | null;
  /** Samples for each field. */
  readonly samplesMax: number;
  readonly onProgress: (progress: { readonly done: number; readonly of: number; readonly differing: number }) => void;
}

export interface ReprocessReport extends ExtractionCounts {
  readonly dryRun: boolean;
  /** Null for a dry run. */
  readonly runId: string | null;
  /** Articles that could not be brought to what was extracted; the next run tries again. */
  readonly failed: number;
}

/** Articles that are read, and then handed over, at a time. */
const CHUNK = 64;
const READ_AT_ONCE = 4;
/** The queue of an earlier process has stood still for so long: nobody works it off. */
const STALLED_MS = 10 * 60_000;

/**
 * Extracts captures again with today's extractor and topics, and asks nothing of the site. Records, journal and links become
 * what today's extractor makes of the same captures; each record that changes is noted in the captures first, as a change of
 * the extractor.
 *
 * The change itself is made by the one writer, through queue `page`. A kill at any moment is made good by the next start of a
 * writer, or by running it again.
 *
 * @throws {FatalError} `catalogue.missing`, `jobs.…`; what `withHarvester` throws.
 */
export async function reprocess(request: ReprocessRequest): Promise<ReprocessReport> {
  if (request.dryRun) {
    const closers = new Closers(request.log);
    return closers.closeAfter(async () => {
      const counts = await readAll(request, openReading(request, closers), null);
      return { ...counts, dryRun: true, runId: null, failed: 0 };
    });
  }
  return withHarvester(request, 'reprocess', async (client) => {
    const { harvester, queues, stop, closers } = client;
    if (harvester !== null) await finishEarlierJobs(queues, stop.signal);
    const reading =
      harvester === null
        ? openReading(request, closers)
        : { queries: harvester.queries, read: harvester.interpreter.readPageResult };
    return apply({ ...request, signal: stop.signal }, reading, client);
  });
}

/** What reading takes. */
interface ReadingDependencies {
  readonly queries: CatalogueQueries;
  readonly read: ReadPageResult;
}

function openReading(request: ReprocessRequest, closers: Closers): ReadingDependencies {
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
  return { queries: catalogue.queries, read: openInterpreter(request, closers).readPageResult };
}

/** What an earlier process left is worked off first. */
async function finishEarlierJobs({ page }: Queues, signal: AbortSignal): Promise<void> {
  const left = await untilEmpty(page, signal, { idleMs: STALLED_MS });
  signal.throwIfAborted();
  if (left === 0) return;
  throw new FatalError(`${left} jobs have stood in the queue for ${STALLED_MS / 60_000} minutes`, {
    code: 'jobs.stalled',
    hint: '`sputnik status` shows whether anybody works on them',
  });
}

async function apply(
  request: ReprocessRequest,
  reading: ReadingDependencies,
  client: WorkClient,
): Promise<ReprocessReport> {
  const runId = newRunId();
  let failed = 0;
  const counts = await readAll(request, reading, async (found) => {
    const batch = new PageBatch<ArticleKey>(client.pages, { lost: jobsLost });
    for (const [key, reextraction] of found) await handOver(key, reextraction, runId, batch, client);
    await batch.finish(request.signal);
    failed += [...batch.outcomes.values()].filter((outcome) => outcome === 'failed').length;
  });
  return { ...counts, dryRun: false, runId, failed };
}

/** The note first: it stands before its effect, and has it made good where this process dies in between. */
async function handOver(
  key: ArticleKey,
  found: Reextraction,
  runId: string,
  batch: PageBatch<ArticleKey>,
  { captures, crashPoint = noCrash }: WorkClient,
): Promise<void> {
  if (found.kind === 'same' || found.kind === 'kept') return;
  const change = extractorChangeOf(key, runId, found);
  const noted = change === null ? null : await captures.appendExtractorChange(change);
  crashPoint('reextract.noted');
  const note = noted === null ? null : { file: noted.file, offset: noted.offset, length: noted.length };
  await batch.add({ v: 1, kind: 'reextract', runId, article: key, note }, key);
}

type OnFound = (found: readonly (readonly [ArticleKey, Reextraction])[]) => Promise<void>;

/** Reads everything that is asked for, chunk by chunk. */
async function readAll(
  request: ReprocessRequest,
  { queries, read }: ReadingDependencies,
  onFound: OnFound | null,
): Promise<ExtractionCounts> {
  const { which, limit, samplesMax, signal, onProgress } = request;
  const keys = queries.readKeys(which).slice(0, limit ?? Number.POSITIVE_INFINITY);
  const tally = new ExtractionTally(samplesMax);
  for (let start = 0; start < keys.length; start += CHUNK) {
    signal.throwIfAborted();
    const chunk = keys.slice(start, start + CHUNK);
    const found = await runLimited(
      chunk,
      READ_AT_ONCE,
      async (key) => [key, await readOrNull(key, queries, read)] as const,
    );
    for (const [key, reextraction] of found) {
      if (reextraction === null) tally.noteDamaged(key);
      else tally.note(key, reextraction);
    }
    if (onFound !== null)
      await onFound(
        found.flatMap(([key, reextraction]) => (reextraction === null ? [] : [[key, reextraction] as const])),
      );
    const { articles, changed, stored } = tally.counts;
    onProgress({ done: articles, of: keys.length, differing: changed + stored });
  }
  return tally.sums();
}

/** @returns null where the record's file is damaged: `sputnik verify` is the command for that. */
async function readOrNull(
  key: ArticleKey,
  queries: CatalogueQueries,
  read: ReadPageResult,
): Promise<Reextraction | null> {
  try {
    return await reextract(queries.article(key), queries.journal(key), read);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

/** For the exit code. */
export function isWhole({ failed, keptRecords }: ReprocessReport): boolean {
  return failed === 0 && !keptRecords.some(({ reason }) => reason === 'unreadable' || reason === 'recordDamaged');
}
