import type { FetchResult, FetchTarget } from '../domain/fetched.js';
import { toUtcInstant, type Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { BrowserFetcher } from './browser-fetcher.js';
import type { CrawleeLoop } from './crawlee-loop.js';
import { startCrawleeLoop } from './crawlee-loop.js';
import { faultOf, HOST_FAILURES, type FetchFault } from './fetch-fault.js';
import type { Attempt, FetchPage, PageAnswer, Validators } from './attempt.js';
import { fetchResult } from './fetch-result.js';
import { FetchQueue, type QueuedFetch, type StartedFetch } from './fetch-queue.js';
import { createHostHealth, type HostHealth } from './host-health.js';
import type { HostLimits, HostThrottle, HostVerdict } from './host-throttle.js';
import type { NetworkGuard } from './network-guard.js';
import { showsArticle } from './page-evidence.js';
import { retryDelayMs } from './retry-delay.js';

/** What one fetch ended in, already handed to the sink. */
export interface Fetched {
  readonly result: FetchResult;
  /** The body without its content encoding; null where there is none. */
  readonly decoded: Buffer | null;
}

export interface FetchEngineOptions {
  readonly runId: string;
  readonly guard: NetworkGuard;
  readonly fetchPage: FetchPage;
  /** Null: no browser is to be tried. */
  readonly browser: BrowserFetcher | null;
  readonly throttle: HostThrottle;
  readonly limitsOf: (host: string) => HostLimits;
  /** Attempts after the first. */
  readonly retries: number;
  /** Fetches under way at a time, all hosts together. */
  readonly concurrency: number;
  /** Durable when resolved; a rejection ends the run. */
  readonly sink: (result: FetchResult) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
}

/** Most fetches that wait at a time; whoever finds more waits for room first. */
const BACKLOG_MAX = 2_000;

interface Promised {
  readonly resolve: (fetched: Fetched | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks for addresses: politely, again where that may help, through a browser where only that can, and hands every
 * result to the sink exactly once. Knows nothing of what the pages are for.
 */
export class FetchEngine {
  /** HTTP exchanges so far, those of a browser among them. */
  requests = 0;
  readonly #options: FetchEngineOptions;
  readonly #queue: FetchQueue;
  readonly #health: HostHealth;
  readonly #promised = new Map<string, Promised>();
  readonly #roomWanted: (() => void)[] = [];
  readonly #loop: CrawleeLoop;
  #added = 0;
  #closed = false;
  #stopped = false;

  constructor(options: FetchEngineOptions) {
    this.#options = options;
    this.#health = createHostHealth(() => performance.now());
    this.#queue = new FetchQueue({
      throttle: options.throttle,
      limitsOf: options.limitsOf,
      now: () => performance.now(),
      wake: () => {
        this.#loop.wake();
      },
      giveUp: (fetch, fault) => void this.#finishSafely(fetch, fault),
    });
    this.#loop = startCrawleeLoop<StartedFetch>(
      {
        hasReady: () => this.#queue.hasReady,
        next: () => this.#queue.next(),
        isFinished: () => this.#closed && this.#promised.size === 0,
        urlOf: ({ fetch }) => fetch.target.url,
      },
      (started) => this.#perform(started),
      options,
    );
    this.#loop.done.catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /** Fetches that wait for their turn. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /**
   * Asks for one address.
   *
   * @returns  The result, once the sink has it; null where the run was stopped before.
   * @throws   Whatever the sink threw; the engine is of no further use then.
   */
  fetch(target: FetchTarget, validators: Validators | null = null): Promise<Fetched | null> {
    return this.#take(target, validators, null);
  }

  /** Hands a failure to the sink for an address that may not be asked for. */
  refuse(target: FetchTarget, fault: FetchFault): Promise<Fetched | null> {
    return this.#take(target, null, fault);
  }

  #take(target: FetchTarget, validators: Validators | null, refused: FetchFault | null): Promise<Fetched | null> {
    if (this.#stopped) return Promise.resolve(null);
    const place = this.#options.guard.place(target.edition, target.url);
    const fetch: QueuedFetch = {
      id: String((this.#added += 1)),
      target,
      host: place?.networkUrl.host ?? '',
      validators,
      isPlain: false,
      attempts: 0,
      readyAtMs: 0,
    };
    return new Promise((resolve, reject) => {
      this.#promised.set(fetch.id, { resolve, reject });
      const outside = place === null ? faultOf('addressForbidden', 'the address is on no configured host') : null;
      const refusal = refused ?? outside ?? this.#health.refusalOf(fetch.host);
      if (refusal === null) this.#queue.add(fetch);
      else void this.#finishSafely(fetch, refusal);
    });
  }

  /** Resolves when few enough fetches wait for more to be added. */
  async room(): Promise<void> {
    if (this.#queue.waiting < BACKLOG_MAX || this.#stopped) return;
    await new Promise<void>((resolve) => {
      this.#roomWanted.push(resolve);
    });
  }

  /** Stops asking: what waits resolves to null, what is under way is finished without further attempts. */
  stop(): void {
    this.#stopped = true;
    for (const fetch of this.#queue.drain()) this.#settle(fetch, null);
    this.#loop.wake();
  }

  /** Says that nothing will be added; resolves when everything is finished. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#loop.wake();
    try {
      await this.#loop.done;
    } finally {
      this.#queue.close();
    }
  }

  async #perform(started: StartedFetch): Promise<void> {
    const { fetch } = started;
    const { browser, fetchPage } = this.#options;
    if (browser?.isAlways && fetch.target.kind === 'article' && !fetch.isPlain) {
      await this.#queue.release(started, { kind: 'ok' });
      await this.#performInBrowser(browser, fetch);
      return;
    }
    const startedAtMs = performance.now();
    fetch.attempts += 1;
    const { attempt, requests } = await fetchPage(fetch.target, fetch.validators);
    this.requests += requests;
    const fault = attempt.kind === 'fault' ? attempt.fault : emptinessOf(fetch.target, attempt);
    await this.#queue.release(started, verdictOn(fault));
    if (fault === null || !HOST_FAILURES.has(fault.reason)) this.#health.answered(fetch.host);
    await this.#decide(fetch, attempt, fault, performance.now() - startedAtMs);
  }

  /** The browser takes its own turns at the host; what it cannot read is asked for once more without it. */
  async #performInBrowser(browser: BrowserFetcher, fetch: QueuedFetch): Promise<void> {
    const startedAtMs = performance.now();
    const answer = await this.#readInBrowser(browser, fetch);
    if (answer !== null) await this.#finish(fetch, answer, performance.now() - startedAtMs);
    else if (this.#stopped) this.#settle(fetch, null);
    else this.#queue.add({ ...fetch, isPlain: true });
  }

  async #decide(fetch: QueuedFetch, first: Attempt, firstFault: FetchFault | null, durationMs: number): Promise<void> {
    const read = await this.#tryBrowser(fetch, first, firstFault);
    const [attempt, fault] = read === null ? [first, firstFault] : [read, null];
    // What fails while the run is being stopped may have failed because of that: nobody is told, the next run asks again.
    if (fault?.retryable && this.#stopped) this.#settle(fetch, null);
    else if (fault?.retryable && fetch.attempts <= this.#options.retries) this.#retry(fetch, fault);
    else await this.#finish(fetch, fault ?? attempt, durationMs);
  }

  /** @returns what a browser read where plain HTTP showed no article, or null: it was of no use, or none is there. */
  async #tryBrowser(fetch: QueuedFetch, attempt: Attempt, fault: FetchFault | null): Promise<PageAnswer | null> {
    const { browser } = this.#options;
    if (browser === null || browser.isAlways || this.#stopped || fetch.target.kind !== 'article') return null;
    const isBare = attempt.kind === 'answer' && attempt.answer.status === 200 && isHtmlWithoutArticle(attempt);
    if (fault === null ? !isBare : !fault.challenge || fetch.attempts > 1) return null;
    const read = await this.#readInBrowser(browser, fetch);
    return read !== null && showsArticle(read.decoded) ? read : null;
  }

  async #readInBrowser(browser: BrowserFetcher, fetch: QueuedFetch): Promise<PageAnswer | null> {
    const { answer, requests } = await browser.read(fetch.target);
    this.requests += requests;
    return answer;
  }

  #retry(fetch: QueuedFetch, fault: FetchFault): void {
    const delayMs = retryDelayMs(fetch.attempts, this.#options.random);
    this.#options.log.debug(
      {
        event: 'fetch.retry',
        url: fetch.target.url,
        attempt: fetch.attempts,
        reason: fault.reason,
        durationMs: delayMs,
      },
      'fetch will be tried again',
    );
    fetch.readyAtMs = performance.now() + delayMs;
    const refusal = this.#health.refusalOf(fetch.host);
    if (refusal === null) this.#queue.add(fetch);
    else void this.#finishSafely(fetch, refusal);
  }

  /** Hands the result on and tells who asked for it. */
  async #finish(fetch: QueuedFetch, end: Attempt | FetchFault, durationMs: number): Promise<void> {
    const { target, attempts } = fetch;
    const { runId, clock, sink } = this.#options;
    const fetchedAt = toUtcInstant(clock.now());
    const result = fetchResult({ target, runId, fetchedAt, durationMs: Math.round(durationMs), attempts }, end);
    if (result.kind === 'failure') this.#noteFailure(fetch, result.reason, result.detail);
    await sink(result);
    this.#settle(fetch, { result, decoded: 'decoded' in end ? end.decoded : null });
  }

  /** The same outside the loop, where nobody waits for the promise: an error of the sink ends the run. */
  async #finishSafely(fetch: QueuedFetch, fault: FetchFault): Promise<void> {
    try {
      await this.#finish(fetch, fault, 0);
    } catch (error) {
      this.#fail(error);
    }
  }

  #noteFailure(fetch: QueuedFetch, reason: FetchFault['reason'], detail: string): void {
    const { target } = fetch;
    this.#options.log.warn(
      { event: 'fetch.failed', edition: target.edition, url: target.url, reason, attempt: fetch.attempts, err: detail },
      'fetch failed',
    );
    if (fetch.attempts === 0 || !this.#health.failed(fetch.host, reason)) return;
    const refusal = this.#health.refusalOf(fetch.host);
    if (refusal === null) return;
    for (const waiting of this.#queue.drain(fetch.host)) void this.#finishSafely(waiting, refusal);
  }

  #settle(fetch: QueuedFetch, fetched: Fetched | null): void {
    const promised = this.#promised.get(fetch.id);
    this.#promised.delete(fetch.id);
    promised?.resolve(fetched);
    if (this.#queue.waiting < BACKLOG_MAX || this.#stopped) for (const resolve of this.#roomWanted.splice(0)) resolve();
    if (this.#promised.size === 0) this.#loop.wake();
  }

  #fail(error: unknown): void {
    this.#stopped = true;
    this.#queue.drain();
    const promised = [...this.#promised.values()];
    this.#promised.clear();
    for (const { reject } of promised) reject(error);
    for (const resolve of this.#roomWanted.splice(0)) resolve();
    this.#loop.wake();
  }
}

function verdictOn(fault: FetchFault | null): HostVerdict {
  return fault?.slowsHost ? { kind: 'slowDown', retryAfterMs: fault.retryAfterMs } : { kind: 'ok' };
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
