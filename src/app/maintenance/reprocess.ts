import { FatalError, PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { Closers } from '../../platform/closers.js';
import { noCrash } from '../../platform/crash-points.js';
import { runLimited } from '../../platform/in-turns.js';
import { PageBatch } from '../../queue/hand-over.js';
import { newRunId, type Queues, untilEmpty } from '../../queue/open-queues.js';
import { type CatalogueQueries, openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { ReadKeysQuery } from '../../store/catalogue/article-queries.js';
import type { ReadPageResult } from '../../store/writer/capture-interpreter.js';
import {
  extractorChangeOf,
  type KeptReason,
  reextract,
  type Reextraction,
} from '../../store/writer/reextract-article.js';
import { openInterpreter } from '../harvester/open-interpreter.js';
import { jobsLost, withHarvester, type WorkClient, type WorkRequest } from '../harvester/with-harvester.js';
import { type FieldChange, READ_FIELDS, type ReadField } from '../../domain/extraction.js';

interface ReprocessRequest extends WorkRequest {
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
  /** Articles that could not be updated; the next run tries again. */
  readonly failed: number;
}

/** Articles that are read, and then handed over, at a time. */
const CHUNK = 64;
const READ_AT_ONCE = 32;
/** If the queue of an earlier process has not moved for this long, nothing processes it. */
const STALLED_MS = 10 * 60_000;

/**
 * Extracts captures again with today's extractor and topics, and asks nothing of the site. Records, journal and links
 * become what today's extractor makes of the same captures; each record that changes is noted in the captures first, as
 * a change of the extractor.
 *
 * The change itself is made by the one writer, through queue `page`. A kill at any moment is made good by the next
 * start of a writer, or by running it again.
 *
 * @throws {FatalError} `catalogue.missing`, `jobs.…`; what `withHarvester` throws.
 */
export async function reprocess(asked: ReprocessRequest): Promise<ReprocessReport> {
  const request = { ...asked, isBulk: true };
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

interface ReadingDependencies {
  readonly queries: CatalogueQueries;
  readonly read: ReadPageResult;
}

function openReading(request: ReprocessRequest, closers: Closers): ReadingDependencies {
  const { dataDir } = request.config;
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) {
    throw new FatalError(`there is no catalogue in ${dataDir} yet`, {
      code: 'catalogue.missing',
      hint: 'nothing is stored there; if there are captures, `sputnik verify --repair` makes the catalogue from them',
    });
  }
  closers.push('catalogue', catalogue.close);
  return { queries: catalogue.queries, read: openInterpreter(request, closers).readPageResult };
}

/** What an earlier process left is worked off first. */
async function finishEarlierJobs({ page }: Queues, signal: AbortSignal): Promise<void> {
  const left = await untilEmpty(page, signal, { idleMs: STALLED_MS });
  signal.throwIfAborted();
  if (left === 0) return;
  throw new FatalError(`${left} jobs have not moved in the queue for ${STALLED_MS / 60_000} minutes`, {
    code: 'jobs.stalled',
    hint: '`sputnik status` shows whether a process works on them',
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
  const readChunk = (start: number): Promise<(readonly [ArticleKey, Reextraction | null])[]> => {
    const chunk = keys.slice(start, start + CHUNK);
    const reading = runLimited(
      chunk,
      READ_AT_ONCE,
      async (key) => [key, await readOrNull(key, queries, read)] as const,
    );
    reading.catch(() => undefined); // reported by the code that waits for it, if any still does
    return reading;
  };
  let reading = readChunk(0);
  for (let start = 0; start < keys.length; start += CHUNK) {
    signal.throwIfAborted();
    const found = await reading;
    // Threads extract the next chunk while this one is handed over.
    reading = readChunk(start + CHUNK);
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
  return tally.summary();
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

/** Before and after of one field of one article. */
interface FieldSample extends Omit<FieldChange, 'field'> {
  readonly article: ArticleKey;
}

/** In how many articles a field reads otherwise. */
export interface FieldCount {
  readonly field: ReadField;
  readonly articles: number;
  readonly samples: readonly FieldSample[];
}

/** A record that is left as it is; `recordDamaged`: its file cannot be read. */
export interface KeptRecord {
  readonly article: ArticleKey;
  readonly reason: KeptReason | 'recordDamaged';
}

interface ExtractionCounts {
  /** Articles and captures that were read again. */
  readonly articles: number;
  readonly captures: number;
  /** Records that differ. */
  readonly changed: number;
  /** Articles without a record that are stored now: off topic or no article by the extractor or the topics of then. */
  readonly stored: number;
  /** No record differs, only what the catalogue says of the pages. */
  readonly noted: number;
  readonly same: number;
  readonly kept: number;
  /** The first thousand. */
  readonly keptRecords: readonly KeptRecord[];
  /** In the order of the contract; only fields that differ anywhere. */
  readonly fields: readonly FieldCount[];
}

const KEPT_NAMED_MAX = 1_000;

/** Sums up what extracting again finds; memory grows with the fields only. */
class ExtractionTally {
  readonly #samplesMax: number;
  readonly #counts = { articles: 0, captures: 0, changed: 0, stored: 0, noted: 0, same: 0, kept: 0 };
  readonly #kept: KeptRecord[] = [];
  readonly #fields = new Map<ReadField, { articles: number; samples: FieldSample[] }>();

  /** @param samplesMax  Samples kept for each field. */
  constructor(samplesMax: number) {
    this.#samplesMax = samplesMax;
  }

  get counts(): Readonly<Omit<ExtractionCounts, 'fields' | 'keptRecords'>> {
    return this.#counts;
  }

  note(article: ArticleKey, found: Reextraction): void {
    this.#counts.articles += 1;
    this.#counts.captures += found.captures;
    this.#counts[found.kind] += 1;
    if (found.kind === 'kept') this.#keep({ article, reason: found.reason });
    // An article that is stored for the first time has no earlier state to compare with.
    if (found.kind !== 'changed') return;
    for (const { field, before, after } of found.fields) {
      const count = this.#fields.get(field) ?? { articles: 0, samples: [] };
      this.#fields.set(field, count);
      count.articles += 1;
      if (count.samples.length < this.#samplesMax) count.samples.push({ article, before, after });
    }
  }

  noteDamaged(article: ArticleKey): void {
    this.#counts.articles += 1;
    this.#counts.kept += 1;
    this.#keep({ article, reason: 'recordDamaged' });
  }

  summary(): ExtractionCounts {
    const fields = READ_FIELDS.flatMap((field) => {
      const count = this.#fields.get(field);
      return count === undefined ? [] : [{ field, ...count }];
    });
    return { ...this.#counts, keptRecords: this.#kept, fields };
  }

  #keep(record: KeptRecord): void {
    if (this.#kept.length < KEPT_NAMED_MAX) this.#kept.push(record);
  }
}
