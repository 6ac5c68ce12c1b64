import { splitKey, type ArticleUrl, type FetchedResponse, type PageId } from '../../domain/page.js';
import { type Outcome, zeroOutcomes } from '../../domain/outcome.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { Closers } from '../../platform/closers.js';
import { noCrash } from '../../platform/crash-points.js';
import { WorkInHand } from '../../platform/work-in-hand.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import { PageBatch } from '../../queue/hand-over.js';
import { newRunId } from '../../queue/open-queues.js';
import { pageJobFor, queuePage } from '../../queue/page-jobs.js';
import { articleKeyOf } from '../../sputnik/urls/url-rules.js';
import { type CatalogueQueries, openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { jobsLost, withHarvester, type WorkClient, type WorkRequest } from '../harvester/with-harvester.js';
import {
  type KeptAnswer,
  readSavedPage,
  type SavedPageContext,
  type PassedOver,
  readWarcAnswers,
  type WarcFinding,
} from './read-saved-answers.js';
import { type BadFile, savedFiles } from './saved-files.js';
import { isAnswer } from '../../captures/decode-record.js';
import { scanCaptureFile } from '../../captures/scan-captures.js';
import { systemCodeOf } from '../../platform/disk-error.js';
import type { PageStory } from '../../store/catalogue/page-queries.js';

interface IngestRequest extends WorkRequest {
  readonly paths: readonly string[];
  /** Where the one page was fetched; null: as each page claims. */
  readonly url: ArticleUrl | null;
  readonly onProgress: (progress: { readonly files: number; readonly pages: number; readonly path: string }) => void;
}

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
  /** How many of these claim to be an article of a configured edition and are lost. */
  readonly lostArticleCount: number;
  /** The first thousand. */
  readonly lostArticles: readonly LostArticle[];
}

/** A record that claims to be an article of ours and could not be taken in. */
interface LostArticle {
  readonly path: string;
  readonly url: string;
  readonly reason: PassedOver;
}

/** Bad files and lost articles that are named. */
const NAMED_MAX = 1_000;
/** Pages that are handed over before they are waited for. */
const BATCH_MAX = 2_048;
/** Answers on their way to the captures, which share a sync of the disk. */
const IN_HAND = { countMax: 64, bytesMax: 16_000_000 };

/**
 * Imports saved pages: each is kept in the captures (`via: ingest`) and goes through queue `page` to the writer. A page
 * that is already captured is not captured again.
 *
 * @throws {FatalError} `jobs.lost`; what `withHarvester` throws.
 */
export async function ingest(request: IngestRequest): Promise<IngestReport> {
  return withHarvester(request, 'ingest', (client) => {
    const queries = client.harvester?.queries ?? openQueriesOfService(client.config.dataDir, client.closers);
    return new Ingestion(request, client, queries).run();
  });
}

function openQueriesOfService(dataDir: string, closers: Closers): CatalogueQueries | null {
  const catalogue = openCatalogueQueries(dataDir);
  closers.push('catalogue', () => catalogue?.close());
  return catalogue?.queries ?? null;
}

