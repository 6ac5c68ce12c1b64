import { createHash } from 'node:crypto';
import type { FetchTarget } from '../domain/fetched.js';
import { decodeBody } from './decode-body.js';
import type { FetchFault } from './fetch-fault.js';
import { faultOf, faultOfError, faultOfStatus } from './fetch-fault.js';
import type { HttpAnswer, HttpClient } from './http-client.js';
import type { NetworkGuard, Place } from './network-guard.js';
import { looksLikeChallenge } from './page-evidence.js';
import { readRetryAfterMs } from './retry-after.js';

/** Validators of the copy that is already held. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** How one attempt at one address ended. */
export type Attempt =
  | {
      readonly kind: 'answer';
      readonly answer: HttpAnswer;
      /** The body without its content encoding. */
      readonly decoded: Buffer;
      readonly bodySha256: string;
      /** Real address that answered. */
      readonly finalUrl: string;
      readonly via: 'http' | 'browser';
    }
  | { readonly kind: 'notModified'; readonly headers: HttpAnswer['headers'] }
  | { readonly kind: 'fault'; readonly fault: FetchFault };

/** An attempt and the number of HTTP exchanges it took. */
export interface AttemptWithCost {
  readonly attempt: Attempt;
  readonly requests: number;
}

export interface PageFetcherOptions {
  readonly guard: NetworkGuard;
  readonly client: HttpClient;
  readonly userAgent: string;
  /** Bounds the whole attempt: connection, redirects, headers and body. */
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  /** Whether robots.txt lets the real address be asked for; heard again on every redirect. */
  readonly robotsAllow: (editionId: string, realUrl: string) => boolean;
  /** Milliseconds since the epoch; reads HTTP dates. */
  readonly now: () => number;
}

/** Most redirects of one page. */
const REDIRECTS_MAX = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Makes one attempt at one address: follows its redirects as far as the guard allows, takes the body as received,
 * unpacks it once for its digest, and names whatever went wrong.
 *
 * @returns  A function that never rejects for anything the network does.
 */
export function createPageFetcher(
  options: PageFetcherOptions,
): (target: FetchTarget, validators: Validators | null) => Promise<AttemptWithCost> {
  return async (target, validators) => {
    const cost = { requests: 0 };
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new Error('deadline'));
    }, options.timeoutMs);
    try {
      return {
        attempt: await attemptPage(options, target, validators, deadline.signal, cost),
        requests: cost.requests,
      };
    } catch (error) {
      const fault = deadline.signal.aborted
        ? faultOf('timeout', `no whole answer within ${options.timeoutMs} ms`)
        : faultOfError(error);
      return { attempt: { kind: 'fault', fault }, requests: cost.requests };
    } finally {
      clearTimeout(timer);
    }
  };
}

async function attemptPage(
  options: PageFetcherOptions,
  target: FetchTarget,
  validators: Validators | null,
  signal: AbortSignal,
  cost: { requests: number },
): Promise<Attempt> {
  let place = options.guard.place(target.edition, target.url);
  if (place === null) return fault('addressForbidden', 'the address is on no configured host');
  const seen = new Set<string>();
  for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
    if (seen.has(place.networkUrl.href)) return fault('redirectLoop', `redirected back to ${place.realUrl}`);
    seen.add(place.networkUrl.href);
    cost.requests += 1;
    const headers = requestHeaders(options.userAgent, target, hop === 0 ? validators : null);
    const answer = await options.client.get(place.networkUrl, headers, options.bodyBytesMax, signal);
    if (!REDIRECT_STATUSES.has(answer.status)) return judge(options, answer, place, validators !== null && hop === 0);
    const location = headerOf(answer, 'location');
    if (location === null) return fault('clientError', `HTTP ${answer.status} without a Location`, answer.status);
    const next: Place | null = options.guard.follow(place, location);
    if (next === null) return fault('redirectForbidden', `redirected to ${describe(location)}`, answer.status);
    if (!options.robotsAllow(next.edition, next.realUrl)) return fault('robots', `redirected to ${next.realUrl}`);
    place = next;
  }
  return fault('redirectLoop', `more than ${REDIRECTS_MAX} redirects`);
}

function judge(options: PageFetcherOptions, answer: HttpAnswer, place: Place, conditional: boolean): Attempt {
  if (answer.status === 304 && conditional) return { kind: 'notModified', headers: answer.headers };
  const retryAfterMs = readRetryAfterMs(headerOf(answer, 'retry-after'), options.now());
  const statusFault = faultOfStatus(answer.status, retryAfterMs);
  const body = decodeBody(answer.body, headerOf(answer, 'content-encoding') ?? '', options.bodyBytesMax);
  if (statusFault !== null) {
    const challenge = body.kind === 'decoded' && looksLikeChallenge(body.bytes);
    return { kind: 'fault', fault: { ...statusFault, challenge } };
  }
  if (body.kind === 'failed') return fault(body.reason, body.detail, answer.status);
  const bodySha256 = createHash('sha256').update(body.bytes).digest('hex');
  return { kind: 'answer', answer, decoded: body.bytes, bodySha256, finalUrl: place.realUrl, via: 'http' };
}

function requestHeaders(userAgent: string, target: FetchTarget, validators: Validators | null): Record<string, string> {
  const isHtml = target.kind === 'article' || target.kind === 'tag' || target.kind === 'day' || target.kind === 'more';
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: isHtml ? 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.5' : '*/*',
    'accept-encoding': 'gzip, br',
  };
  if (validators?.etag) headers['if-none-match'] = validators.etag;
  if (validators?.lastModified) headers['if-modified-since'] = validators.lastModified;
  return headers;
}

/** The first value of a header, or null. */
function headerOf(answer: HttpAnswer, name: string): string | null {
  const found = answer.headers.find(([key]) => key.toLowerCase() === name);
  return found === undefined ? null : found[1];
}

/** A Location for people: where it leads, without query or credentials. */
function describe(location: string): string {
  if (!URL.canParse(location)) return 'an address that cannot be read';
  const url = new URL(location);
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
}

function fault(reason: FetchFault['reason'], detail: string, status: number | null = null): Attempt {
  return { kind: 'fault', fault: faultOf(reason, detail, status) };
}
