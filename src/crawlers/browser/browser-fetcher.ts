import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FetchTarget } from '../../domain/page.js';
import { withDeadline } from '../../platform/closers.js';
import type { Logger } from '../../platform/logger.js';
import { showsArticle } from '../../sputnik/extractors/classify-page.js';
import type { BrowserProcess } from './browser-process.js';
import type { SharedTurns } from '../../platform/in-turns.js';
import type { CrawlSettings } from '../requests/crawl-run.js';
import type { BrowserFetcher } from '../requests/request-fetcher.js';
import type { FetchPage, PageAnswer, UnpackedAnswer } from '../http/fetch-page.js';
import type { HostLimits, HostThrottle } from '../politeness/host-throttle.js';
import { verdictOnHost } from '../http/fetch-fault.js';
import type { Endpoint, NetworkGuard } from '../http/network-guard.js';
import type { LoadedPart } from './driver-messages.js';

interface BrowserFetcherOptions {
  readonly settings: CrawlSettings;
  readonly guard: NetworkGuard;
  readonly fetchPage: FetchPage;
  readonly throttle: HostThrottle;
  readonly limitsOf: (host: string) => HostLimits;
  readonly log: Logger;
  /** Shared by the crawls of one process. */
  readonly turns: SharedTurns;
  /** Folders in the form of PATH; default: where browsers usually are. */
  readonly browserFolders?: string | undefined;
}

/** Ending a browser that no longer answers. */
const KILL_MS_MAX = 5_000;
/**
 * Total size of everything that a page may load, including itself, in multiples of the longest accepted body. Bodies
 * that the page has not read yet wait in the memory of this process.
 */
const PAGE_BODIES_MAX = 4;
/** Least time kept for a page to show an article once its document is there. */
const PATIENCE_SHARE = 0.25;

/** Said of the body that is handed to the browser, or of the connection; not true of the page as the browser shows it. */
const TRANSPORT_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
]);

/** Starts a browser when the first page needs one, and a fresh one after every so many pages. */
export class RecycledBrowser implements BrowserFetcher {
  readonly counts = { tried: 0, helped: 0, missed: 0 };
  readonly #options: BrowserFetcherOptions;
  readonly #endForOthers = (): Promise<void> => this.#end();
  /** Pages are read one after the other: a browser is the most expensive thing here. */
  #turn: Promise<unknown> = Promise.resolve();
  #process: BrowserProcess | null = null;
  #pages = 0;
  #isMissing = false;
  #isClosed = false;

  constructor(options: BrowserFetcherOptions) {
    this.#options = options;
  }

  read(target: FetchTarget): ReturnType<BrowserFetcher['read']> {
    const turn = this.#options.turns.take(this.#endForOthers, () => this.#readNow(target));
    this.#turn = turn;
    return turn;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
    await this.#turn;
  }

