import type { Dictionary, IRequestManager, Request, RequestOptions } from '@crawlee/basic';
import type { FetchTarget } from '../../domain/page.js';
import { faultOf } from '../http/fetch-fault.js';
import type { HostVerdict } from '../politeness/host-throttle.js';
import { EditionOrder } from './edition-order.js';
import { HostLane, type HostLaneOptions, type Waiting } from './host-lane.js';
import { isNewRequest, isPageData } from './request-data.js';

interface RequestManagerOptions extends HostLaneOptions {
  /** Host and port that are contacted for a page: the unit of politeness; null: it is on no configured host. */
  readonly hostOf: (target: FetchTarget) => string | null;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
}

/** The crawler that takes the requests. */
interface CrawlerLink {
  /** Makes Crawlee's own object; that is done when a request is given out, because thousands may wait. */
  readonly createRequest: (request: RequestOptions) => Request;
  /** Called when a request may have become ready. */
  readonly wake: () => void;
}

/** All of a crawl waits until this host may be asked again. */
export interface CrawlPause {
  readonly host: string;
  readonly waitMs: number;
}

/** A shorter pause needs no words. */
const TOLD_PAUSE_MS_MIN = 3_000;

interface UnderWay {
  readonly waiting: Waiting;
  /** Token of the throttle; null once it is given back, or if none was needed. */
  token: string | null;
}

/**
 * Crawlee's request manager for hosts that are to be asked politely: it goes round the hosts, and gives a request out when
 * the throttle of its host grants it. Within a host lists come before articles, within an edition lists come one after
 * the other. Requests that need no host (steps, and what fails at once) are given out without asking anybody.
 */
