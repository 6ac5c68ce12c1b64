import type { Request } from '@crawlee/basic';
import { faultOf, type FetchFault } from '../http/fetch-fault.js';
import { THROTTLE_RULES, type HostLimits, type HostThrottle, type HostVerdict } from '../politeness/host-throttle.js';
import { hostWaitMsMax, type FailedPages } from './page-retries.js';
import type { NewRequest, StepData } from './request-data.js';

export interface Waiting {
  readonly key: string;
  readonly host: string;
  /** As added, or the one that is given out again. */
  readonly request: NewRequest | Request;
  readonly data: StepData;
  /** Not before this, in monotonic milliseconds. */
  readonly readyAtMs: number;
}

export interface HostLaneOptions {
  readonly throttle: HostThrottle;
  /** Pace of a host; asked at each turn, so that a Crawl-delay learned later holds. */
  readonly limitsOf: (host: string) => HostLimits;
  /** Why nothing of a host is asked for any more; null: it is. */
  readonly refusalOf: (host: string) => FetchFault | null;
  /** Says how long a request waits for a host that wants silence: see `hostWaitMsMax`. */
  readonly failedPages: FailedPages;
  /** Called once for each long pause that a host demands, whichever request met it. */
  readonly tellSilence?: (host: string, silenceMs: number) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A shorter silence, beyond the usual delay, is not worth a word. */
const TOLD_SILENCE_MS_MIN = 10_000;

/** What waits for one host. Holds no politeness of its own: the throttle says when something may start. */
export class HostLane {
  /** Lists come first: they are few, and articles wait for them. */
  readonly #lists: Waiting[] = [];
  readonly #articles: Waiting[] = [];
  /** Retries that wait for their time, soonest first. */
  readonly #delayed: Waiting[] = [];
  #notBeforeMs = 0;
  /** Turns that were asked for and not yet answered. */
  #asking = 0;
  /** The silence that the host wants, until `#notBeforeMs`; 0: none, or it is over. */
  #silenceMs = 0;
  /** End of the silence that was told of. */
  #toldUntilMs = 0;

  readonly #kept: KeptTurns;

  constructor(
    readonly host: string,
    readonly options: HostLaneOptions,
  ) {
    this.#kept = new KeptTurns(host, options.throttle, options.now);
  }

  add(waiting: Waiting): void {
    if (waiting.readyAtMs <= this.options.now()) {
      this.#queueOf(waiting).push(waiting);
      return;
    }
    const index = this.#delayed.findIndex((other) => other.readyAtMs > waiting.readyAtMs);
    this.#delayed.splice(index === -1 ? this.#delayed.length : index, 0, waiting);
  }