  async #readNow(target: FetchTarget): ReturnType<BrowserFetcher['read']> {
    const cost = { requests: 0 };
    const process = await this.#ready();
    if (process === null) {
      this.counts.missed += 1;
      return { answer: null, ...cost };
    }
    this.counts.tried += 1;
    this.#pages += 1;
    const startedAtMs = performance.now();
    let answer: PageAnswer | null = null;
    try {
      answer = await this.#readWith(process, target, cost);
    } catch (error) {
      this.#options.log.warn({ event: 'browser.failed', url: target.url, err: error }, 'the browser was ended');
      await this.#end();
    }
    const helped = answer !== null && showsArticle(answer.decoded);
    if (helped) this.counts.helped += 1;
    const { edition, url } = target;
    const outcome = helped ? 'article' : 'noArticle';
    const durationMs = Math.round(performance.now() - startedAtMs);
    this.#options.log.info(
      { event: 'browser.read', edition, url, outcome, durationMs },
      'a page was read in the browser',
    );
    return { answer, ...cost };
  }

  async #readWith(
    process: BrowserProcess,
    target: FetchTarget,
    cost: { requests: number },
  ): Promise<PageAnswer | null> {
    const { guard, settings } = this.#options;
    const { bodyBytesMax, userAgent } = settings.politeness;
    const { deadlineMs } = settings.browser;
    const endsAtMs = performance.now() + deadlineMs;
    const shown: { document: UnpackedAnswer | null } = { document: null };
    let bytesLeft = PAGE_BODIES_MAX * bodyBytesMax;
    const load = async (url: string, cookie: string | null, isDocument: boolean): Promise<LoadedPart | null> => {
      const endpoint = endpointOf(guard, target, url);
      if (endpoint === null) return null;
      const part = { ...target, edition: endpoint.edition, url: endpoint.realUrl };
      const answered = bytesLeft > 0 ? await this.#load(part, cookie, endsAtMs, cost) : null;
      bytesLeft -= answered?.decoded.length ?? 0;
      if (answered === null || bytesLeft < 0) return null;
      if (isDocument) shown.document = answered;
      const headers = Object.fromEntries(usefulHeaders(answered.answer.headers));
      return { status: answered.answer.status, headers, body: answered.decoded };
    };
    const patienceMs = deadlineMs * PATIENCE_SHARE;
    const reading = process.read({ url: target.url, userAgent, bodyBytesMax, patienceMs }, load);
    const page = await withDeadline(reading, deadlineMs, `reading ${target.url} in the browser`);
    // Sent elsewhere by its script, it shows the browser's own page of an error: nothing that the site said.
    if (page === null || shown.document === null || endpointOf(guard, target, page.url) === null) return null;
    return describe(shown.document, Buffer.from(page.html));
  }

  /** One request of a page, at the pace of its host. */
  async #load(
    target: FetchTarget,
    cookie: string | null,
    endsAtMs: number,
    cost: { requests: number },
  ): Promise<UnpackedAnswer | null> {
    const { guard, throttle, limitsOf, fetchPage } = this.#options;
    const host = guard.endpointOf(target.edition, target.url)?.networkUrl.host;
    if (host === undefined) return null;
    let permission = await throttle.acquire(host, limitsOf(host));
    while (!permission.granted) {
      if (performance.now() + permission.waitMs > endsAtMs) return null;
      await pause(permission.waitMs);
      if (this.#isClosed) return null;
      permission = await throttle.acquire(host, limitsOf(host));
    }
    const { attempt, requests } = await fetchPage(target, null, cookie);
    cost.requests += requests;
    const fault = attempt.kind === 'fault' ? attempt.fault : null;
    await throttle.release(host, permission.token, verdictOnHost(fault, target.kind, 1));
    if (attempt.kind === 'fault') return attempt.page;
    return attempt.kind === 'answer' ? attempt : null;
  }

  /** The running browser, replaced by a fresh one after a number of pages; null if no browser is available. */
  async #ready(): Promise<BrowserProcess | null> {
    if (this.#isMissing || this.#isClosed) return null;
    if (this.#pages >= this.#options.settings.browser.pagesMax || this.#process?.isRunning === false) {
      await this.#end();
    }
    this.#process ??= await this.#start();
    return this.#process;
  }

  async #start(): Promise<BrowserProcess | null> {
    const { log, settings, browserFolders } = this.#options;
    const hint =
      'set browser.executablePath, install one (apt-get install chromium-headless-shell), or browser.mode: never';
    try {
      // Only runs that need one pay for loading what drives it.
      const { findBrowser } = await import('./find-browser.js');
      const executablePath = await findBrowser(settings.browser.executablePath, browserFolders);
      if (executablePath === null) {
        this.#isMissing = true;
        log.warn(
          { event: 'browser.missing', reason: hint },
          'no browser found; pages that need one are handed on as they are',
        );
        return null;
      }
      const { startBrowser } = await import('./browser-process.js');
      const started = await startBrowser(executablePath);
      log.debug({ event: 'browser.started', file: executablePath }, 'a browser was started');
      return started;
    } catch (error) {
      this.#isMissing = true;
      log.warn({ event: 'browser.missing', reason: hint, err: error }, 'the browser does not start');
      return null;
    }
  }

  async #end(): Promise<void> {
    const ending = this.#process;
    this.#process = null;
    this.#pages = 0;
    if (ending === null) return;
    await withDeadline(ending.kill(), KILL_MS_MAX, 'ending the browser').catch((error: unknown) => {
      this.#options.log.warn({ event: 'browser.stuck', err: error }, 'the browser could not be ended');
    });
  }
}

/** Where a URL that the page names is asked for, or null where it is on no configured host. */
function endpointOf(guard: NetworkGuard, page: FetchTarget, url: string): Endpoint | null {
  const own = guard.endpointOf(page.edition, page.url);
  return own === null ? null : (guard.endpointOf(page.edition, url) ?? guard.follow(own, url));
}

function describe({ answer, finalUrl }: UnpackedAnswer, html: Buffer): PageAnswer {
  const { status, statusText } = answer;
  return {
    kind: 'answer',
    answer: { status, statusText, headers: usefulHeaders(answer.headers), body: html },
    decoded: html,
    bodySha256: createHash('sha256').update(html).digest('hex'),
    finalUrl,
    via: 'browser',
  };
}

function usefulHeaders(headers: UnpackedAnswer['answer']['headers']): (readonly [string, string])[] {
  return headers.filter(([name]) => !TRANSPORT_HEADERS.has(name.toLowerCase()));
}
