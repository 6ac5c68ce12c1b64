import type { FetchTarget } from '../../domain/page.js';
import type { FetchFault } from './fetch-fault.js';
import type { HttpAnswer } from './http-client.js';

/** Validators of the copy that is already held. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** An answer, unpacked. */
export interface UnpackedAnswer {
  readonly answer: HttpAnswer;
  /** The body without its content encoding. */
  readonly decoded: Buffer;
  /** Real address that answered. */
  readonly finalUrl: string;
}

export interface PageAnswer extends UnpackedAnswer {
  readonly kind: 'answer';
  /** Lower-case hex of the decoded body. */
  readonly bodySha256: string;
  readonly via: 'http' | 'browser';
}

/** How one attempt at one address ended. */
export type Attempt =
  | PageAnswer
  | { readonly kind: 'notModified'; readonly headers: HttpAnswer['headers'] }
  /** `page`: what stood under a status that is no answer; a browser may be able to do something with it. */
  | { readonly kind: 'fault'; readonly fault: FetchFault; readonly page: UnpackedAnswer | null };

/** An attempt and the number of HTTP exchanges it took. */
export interface AttemptWithCost {
  readonly attempt: Attempt;
  readonly requests: number;
}

/**
 * Makes one attempt at one address.
 *
 * @param validators  Of the copy that is held; null: the body is to come in any case.
 * @param cookie      Cookie header, for a browser's requests; default none.
 * @returns           Never rejects for anything the network does.
 */
export type FetchPage = (
  target: FetchTarget,
  validators: Validators | null,
  cookie?: string | null,
) => Promise<AttemptWithCost>;
