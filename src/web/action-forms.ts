import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { WebRefusal } from './web-refusal.js';

/**
 * The only paths to which a form may be sent. Everybody who is admitted (by the token, or on loopback) may decide there. Pages of other
 * sites may not, although the browser would send the password along with their requests. So a request must come from one of our pages, as
 * `Sec-Fetch-Site` or `Origin` say if the browser sends them, and must contain a secret word that only our pages hold. Scripts of this
 * server (Bull Board has some) could read that word. They are refused because a form must be sent by navigation.
 */
const ACTION_PATH =
  /^\/(?:(?:quarantine|notifications)\/(?:retry|drop)|coverage\/[a-z0-9.-]{1,253}\/\d{4}-\d{2}-\d{2}\/fill)$/;
const FORM = 'application/x-www-form-urlencoded';
/** Longest form, in bytes: about a thousand ids. */
const FORM_BYTES_MAX = 16_384;
const WORD_BYTES = 24;

/** @returns whether the request sends a form to one of these paths. */
export function isAction({ method }: IncomingMessage, path: string): boolean {
  return method === 'POST' && ACTION_PATH.test(path);
}

/** @throws {WebRefusal} `web.body` if it is not a form or too long; `web.crossSite` if it does not come from a page of ours. */
export function checkAction({ headers }: IncomingMessage): void {
  const ending = { connection: 'close' };
  const { 'content-length': length = '', 'transfer-encoding': encoding, 'content-type': type = '' } = headers;
  if (encoding !== undefined || !/^\d{1,6}$/.test(length) || Number(length) > FORM_BYTES_MAX) {
    throw new WebRefusal(413, 'web.body', `a form of at most ${FORM_BYTES_MAX} bytes`, ending);
  }
  if (type.split(';')[0]?.trim().toLowerCase() !== FORM)
    throw new WebRefusal(415, 'web.body', `a form: ${FORM}`, ending);
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode = 'navigate' } = headers;
  // A browser that sends neither header (no TLS, no referrer) is checked by the secret word alone.
  const origin = originHost(headers.origin);
  const isOurs = site === undefined ? origin === null || origin === headers.host : site === 'same-origin';
  if (!isOurs || mode !== 'navigate')
    throw new WebRefusal(403, 'web.crossSite', 'only a form on a page of this server may ask for this', ending);
}

function originHost(origin: string | undefined): string | null {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host : null;
}

/** The secret word that every form of our pages sends back. Each start of the service makes a new one. */
export class FormWord {
  readonly text = randomBytes(WORD_BYTES).toString('base64url');

  /** @throws {WebRefusal} `web.form` if the form is from before the last start, or not from one of our pages. */
  check(given: string): void {
    const [ours, theirs] = [Buffer.from(this.text), Buffer.from(given)];
    if (ours.length === theirs.length && timingSafeEqual(ours, theirs)) return;
    throw new WebRefusal(403, 'web.form', 'this form is from before the last start: open the page again');
  }
}

/** Makes an app read forms and no other bodies. Each field is read as the list of its values. */
export function acceptForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const options = { parseAs: 'string', bodyLimit: FORM_BYTES_MAX } as const;
  app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, parsed) => {
    const fields = new URLSearchParams(z.string().parse(body));
    parsed(null, Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name)])));
  });
}

/** @returns the schema of a form: its own fields and the secret word. */
export function formSchema<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const word = z.tuple([z.string().max(100)]).transform(([text]) => text);
  return z.strictObject({ ...shape, word });
}
