import type { FetchFailure } from '../../domain/outcome.js';
import { DAY_MS } from '../../domain/units.js';
import type { PageKind } from '../../domain/page.js';
import type { HostVerdict } from '../politeness/host-throttle.js';

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

/** The host was not there, or hung up: once may be chance. */
const CONNECTION_FAULTS = ['dns', 'refused', 'reset', 'timeout', 'tls'] as const;
/** Failures that mean the host, not the page, is out of reach. */
export const HOST_FAILURES: ReadonlySet<FetchFailure> = new Set([
  ...CONNECTION_FAULTS,
  ...(['legalBlock', 'forbidden', 'blockPage', 'challenge', 'blocked', 'rateLimited', 'serverError'] as const),
]);

/** Another attempt may go better. A certificate that is not trusted stays so. */
function isRetryable(reason: FetchFailure): boolean {
  return reason === 'badEncoding' || reason === 'empty' || (reason !== 'tls' && HOST_FAILURES.has(reason));
}

/** @returns the fault for a reason that needs no further look. */
export function faultOf(reason: FetchFailure, detail: string, status: number | null = null): FetchFault {
  return {
    reason,
    detail,
    status,
    retryable: isRetryable(reason),
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
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, DAY_MS);
  if (!/^[A-Za-z]{3}/.test(text)) return null;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return null;
  return Math.min(Math.max(0, atMs - nowMs), DAY_MS);
}

/** Pages that must fail in a row, each after all its attempts, … */
const FAILED_PAGES_MIN = 8;
/** … and time without any answer, before the host is left alone for the rest of the run. */
const SILENCE_MS_MIN = 20_000;

interface HostRecord {
  failedInARow: number;
  silentInARow: number;
  silentSinceMs: number;
  lost: FetchFailure | null;
}

/** Remembers, for one run, which hosts have stopped answering, so that a dead host does not cost a time-out per page. */
export class HostHealth {
  readonly #records = new Map<string, HostRecord>();
  readonly #now: () => number;

  /** @param now  Monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** An answer that shows the host at work: a page, a 304, a 404, also one that only this page is to blame for. */
  answered(host: string): void {
    Object.assign(this.#recordOf(host), { failedInARow: 0, silentInARow: 0, silentSinceMs: this.#now() });
  }

  /** An attempt brought no answer at all. @returns how many in a row did not. */
  silent(host: string): number {
    return (this.#recordOf(host).silentInARow += 1);
  }

  /** @returns whether this failure, after all its attempts, was the one that makes the host count as out of reach. */
  failed(host: string, reason: FetchFailure): boolean {
    const record = this.#recordOf(host);
    if (!HOST_FAILURES.has(reason) || record.lost !== null) return false;
    record.failedInARow += 1;
    if (record.failedInARow < FAILED_PAGES_MIN || this.#now() - record.silentSinceMs < SILENCE_MS_MIN) return false;
    record.lost = reason;
    return true;
  }

  /** The fault that all other requests to an unreachable host get, otherwise null. */
  refusalOf(host: string): FetchFault | null {
    const lost = this.#records.get(host)?.lost ?? null;
    if (lost === null) return null;
    const detail = `not asked: ${FAILED_PAGES_MIN} pages of this host had failed in a row`;
    return { ...faultOf(lost, detail), retryable: false, slowsHost: false };
  }

  #recordOf(host: string): HostRecord {
    let record = this.#records.get(host);
    if (record === undefined) {
      record = { failedInARow: 0, silentInARow: 0, silentSinceMs: this.#now(), lost: null };
      this.#records.set(host, record);
    }
    return record;
  }
}

/** So many of them in a row are the host's. */
const CONNECTION_FAULTS_MAX = 2;

/** @returns whether no connection came about, or no answer through it. */
export function isConnectionFault({ reason, status }: Pick<FetchFault, 'reason' | 'status'>): boolean {
  return status === null && (CONNECTION_FAULTS as readonly FetchFailure[]).includes(reason);
}

/**
 * Decides by its cause whether a fault concerns the host or only the page. 429, 503 and any answer with a Retry-After
 * concern the host, on any page. Other faults of an article (500, 403, a captcha, a block page, a time-out) concern
 * only that page, which is tried again on its own schedule. On a list, which is small and never changes its URL, the
 * same faults concern the host. Refused, reset or hanging connections do so once several in a row brought no answer.
 *
 * @param silent Attempts in a row, including this one, to which the host gave no answer at all.
 *
 * Pure. Errs towards leaving the pace of the host alone.
 */
export function verdictOnHost(fault: FetchFault | null, kind: PageKind, silent: number): HostVerdict {
  if (fault === null) return { kind: 'ok' };
  const { reason, status, retryAfterMs } = fault;
  if (isConnectionFault(fault)) {
    return silent > CONNECTION_FAULTS_MAX ? { kind: 'slowDown', retryAfterMs, isOutage: true } : { kind: 'ok' };
  }
  const isHosts = reason === 'rateLimited' || status === 503 || retryAfterMs !== null;
  return isHosts || (fault.slowsHost && kind !== 'article') ? { kind: 'slowDown', retryAfterMs } : { kind: 'ok' };
}
