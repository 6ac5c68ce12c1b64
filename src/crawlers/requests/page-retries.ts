import type { FetchFailure } from '../../domain/outcome.js';
import type { FetchTarget } from '../../domain/page.js';
import type { FetchFault } from '../http/fetch-fault.js';
import { isPageData, type StepData } from './request-data.js';

/**
 * What a run does about article pages that do not answer.
 *
 * - `ask`: pages that failed earlier are asked for again, and each page gets the retries of the settings.
 * - `leave`: neither, so that new pages never wait for a sick one. A page gets one attempt of at most ten seconds; one that fails waits
 *   for a run of `only`.
 * - `only`: asks for nothing but failed pages whose time has come, once each, one after the other.
 */
export type FailedPages = 'ask' | 'leave' | 'only';

/** Two hanging pages occupy both places at a host for this long while newer ones wait. A page that is merely slow gets the whole timeout in its retry. */
const QUICK_TIMEOUT_MS = 10_000;

/** @param timeoutMs  The setting. @returns how long one attempt may take. */
export function attemptTimeoutMs({ kind }: FetchTarget, failedPages: FailedPages, timeoutMs: number): number {
  return kind === 'article' && failedPages === 'leave' ? Math.min(timeoutMs, QUICK_TIMEOUT_MS) : timeoutMs;
}

/** A run that retries failed pages takes one place at a host, and leaves the others to new pages. */
export function placesPerHost(
  { failedPages }: { readonly failedPages: FailedPages },
  concurrencyPerHost: number,
): number {
  return failedPages === 'only' ? 1 : concurrencyPerHost;
}

/** The server closed a kept connection just as we used it again: that says nothing about the page, and works half a second later. */
const STALE_CONNECTION: FetchFailure = 'reset';

/** For this long after the first attempt a scheduled run retries a list. Then it reports the edition's state, and the next run tries again. */
const LIST_RETRY_MS_MAX = 10_000;
/** How long, beyond the usual delay, a scheduled run waits for a host that wants to be left alone: for an article, or to retry a list. */
const QUICK_HOST_WAIT_MS = 10_000;
/** How long any other request waits for it. */
const HOST_WAIT_MS_MAX = 150_000;

interface FailedAttempt {
  readonly fault: Pick<FetchFault, 'retryable' | 'reason'>;
  readonly request: { readonly retryCount: number; readonly userData: { readonly target: Pick<FetchTarget, 'kind'> } };
  /** Since the first attempt began. */
  readonly triedForMs: number;
}

/** Whether a failed attempt is followed by another one in the same run. */
export function isTriedAgain({ fault, request, triedForMs }: FailedAttempt, failedPages: FailedPages): boolean {
  if (!fault.retryable) return false;
  if (failedPages === 'ask') return true;
  if (request.userData.target.kind !== 'article') return triedForMs < LIST_RETRY_MS_MAX;
  return fault.reason === STALE_CONNECTION && request.retryCount === 0;
}

/**
 * How long a request waits for a host that wants to be left alone. A run of a schedule gives up the articles of such a host, and further
 * attempts at its lists: the first attempt of the next run tells sooner whether the host answers again.
 */
export function hostWaitMsMax(data: StepData, failedPages: FailedPages): number {
  const isFirst = isPageData(data) && data.firstTriedAtMs === undefined;
  return failedPages === 'ask' || (isFirst && data.label !== 'article') ? HOST_WAIT_MS_MAX : QUICK_HOST_WAIT_MS;
}
