import type { FetchResult, FetchTarget } from '../domain/fetched.js';
import { toUtcInstant, type Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { BrowserReader } from './browser-reader.js';
import type { CrawleeLoop } from './crawlee-loop.js';
import { startCrawleeLoop } from './crawlee-loop.js';
import { faultOf, HOST_FAILURES, type FetchFault } from './fetch-fault.js';
import type { Attempt, AttemptWithCost, Validators } from './fetch-page.js';
import { FetchQueue, type QueuedFetch, type StartedFetch } from './fetch-queue.js';
import { createHostHealth, type HostHealth } from './host-health.js';
import type { HostLimits, HostThrottle } from './host-throttle.js';
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
  readonly fetchPage: (target: FetchTarget, validators: Validators | null) => Promise<AttemptWithCost>;
  /** Null: no browser is to be tried. */
  readonly browser: BrowserReader | null;
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
  /** HTTP exchanges and browser visits so far. */
  requests = 0;
  /** Pages that were read through a browser, and pages it could not help with. */
  readonly browserCounts = { tried: 0, helped: 0 };
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
      browserInsteadOf: null,
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
    const startedAtMs = performance.now();
    fetch.attempts += 1;
    const { attempt, requests } = await this.#attempt(fetch);
    this.requests += requests;
    const fault = attempt.kind === 'fault' ? attempt.fault : emptinessOf(fetch.target, attempt);
    const verdict = fault?.slowsHost
      ? ({ kind: 'slowDown', retryAfterMs: fault.retryAfterMs } as const)
      : ({ kind: 'ok' } as const);
    await this.#queue.release(started, verdict);
    if (fault === null || !HOST_FAILURES.has(fault.reason)) this.#health.answered(fetch.host);
    await this.#decide(fetch, attempt, fault, performance.now() - startedAtMs);
  }

  async #attempt(fetch: QueuedFetch): Promise<AttemptWithCost> {
    if (fetch.browserInsteadOf === null) return this.#options.fetchPage(fetch.target, fetch.validators);
    this.browserCounts.tried += 1;
    const attempt = await this.#options.browser?.read(fetch.target);
    const helped = attempt?.kind === 'answer' && showsArticle(attempt.decoded);
    if (helped) this.browserCounts.helped += 1;
    this.#options.log.info(
      {
        event: 'browser.tried',
        edition: fetch.target.edition,
        url: fetch.target.url,
        outcome: helped ? 'read' : 'no article',
      },
      'a browser was tried',
    );
    return { attempt: helped ? attempt : fetch.browserInsteadOf, requests: 1 };
  }

  async #decide(fetch: QueuedFetch, attempt: Attempt, fault: FetchFault | null, durationMs: number): Promise<void> {
    if (this.#wantsBrowser(fetch, attempt, fault)) {
      this.#queue.add({ ...fetch, browserInsteadOf: attempt, readyAtMs: 0 });
      return;
    }
    if (fault?.retryable && fetch.attempts <= this.#options.retries && fetch.browserInsteadOf === null) {
      if (this.#stopped) this.#settle(fetch, null);
      else this.#retry(fetch, fault);
      return;
    }
    await this.#finish(fetch, fault ?? attempt, durationMs);
  }

  #wantsBrowser(fetch: QueuedFetch, attempt: Attempt, fault: FetchFault | null): boolean {
    if (this.#options.browser === null || this.#stopped) return false;
    if (fetch.target.kind !== 'article' || fetch.browserInsteadOf !== null) return false;
    if (fault !== null) return fault.challenge;
    return attempt.kind === 'answer' && attempt.answer.status === 200 && !showsArticle(attempt.decoded);
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
    const fetched = this.#describe(fetch, end, Math.round(durationMs));
    if (fetched.result.kind === 'failure') this.#noteFailure(fetch, fetched.result.reason, fetched.result.detail);
    await this.#options.sink(fetched.result);
    this.#settle(fetch, fetched);
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

  #describe(fetch: QueuedFetch, end: Attempt | FetchFault, durationMs: number): Fetched {
    const base = {
      target: fetch.target,
      runId: this.#options.runId,
      fetchedAt: toUtcInstant(this.#options.clock.now()),
      durationMs,
    };
    if ('reason' in end || end.kind === 'fault') {
      const { reason, detail, status } = 'reason' in end ? end : end.fault;
      return { result: { ...base, kind: 'failure', reason, detail, status, attempts: fetch.attempts }, decoded: null };
    }
    if (end.kind === 'notModified') {
      return { result: { ...base, kind: 'notModified', status: 304, headers: end.headers }, decoded: null };
    }
    const { status, statusText, headers, body } = end.answer;
    const { bodySha256, finalUrl, decoded, via } = end;
    return {
      result: { ...base, kind: 'response', status, statusText, headers, body, bodySha256, finalUrl, via },
      decoded,
    };
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

/** An article that arrives with an empty body was seen on these sites; the next attempt usually brings it. */
function emptinessOf(target: FetchTarget, attempt: Attempt): FetchFault | null {
  const empty = attempt.kind === 'answer' && attempt.answer.status < 300 && isBlank(attempt.decoded);
  return empty && target.kind === 'article' ? faultOf('empty', 'the body is empty', attempt.answer.status) : null;
}

function isBlank(body: Buffer): boolean {
  return body.length < 1_000 && body.toString('latin1').trim() === '';
}
