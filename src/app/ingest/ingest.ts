import { openCaptureWriter, type CaptureWriter } from '../../captures/capture-writer.js';
import type { FetchedResponse } from '../../domain/fetched.js';
import { zeroOutcomes, type Outcome } from '../../domain/outcome.js';
import type { ArticleUrl, PageId } from '../../domain/page.js';
import { toUtcInstant } from '../../platform/clock.js';
import { Closers } from '../../platform/closers.js';
import { noCrash } from '../../platform/crash-points.js';
import { readLockHolder } from '../../platform/data-dir-lock.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import { newRunId } from '../../queue/open-queues.js';
import { pageJobFor } from '../../queue/page-jobs.js';
import { RunTally } from '../../queue/run-tally.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { openCatalogueQueries } from '../../store/catalogue/open-catalogue-queries.js';
import { FatalStop } from '../fatal-stop.js';
import { commandPrefix, openHarvester, SERVICE_PREFIX, type Runtime } from '../open-harvester.js';
import { openServiceQueues } from '../open-service-queues.js';
import { PageBatch, type PageBatchDependencies } from '../page-batch.js';
import { SOFTWARE } from '../software.js';
import { knownAnswer } from './known-answer.js';
import { readSavedPage, type KeptAnswer, type SavedPageWorld } from './read-saved-page.js';
import { readWarcAnswers, type PassedOver, type WarcFinding } from './read-warc-answers.js';
import { savedFiles, type BadFile } from './saved-files.js';

export interface IngestRequest extends Runtime {
  readonly paths: readonly string[];
  /** Where the one page was fetched; null: as each page claims. */
  readonly address: ArticleUrl | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly files: number; readonly pages: number; readonly path: string }) => void;
}

/** What taking saved pages in came to. */
export interface IngestReport {
  readonly summary: CrawlSummary;
  /** Files that were read, bad ones among them. */
  readonly files: number;
  readonly badFileCount: number;
  /** The first thousand. */
  readonly badFiles: readonly BadFile[];
  /** Files of other kinds in the folders. */
  readonly ignoredFiles: number;
  /** Records of WARC files that hold no answer for an article. */
  readonly passedOver: Readonly<Partial<Record<PassedOver, number>>>;
}

const BAD_FILES_NAMED_MAX = 1_000;
/** Pages that are handed over before they are waited for. */
const WAVE = 256;
const HARVESTER_CLOSE_MS = 30_000;

/**
 * Takes saved pages in: each is kept in the captures (`via: ingest`) and goes through queue `page` to the one writer, the service that works
 * in the data directory if there is one, else this process. What is captured already is not captured again.
 *
 * @throws {FatalError} `lock.held` when another command works there; `jobs.lost`; what opening throws.
 */
export async function ingest(request: IngestRequest): Promise<IngestReport> {
  const closers = new Closers(request.log);
  return closers.closeAfter(async () => {
    const isServed = readLockHolder(request.config.dataDir)?.purpose === 'serve';
    return isServed ? throughService(request, closers) : alone(request, closers);
  });
}

interface IngestBench extends PageBatchDependencies {
  readonly captures: CaptureWriter;
  readonly reader: CatalogueQueries | null;
}

async function alone(request: IngestRequest, closers: Closers): Promise<IngestReport> {
  const stop = new FatalStop(request.signal);
  const harvester = await openHarvester(request, 'ingest', commandPrefix(request.config.dataDir), stop.stop);
  closers.push('harvester', () => harvester.closers.closeAll(), HARVESTER_CLOSE_MS);
  const { queues, tally, captures, queries } = harvester;
  try {
    return await new Ingestion(request, { queues, tally, captures, reader: queries, signal: stop.signal }).run();
  } catch (error) {
    // Why it was stopped says more than how that ended.
    stop.throwIfStopped();
    throw error;
  }
}

async function throughService(request: IngestRequest, closers: Closers): Promise<IngestReport> {
  const { config, clock, signal } = request;
  const { dataDir } = config;
  const queues = await openServiceQueues(request, 'sputnik ingest', closers);
  const catalogue = openCatalogueQueries(dataDir);
  closers.push('catalogue', () => catalogue?.close());
  const { fileBytesMax } = config.captures;
  const captures = await openCaptureWriter({ dataDir, clock, fileBytesMax, software: SOFTWARE });
  closers.push('captures', () => captures.close());
  const tally = new RunTally(queues.redis, SERVICE_PREFIX);
  return new Ingestion(request, { queues, tally, captures, reader: catalogue?.queries ?? null, signal }).run();
}

/** Of several answers for one page the first of these counts: what the page is after all of them. */
const PRECEDENCE: readonly Outcome[] = [
  'failed',
  'new',
  'duplicate',
  'rendition',
  'revised',
  'gone',
  'unchanged',
  'offTopic',
  'notArticle',
];

/** One command's work; lives for one call. */
class Ingestion {
  readonly #runId = newRunId();
  readonly #startedAtMs: number;
  readonly #tick = performance.now();
  readonly #world: SavedPageWorld;
  readonly #batch: PageBatch;
  readonly #outcomes = new Map<PageId, Outcome>();
  readonly #badFiles: BadFile[] = [];
  readonly #passedOver: Partial<Record<PassedOver, number>> = {};
  #files = 0;
  #badFileCount = 0;
  #ignoredFiles = 0;

