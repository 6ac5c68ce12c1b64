import type { FetchFailure } from '../../domain/outcome.js';
import type { PageKind } from '../../domain/page.js';
import type { FetchFault } from '../http/fetch-fault.js';
import type { HostVerdict } from './host-throttle.js';

/** The host was not there, or hung up: once may be chance. */
const CONNECTION_FAULTS: ReadonlySet<FetchFailure> = new Set<FetchFailure>([
  'dns',
  'refused',
  'reset',
  'timeout',
  'tls',
]);
/** So many of them in a row are the host's. */
const CONNECTION_FAULTS_MAX = 2;

/** @returns whether no connection came about, or no answer through it. */
export function isConnectionFault({ reason, status }: Pick<FetchFault, 'reason' | 'status'>): boolean {
  return status === null && CONNECTION_FAULTS.has(reason);
}

/**
 * Tells by its cause whose a fault is.
 *
 * 429, 503 and whatever bears a Retry-After speak for the host, on any page. What else is wrong with one article (500, 403, a captcha, a
 * block page, a time-out) slows that page only: it is tried again on its own schedule. On a list, which never changes its URL and is small,
 * the same speaks for the host. Refused, reset or hanging connections do once several in a row brought no answer.
 *
 * @param silent  Attempts in a row, this one among them, to which the host gave no answer at all.
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
