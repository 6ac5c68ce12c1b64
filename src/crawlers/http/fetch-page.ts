import { hash } from 'node:crypto';
import type { CookieJar } from 'tough-cookie';
import type { FetchTarget } from '../../domain/page.js';
import { decodeBody } from '../../platform/decode-body.js';
import { ownTurn, takesConnections } from '../../platform/in-turns.js';
import { looksLikeChallenge, looksLikeInterference } from '../../sputnik/extractors/classify-page.js';
import { faultOf, faultOfError, faultOfStatus, readRetryAfterMs, type FetchFault } from './fetch-fault.js';
import type { HttpAnswer, HttpClient } from './http-client.js';
import type { NetworkGuard, Endpoint } from './network-guard.js';

/** Validators of the copy that is already held. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

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

export type Attempt =
  | PageAnswer
  | { readonly kind: 'notModified'; readonly headers: HttpAnswer['headers'] }
  /** `page`: what stood under a status that is no answer; a browser may be able to do something with it. */
  | { readonly kind: 'fault'; readonly fault: FetchFault; readonly page: UnpackedAnswer | null };

/** An attempt and the number of HTTP exchanges it took. */
interface AttemptWithCost {
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

interface PageFetcherOptions {
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
const REDIRECTS_MAX = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Asked {
  readonly target: FetchTarget;
  readonly validators: Validators | null;
  readonly cookie: string | null;
  readonly signal: AbortSignal;
  requests: number;
}

/**
 * Follows a URL's redirects as far as the guard allows, takes the body as received, unpacks it once for its digest, and names
 * whatever went wrong.
 */
export class PageFetcher {
  readonly #options: PageFetcherOptions;
  readonly #underWay = new Set<AbortController>();

  constructor(options: PageFetcherOptions) {
    this.#options = options;
  }

  readonly fetch: FetchPage = async (target, validators, cookie = null) => {
    const deadline = new AbortController();
    const asked: Asked = { target, validators, cookie, signal: deadline.signal, requests: 0 };
    const timeoutMs = this.#options.timeoutMsOf(target);
    const timer = setTimeout(() => {
      deadline.abort(new Error('deadline'));
    }, timeoutMs);
    const { stopSignal } = this.#options;
    // Listens only while something is under way: a signal joined from others may live as long as they do, with all that its listeners hold.
    if (this.#underWay.size === 0) stopSignal.addEventListener('abort', this.#stopSoon, { once: true });
    this.#underWay.add(deadline);
    if (stopSignal.aborted) this.#stopSoon();
    try {
      const attempt = await this.#attempt(asked);
      return { attempt, requests: asked.requests };
    } catch (error) {
      const fault = deadline.signal.aborted
        ? faultOf('timeout', `no whole answer within ${timeoutMs} ms`)
        : faultOfError(error);
      return { attempt: { kind: 'fault', fault, page: null }, requests: asked.requests };
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(deadline);
      if (this.#underWay.size === 0) stopSignal.removeEventListener('abort', this.#stopSoon);
    }
  };

  readonly #stopSoon = (): void => {
    setTimeout(() => {
      for (const deadline of this.#underWay) deadline.abort(new Error('stopped'));
    }, STOP_GRACE_MS).unref();
  };

  async #attempt(asked: Asked): Promise<Attempt> {
    const { guard, robotsAllow, userAgent, client, bodyBytesMax } = this.#options;
    const { target, signal } = asked;
    let endpoint = guard.endpointOf(target.edition, target.url);
    if (endpoint === null) return fault('addressForbidden', 'the URL is on no configured host');
    if (target.kind !== 'robots' && !robotsAllow(endpoint.edition, endpoint.realUrl)) {
      return fault('robots', 'robots.txt does not allow it');
    }
    const { realUrl: firstUrl } = endpoint;
    const seen = new Set<string>();
    const jars: CookieJars = new Map();
    for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
      const own = asked.cookie !== null && isSameHost(endpoint.realUrl, firstUrl) ? asked.cookie : null;
      const cookie = [own, cookieFor(endpoint.realUrl, jars)].filter(Boolean).join('; ');
      const request = `${endpoint.networkUrl.href} ${cookie}`;
      if (seen.has(request)) return loop(`redirected back to ${endpoint.realUrl}`);
      seen.add(request);
      asked.requests += 1;
      const validators = hop === 0 ? asked.validators : null;
      const headers = requestHeaders(userAgent, target, validators, cookie);
      const answer = await client.get(endpoint.networkUrl, headers, bodyBytesMax, signal);
      if (!REDIRECT_STATUSES.has(answer.status)) {
        // Unpacking five megabytes takes some 20 ms, and a hundred answers may be waiting. A process that serves others lets them in between;
        // elsewhere answers that came together go on together.
        if (takesConnections()) await ownTurn();
        return this.#judge(answer, endpoint, validators !== null);
      }
      const next = this.#follow(endpoint, answer);
      if ('kind' in next) return next;
      await keepCookies(endpoint.realUrl, answer, jars);
      endpoint = next;
    }
    return loop(`more than ${REDIRECTS_MAX} redirects`);
  }

