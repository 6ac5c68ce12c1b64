import type { FetchFailure } from '../domain/outcome.js';

/** Why something is out of reach, in words for people; other reasons speak for themselves. */
const FAILURE_WORDS: Readonly<Partial<Record<FetchFailure | 'broken' | 'noItems', string>>> = {
  dns: 'its name leads to no address',
  refused: 'nothing answers there',
  reset: 'the connection was cut',
  timeout: 'no whole answer in time',
  tls: 'the certificate does not hold',
  legalBlock: 'HTTP 451, withheld by law',
  forbidden: 'HTTP 401, 403 or 407',
  blockPage: "somebody else's page in its place",
  challenge: 'a captcha or a check of the browser',
  blocked: 'something else in its place',
  rateLimited: 'it was asked too often',
  serverError: 'the site fails',
  broken: 'a document that breaks off or is none',
  noItems: 'a list without items',
};

/** @returns the reason with what it means: `reset: the connection was cut`. */
export function failureWords(reason: string): string {
  const words = (FAILURE_WORDS as Readonly<Record<string, string | undefined>>)[reason];
  return words === undefined ? reason : `${reason}: ${words}`;
}
