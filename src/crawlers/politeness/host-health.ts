import type { FetchFailure } from '../../domain/outcome.js';
import type { PageKind } from '../../domain/page.js';
import { faultOf, HOST_FAILURES, type FetchFault } from '../http/fetch-fault.js';
import type { HostVerdict } from './host-throttle.js';

/** Remembers, for one run, which hosts have stopped answering, so that a dead host does not cost a time-out per page. */
export interface HostHealth {
  /** An answer that shows the host at work: a page, a 304, a 404, also one that only this page is to blame for. */
  answered(host: string): void;
  /** An attempt brought no answer at all. @returns how many in a row did not. */
  silent(host: string): number;
  /** @returns whether this failure, after all its attempts, was the one that makes the host count as out of reach. */
  failed(host: string, reason: FetchFailure): boolean;
  /** The fault of everything else on a host that is out of reach, else null. */
  refusalOf(host: string): FetchFault | null;
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

/** @param now  Monotonic milliseconds. */
export function createHostHealth(now: () => number): HostHealth {
  const records = new Map<string, HostRecord>();

  function recordOf(host: string): HostRecord {
    let record = records.get(host);
    if (record === undefined) {
      record = { failedInARow: 0, silentInARow: 0, silentSinceMs: now(), lost: null };
      records.set(host, record);
    }
    return record;
  }

  return {
    answered(host) {
      const record = recordOf(host);
      record.failedInARow = 0;
      record.silentInARow = 0;
      record.silentSinceMs = now();
    },
    silent(host) {
      const record = recordOf(host);
      record.silentInARow += 1;
      return record.silentInARow;
    },
    failed(host, reason) {
      const record = recordOf(host);
      if (!HOST_FAILURES.has(reason) || record.lost !== null) return false;
      record.failedInARow += 1;
      if (record.failedInARow < FAILED_PAGES_MIN || now() - record.silentSinceMs < SILENCE_MS_MIN) return false;
      record.lost = reason;
      return true;
    },
    refusalOf(host) {
      const lost = records.get(host)?.lost ?? null;
      if (lost === null) return null;
      const detail = `not asked: ${FAILED_PAGES_MIN} pages of this host had failed in a row`;
      return { ...faultOf(lost, detail), retryable: false, slowsHost: false };
    },
  };
}

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
