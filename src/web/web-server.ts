import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyPluginCallback } from 'fastify';
import type { Config } from '../config/config.js';
import { FatalError } from '../domain/errors.js';
import { noteArrival } from '../platform/in-turns.js';
import type { Logger } from '../platform/logger.js';
import type { AnswerProcess } from './answer-process.js';
import { boundConnections } from './bound-connections.js';
import { compileParameters } from './parameters.js';
import { RequestGate } from './request-gate.js';
import { sendRefusal, WebRefusal } from './web-refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Callers may keep an answer and ask again with `If-None-Match`. Answers of all other routes must not be kept. */
    readonly revalidates?: boolean;
  }
  interface FastifyRequest {
    /** Whether the caller has shown the token, or none is needed. */
    isAuthorised: boolean;
  }
}

export type Routes = FastifyPluginAsync | FastifyPluginCallback;

export interface WebServer {
  /** `http://127.0.0.1:8787` */
  readonly origin: string;
  close(): Promise<void>;
}

const HEADER_BYTES_MAX = 16_384;
/** docs/http.md names them too. */
const CONNECTION_BOUNDS = { connectionsMax: 256, patienceMs: 60_000, bytesPerSecondMin: 16_384 };
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/**
 * Sent with every answer. Our pages have no scripts, and no pictures, fonts or frames from elsewhere, and these headers forbid them. So
 * even if collected markup got into a page, it could load and run nothing. CORS headers are never sent, so other sites cannot read our
 * answers. HSTS is left to the proxy that holds the certificate.
 */
const SECURITY_HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  strictTransportSecurity: false,
};
const OTHER_HEADERS = {
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-robots-tag': 'noindex, nofollow',
  'cache-control': 'no-store',
};

/**
 * Listens for requests and answers them.
 *
 * @param answers  The process that answers requests which read records. Without it, this process answers them.
 * @throws {FatalError} `web.tokenMissing` if it would listen beyond loopback without a token; `web.port` if the port is taken or not allowed.
 */
export async function startWebServer(
  settings: Config['web'],
  routes: readonly Routes[],
  log: Logger,
  answers?: AnswerProcess,
): Promise<WebServer> {
  const { host, port, token } = settings;
  if (token === null && !LOOPBACK.test(host)) {
    const hint = 'set web.token (16 to 256 characters), or listen on 127.0.0.1';
    throw new FatalError(`will not listen on ${host} without a token`, { code: 'web.tokenMissing', hint });
  }
  const app = fastify({
    serverFactory: createBoundedServer,
    forceCloseConnections: true,
    rewriteUrl: ({ url = '' }) => routableUrl(url),
    // Longer ones do not fit into the headers. The gate refuses shorter ones that are still too long.
    routerOptions: { maxParamLength: HEADER_BYTES_MAX },
  });
  await app.register(helmet, SECURITY_HEADERS);
  admitRequests(app, new RequestGate(settings));
  answers?.serve(app);
  // Every browser asks for one, and there is none.
  app.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  await addRoutes(app, routes, (error) => {
    log.error({ event: 'web.failed', err: error }, 'could not answer a request');
  });
  await listen(app, host, port);
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    origin: `http://${shownHost}:${(app.server.address() as AddressInfo).port}`,
    close: () => app.close(),
  };
}

/** Makes an app with the same routes for a process that is asked by messages. The service admits the requests and adds the headers. */
export async function createAnsweringApp(
  routes: readonly Routes[],
  onFailure: (error: unknown) => void,
): Promise<FastifyInstance> {
  const app = fastify({ routerOptions: { maxParamLength: HEADER_BYTES_MAX } });
  app.decorateRequest('isAuthorised', true);
  await addRoutes(app, routes, onFailure);
  await app.ready();
  return app;
}

async function addRoutes(
  app: FastifyInstance,
  routes: readonly Routes[],
  onFailure: (error: unknown) => void,
): Promise<void> {
  app.setValidatorCompiler(compileParameters);
  app.setSerializerCompiler(() => lineOf);
  app.setReplySerializer(lineOf);
  answerRevalidations(app);
  answerErrors(app, onFailure);
  for (const one of routes) await app.register(one);
}

function createBoundedServer(handler: RequestListener): Server {
  // A request must arrive within ten seconds, its headers within five. By default, Node checks this only every 30 s.
  const times = {
    requestTimeout: 10_000,
    headersTimeout: 5_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  };
  const server = createServer({ ...times, maxHeaderSize: HEADER_BYTES_MAX }, handler);
  boundConnections(server, CONNECTION_BOUNDS);
  server.on('connection', noteArrival);
  server.maxRequestsPerSocket = 1_000;
  // Ends a connection on which nothing moves, also one whose other end does not read.
  server.setTimeout(30_000);
  return server;
}

/** @returns the URL, or a path that no route has if it is not percent-encoded UTF-8: fastify would answer that before the gate sees it. */
function routableUrl(url: string): string {
  try {
    decodeURIComponent(url.split('?')[0] ?? '');
    return url;
  } catch {
    return '/undecodable/path';
  }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function admitRequests(app: FastifyInstance, gate: RequestGate): void {
  app.decorateRequest('isAuthorised', false);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(OTHER_HEADERS);
    request.isAuthorised = gate.admit(request, performance.now());
    done();
  });
}

/** Gives each answer that may be kept an ETag made from its content, and sends 304 if the caller has it already. */
function answerRevalidations(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, body, done) => {
    if (request.routeOptions.config.revalidates !== true || reply.statusCode !== 200 || typeof body !== 'string') {
      done(null, body);
      return;
    }
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    reply.headers({ etag, 'cache-control': 'private, no-cache' });
    const isKnown = namesTag(request.headers['if-none-match'], etag);
    if (isKnown) reply.code(304);
    done(null, isKnown ? '' : body);
  });
}

/** Whether `If-None-Match` names the tag: in a list, with `W/` (RFC 9110 compares weakly here), or as `*`. */
function namesTag(header: string | undefined, etag: string): boolean {
  return header?.trim() === '*' || (header?.match(/"[^"]*"/g)?.includes(etag) ?? false);
}

function answerErrors(app: FastifyInstance, onFailure: (error: unknown) => void): void {
  app.setNotFoundHandler(() => {
    throw new WebRefusal(404, 'web.notFound', 'nothing is here');
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = error instanceof WebRefusal ? error : new WebRefusal(500, 'web.failed', 'this could not be read');
    // The message of the error may hold collected text, or facts about this machine. So it goes to the log and not to the caller.
    if (refusal !== error) onFailure(error);
    if (refusal.status === 404 && request.headers.accept?.includes('text/html') === true)
      return sendRefusal(reply, refusal);
    const body = lineOf(refusal.body);
    return reply.code(refusal.status).headers(refusal.headers).type('application/json; charset=utf-8').send(body);
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const hint = 'choose another web.port, or stop what uses it';
    const reason = error instanceof Error ? error.message : String(error);
    throw new FatalError(`cannot listen on ${host}:${port}: ${reason}`, { code: 'web.port', hint, cause: error });
  }
}
