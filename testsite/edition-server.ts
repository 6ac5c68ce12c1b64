import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { Server as TcpServer, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import type { Answer } from './render/page-answer.js';
import { errorAnswer } from './render/page-answer.js';
import type { ModeTable } from './modes/mode-table.js';
import type { PageCache } from './page-cache.js';
import type { RequestLog } from './request-log.js';
import { routeRequest } from './route-request.js';
import type { Site } from './site.js';

export interface EditionServer {
  readonly edition: string;
  /** `http://127.0.0.1:<port>`; the same after `open`. */
  readonly origin: string;
  /** Closes the port and every connection: who calls is refused until `open`. The port stays taken. */
  close(): Promise<void>;
  open(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerParts {
  readonly site: Site;
  readonly cache: PageCache;
  readonly log: RequestLog;
  readonly modes: ModeTable;
  /** Brings the world up to the clock before a request is answered. */
  readonly advance: () => number;
}

const header = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

function isNotModified(request: IncomingMessage, etag: string, modifiedAt: number): boolean {
  const match = header(request, 'if-none-match');
  if (match !== null)
    return match.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
  const since = header(request, 'if-modified-since');
  return since !== null && Math.floor(modifiedAt / 1000) <= Math.floor(Date.parse(since) / 1000);
}

interface Payload {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Adds encoding and validators, and turns a page that stands unchanged into a 304. */
function encode(parts: ServerParts, request: IncomingMessage, answer: Answer): Payload {
  const { settings } = parts.site;
  const gzip = settings.gzip && /\bgzip\b/.test(header(request, 'accept-encoding') ?? '');
  const headers: Record<string, string> = { ...answer.headers, vary: 'accept-encoding' };
  if (answer.cacheKey === null) {
    const plain = Buffer.from(answer.body(), 'utf8');
    if (gzip && plain.length > 0) headers['content-encoding'] = 'gzip';
    return { status: answer.status, headers, body: gzip && plain.length > 0 ? gzipSync(plain, { level: 4 }) : plain };
  }
  const page = parts.cache.get(answer.cacheKey, gzip, answer.body);
  if (settings.conditional && answer.modifiedAt !== null) {
    headers['etag'] = page.etag;
    headers['last-modified'] = new Date(answer.modifiedAt).toUTCString();
    if (isNotModified(request, page.etag, answer.modifiedAt)) return { status: 304, headers, body: Buffer.alloc(0) };
  }
  if (gzip) headers['content-encoding'] = 'gzip';
  return { status: answer.status, headers, body: page.body };
}

function send(response: ServerResponse, payload: Payload, headOnly: boolean): void {
  const length = payload.status === 304 ? {} : { 'content-length': payload.body.length };
  response.writeHead(payload.status, { ...payload.headers, ...length });
  response.end(headOnly || payload.status === 304 ? undefined : payload.body);
}

async function handle(
  parts: ServerParts,
  edition: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { settings } = parts.site;
  const now = parts.advance();
  const target = request.url ?? '/';
  const method = request.method ?? 'GET';
  const answer =
    method === 'GET' || method === 'HEAD' ? routeRequest(parts.site, edition, target, now) : errorAnswer(405, '405');
  if (settings.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, settings.latencyMs));
  const mode = parts.modes.take(edition, target, now);
  const sendUsual = (): void => {
    send(response, encode(parts, request, answer), method === 'HEAD');
  };
  if (mode === null) sendUsual();
  else await mode({ request, response, edition, target, answer, sendUsual });
}

function onRequest(parts: ServerParts, edition: string, request: IncomingMessage, response: ServerResponse): void {
  const arrived = performance.now();
  const at = parts.site.settings.clock.now();
  const concurrentNow = parts.log.enter(edition);
  response.once('close', () => {
    parts.log.leave(edition);
    parts.log.add({
      at,
      monotonicMs: arrived,
      edition,
      method: request.method ?? '',
      path: request.url ?? '',
      status: response.headersSent ? response.statusCode : 0,
      headers: {
        userAgent: header(request, 'user-agent'),
        ifNoneMatch: header(request, 'if-none-match'),
        ifModifiedSince: header(request, 'if-modified-since'),
        acceptEncoding: header(request, 'accept-encoding'),
        host: header(request, 'host'),
      },
      concurrentNow,
    });
  });
  handle(parts, edition, request, response).catch((error: unknown) => {
    // A fault of the test site itself must not pass for a fault of the imitated site.
    response.destroy(error instanceof Error ? error : new Error(String(error)));
    process.emitWarning(error instanceof Error ? error : new Error(String(error)), 'TestSiteWarning');
  });
}

function listen(server: Server | TcpServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no port'));
      else resolve(address.port);
    });
  });
}

/**
 * Keeps the system from giving a port to another program while nothing listens there, by a connection that starts from it.
 *
 * @returns what gives the port back.
 */
async function reservePort(port: number): Promise<() => Promise<void>> {
  const peer = createTcpServer();
  const accepted = once(peer, 'connection') as Promise<[Socket]>;
  const peerPort = await listen(peer, 0);
  const reservation = connect({ host: '127.0.0.1', port: peerPort, localAddress: '127.0.0.1', localPort: port });
  reservation.resume();
  const [other] = await accepted;
  return async () => {
    const ended = Promise.all([once(reservation, 'close'), once(peer, 'close')]);
    // The peer's side closes first, so that the port itself need not wait for late packets.
    other.destroy();
    peer.close();
    await ended;
  };
}

/** Serves one edition on a loopback port of its own. */
export async function startEditionServer(
  parts: ServerParts,
  edition: string,
  wantedPort: number,
): Promise<EditionServer> {
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    onRequest(parts, edition, request, response);
  });
  const port = await listen(server, wantedPort);
  let giveBack: (() => Promise<void>) | null = null;
  const stopListening = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    await stopListening();
    giveBack = await reservePort(port);
  };
  const open = async (): Promise<void> => {
    if (server.listening) return;
    await giveBack?.();
    giveBack = null;
    await listen(server, port);
  };
  const stop = async (): Promise<void> => {
    await giveBack?.();
    giveBack = null;
    if (server.listening) await stopListening();
  };
  return { edition, origin: `http://127.0.0.1:${port}`, close, open, stop };
}
