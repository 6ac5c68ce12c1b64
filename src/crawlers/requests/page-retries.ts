import type { FetchFailure } from '../../domain/outcome.js';
import type { FetchTarget } from '../../domain/page.js';
import type { FetchFault } from '../http/fetch-fault.js';
import { isPageData, type StepData } from './request-data.js';

/**
 * What becomes of article pages that do not answer. `ask`: those that failed earlier are asked for again, and each gets the further
 * attempts of the settings. `leave`: none of that, so that the newest never wait for a sick page; each gets one attempt of at most
 * ten seconds, and one that failed waits for a run of its own. `only`: such a run; nothing but failed pages whose time has come is asked
 * for, one after the other, once.
 */
export type FailedPages = 'ask' | 'leave' | 'only';

/** Two hanging pages hold both places at a host for so long, while newer ones wait; a slow one is given its whole time when it is tried again. */
const QUICK_TIMEOUT_MS = 10_000;

/** @param timeoutMs  The setting. @returns how long one attempt may take. */
export function attemptTimeoutMs({ kind }: FetchTarget, failedPages: FailedPages, timeoutMs: number): number {
  return kind === 'article' && failedPages === 'leave' ? Math.min(timeoutMs, QUICK_TIMEOUT_MS) : timeoutMs;
}

/** A hanging page that is tried again holds one place at its host, and leaves the others to what is newest. */
export function placesPerHost(
  { failedPages }: { readonly failedPages: FailedPages },
  concurrencyPerHost: number,
): number {
  return failedPages === 'only' ? 1 : concurrencyPerHost;
}

/** A connection that the server closes while it is taken up again has said nothing of the page: that is mended half a second later. */
const MENDED: FetchFailure = 'reset';

/** So long a run of a schedule tries a list again, from its first attempt on: then how the edition stands is told, and the next run tries. */
const LIST_RETRY_MS_MAX = 10_000;
/** With an article, or with a further attempt at a list, it waits so long for a host that has had enough, beyond the usual delay. */
const QUICK_HOST_WAIT_MS = 10_000;
/** Others wait so long. */
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
  return fault.reason === MENDED && request.retryCount === 0;
}

/**
 * How long a request waits for a host that wants to be left alone. A run of a schedule gives up the articles of such a host, and further
 * attempts at its lists: the first attempt of the next run tells sooner whether the host answers again.
 */
export function hostWaitMsMax(data: StepData, failedPages: FailedPages): number {
  const isFirst = isPageData(data) && data.firstTriedAtMs === undefined;
  return failedPages === 'ask' || (isFirst && data.label !== 'article') ? HOST_WAIT_MS_MAX : QUICK_HOST_WAIT_MS;
}
