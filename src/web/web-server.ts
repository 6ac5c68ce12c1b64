import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FatalError } from '../domain/errors.js';
import type { Logger } from '../platform/logger.js';
import { errorAnswer, type Answer, type Route } from './answer.js';
import { ParameterError } from './parameters.js';
import { RateLimit } from './rate-limit.js';
import { createRequestGate, type RequestGate } from './request-gate.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { createTokenCheck } from './token-check.js';

export interface WebSettings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Asked of everybody who calls; null: nobody, and then only loopback is listened on. */
  readonly token: string | null;
  readonly requestsPerMinute: number;
}

export interface WebServer {
  /** `http://127.0.0.1:8787` */
  readonly origin: string;
  close(): Promise<void>;
}

/** A request has to be here whole within this time, its headers within the next. */
const REQUEST_MS = 10_000;
const HEADERS_MS = 5_000;
const KEEP_ALIVE_MS = 5_000;
/** A connection on which nothing moves is ended: also one whose other end does not read. */
const SILENCE_MS = 30_000;
const HEADER_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 256;
const REQUESTS_PER_CONNECTION_MAX = 1_000;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/**
 * Listens and answers. Reads only: no request changes anything.
 *
 * @param routes  Asked in turn until one has an answer.
 * @throws {FatalError} `web.tokenMissing` where it would listen beyond loopback without a token; `web.port` when the port is taken or may
 *                      not be used.
 */
export async function startWebServer(settings: WebSettings, routes: readonly Route[], log: Logger): Promise<WebServer> {
  const { host, port, token, requestsPerMinute } = settings;
  if (token === null && !LOOPBACK.test(host)) {
    const hint = 'set web.token (16 to 256 characters), or listen on 127.0.0.1';
    throw new FatalError(`will not listen on ${host} without a token`, { code: 'web.tokenMissing', hint });
  }
  const limit = new RateLimit(requestsPerMinute);
  const gate = createRequestGate({ host, hasToken: token !== null }, limit, createTokenCheck(token));
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) => {
    void respond(request, response, { gate, routes, log });
  });
  setLimits(server);
  await listen(server, host, port);
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    origin: `http://${shownHost}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function setLimits(server: Server): void {
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = HEADERS_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX;
  server.setTimeout(SILENCE_MS);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const hint = 'choose another web.port, or stop what uses it';
      const message = `cannot listen on ${host}:${port}: ${error.message}`;
      reject(new FatalError(message, { code: 'web.port', hint, cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

interface Desk {
  readonly gate: RequestGate;
  readonly routes: readonly Route[];
  readonly log: Logger;
}

async function respond(request: IncomingMessage, response: ServerResponse, desk: Desk): Promise<void> {
  try {
    send(request, response, await answerTo(request, desk));
  } catch (error) {
    // What the error says may be of what was collected, or of this machine: it goes to the log, not to the caller.
    desk.log.error({ event: 'web.failed', err: error }, 'could not answer a request');
    if (!response.headersSent) send(request, response, errorAnswer(500, 'web.failed', 'this could not be read'));
    else response.destroy();
  }
}

async function answerTo(request: IncomingMessage, { gate, routes }: Desk): Promise<Answer> {
  const admitted = gate.admit(request, performance.now());
  if ('status' in admitted) return admitted;
  try {
    for (const route of routes) {
      const answer = await route(admitted);
      if (answer !== null) return answer;
    }
  } catch (error) {
    if (error instanceof ParameterError) return errorAnswer(400, 'web.parameter', error.message);
    throw error;
  }
  return errorAnswer(404, 'web.notFound', 'nothing is here');
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, contentType, headers = {}, revalidates = false } = answer;
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  const etag = revalidates ? `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` : null;
  const isKnown = etag !== null && status === 200 && request.headers['if-none-match'] === etag;
  // A body that was refused is not read: the connection ends with the answer.
  const isRefusedBody = status === 413 || status === 405;
  response.writeHead(isKnown ? 304 : status, {
    ...SECURITY_HEADERS,
    'content-type': contentType,
    'cache-control': etag === null ? 'no-store' : 'private, no-cache',
    ...(etag === null ? {} : { etag }),
    ...(isRefusedBody ? { connection: 'close' } : {}),
    ...(isKnown ? {} : { 'content-length': String(body.length) }),
    ...headers,
  });
  response.end(isKnown ? undefined : body);
}
