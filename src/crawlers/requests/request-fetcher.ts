import type { Config } from '../../config/config.js';
import type { FailedTry, FetchResult, FetchTarget, FetchedFailure } from '../../domain/page.js';
import { toUtcInstant, type Clock } from '../../platform/clock.js';
import { tellRequest, type Logger } from '../../platform/logger.js';
import { showsArticle } from '../../sputnik/extractors/classify-page.js';
import type { Attempt, FetchPage, PageAnswer } from '../http/fetch-page.js';
import {
  faultOf,
  HOST_FAILURES,
  type FetchFault,
  isConnectionFault,
  verdictOnHost,
  type HostHealth,
} from '../http/fetch-fault.js';
import type { FailedPages } from './page-retries.js';
import type { PageRequest } from './request-data.js';
import type { PacedRequestManager } from './request-manager.js';

/** The result of one request, already handed to the sink. */
interface Fetched {
  readonly result: FetchResult;
  /** The body without its content encoding; null where there is none. */
  readonly decoded: Buffer | null;
}

/** What became of the pages for which a browser was wanted. */
export interface BrowserCounts {
  /** Pages opened. */
  readonly tried: number;
  /** How many of these pages showed an article. */
  readonly helped: number;
  /** Pages that could not be opened, because no browser is installed or it does not start. */
  readonly missed: number;
}

/** An article page whose attempts are not over. */
export interface PageTried {
  readonly url: string;
  /** UTC instant of the first attempt. */
  readonly since: string;
  readonly failed: readonly FailedTry[];
}

/** Pages under way that are told of. */
const TRYING_TOLD_MAX = 50;

/** Reads single pages through a real browser, one at a time. */
export interface BrowserFetcher {
  readonly counts: BrowserCounts;
  /**
   * @returns  The page as it stands after its scripts ran, null where the browser could not help; and the HTTP exchanges
   *           it took. Never rejects for anything page or browser do.
   */
  read(target: FetchTarget): Promise<{ readonly answer: PageAnswer | null; readonly requests: number }>;
  close(): Promise<void>;
}

/** Thrown by a route's handler: Crawlee asks again, or gives the request to `failedRequestHandler`. */
export class FetchFailedError extends Error {
  constructor(
    readonly request: PageRequest,
    readonly fault: FetchFault,
    /** Duration of this attempt; 0 if the host was not asked. */
    readonly attempts: 0 | 1,
    readonly durationMs: number,
    /** Since the first attempt began. */
    readonly triedForMs = durationMs,
  ) {
    // The reason alone: Crawlee keeps one entry for each message in its statistics.
    super(fault.reason);
  }
}

interface RequestFetcherOptions {
  readonly plan: { readonly runId: string; readonly failedPages: FailedPages };
  readonly fetchPage: FetchPage;
  /** Through a browser: never, always, or where plain HTTP shows no article. */
  readonly browserMode: Config['browser']['mode'];
  /** Loads what drives a browser, when the first page needs one. */
  readonly openBrowser: () => Promise<BrowserFetcher>;
  readonly requests: PacedRequestManager;
  readonly health: HostHealth;
  /** Durable when resolved; a rejection ends the run. */
  readonly sink: (result: FetchResult) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Fetches one page for a route: one attempt over HTTP, and through a browser if only that can help. The result is
 * handed to the sink exactly once. This class knows nothing about the purpose of the pages.
 */
export class RequestFetcher {
  /** HTTP exchanges so far, those of a browser among them. */
  exchanges = 0;
  readonly #options: RequestFetcherOptions;
  /** Key of the request → its attempts so far. */
  readonly #tried = new Map<string, PageTried & { readonly failed: FailedTry[] }>();
  #browser: Promise<BrowserFetcher> | null = null;

  constructor(options: RequestFetcherOptions) {
    this.#options = options;
  }

