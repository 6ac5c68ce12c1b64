/** What a request is answered with, before caching, compression and modes. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Made only when it is needed. */
  readonly body: () => string;
  /** Names the exact text of the body for the cache; null: made each time it is asked for. */
  readonly cacheKey: string | null;
  /** Milliseconds since the epoch where the page may carry validators. */
  readonly modifiedAt: number | null;
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

export function listAnswer(body: () => string, contentType = HTML['content-type']): Answer {
  return { status: 200, headers: { 'content-type': contentType }, body, cacheKey: null, modifiedAt: null };
}

export function pageAnswer(body: () => string, cacheKey: string, modifiedAt: number): Answer {
  return { status: 200, headers: HTML, body, cacheKey, modifiedAt };
}

export function redirectAnswer(location: string, status: 301 | 302 = 301): Answer {
  return { status, headers: { ...HTML, location }, body: () => '', cacheKey: null, modifiedAt: null };
}

export function errorAnswer(status: number, title: string): Answer {
  const body = (): string =>
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><a href="/">↩</a></body></html>\n`;
  return { status, headers: HTML, body, cacheKey: null, modifiedAt: null };
}