/** The first of these outcomes that occurs is the result of a page with several answers. */
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
  readonly #context: SavedPageContext;
  readonly #outcomes = new Map<PageId, Outcome>();
  readonly #badFiles: BadFile[] = [];
  readonly #passedOver: Partial<Record<PassedOver, number>> = {};
  readonly #lostArticles: LostArticle[] = [];
  #lostArticleCount = 0;
  readonly #inHand = new WorkInHand(IN_HAND);
  #batch: PageBatch<PageId>;
  /** Pages of the batch, also those that are on their way to it. */
  readonly #begun = new Set<PageId>();
  #files = 0;
  #badFileCount = 0;
  #ignoredFiles = 0;

  constructor(
    private readonly request: IngestRequest,
    private readonly client: WorkClient,
    private readonly queries: CatalogueQueries | null,
  ) {
    const { config, clock, urlRules } = client;
    this.#startedAtMs = clock.now();
    this.#context = { urlRules, bodyBytesMax: config.politeness.bodyBytesMax, nowMs: this.#startedAtMs };
    this.#batch = new PageBatch(client.pages, { lost: jobsLost });
  }

  async run(): Promise<IngestReport> {
    for await (const file of savedFiles(this.request.paths)) {
      this.client.stop.signal.throwIfAborted();
      if (file.kind === 'ignored') this.#ignoredFiles += 1;
      else if (file.kind === 'bad') this.#noteBad(file.bad);
      else if (file.kind === 'page')
        await this.#take(await readSavedPage(file.path, this.request.url, this.#context), file.path);
      else for await (const finding of readWarcAnswers(file.path, this.#context)) await this.#take(finding, file.path);
      if (file.kind === 'page' || file.kind === 'warc') {
        this.#files += 1;
        this.request.onProgress({ files: this.#files, pages: this.#outcomes.size + this.#begun.size, path: file.path });
      }
    }
    await this.#finishBatch();
    return this.#report();
  }

  async #take(finding: WarcFinding, path: string): Promise<void> {
    this.client.stop.signal.throwIfAborted();
    if (finding.kind === 'bad') this.#noteBad(finding.bad);
    else if (finding.kind === 'answer') await this.#hand(finding.answer);
    else this.#passOver(finding, path);
  }

  #passOver({ reason, lostUrl }: Extract<WarcFinding, { kind: 'passedOver' }>, path: string): void {
    this.#passedOver[reason] = (this.#passedOver[reason] ?? 0) + 1;
    if (lostUrl === null) return;
    this.#lostArticleCount += 1;
    if (this.#lostArticles.length < NAMED_MAX) this.#lostArticles.push({ path, url: lostUrl, reason });
    this.client.log.warn(
      { event: 'ingest.lostArticle', file: path, url: lostUrl, reason },
      'an article was passed over',
    );
  }

  async #hand(answer: KeptAnswer): Promise<void> {
    const { pageId } = answer.url;
    // The second answer for a page is compared with what the first one came to.
    if (this.#begun.size >= BATCH_MAX || this.#begun.has(pageId)) await this.#finishBatch();
    const known = this.queries && (await knownAnswer(answer, this.queries, this.client.config.dataDir));
    if (known !== null) {
      this.#note(pageId, known);
      return;
    }
    this.#begun.add(pageId);
    await this.#inHand.begin(answer.body.length, () => this.#capture(answer));
  }

  async #capture(answer: KeptAnswer): Promise<void> {
    const { captures, crashPoint = noCrash } = this.client;
    const result = responseOf(answer, this.#runId);
    const capture = await captures.append(result);
    crashPoint('capture.appended');
    const job = pageJobFor(result, capture);
    if (job !== null) await this.#batch.add(job, answer.url.pageId);
  }

  async #finishBatch(): Promise<void> {
    const { pages, stop } = this.client;
    await this.#inHand.finish();
    await this.#batch.finish(stop.signal);
    for (const [pageId, outcome] of this.#batch.outcomes) this.#note(pageId, outcome);
    this.#batch = new PageBatch(pages, { lost: jobsLost });
    this.#begun.clear();
  }

  #note(pageId: PageId, outcome: Outcome): void {
    const before = this.#outcomes.get(pageId);
    const isFirst = before === undefined || PRECEDENCE.indexOf(outcome) < PRECEDENCE.indexOf(before);
    if (isFirst) this.#outcomes.set(pageId, outcome);
  }

  #noteBad(badFile: BadFile): void {
    this.#badFileCount += 1;
    if (this.#badFiles.length < NAMED_MAX) this.#badFiles.push(badFile);
    const { path, reason, detail } = badFile;
    this.client.log.warn({ event: 'ingest.badFile', file: path, reason }, detail);
  }

  async #report(): Promise<IngestReport> {
    const outcomes = zeroOutcomes();
    for (const [pageId, outcome] of this.#outcomes) outcomes[this.#decided(pageId, outcome)] += 1;
    const pages = this.#outcomes.size;
    const summary: CrawlSummary = {
      runId: this.#runId,
      startedAt: toUtcInstant(this.#startedAtMs),
      durationMs: Math.round(performance.now() - this.#tick),
      editions: [...new Set([...this.#outcomes.keys()].map((pageId) => splitKey(pageId)[0]))].sort(),
      requests: 0,
      found: pages,
      skipped: 0,
      fetched: pages,
      outcomes,
      requestedBy: 'ingest',
      aborted: false,
      unreachable: [],
    };
    await this.client.captures.appendRun({ ...summary });
    await queuePage(this.client.queues.page, { v: 1, kind: 'run', summary });
    return {
      summary,
      files: this.#files,
      badFileCount: this.#badFileCount,
      badFiles: this.#badFiles,
      ignoredFiles: this.#ignoredFiles,
      passedOver: this.#passedOver,
      lostArticleCount: this.#lostArticleCount,
      lostArticles: this.#lostArticles,
    };
  }

  /** A page that was new when it arrived may repeat one that arrived later in the same run. */
  #decided(pageId: PageId, outcome: Outcome): Outcome {
    if (outcome !== 'new') return outcome;
    return this.queries?.isDuplicate(articleKeyOf(pageId, this.client.urlRules)) === true ? 'duplicate' : outcome;
  }
}

function responseOf(answer: KeptAnswer, runId: string): FetchedResponse {
  const { url: page, ...received } = answer;
  const { edition, url, pageId } = page;
  const target = { kind: 'article', edition, url, pageId, foundBy: 'url' } as const;
  return { ...received, kind: 'response', target, runId, durationMs: 0, finalUrl: url, via: 'ingest' };
}

type Fetch = PageStory['captures'][number];

/**
 * Finds out whether an answer was captured before: the same page, second and body. Importing it twice must not count
 * twice, least of all an answer that the page is gone.
 *
 * @returns Its outcome; null if it is not known.
 */
async function knownAnswer(
  { url, fetchedAt, bodySha256 }: KeptAnswer,
  queries: CatalogueQueries,
  dataDir: string,
): Promise<Outcome | null> {
  const fetches = queries.pages.story(url.pageId)?.captures ?? [];
  for (const fetch of fetches) {
    if (fetch.fetchedAt === fetchedAt && (await digestAt(fetch, dataDir)) === bodySha256) return outcomeOf(fetch);
  }
  return null;
}

async function digestAt({ file, offset }: Fetch, dataDir: string): Promise<string | null> {
  try {
    for await (const record of scanCaptureFile(dataDir, file, offset)) {
      return isAnswer(record) ? record.reference.sha256 : null;
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
  return null;
}

function outcomeOf({ kind, onTopic }: Fetch): Outcome {
  if (kind === 'article') return onTopic === false ? 'offTopic' : 'unchanged';
  if (kind === 'gone' || kind === 'notArticle') return kind;
  return kind === 'notModified' ? 'unchanged' : 'failed';
}
