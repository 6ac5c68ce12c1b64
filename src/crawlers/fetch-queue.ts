import type { FetchTarget } from '../domain/fetched.js';
import type { FetchFault } from './fetch-fault.js';
import type { Validators } from './attempt.js';
import type { HostLimits, HostThrottle, HostVerdict } from './host-throttle.js';

/** One address that waits to be asked for. */
export interface QueuedFetch {
  readonly id: string;
  readonly target: FetchTarget;
  /** Host and port that is really contacted: the unit of politeness. */
  readonly host: string;
  readonly validators: Validators | null;
  /** A browser could not help with it: plain HTTP, whatever the settings prefer. */
  readonly isPlain: boolean;
  /** Attempts that were made so far. */
  attempts: number;
  /** Not before this, on the queue's clock. */
  readyAtMs: number;
}

/** A queued fetch whose turn has come; its token is given back by `done` or `again`. */
export interface StartedFetch {
  readonly fetch: QueuedFetch;
  readonly token: string;
}

export interface FetchQueueOptions {
  readonly throttle: HostThrottle;
  /** Pace of a host; asked anew at each turn, so that a Crawl-delay learned later holds. */
  readonly limitsOf: (host: string) => HostLimits;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Called when something may have become ready. */
  readonly wake: () => void;
  /** Called for each fetch that is given up without another attempt because its host wants to be left alone. */
  readonly giveUp: (fetch: QueuedFetch, fault: FetchFault) => void;
}

/** A host that wants silence for longer than this is left alone for the rest of the run. */
const HOST_WAIT_MS_MAX = 150_000;

interface Lane {
  readonly host: string;
  /** Lists come first: they are few, and articles wait for them. */
  readonly lists: QueuedFetch[];
  readonly articles: QueuedFetch[];
  /** Retries that wait for their time, soonest first. */
  readonly delayed: QueuedFetch[];
  /** The throttle is not asked before this. */
  notBeforeMs: number;
  /** Turns that were asked for and not yet answered. */
  asking: number;
}

/**
 * What waits, host by host, in the order of arrival, lists before articles; a fetch is given out when the host's
 * throttle grants it. Holds no politeness of its own.
 */
export class FetchQueue {
  readonly #options: FetchQueueOptions;
  readonly #lanes = new Map<string, Lane>();
  #turn = 0;
  #waiting = 0;
  #timer: NodeJS.Timeout | null = null;
  #timerAtMs = Infinity;

  constructor(options: FetchQueueOptions) {
    this.#options = options;
  }

  /** Fetches that were added and not yet given out. */
  get waiting(): number {
    return this.#waiting;
  }

  add(fetch: QueuedFetch): void {
    const lane = this.#lane(fetch.host);
    this.#waiting += 1;
    if (fetch.readyAtMs > this.#options.now()) insertByTime(lane.delayed, fetch);
    else (fetch.target.kind === 'article' ? lane.articles : lane.lists).push(fetch);
    this.#options.wake();
  }

  /** Whether asking for the next one now is of use. */
  get hasReady(): boolean {
    const now = this.#options.now();
    for (const lane of this.#lanes.values()) if (this.#isReady(lane, now)) return true;
    this.#sleepUntilReady(now);
    return false;
  }

  /** The next fetch whose host grants it, or null where none may start now. */
  async next(): Promise<StartedFetch | null> {
    const lanes = [...this.#lanes.values()];
    for (let offset = 0; offset < lanes.length; offset += 1) {
      const lane = lanes[(this.#turn + offset) % lanes.length];
      if (lane === undefined || !this.#isReady(lane, this.#options.now())) continue;
      const started = await this.#askFor(lane);
      if (started === null) continue;
      this.#turn = (this.#turn + offset + 1) % lanes.length;
      return started;
    }
    return null;
  }

  /** Gives the turn back after the exchange. */
  async release(started: StartedFetch, verdict: HostVerdict): Promise<void> {
    await this.#options.throttle.release(started.fetch.host, started.token, verdict);
    // A place is free: whoever was told to wait for it asks again now.
    if (verdict.kind === 'ok') this.#lane(started.fetch.host).notBeforeMs = 0;
    this.#options.wake();
  }

  /** Takes out what waits, of one host or of all, and returns it. */
  drain(host: string | null = null): QueuedFetch[] {
    const drained: QueuedFetch[] = [];
    for (const lane of this.#lanes.values()) {
      if (host !== null && lane.host !== host) continue;
      for (const list of [lane.lists, lane.articles, lane.delayed]) drained.push(...list.splice(0));
    }
    this.#waiting -= drained.length;
    return drained;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAtMs = Infinity;
  }

  async #askFor(lane: Lane): Promise<StartedFetch | null> {
    lane.asking += 1;
    try {
      const permission = await this.#options.throttle.acquire(lane.host, this.#options.limitsOf(lane.host));
      if (permission.granted) return await this.#start(lane, permission.token);
      lane.notBeforeMs = this.#options.now() + permission.waitMs;
      if (permission.waitMs > HOST_WAIT_MS_MAX) this.#leaveAlone(lane, permission.waitMs);
      return null;
    } finally {
      lane.asking -= 1;
    }
  }

  async #start(lane: Lane, token: string): Promise<StartedFetch | null> {
    const fetch = lane.lists.shift() ?? lane.articles.shift();
    if (fetch !== undefined) {
      this.#waiting -= 1;
      return { fetch, token };
    }
    await this.#options.throttle.release(lane.host, token, { kind: 'ok' });
    return null;
  }

  #leaveAlone(lane: Lane, waitMs: number): void {
    const detail = `${lane.host} wants to be left alone for ${Math.round(waitMs / 1000)} s`;
    for (const fetch of this.drain(lane.host)) {
      this.#options.giveUp(fetch, {
        reason: 'rateLimited',
        detail,
        status: null,
        retryable: false,
        slowsHost: false,
        retryAfterMs: waitMs,
        challenge: false,
      });
    }
  }

  #isReady(lane: Lane, now: number): boolean {
    this.#promote(lane, now);
    return lane.notBeforeMs <= now && lane.lists.length + lane.articles.length > lane.asking;
  }

  #promote(lane: Lane, now: number): void {
    while (lane.delayed[0] !== undefined && lane.delayed[0].readyAtMs <= now) {
      const fetch = lane.delayed.shift();
      if (fetch !== undefined) (fetch.target.kind === 'article' ? lane.articles : lane.lists).push(fetch);
    }
  }

  #sleepUntilReady(now: number): void {
    let atMs = Infinity;
    for (const lane of this.#lanes.values()) {
      const queued = lane.lists.length + lane.articles.length > lane.asking;
      const readyAtMs = queued ? lane.notBeforeMs : (lane.delayed[0]?.readyAtMs ?? Infinity);
      atMs = Math.min(atMs, Math.max(readyAtMs, now + 1));
    }
    if (atMs >= this.#timerAtMs || atMs === Infinity) return;
    this.close();
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => {
      this.#timerAtMs = Infinity;
      this.#options.wake();
    }, atMs - now);
  }

  #lane(host: string): Lane {
    let lane = this.#lanes.get(host);
    if (lane === undefined) {
      lane = { host, lists: [], articles: [], delayed: [], notBeforeMs: 0, asking: 0 };
      this.#lanes.set(host, lane);
    }
    return lane;
  }
}

function insertByTime(delayed: QueuedFetch[], fetch: QueuedFetch): void {
  const index = delayed.findIndex((other) => other.readyAtMs > fetch.readyAtMs);
  delayed.splice(index === -1 ? delayed.length : index, 0, fetch);
}
