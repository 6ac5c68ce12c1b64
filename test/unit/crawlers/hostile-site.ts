import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request as the site heard it. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly atMs: number;
}

export interface HostileSite {
  readonly origin: string;
  readonly heard: Heard[];
  /** Connections so far, of any protocol. */
  connections(): number;
  /** Most requests that were open at once. */
  peak(): number;
  stop(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

export const ARTICLE = `<html><h1 class="article__title">t</h1><div class="article__body">${'слово '.repeat(400)}</div></html>`;

/**
 * Serves loopback as the answers say: keyed by a word in the path (`/20260701/<word>-12345678.html`), else by the
 * whole path; anything else is a plain article, or an empty robots.txt.
 */
export async function startHostileSite(answers: Record<string, Answer> = {}): Promise<HostileSite> {
  const heard: Heard[] = [];
  const open = { now: 0, peak: 0, connections: 0 };
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    heard.push({ path, headers: request.headers, atMs: performance.now() });
    open.now += 1;
    open.peak = Math.max(open.peak, open.now);
    response.on('close', () => (open.now -= 1));
    const word = /^\/\d{8}\/(.+)-\d+\.html$/.exec(path)?.[1] ?? path;
    const nth = (counts.get(path) ?? 0) + 1;
    counts.set(path, nth);
    const answer = answers[word];
    if (answer !== undefined) answer(request, response, nth);
    else if (path === '/robots.txt') response.end('');
    else html(response, ARTICLE);
  });
  server.on('connection', () => (open.connections += 1));
  await listen(server);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    connections: () => open.connections,
    peak: () => open.peak,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function html(response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(body);
}

export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, response) => {
    response.writeHead(code, headers);
    response.end(body);
  };

export const redirect = (location: string, code = 302): Answer => status(code, { location });

export const gzipped =
  (body: Buffer): Answer =>
  (_request, response) => {
    html(response, body, { 'content-encoding': 'gzip' });
  };

export const WHOLE_GZIP = gzipSync(ARTICLE);

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}
