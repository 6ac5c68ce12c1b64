import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { isIPv6 } from 'node:net';
import type { Config } from '../config/config.js';
import { checkAction, isAction } from './action-forms.js';
import { WebRefusal } from './web-refusal.js';
import { MINUTE_MS } from '../domain/units.js';

/** Longest URL that is read, in characters. */
const URL_LENGTH_MAX = 2_048;
/** A request with a wrong token counts as this many requests. */
const WRONG_TOKEN_COST = 10;
/** Answered to everybody. They say only that the process lives, or is ready. */
const OPEN_PATHS: readonly string[] = ['/healthz', '/readyz'];
const CHALLENGE = { 'www-authenticate': 'Basic realm="sputnik-harvester", charset="UTF-8"' };
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Decides whether a request may reach the routes. It checks, in this order: rate limit, method, host, URL, body, origin, token. It reads
 * headers only.
 *
 * Without a token, the `Host` header must name the loopback of this machine. Otherwise any page of the web could make its own name
 * resolve to loopback (DNS rebinding) and read our pages through the visitor's browser.
 */
export class RequestGate {
  readonly #limit: RateLimit;

  constructor(private readonly settings: Config['web']) {
    this.#limit = new RateLimit(settings.requestsPerMinute);
  }

  /**
   * @param nowMs  Of a clock that never goes back.
   * @returns      Whether the caller has shown the token, or none is needed.
   * @throws {WebRefusal} if the request must not be answered.
   */
  admit({ raw, originalUrl: url }: FastifyRequest, nowMs: number): boolean {
    const { authorization } = raw.headers;
    const client = clientOf(raw.socket.remoteAddress);
    const waitSeconds = url === '/healthz' ? 0 : this.#limit.take(client, nowMs);
    if (waitSeconds > 0) {
      throw new WebRefusal(429, 'web.tooMany', 'too many requests', { 'retry-after': String(waitSeconds) });
    }
    checkRequest(raw, url, this.settings);
    const isAuthorised = hasToken(authorization, this.settings.token);
    const [path = '/'] = url.split('?');
    if (isAuthorised || OPEN_PATHS.includes(path)) return isAuthorised;
    if (authorization !== undefined) this.#limit.take(client, nowMs, WRONG_TOKEN_COST);
    throw new WebRefusal(401, 'web.token', 'this needs the token: Authorization: Bearer <web.token>', CHALLENGE);
  }
}

function checkRequest(raw: FastifyRequest['raw'], url: string, { host, token }: Config['web']): void {
  const { method, headers } = raw;
  // A refused body is not read. Instead the connection ends with the answer.
  const ending = { connection: 'close' };
  const isForm = isAction(raw, url);
  if (method !== 'GET' && method !== 'HEAD' && !isForm) {
    const allowed = { ...ending, allow: 'GET, HEAD' };
    throw new WebRefusal(405, 'web.method', 'only GET and HEAD: nothing here changes anything', allowed);
  }
  if (token === null && !isLoopbackName(headers.host, host)) {
    throw new WebRefusal(421, 'web.host', 'this server is called by a name of the loopback only');
  }
  if (url.length > URL_LENGTH_MAX) throw new WebRefusal(414, 'web.address', `a URL of at most ${URL_LENGTH_MAX}`);
  if (!url.startsWith('/')) throw new WebRefusal(400, 'web.address', 'a URL that starts with /');
  if (isForm) {
    checkAction(raw);
    return;
  }
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  if (encoding !== undefined || length !== '0')
    throw new WebRefusal(413, 'web.body', 'a request without a body', ending);
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') {
    throw new WebRefusal(403, 'web.crossSite', 'no requests from other sites');
  }
}

function isLoopbackName(header: string | undefined, configured: string): boolean {
  const name = (header ?? '').replace(/:\d{1,5}$/, '');
  return LOOPBACK_NAME.test(name) || (name !== '' && name.toLowerCase() === configured.toLowerCase());
}

/**
 * Whether a request shows the token: `Bearer <token>`, or `Basic` with the token as the password and any user name, as browsers ask for it.
 *
 * The time that this takes says nothing about the token, because digests of equal length are compared as a whole.
 */
function hasToken(authorization: string | undefined, token: string | null): boolean {
  return token === null || timingSafeEqual(digestOf(shownToken(authorization ?? '')), digestOf(token));
}

function shownToken(authorization: string): string {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)\s*$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return '';
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? '' : pair.slice(colon + 1);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

interface Bucket {
  left: number;
  filledAtMs: number;
}

/** How many clients are remembered. The one that was quiet for longest is forgotten first. */
const CLIENTS_MAX = 10_000;
/** How many of a minute's requests may come at once. */
const BURST_SHARE = 0.25;

/** Limits the requests of each client with a token bucket, which fills steadily and holds a quarter of a minute's requests. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMs: number;
  readonly #size: number;

  constructor(perMinute: number) {
    this.#perMs = perMinute / MINUTE_MS;
    this.#size = Math.max(1, Math.ceil(perMinute * BURST_SHARE));
  }

  /**
   * @param nowMs  Of a clock that never goes back.
   * @param cost   As how many requests this one counts.
   * @returns      0 if the request may go on, otherwise the seconds to wait.
   */
  take(client: string, nowMs: number, cost = 1): number {
    const known = this.#buckets.get(client);
    const bucket = known ?? { left: this.#size, filledAtMs: nowMs };
    bucket.left = Math.min(this.#size, bucket.left + (nowMs - bucket.filledAtMs) * this.#perMs);
    bucket.filledAtMs = nowMs;
    // Moved to the end, so that the first of the map is the one that was quiet for longest.
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    if (this.#buckets.size > CLIENTS_MAX) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / this.#perMs / 1000));
    bucket.left -= cost;
    return 0;
  }
}

/** @returns what counts as one client: an IPv4 address, or in IPv6 the 64-bit network of one subscriber. */
export function clientOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from(
    { length: tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length) },
    () => '0',
  );
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}