export class PacedRequestManager implements IRequestManager {
  readonly #options: RequestManagerOptions;
  #crawler: CrawlerLink | null = null;
  readonly #lanes = new Map<string, HostLane>();
  readonly #unpaced: Waiting[] = [];
  readonly #underWay = new Map<string, UnderWay>();
  readonly #order = new EditionOrder((waiting) => {
    this.#enqueue(waiting);
  });
  #turn = 0;
  #added = 0;
  #handled = 0;
  #queued = 0;
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;
  #timerAtMs = Infinity;

  constructor(options: RequestManagerOptions) {
    this.#options = options;
  }

  /** To be called before the first request is taken. */
  attach(crawler: CrawlerLink): void {
    this.#crawler = crawler;
  }

  /** Host and port of a request that is under way. */
  hostOf(request: Pick<Request, 'uniqueKey'>): string {
    return this.#underWay.get(request.uniqueKey)?.waiting.host ?? '';
  }

  /** Requests that wait: for their host, or for an earlier list of their edition. */
  get waiting(): number {
    return this.#queued + this.#order.waiting;
  }

  /** The host that all wait for, where nothing is under way and nothing may start for a while; the one whose time comes first. */
  pause(): CrawlPause | null {
    if (this.#underWay.size > 0 || this.#unpaced.length > 0 || this.waiting === 0) return null;
    const [first] = [...this.#lanes.values()].sort((a, b) => a.readyAtMs() - b.readyAtMs());
    const waitMs = first === undefined ? Infinity : first.readyAtMs() - this.#options.now();
    return first === undefined || waitMs < TOLD_PAUSE_MS_MIN || waitMs === Infinity
      ? null
      : { host: first.host, waitMs: Math.round(waitMs) };
  }

  addRequest(source: object, options: { readonly forefront?: boolean } = {}) {
    if (!isNewRequest(source)) throw new Error('a request of a crawl bears the label of a route, and its edition');
    const key = String((this.#added += 1));
    const data = source.userData;
    const host = isPageData(data) ? this.#options.hostOf(data.target) : '';
    if (host === null)
      Object.assign(data, { refusal: faultOf('addressForbidden', 'the URL is on no configured host') });
    const waiting = { key, host: host ?? '', request: source, data, readyAtMs: 0 };
    if (!this.#isStopped) {
      if (data.label === 'article') {
        this.#order.articleAdded(data.edition);
        this.#enqueue(waiting);
      } else {
        this.#order.add(waiting, options.forefront === true);
      }
      this.#order.startReady();
    }
    return Promise.resolve({
      requestId: key,
      uniqueKey: key,
      wasAlreadyPresent: false,
      wasAlreadyHandled: false,
      forefront: options.forefront === true,
    });
  }

  async addRequestsBatched(
    requests: AsyncIterable<object | string> | Iterable<object | string>,
    options: { readonly forefront?: boolean } = {},
  ) {
    const added: object[] = [];
    for await (const request of requests) added.push(typeof request === 'string' ? { url: request } : request);
    // Requests that are put in front keep their order.
    if (options.forefront === true) added.reverse();
    for (const request of added) await this.addRequest(request, options);
    return { addedRequests: [], waitForAllRequestsToBeAdded: Promise.resolve([]) };
  }

  /** False: asking for the next one now is of use. Where it is not, `wake` is called later. */
  isEmpty(): Promise<boolean> {
    if (this.#unpaced.length > 0) return Promise.resolve(false);
    for (const lane of this.#lanes.values()) if (lane.isReady()) return Promise.resolve(false);
    this.#sleepUntilReady();
    return Promise.resolve(true);
  }

  isFinished(): Promise<boolean> {
    return Promise.resolve(this.waiting === 0 && this.#underWay.size === 0);
  }

  /** The next request whose host grants it, or null where none may start now. */
  async fetchNextRequest<T extends Dictionary = Dictionary>(): Promise<Request<T> | null> {
    const given = (await this.#takeNext()) as Request<T> | null; // Crawlee's interface lets the caller name the type
    this.#order.startReady();
    return given;
  }

  /** Says how the host took the exchange, and gives the turn back; no more than once is heard. */
  async release(request: Pick<Request, 'uniqueKey'>, verdict: HostVerdict): Promise<void> {
    const underWay = this.#underWay.get(request.uniqueKey);
    if (underWay === undefined || underWay.token === null) return;
    const { token, waiting } = underWay;
    underWay.token = null;
    await this.#lane(waiting.host).release(token, verdict);
    this.#crawler?.wake();
  }

  /** The request waits for another attempt, longer after each. */
  async reclaimRequest(request: Pick<Request, 'uniqueKey' | 'retryCount'>): Promise<null> {
    await this.release(request, { kind: 'ok' });
    const underWay = this.#underWay.get(request.uniqueKey);
    this.#underWay.delete(request.uniqueKey);
    if (underWay === undefined || this.#isStopped) return null;
    const delayMs = request.retryCount === 0 ? 0 : retryDelayMs(request.retryCount, this.#options.random);
    this.#enqueue({ ...underWay.waiting, readyAtMs: this.#options.now() + delayMs });
    return null;
  }

  markRequestHandled(): Promise<null> {
    this.#handled += 1;
    return Promise.resolve(null);
  }

  /**
   * Lets start what waited for this request. Crawlee marks a failed request as handled before `failedRequestHandler` has
   * done its work, so both handlers say so themselves at their end.
   */
  async finish(request: Pick<Request, 'uniqueKey'>): Promise<void> {
    await this.release(request, { kind: 'ok' });
    const underWay = this.#underWay.get(request.uniqueKey);
    if (underWay === undefined) return;
    this.#underWay.delete(request.uniqueKey);
    this.#order.finished(underWay.waiting.data);
    this.#order.startReady();
    this.#crawler?.wake();
  }

  /** Drops waiting requests and accepts no more; running requests may finish. */
  stop(): void {
    this.#isStopped = true;
    this.#order.clear();
    for (const lane of this.#lanes.values()) lane.clear();
    this.#unpaced.length = 0;
    this.#queued = 0;
    this.#clearTimer();
    this.#crawler?.wake();
  }

  handledCount(): Promise<number> {
    return Promise.resolve(this.#handled);
  }

  getTotalCount(): number {
    return this.#added;
  }

  getPendingCount(): number {
    return this.waiting + this.#underWay.size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Request> {
    for (let request = await this.fetchNextRequest(); request !== null; request = await this.fetchNextRequest()) {
      yield request;
    }
  }

  async #takeNext(): Promise<Request | null> {
    const unpaced = this.#unpaced.shift();
    if (unpaced !== undefined) return this.#giveOut(unpaced, null);
    const lanes = [...this.#lanes.values()];
    for (let offset = 0; offset < lanes.length; offset += 1) {
      const lane = lanes[(this.#turn + offset) % lanes.length];
      if (lane?.isReady() !== true) continue;
      const taken = await lane.take();
      if (taken === null) continue;
      this.#turn = (this.#turn + offset + 1) % lanes.length;
      return this.#giveOut(taken.waiting, taken.token);
    }
    return null;
  }

  #giveOut(waiting: Waiting, token: string | null): Request {
    this.#queued -= 1;
    this.#underWay.set(waiting.key, { waiting, token });
    const { request } = waiting;
    if ('retryCount' in request) return request;
    if (this.#crawler === null) throw new Error('no crawler is attached');
    const made = this.#crawler.createRequest({ ...request, uniqueKey: waiting.key });
    this.#underWay.set(waiting.key, { waiting: { ...waiting, request: made }, token });
    return made;
  }

  #enqueue(waiting: Waiting): void {
    this.#queued += 1;
    const isPaced = isPageData(waiting.data) && (waiting.data.refusal ?? null) === null;
    if (isPaced) this.#lane(waiting.host).add(waiting);
    else this.#unpaced.push(waiting);
    this.#crawler?.wake();
  }

  #sleepUntilReady(): void {
    const now = this.#options.now();
    let atMs = Infinity;
    for (const lane of this.#lanes.values()) atMs = Math.min(atMs, Math.max(lane.readyAtMs(), now + 1));
    if (atMs >= this.#timerAtMs || atMs === Infinity) return;
    this.#clearTimer();
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => {
      this.#timerAtMs = Infinity;
      this.#crawler?.wake();
    }, atMs - now);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAtMs = Infinity;
  }

  #lane(host: string): HostLane {
    let lane = this.#lanes.get(host);
    if (lane === undefined) {
      lane = new HostLane(host, this.#options);
      this.#lanes.set(host, lane);
    }
    return lane;
  }
}

/** The first retry waits this long, each further one twice as long … */
const FIRST_DELAY_MS = 500;
/** … up to this. */
const DELAY_MS_MAX = 30_000;

/**
 * How long a failed page waits for its next attempt: exponential, with the upper half left to chance, so that pages
 * that failed together do not come back together.
 *
 * @param attempts  Attempts made so far, from 1.
 * @param random    0 to 1.
 * @returns         Milliseconds, at least half of the step and at most the step.
 */
export function retryDelayMs(attempts: number, random: () => number): number {
  const stepMs = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, attempts - 1), DELAY_MS_MAX);
  return stepMs / 2 + (stepMs / 2) * random();
}
