import type { FetchFailure } from '../../domain/outcome.js';
import { DAY_MS } from '../../domain/units.js';

/** Why one attempt brought no usable answer, and what that means for the next. */
export interface FetchFault {
  readonly reason: FetchFailure;
  /** One line for people, without secrets. */
  readonly detail: string;
  readonly status: number | null;
  /** Another attempt may go better. */
  readonly retryable: boolean;
  /** The host may have had enough; `verdictOnHost` decides. */
  readonly slowsHost: boolean;
  readonly retryAfterMs: number | null;
  /** A browser may get further: a challenge, or redirects without an end. */
  readonly isForBrowser: boolean;
}

const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|ERROR_IN_CERT)/;
/**
 * Matches the source location that OpenSSL adds to its error messages: `8…0:error:0A00042E:SSL
 * routines:ssl3_read_bytes:what:../deps/….c:1601:`
 */
const OPENSSL_ERROR = /^[0-9A-F]+:error:[0-9A-F]+:[^:]{0,100}:[^:]{0,100}:([^:]{1,200}):.*$/;

/** Thrown inside a connection attempt that the network guard refused after DNS. */
export const ADDRESS_FORBIDDEN_CODE = 'ERR_ADDRESS_FORBIDDEN';

/** The reason of each network error code of Node and undici; codes that are not listed are judged by their prefix. */
const REASON_BY_CODE: Readonly<Record<string, FetchFailure>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENETUNREACH: 'refused',
  ENETDOWN: 'refused',
  EADDRNOTAVAIL: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'reset',
  UND_ERR_DESTROYED: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  // ProxyAgent: the proxy would not open the tunnel.
  UND_ERR_ABORTED: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  // What undici throws for an answer that is no HTTP; it leaves `code` unset, so its name stands in.
  HTTPParserError: 'badEncoding',
  UND_ERR_HEADERS_OVERFLOW: 'tooLarge',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'tooLarge',
  EPROTO: 'tls',
  UND_ERR_PRX_TLS: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  INVALID_CA: 'tls',
  INVALID_PURPOSE: 'tls',
  PATH_LENGTH_EXCEEDED: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  // What Node calls a certificate that fails for a reason which it has no name for, as a signature that is too weak.
  UNSPECIFIED: 'tls',
  [ADDRESS_FORBIDDEN_CODE]: 'addressForbidden',
};

const RETRYABLE: ReadonlySet<FetchFailure> = new Set<FetchFailure>([
  'dns',
  'refused',
  'reset',
  'timeout',
  'legalBlock',
  'forbidden',
  'blockPage',
  'challenge',
  'blocked',
  'rateLimited',
  'serverError',
  'badEncoding',
  'empty',
]);

/** Failures that mean the host, not the page, is out of reach. */
export const HOST_FAILURES: ReadonlySet<FetchFailure> = new Set<FetchFailure>([
  'dns',
  'refused',
  'reset',
  'timeout',
  'tls',
  'legalBlock',
  'forbidden',
  'blockPage',
  'challenge',
  'blocked',
  'rateLimited',
  'serverError',
]);

/** @returns the fault for a reason that needs no further look. */
export function faultOf(reason: FetchFailure, detail: string, status: number | null = null): FetchFault {
  return {
    reason,
    detail,
    status,
    retryable: RETRYABLE.has(reason),
    slowsHost: reason === 'timeout',
    retryAfterMs: null,
    isForBrowser: false,
  };
}

/**
 * Names a network error by the closed list.
 *
 * @param error  Whatever the HTTP client threw.
 * @returns      The fault; an error without a known code is `reset`, since a connection was lost without a better reason.
 */
export function faultOfError(error: unknown): FetchFault {
  const code = codeOf(error);
  const message = messageOf(error);
  const detail = (message.includes(code) ? message : `${code}: ${message}`).slice(0, 300);
  const known = REASON_BY_CODE[code];
  if (known !== undefined) return faultOf(known, detail);
  if (code === 'HPE_HEADER_OVERFLOW') return faultOf('tooLarge', detail);
  if (code.startsWith('HPE_')) return faultOf('badEncoding', detail);
  if (TLS_CODE.test(code)) return faultOf('tls', detail);
  return faultOf('reset', detail);
}

/**
 * Names an HTTP status by the closed list.
 *
 * @returns  null for a status that is an answer: 2xx, 404, 410. Redirects and 304 are judged by the caller.
 */
export function faultOfStatus(status: number, retryAfterMs: number | null): FetchFault | null {
  // Nobody asked for a part: it would be stored for an article that was cut.
  if (status === 206) return faultOf('reset', 'HTTP 206, a part of what was asked for', status);
  if ((status >= 200 && status < 300) || status === 404 || status === 410) return null;
  const detail = `HTTP ${status}`;
  if (status === 429) return slowing('rateLimited', detail, status, retryAfterMs);
  if (status === 451) return slowing('legalBlock', detail, status, retryAfterMs);
  if (status === 401 || status === 403 || status === 407) return slowing('forbidden', detail, status, retryAfterMs);
  if (status === 408) return slowing('timeout', detail, status, retryAfterMs);
  if (status >= 500) return slowing('serverError', detail, status, retryAfterMs);
  return faultOf('clientError', detail, status);
}

function slowing(reason: FetchFailure, detail: string, status: number, retryAfterMs: number | null): FetchFault {
  return { ...faultOf(reason, detail, status), slowsHost: true, retryAfterMs };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.name : codeOf(error.cause);
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error instanceof Error ? error.message.replace(/\s+/g, ' ').replace(OPENSSL_ERROR, '$1') : String(error);
}
/**
 * Reads a `Retry-After` header (RFC 9110, §10.2.3): seconds, or an HTTP date.
 *
 * @param value   As received, or null.
 * @param nowMs   Milliseconds since the epoch.
 * @returns       Milliseconds to wait, at least 0 and at most a day; null where there is none or it is unreadable.
 *
 * Pure.
 */
export function readRetryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * 1000, DAY_MS);
  if (!/^[A-Za-z]{3}/.test(text)) return null;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return null;
  return Math.min(Math.max(0, atMs - nowMs), DAY_MS);
}
