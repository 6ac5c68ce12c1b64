import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FatalError } from '../domain/errors.js';

/** What `/readyz` says: ready, or the reasons why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

export interface HealthServer {
  /** `http://127.0.0.1:8787` */
  readonly origin: string;
  close(): Promise<void>;
}

export interface HealthServerSettings {
  readonly host: string;
  readonly port: number;
}

/**
 * Answers `/healthz` (200 while the process lives) and `/readyz` (200, or 503 with the reasons).
 *
 * @throws {FatalError} `web.port` when the port is taken or may not be used.
 */
export async function startHealthServer(
  settings: HealthServerSettings,
  readiness: () => Promise<Readiness>,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request, response, readiness);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new FatalError(`cannot listen on ${settings.host}:${settings.port}: ${error.message}`, {
          code: 'web.port',
          hint: 'choose another web.port, or stop what uses it',
          cause: error,
        }),
      );
    });
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return {
    origin: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  readiness: () => Promise<Readiness>,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendJson(response, 405, { error: 'only GET and HEAD' });
    return;
  }
  const path = (request.url ?? '/').split('?', 1)[0];
  if (path === '/healthz') sendJson(response, 200, { status: 'alive' });
  else if (path === '/readyz') {
    const state = await readiness().catch((error: unknown) => ({ ready: false, reasons: [String(error)] }));
    sendJson(response, state.ready ? 200 : 503, state);
  } else sendJson(response, 404, { error: 'not found' });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