  /** Whether asking for a turn now is of use. */
  isReady(): boolean {
    const now = this.options.now();
    while (this.#delayed[0] !== undefined && this.#delayed[0].readyAtMs <= now) {
      const waiting = this.#delayed.shift();
      if (waiting !== undefined) this.#queueOf(waiting).push(waiting);
    }
    const queued = this.#lists.length + this.#articles.length;
    if (this.#refusal() !== null) return queued + this.#delayed.length > 0;
    return this.#notBeforeMs <= now && queued > this.#asking;
  }

  /** When asking will be of use, where it is not now. */
  readyAtMs(): number {
    const isQueued = this.#lists.length + this.#articles.length > this.#asking;
    return isQueued ? this.#notBeforeMs : (this.#delayed[0]?.readyAtMs ?? Infinity);
  }

  /**
   * @returns  The next request and the throttle's token; without a token where the host is left alone for longer than the request waits,
   *           and it has the reason; null where none may start now.
   */
  async take(): Promise<{ readonly waiting: Waiting; readonly token: string | null } | null> {
    const token = this.#refusal() === null ? (this.#kept.take() ?? (await this.#askForTurn())) : null;
    const refusal = this.#refusal();
    if (token === null && refusal === null) return null;
    const waiting =
      this.#lists.shift() ?? this.#articles.shift() ?? (token === null ? this.#delayed.shift() : undefined);
    if (waiting !== undefined && refusal !== null) Object.assign(waiting.data, { refusal });
    if (waiting !== undefined) return { waiting, token };
    if (token !== null) await this.release(token, { kind: 'ok' });
    return null;
  }

  /** Reports how the host responded, and returns the turn or passes it on to a waiting request. */
  async release(token: string, verdict: HostVerdict): Promise<void> {
    const { limitsOf } = this.options;
    const queued = this.#lists.length + this.#articles.length;
    const isWanted = queued > this.#asking + this.#kept.spare && limitsOf(this.host).delayMs === 0;
    await this.#kept.release(token, verdict, isWanted && this.#refusal() === null);
    // A slot is free: requests that were told to wait for it ask again now.
    if (verdict.kind === 'ok' && this.#refusal() === null) this.#notBeforeMs = 0;
  }

  clear(): void {
    for (const queue of [this.#lists, this.#articles, this.#delayed]) queue.length = 0;
    this.#kept.giveBack();
  }

  async #askForTurn(): Promise<string | null> {
    const { throttle, limitsOf, now } = this.options;
    this.#asking += 1;
    try {
      const permission = await throttle.acquire(this.host, limitsOf(this.host));
      if (permission.granted) {
        if (permission.isExclusive === true) this.#kept.add(permission.token);
        return permission.token;
      }
      this.#notBeforeMs = now() + permission.waitMs;
      this.#silenceMs = permission.waitMs;
      this.#tellSilence(permission.waitMs);
      return null;
    } finally {
      this.#asking -= 1;
    }
  }

  #tellSilence(silenceMs: number): void {
    const { tellSilence, limitsOf, now } = this.options;
    if (silenceMs < limitsOf(this.host).delayMs + TOLD_SILENCE_MS_MIN || now() < this.#toldUntilMs) return;
    this.#toldUntilMs = now() + silenceMs;
    tellSilence?.(this.host, silenceMs);
  }

  /** Why the next request is not carried out at all. */
  #refusal(): FetchFault | null {
    const { now, limitsOf, failedPages, refusalOf } = this.options;
    if (this.#notBeforeMs <= now()) this.#silenceMs = 0;
    const next = this.#lists[0] ?? this.#articles[0] ?? this.#delayed[0];
    const isTooLong =
      next !== undefined && this.#silenceMs > limitsOf(this.host).delayMs + hostWaitMsMax(next.data, failedPages);
    return isTooLong ? leftAlone(this.host, this.#silenceMs) : refusalOf(this.host);
  }

  #queueOf({ data }: Waiting): Waiting[] {
    return data.label === 'article' ? this.#articles : this.#lists;
  }
}

function leftAlone(host: string, waitMs: number): FetchFault {
  const fault = faultOf('rateLimited', `${host} wants to be left alone for ${Math.round(waitMs / 1000)} s`);
  return { ...fault, retryable: false, retryAfterMs: waitMs };
}

/**
 * The turns of a host that no other process asks for. Each turn serves one request after the other for a moment, so
 * that one question to the throttle covers many requests. A complaint of the host ends this at once, and earlier turns
 * are given back.
 */
class KeptTurns {
  readonly #host: string;
  readonly #throttle: HostThrottle;
  readonly #now: () => number;
  /** Token → until when it may be kept, in monotonic milliseconds. */
  readonly #keptUntilMs = new Map<string, number>();
  /** Those of them that serve no request. */
  readonly #spare: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param now  Monotonic milliseconds. */
  constructor(host: string, throttle: HostThrottle, now: () => number) {
    this.#host = host;
    this.#throttle = throttle;
    this.#now = now;
  }

  get spare(): number {
    return this.#spare.length;
  }

  /** Notes that no other process asks for the host of a token that was just granted. */
  add(token: string): void {
    this.#keptUntilMs.set(token, this.#now() + THROTTLE_RULES.exclusiveMs);
  }

  /** @returns a token for the next request, null where none is kept. */
  take(): string | null {
    return this.#spare.pop() ?? null;
  }

  /** Gives a token back, or keeps it. @param isWanted  A request waits for it. */
  async release(token: string, verdict: HostVerdict, isWanted: boolean): Promise<void> {
    const isKept = verdict.kind === 'ok' && isWanted && (this.#keptUntilMs.get(token) ?? 0) > this.#now();
    if (isKept) {
      this.#spare.push(token);
      this.#timer ??= setTimeout(() => {
        this.giveBack();
      }, THROTTLE_RULES.exclusiveMs).unref();
      return;
    }
    this.#keptUntilMs.delete(token);
    if (verdict.kind !== 'ok') this.#keptUntilMs.clear();
    await this.#throttle.release(this.#host, token, verdict);
    if (verdict.kind !== 'ok') this.giveBack();
  }

  /** Gives back what serves no request. */
  giveBack(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const token of this.#spare.splice(0)) {
      this.#keptUntilMs.delete(token);
      // While Redis is away nothing is granted to anybody; a token that is not given back ends with its lease.
      this.#throttle.release(this.#host, token, { kind: 'ok' }).catch(() => undefined);
    }
  }
}
