import { createHash, timingSafeEqual } from 'node:crypto';

/** @param authorization  The request's header of that name. */
export type TokenCheck = (authorization: string | undefined) => boolean;

/**
 * @param token  The one that is asked for; null: everybody is let in.
 * @returns      Whether a request shows it: `Bearer <token>`, or `Basic` with the token as password (browsers ask for that; any user name).
 *
 * The time it takes tells nothing of the token: digests of equal length are compared, always whole.
 */
export function createTokenCheck(token: string | null): TokenCheck {
  if (token === null) return () => true;
  const wanted = digestOf(token);
  return (authorization) => timingSafeEqual(digestOf(shownToken(authorization ?? '')), wanted);
}

function shownToken(authorization: string): string {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)\s*$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return '';
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? '' : pair.slice(colon + 1);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
