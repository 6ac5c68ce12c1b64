import { hash } from 'node:crypto';
import type { FetchTarget } from '../../domain/page.js';
import { decodeBody } from '../../platform/decode-body.js';
import { ownTurn, takesConnections } from '../../platform/in-turns.js';
import { faultOf, faultOfError, faultOfStatus, readRetryAfterMs, type FetchFault } from './fetch-fault.js';
import type { HttpAnswer, HttpClient } from './http-client.js';
import type { RedirectCookies } from './redirect-cookies.js';
import type { NetworkGuard, Endpoint } from './network-guard.js';
import { looksLikeChallenge, looksLikeInterference } from './page-evidence.js';

/** Validators of the copy that is already held. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** An answer, unpacked. */
export interface UnpackedAnswer {
  readonly answer: HttpAnswer;
  /** The body without its content encoding. */
  readonly decoded: Buffer;
  /** Real URL that answered. */
  readonly finalUrl: string;
}

export interface PageAnswer extends UnpackedAnswer {
  readonly kind: 'answer';
  /** Lower-case hex of the decoded body. */
  readonly bodySha256: string;
  readonly via: 'http' | 'browser';
}

/** How one attempt at one URL ended. */
export type Attempt =
  | PageAnswer
  | { readonly kind: 'notModified'; readonly headers: HttpAnswer['headers'] }
  /** `page`: what stood under a status that is no answer; a browser may be able to do something with it. */
  | { readonly kind: 'fault'; readonly fault: FetchFault; readonly page: UnpackedAnswer | null };

/** An attempt and the number of HTTP exchanges it took. */
export interface AttemptWithCost {
  readonly attempt: Attempt;
  readonly requests: number;
}

/**
 * Makes one attempt at one URL.
 *
 * @param validators  Of the copy that is held; null: the body is to come in any case.
 * @param cookie      Cookie header, for a browser's requests; default none.
 * @returns           Never rejects for anything the network does.
 */
export type FetchPage = (
  target: FetchTarget,
  validators: Validators | null,
  cookie?: string | null,
) => Promise<AttemptWithCost>;

export interface PageFetcherOptions {
  readonly guard: NetworkGuard;
  readonly client: HttpClient;
  readonly userAgent: string;
  /** Bounds the whole attempt: connection, redirects, headers and body. */
  readonly timeoutMsOf: (target: FetchTarget) => number;
  readonly bodyBytesMax: number;
  /** Whether robots.txt lets the real URL be asked for; asked before the first request and on every redirect. */
  readonly robotsAllow: (editionId: string, realUrl: string) => boolean;
  /** Once aborted, whatever is under way gets a few seconds to end. */
  readonly stopSignal: AbortSignal;
  /** Milliseconds since the epoch; reads HTTP dates. */
  readonly now: () => number;
}

/** What a request under way gets after the stop signal; a service that is told to end does so within 10 s. */
const STOP_GRACE_MS = 3_000;
/** Most redirects of one page. */
const REDIRECTS_MAX = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * @returns  What follows a URL's redirects as far as the guard allows, takes the body as received, unpacks it once
 *           for its digest, and names whatever went wrong.
 */
export function createPageFetcher(options: PageFetcherOptions): FetchPage {
  const underWay = new Set<AbortController>();
  options.stopSignal.addEventListener(
    'abort',
    () => {
      setTimeout(() => {
        for (const deadline of underWay) deadline.abort(new Error('stopped'));
      }, STOP_GRACE_MS).unref();
    },
    { once: true },
  );
  return async (target, validators, cookie = null) => {
    const cost = { requests: 0 };
    const deadline = new AbortController();
    const timeoutMs = options.timeoutMsOf(target);
    const timer = setTimeout(() => {
      deadline.abort(new Error('deadline'));
    }, timeoutMs);
    underWay.add(deadline);
    try {
      const attempt = await attemptPage(options, { target, validators, cookie }, deadline.signal, cost);
      return { attempt, requests: cost.requests };
    } catch (error) {
      const fault = deadline.signal.aborted
        ? faultOf('timeout', `no whole answer within ${timeoutMs} ms`)
        : faultOfError(error);
      return { attempt: { kind: 'fault', fault, page: null }, requests: cost.requests };
    } finally {
      clearTimeout(timer);
      underWay.delete(deadline);
    }
  };
}

interface Asked {
  readonly target: FetchTarget;
  readonly validators: Validators | null;
  readonly cookie: string | null;
}

