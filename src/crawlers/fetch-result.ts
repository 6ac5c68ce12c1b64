import type { FetchResult, FetchTarget } from '../domain/fetched.js';
import type { Attempt } from './attempt.js';
import type { FetchFault } from './fetch-fault.js';

/** What is known of a fetch beside how it ended. */
export interface FetchCircumstances {
  readonly target: FetchTarget;
  readonly runId: string;
  /** UTC instant to the second. */
  readonly fetchedAt: string;
  readonly durationMs: number;
  readonly attempts: number;
}

/** @returns the result as the sink gets it. Pure. */
export function fetchResult(circumstances: FetchCircumstances, end: Attempt | FetchFault): FetchResult {
  const { attempts, ...base } = circumstances;
  if ('reason' in end || end.kind === 'fault') {
    const { reason, detail, status } = 'reason' in end ? end : end.fault;
    return { ...base, kind: 'failure', reason, detail, status, attempts };
  }
  if (end.kind === 'notModified') return { ...base, kind: 'notModified', status: 304, headers: end.headers };
  const { bodySha256, finalUrl, via } = end;
  const { status, statusText, headers, body } = end.answer;
  return { ...base, kind: 'response', status, statusText, headers, body, bodySha256, finalUrl, via };
}