  constructor(
    private readonly request: IngestRequest,
    private readonly deps: IngestBench,
  ) {
    const { config, clock } = request;
    this.#startedAtMs = clock.now();
    const { bodyBytesMax } = config.politeness;
    this.#world = { addresses: createUrlRules(config.editions), bodyBytesMax, nowMs: this.#startedAtMs };
    this.#batch = new PageBatch(this.#runId, deps);
  }

  async run(): Promise<IngestReport> {
    for await (const file of savedFiles(this.request.paths)) {
      this.deps.signal.throwIfAborted();
      if (file.kind === 'ignored') this.#ignoredFiles += 1;
      else if (file.kind === 'bad') this.#noteBad(file.bad);
      else if (file.kind === 'page')
        await this.#take(await readSavedPage(file.path, this.request.address, this.#world));
      else for await (const finding of readWarcAnswers(file.path, this.#world)) await this.#take(finding);
      if (file.kind === 'page' || file.kind === 'warc') {
        this.#files += 1;
        this.request.onProgress({ files: this.#files, pages: this.#outcomes.size + this.#batch.size, path: file.path });
      }
    }
    await this.#settle();
    return this.#report();
  }

  async #take(finding: WarcFinding): Promise<void> {
    this.deps.signal.throwIfAborted();
    if (finding.kind === 'bad') this.#noteBad(finding.bad);
    else if (finding.kind === 'answer') await this.#hand(finding.answer);
    else this.#passedOver[finding.reason] = (this.#passedOver[finding.reason] ?? 0) + 1;
  }

  async #hand(answer: KeptAnswer): Promise<void> {
    const { pageId } = answer.address;
    // The second answer for a page is compared with what the first one came to.
    if (this.#batch.size >= WAVE || this.#batch.isWaitingFor(pageId)) await this.#settle();
    const { reader, captures } = this.deps;
    const known = reader && (await knownAnswer(answer, reader, this.request.config.dataDir));
    if (known !== null) {
      this.#note(pageId, known);
      return;
    }
    const result = responseOf(answer, this.#runId);
    const capture = await captures.append(result);
    (this.request.crashPoint ?? noCrash)('capture.appended');
    const job = pageJobFor(result, capture);
    if (job !== null) await this.#batch.hand(job, pageId);
  }

  async #settle(): Promise<void> {
    for (const [pageId, outcome] of await this.#batch.settle()) this.#note(pageId, outcome);
  }

  #note(pageId: PageId, outcome: Outcome): void {
    const before = this.#outcomes.get(pageId);
    const isFirst = before === undefined || PRECEDENCE.indexOf(outcome) < PRECEDENCE.indexOf(before);
    if (isFirst) this.#outcomes.set(pageId, outcome);
  }

  #noteBad(badFile: BadFile): void {
    this.#badFileCount += 1;
    if (this.#badFiles.length < BAD_FILES_NAMED_MAX) this.#badFiles.push(badFile);
    const { path, reason, detail } = badFile;
    this.request.log.warn({ event: 'ingest.badFile', file: path, reason }, detail);
  }

  async #report(): Promise<IngestReport> {
    const outcomes = zeroOutcomes();
    for (const [pageId, outcome] of this.#outcomes) outcomes[this.#decided(pageId, outcome)] += 1;
    const pages = this.#outcomes.size;
    const summary: CrawlSummary = {
      runId: this.#runId,
      startedAt: toUtcInstant(this.#startedAtMs),
      durationMs: Math.round(performance.now() - this.#tick),
      editions: [...new Set([...this.#outcomes.keys()].map((pageId) => pageId.split('/')[0] ?? ''))].sort(),
      requests: 0,
      found: pages,
      skipped: 0,
      fetched: pages,
      outcomes,
      requestedBy: 'ingest',
      aborted: false,
      unreachable: [],
    };
    await this.deps.captures.appendRun({ ...summary });
    await this.deps.queues.addPage({ v: 1, kind: 'run', summary });
    return {
      summary,
      files: this.#files,
      badFileCount: this.#badFileCount,
      badFiles: this.#badFiles,
      ignoredFiles: this.#ignoredFiles,
      passedOver: this.#passedOver,
    };
  }

  /** What was new when it came may repeat what came later in the same run. */
  #decided(pageId: PageId, outcome: Outcome): Outcome {
    if (outcome !== 'new') return outcome;
    const [edition = '', articleId = ''] = pageId.split('/');
    const family = this.#world.addresses.editionById(edition)?.family ?? edition;
    return this.deps.reader?.isDuplicate(`${family}/${articleId}`) === true ? 'duplicate' : outcome;
  }
}

function responseOf(answer: KeptAnswer, runId: string): FetchedResponse {
  const { address, ...received } = answer;
  const { edition, url, pageId } = address;
  const target = { kind: 'article', edition, url, pageId, foundBy: 'url' } as const;
  return { ...received, kind: 'response', target, runId, durationMs: 0, finalUrl: url, via: 'ingest' };
}
