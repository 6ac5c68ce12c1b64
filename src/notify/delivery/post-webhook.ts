import { isIP } from 'node:net';
import { Agent, request, type Dispatcher } from 'undici';
import { ADDRESS_FORBIDDEN_CODE, readRetryAfterMs } from '../../crawlers/http/fetch-fault.js';
import { createGuardedLookup, isPublicAddress } from '../../crawlers/http/network-guard.js';
import type { WebhookRequest } from '../forms/message-forms.js';
import { forbidden, refused, type Delivery } from './delivery.js';

/** From connecting to the last byte of the answer. */
const REQUEST_MS = 10_000;
const ANSWER_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 4;
/** Statuses below 500 after which another try may succeed. */
const PASSING = new Set([408, 425, 429]);

/** @returns what connections to targets go through. @param allowPrivate  Whether a target may be in a private network. */
export function createWebhookDispatcher(allowPrivate: boolean): Dispatcher {
  const lookup = createGuardedLookup({ mayConnect: (_hostname, address) => allowPrivate || isPublicAddress(address) });
  return new Agent({ connections: CONNECTIONS_MAX, connect: { lookup, timeout: REQUEST_MS } });
}

/**
 * Posts one webhook. Redirects are not followed: they would lead to a host that nobody configured.
 *
 * @param nowMs  Since the epoch, for a date in `Retry-After`.
 */
export async function postWebhook(
  { url, headers, body }: WebhookRequest,
  { dispatcher, allowPrivate }: { readonly dispatcher: Dispatcher; readonly allowPrivate: boolean },
  nowMs: number,
): Promise<Delivery> {
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !allowPrivate && !isPublicAddress(address)) return forbidden(url.hostname);
  try {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const answer = await request(url, { method: 'POST', headers: { ...headers }, body, dispatcher, signal });
    // The message was accepted; recording that must not wait for an endless answer.
    const isTaken = answer.statusCode >= 200 && answer.statusCode < 300;
    const text = await (isTaken ? dropped(answer.body) : firstBytes(answer.body));
    const after = answer.headers['retry-after'];
    return deliveryOf(answer.statusCode, text, readRetryAfterMs(typeof after === 'string' ? after : null, nowMs));
  } catch (error) {
    if (codeOf(error) === ADDRESS_FORBIDDEN_CODE) return forbidden(url.hostname);
    return { kind: 'later', answer: `no answer: ${describe(error)}`, retryAfterMs: null };
  }
}

function deliveryOf(status: number, text: string, retryAfterMs: number | null): Delivery {
  const answer = `HTTP ${status} ${text}`.trim();
  if (status >= 200 && status < 300) return { kind: 'taken', answer, retryAfterMs: null };
  if (status >= 500 || PASSING.has(status)) return { kind: 'later', answer, retryAfterMs };
  const isRedirect = status >= 300 && status < 400;
  return refused(isRedirect ? `HTTP ${status}: redirects are not followed` : answer);
}

/** Reads and drops the rest of an answer in the background, within the time of the request. An answer that is too long ends its connection. */
function dropped(body: Dispatcher.ResponseData['body']): string {
  body.dump({ limit: ANSWER_BYTES_MAX }).catch(() => {
    // Reset or late inside of the answer: its status was received.
  });
  return '';
}

/** An answer counts by its status, even if its body breaks off. */
async function firstBytes(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= ANSWER_BYTES_MAX) break;
    }
  } catch {
    // Reset or late inside of the answer: its status was received.
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string' && error.code !== 'UND_ERR_SOCKET') return error.code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === '' ? codeOf(error) : `${codeOf(error)} ${message}`;
}