  /**
   * @returns  What came, once the sink has it; null: the request waits for another turn, or the run was stopped.
   * @throws {FetchFailedError}  Where nothing usable came. Whatever the sink threw.
   */
  async fetch(request: PageRequest): Promise<Fetched | null> {
    const { refusal, lastFault, target, validators, isPlain } = request.userData;
    // A retry that is refused failed for the reason of the attempt before.
    if (refusal) throw new FetchFailedError(request, { ...(lastFault ?? refusal), retryable: false }, 0, 0);
    const { browserMode, fetchPage, requests, health } = this.#options;
    if (browserMode === 'always' && target.kind === 'article' && !isPlain) return this.#fetchInBrowser(request);
    const startedAtMs = performance.now();
    const firstTriedAtMs = (request.userData.firstTriedAtMs ??= startedAtMs);
    this.#begin(request);
    const { attempt, requests: exchanges } = await fetchPage(target, validators ?? null);
    this.exchanges += exchanges;
    const fault = attempt.kind === 'fault' ? attempt.fault : emptinessOf(target, attempt);
    const host = requests.hostOf(request);
    tellRequest({ host, ...requestTold(attempt, fault, startedAtMs), isRetry: request.retryCount > 0 });
    const silent = fault !== null && isConnectionFault(fault) ? health.silent(host) : 0;
    await requests.release(request, verdictOnHost(fault, target.kind, silent));
    if (fault === null || !HOST_FAILURES.has(fault.reason)) health.answered(host);
    const durationMs = performance.now() - startedAtMs;
    const read = await this.#tryBrowser(request, attempt, fault);
    if (read !== null) return this.#deliver(request, read, durationMs);
    if (fault !== null || attempt.kind === 'fault') {
      const lastFault = (request.userData.lastFault = fault ?? faultOf('empty', 'no answer'));
      this.#tried.get(request.uniqueKey)?.failed.push({ at: this.#now(), reason: lastFault.reason });
      throw new FetchFailedError(request, lastFault, 1, durationMs, performance.now() - firstTriedAtMs);
    }
    return this.#deliver(request, attempt, durationMs);
  }

  /**
   * Hands a failure to the sink after the last attempt.
   *
   * @returns The failure as the sink has it; null if nothing is reported, because the run was stopped, which may be why
   * it failed, or because an article that has its own retries was not requested on account of its host.
   */
  async fail({ request, fault, ...last }: FetchFailedError): Promise<FetchedFailure | null> {
    const { plan, log, signal, health, requests, sink } = this.#options;
    const tries = this.#tried.get(request.uniqueKey)?.failed ?? [];
    this.#tried.delete(request.uniqueKey);
    if (fault.retryable && signal.aborted) return null;
    const { target } = request.userData;
    const { reason, detail, status } = fault;
    const attempts = request.retryCount + last.attempts;
    const isHosts = attempts === 0 && HOST_FAILURES.has(reason);
    if (isHosts && target.kind === 'article' && plan.failedPages !== 'ask') return null;
    log.warn(
      { event: 'fetch.failed', edition: target.edition, url: target.url, reason, attempt: attempts, err: detail },
      'fetch failed',
    );
    if (attempts > 0) health.failed(requests.hostOf(request), reason);
    const result: FetchedFailure = {
      ...this.#base(target, last.durationMs),
      kind: 'failure',
      reason,
      detail,
      status,
      attempts,
      ...(tries.length === 0 ? {} : { tries }),
    };
    await sink(result);
    return result;
  }

