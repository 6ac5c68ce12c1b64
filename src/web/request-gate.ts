import type { IncomingMessage } from 'node:http';
import { errorAnswer, type Answer, type WebRequest } from './answer.js';
import { clientOf, type RateLimit } from './rate-limit.js';
import type { TokenCheck } from './token-check.js';

/** Longest address that is looked at, in characters. */
const URL_LENGTH_MAX = 2_048;
/** What a request with a wrong token counts for. */
const WRONG_TOKEN_COST = 10;
/** Answered to everybody: they tell no more than that the process lives, or is ready. */
const OPEN_PATHS: readonly string[] = ['/healthz', '/readyz'];

export interface GateSettings {
  /** Where the server listens, as configured. */
  readonly host: string;
  readonly hasToken: boolean;
}

/** Decides whether a request comes to the routes. */
export interface RequestGate {
  admit(request: IncomingMessage, nowMs: number): WebRequest | Answer;
}

/**
 * In this order: method, place in the queue of its client, host, address, body, origin, token. Reads headers only.
 *
 * Without a token the `Host` header must name this machine's loopback: else any page of the web could have its own name resolved to it
 * (DNS rebinding) and read what is here through the visitor's browser.
 */
export function createRequestGate(settings: GateSettings, limit: RateLimit, hasToken: TokenCheck): RequestGate {
  return {
    admit: (request, nowMs) => {
      const url = request.url ?? '';
      const isProbe = url === '/healthz';
      const client = clientOf(request.socket.remoteAddress);
      const waitSeconds = isProbe ? 0 : limit.take(client, nowMs);
      if (waitSeconds > 0) {
        return errorAnswer(429, 'web.tooMany', 'too many requests', { 'retry-after': String(waitSeconds) });
      }
      const refusal = refusalOf(request, url, settings);
      if (refusal !== null) return refusal;
      const isAuthorised = hasToken(request.headers.authorization);
      const [path = '/', ...search] = url.split('?');
      if (!isAuthorised && !OPEN_PATHS.includes(path)) {
        if (request.headers.authorization !== undefined) limit.take(client, nowMs, WRONG_TOKEN_COST);
        const challenge = 'Basic realm="sputnik-harvester", charset="UTF-8"';
        return errorAnswer(401, 'web.token', 'the token is asked for: Authorization: Bearer <web.token>', {
          'www-authenticate': challenge,
        });
      }
      return {
        path,
        query: new URLSearchParams(search.join('?')),
        isAuthorised,
        wantsHtml: /\btext\/html\b/i.test(request.headers.accept ?? ''),
      };
    },
  };
}

function refusalOf(request: IncomingMessage, url: string, settings: GateSettings): Answer | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return errorAnswer(405, 'web.method', 'only GET and HEAD: nothing here changes anything', { allow: 'GET, HEAD' });
  }
  if (!settings.hasToken && !isLoopbackName(request.headers.host, settings.host)) {
    return errorAnswer(421, 'web.host', 'this server is called by a name of the loopback only');
  }
  if (url.length > URL_LENGTH_MAX) return errorAnswer(414, 'web.address', `an address of at most ${URL_LENGTH_MAX}`);
  if (!url.startsWith('/')) return errorAnswer(400, 'web.address', 'an address that starts with /');
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined || length !== '0') return errorAnswer(413, 'web.body', 'a request without a body');
  if (request.headers['sec-fetch-site'] === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate') {
    return errorAnswer(403, 'web.crossSite', 'no requests from other sites');
  }
  return null;
}

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

function isLoopbackName(header: string | undefined, configured: string): boolean {
  const name = (header ?? '').replace(/:\d{1,5}$/, '');
  return LOOPBACK_NAME.test(name) || (name !== '' && name.toLowerCase() === configured.toLowerCase());
}