  /** @returns where a redirect leads, or why it is not followed. */
  #follow(from: Endpoint, answer: HttpAnswer): Endpoint | Attempt {
    const { guard, robotsAllow } = this.#options;
    const location = headerOf(answer, 'location');
    if (location === null) return fault('clientError', `HTTP ${answer.status} without a Location`, answer.status);
    const next = guard.follow(from, location);
    if (next === null) {
      const remedy = `no configured host; if the site has moved there, add the host to editions.${from.edition}.hosts`;
      return fault('redirectForbidden', `redirected to ${describe(location)}: ${remedy}`, answer.status);
    }
    if (!robotsAllow(next.edition, next.realUrl)) return fault('robots', `redirected to ${next.realUrl}`);
    return next;
  }

  #judge(answer: HttpAnswer, { realUrl: finalUrl }: Endpoint, conditional: boolean): Attempt {
    const { now, bodyBytesMax } = this.#options;
    if (answer.status === 304 && conditional) return { kind: 'notModified', headers: answer.headers };
    const retryAfterMs = readRetryAfterMs(headerOf(answer, 'retry-after'), now());
    const statusFault = faultOfStatus(answer.status, retryAfterMs);
    const body = decodeBody(answer.body, headerOf(answer, 'content-encoding') ?? '', bodyBytesMax);
    if (statusFault !== null) {
      if (body.kind === 'failed') return { kind: 'fault', fault: statusFault, page: null };
      const challenge = isChallenge(answer, body.bytes);
      const named = { reason: 'challenge', detail: `HTTP ${answer.status} with a challenge`, retryable: true } as const;
      return {
        kind: 'fault',
        fault: { ...statusFault, ...(challenge ? named : {}), isForBrowser: challenge },
        page: { answer, decoded: body.bytes, finalUrl },
      };
    }
    if (body.kind === 'failed') return fault(body.reason, body.detail, answer.status);
    if (saysChallenge(answer) || looksLikeInterference(body.bytes, headerOf(answer, 'content-type'))) {
      const challenge = isChallenge(answer, body.bytes);
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
}

/** Guards that say in a header that they stand in the way: Cloudflare, and AWS WAF, whose answer may be an empty 202 or a 405. */
const CHALLENGE_HEADERS = ['cf-mitigated', 'x-amzn-waf-action'];

function saysChallenge(answer: HttpAnswer): boolean {
  return CHALLENGE_HEADERS.some((name) => headerOf(answer, name) !== null);
}

function isChallenge(answer: HttpAnswer, body: Buffer): boolean {
  return saysChallenge(answer) || looksLikeChallenge(body);
}

/** A browser may find the way out: scripts set cookies too. */
function loop(detail: string): Attempt {
  return { kind: 'fault', fault: { ...faultOf('redirectLoop', detail), isForBrowser: true }, page: null };
}

/** The cookies of one page's redirects: each host has its own, whatever `Domain` they name, and none outlives the page. */
type CookieJars = Map<string, CookieJar>;

/** What cannot be read, or is of another site, is passed over, as browsers do. */
async function keepCookies(realUrl: string, answer: HttpAnswer, jars: CookieJars): Promise<void> {
  const cookies = headersOf(answer, 'set-cookie');
  if (cookies.length === 0) return;
  const { CookieJar } = await import('tough-cookie'); // late: few redirects set one
  const { host } = new URL(realUrl);
  const jar = jars.get(host) ?? new CookieJar();
  jars.set(host, jar);
  for (const cookie of cookies) jar.setCookieSync(cookie, realUrl, { ignoreError: true });
}

/** @returns the Cookie header for a request, empty where there are none. */
function cookieFor(realUrl: string, jars: CookieJars): string {
  return jars.get(new URL(realUrl).host)?.getCookieStringSync(realUrl) ?? '';
}

function isSameHost(url: string, other: string): boolean {
  return new URL(url).host === new URL(other).host;
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