  /** Article pages whose attempts are not over, those that were begun first. */
  get trying(): PageTried[] {
    return [...this.#tried.values()].slice(0, TRYING_TOLD_MAX).map((page) => ({ ...page, failed: [...page.failed] }));
  }

  #begin({ uniqueKey, userData: { target } }: PageRequest): void {
    if (this.#tried.has(uniqueKey)) return;
    if (target.kind === 'article') this.#tried.set(uniqueKey, { url: target.url, since: this.#now(), failed: [] });
  }

  #now(): string {
    return toUtcInstant(this.#options.clock.now());
  }

  /** Ends the browser, if one was needed. */
  async close(): Promise<void> {
    await (await this.#browser)?.close();
  }

  async browserCounts(): Promise<BrowserCounts> {
    return (await this.#browser)?.counts ?? { tried: 0, helped: 0, missed: 0 };
  }

  async #deliver(
    { uniqueKey, userData: { target } }: PageRequest,
    attempt: Exclude<Attempt, { kind: 'fault' }>,
    durationMs: number,
  ): Promise<Fetched> {
    this.#tried.delete(uniqueKey);
    const base = this.#base(target, durationMs);
    if (attempt.kind === 'notModified') {
      const result = { ...base, kind: 'notModified', status: 304, headers: attempt.headers } as const;
      await this.#options.sink(result);
      return { result, decoded: null };
    }
    const { bodySha256, finalUrl, via } = attempt;
    const { status, statusText, headers, body } = attempt.answer;
    const result = {
      ...base,
      kind: 'response',
      status,
      statusText,
      headers,
      body,
      bodySha256,
      finalUrl,
      via,
    } as const;
    await this.#options.sink(result);
    return { result, decoded: attempt.decoded };
  }

  #base(target: FetchTarget, durationMs: number) {
    const { plan, clock } = this.#options;
    return { target, runId: plan.runId, fetchedAt: toUtcInstant(clock.now()), durationMs: Math.round(durationMs) };
  }

  /**
   * Reads a page in the browser, which takes its own turns at the host. A page that it cannot read is fetched again
   * over plain HTTP.
   */
  async #fetchInBrowser(request: PageRequest): Promise<Fetched | null> {
    const { requests, signal } = this.#options;
    await requests.release(request, { kind: 'ok' });
    const startedAtMs = performance.now();
    const answer = await this.#readInBrowser(request);
    if (answer !== null) return this.#deliver(request, answer, performance.now() - startedAtMs);
    if (signal.aborted) return null;
    request.userData.isPlain = true;
    await requests.reclaimRequest(request);
    return null;
  }

  /** @returns what a browser read where plain HTTP showed no article, or null: it was of no use, or none is there. */
  async #tryBrowser(request: PageRequest, attempt: Attempt, fault: FetchFault | null): Promise<PageAnswer | null> {
    const { browserMode, plan, signal } = this.#options;
    // Passing a challenge takes up to a minute: scheduled runs do not wait for that.
    if (fault !== null && plan.failedPages === 'leave') return null;
    if (browserMode !== 'fallback' || signal.aborted || request.userData.target.kind !== 'article') return null;
    const isBare = attempt.kind === 'answer' && attempt.answer.status === 200 && isHtmlWithoutArticle(attempt);
    if (fault === null ? !isBare : !fault.isForBrowser || request.retryCount > 0) return null;
    const read = await this.#readInBrowser(request);
    return read !== null && showsArticle(read.decoded) ? read : null;
  }

  async #readInBrowser({ userData }: PageRequest): Promise<PageAnswer | null> {
    this.#browser ??= this.#options.openBrowser();
    const browser = await this.#browser;
    const { answer, requests } = await browser.read(userData.target);
    this.exchanges += requests;
    return answer;
  }
}

function requestTold(attempt: Attempt, fault: FetchFault | null, startedAtMs: number) {
  const status = attempt.kind === 'answer' ? attempt.answer.status : 304;
  const result = fault?.reason ?? `${Math.floor(status / 100)}xx`;
  return { result, seconds: (performance.now() - startedAtMs) / 1_000 };
}

function isHtmlWithoutArticle({ answer, decoded }: PageAnswer): boolean {
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'text/html';
  return /html/i.test(type) && !showsArticle(decoded);
}

/** An article that arrives with an empty body was seen on these sites; the next attempt usually brings it. */
function emptinessOf(target: FetchTarget, attempt: Attempt): FetchFault | null {
  const empty = attempt.kind === 'answer' && attempt.answer.status < 300 && isBlank(attempt.decoded);
  return empty && target.kind === 'article' ? faultOf('empty', 'the body is empty', attempt.answer.status) : null;
}

function isBlank(body: Buffer): boolean {
  return body.length < 1_000 && body.toString('latin1').trim() === '';
}