async function attemptPage(
  options: PageFetcherOptions,
  asked: Asked,
  signal: AbortSignal,
  cost: { requests: number },
): Promise<Attempt> {
  const { target, validators } = asked;
  let endpoint = options.guard.endpointOf(target.edition, target.url);
  if (endpoint === null) return fault('addressForbidden', 'the URL is on no configured host');
  if (target.kind !== 'robots' && !options.robotsAllow(endpoint.edition, endpoint.realUrl)) {
    return fault('robots', 'robots.txt does not allow it');
  }
  const { realUrl: firstUrl } = endpoint;
  const seen = new Set<string>();
  let cookies: RedirectCookies | null = null;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
    const own = asked.cookie !== null && isSameHost(endpoint.realUrl, firstUrl) ? asked.cookie : null;
    const cookie = [own, cookies?.for(endpoint.realUrl)].filter(Boolean).join('; ');
    const request = `${endpoint.networkUrl.href} ${cookie}`;
    if (seen.has(request)) return loop(`redirected back to ${endpoint.realUrl}`);
    seen.add(request);
    cost.requests += 1;
    const headers = requestHeaders(options.userAgent, target, hop === 0 ? validators : null, cookie);
    const answer = await options.client.get(endpoint.networkUrl, headers, options.bodyBytesMax, signal);
    if (!REDIRECT_STATUSES.has(answer.status)) {
      // Unpacking five megabytes takes some 20 ms, and a hundred answers may have come meanwhile. Where nobody asks for anything, answers that
      // came together go on together.
      if (takesConnections()) await ownTurn();
      return judge(options, answer, endpoint, validators !== null && hop === 0);
    }
    const next = follow(options, endpoint, answer);
    if ('kind' in next) return next;
    const setCookie = headersOf(answer, 'set-cookie');
    if (setCookie.length > 0) {
      // Loaded late: few redirects set one.
      cookies ??= new (await import('./redirect-cookies.js')).RedirectCookies();
      cookies.set(endpoint.realUrl, setCookie);
    }
    endpoint = next;
  }
  return loop(`more than ${REDIRECTS_MAX} redirects`);
}

/** @returns where a redirect leads, or why it is not followed. */
function follow(options: PageFetcherOptions, from: Endpoint, answer: HttpAnswer): Endpoint | Attempt {
  const [location] = headersOf(answer, 'location');
  if (location === undefined) return fault('clientError', `HTTP ${answer.status} without a Location`, answer.status);
  const next = options.guard.follow(from, location);
  if (next === null) return fault('redirectForbidden', `redirected to ${describe(location)}`, answer.status);
  if (!options.robotsAllow(next.edition, next.realUrl)) return fault('robots', `redirected to ${next.realUrl}`);
  return next;
}

/** A browser may find the way out: scripts set cookies too. */
function loop(detail: string): Attempt {
  return { kind: 'fault', fault: { ...faultOf('redirectLoop', detail), isForBrowser: true }, page: null };
}

function isSameHost(url: string, other: string): boolean {
  return new URL(url).host === new URL(other).host;
}

function judge(options: PageFetcherOptions, answer: HttpAnswer, endpoint: Endpoint, conditional: boolean): Attempt {
  if (answer.status === 304 && conditional) return { kind: 'notModified', headers: answer.headers };
  const retryAfterMs = readRetryAfterMs(headerOf(answer, 'retry-after'), options.now());
  const statusFault = faultOfStatus(answer.status, retryAfterMs);
  const body = decodeBody(answer.body, headerOf(answer, 'content-encoding') ?? '', options.bodyBytesMax);
  const finalUrl = endpoint.realUrl;
  if (statusFault !== null) {
    if (body.kind === 'failed') return { kind: 'fault', fault: statusFault, page: null };
    const challenge = looksLikeChallenge(body.bytes);
    const named = challenge ? { reason: 'challenge' as const, detail: `HTTP ${answer.status} with a challenge` } : {};
    return {
      kind: 'fault',
      fault: { ...statusFault, ...named, isForBrowser: challenge },
      page: { answer, decoded: body.bytes, finalUrl },
    };
  }
  if (body.kind === 'failed') return fault(body.reason, body.detail, answer.status);
  if (looksLikeInterference(body.bytes, headerOf(answer, 'content-type'))) {
    const challenge = looksLikeChallenge(body.bytes);
    const detail = `HTTP ${answer.status} with ${challenge ? 'a challenge' : 'a block page'} in place of the page`;
    const blocked = {
      ...faultOf(challenge ? 'challenge' : 'blockPage', detail, answer.status),
      slowsHost: true,
      retryAfterMs,
      isForBrowser: challenge,
    };
    return { kind: 'fault', fault: blocked, page: { answer, decoded: body.bytes, finalUrl } };
  }
  const bodySha256 = hash('sha256', body.bytes);
  return { kind: 'answer', answer, decoded: body.bytes, bodySha256, finalUrl, via: 'http' };
}

function requestHeaders(
  userAgent: string,
  target: FetchTarget,
  validators: Validators | null,
  cookie: string,
): Record<string, string> {
  const isHtml = target.kind === 'article' || target.kind === 'tag' || target.kind === 'day' || target.kind === 'more';
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: isHtml ? 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.5' : '*/*',
    'accept-encoding': 'gzip, br',
  };
  if (validators?.etag) headers['if-none-match'] = validators.etag;
  if (validators?.lastModified) headers['if-modified-since'] = validators.lastModified;
  if (cookie !== '') headers['cookie'] = cookie;
  return headers;
}

function headersOf(answer: HttpAnswer, name: string): string[] {
  return answer.headers.flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
}

/** The first value of a header, or null. */
function headerOf(answer: HttpAnswer, name: string): string | null {
  return headersOf(answer, name)[0] ?? null;
}

/** A Location for people: where it leads, without query or credentials. */
function describe(location: string): string {
  if (!URL.canParse(location)) return 'a URL that cannot be read';
  const url = new URL(location);
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
}

function fault(reason: FetchFault['reason'], detail: string, status: number | null = null): Attempt {
  return { kind: 'fault', fault: faultOf(reason, detail, status), page: null };
}
