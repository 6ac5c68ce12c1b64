import { request, type IncomingHttpHeaders } from 'node:http';
import { afterEach } from 'vitest';
import type { Config } from '../../../src/config/config.js';
import { startWebServer, type Routes, type WebServer } from '../../../src/web/web-server.js';
import { silentLogger } from '../../../src/platform/logger.js';

const servers: WebServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Starts a server on a free port of the loopback, which ends with the test. */
export async function served(routes: readonly Routes[], settings: Partial<Config['web']> = {}): Promise<string> {
  const usual = { host: '127.0.0.1', port: 0, token: null, requestsPerMinute: 100_000 };
  const server = await startWebServer({ ...usual, ...settings }, routes, silentLogger);
  servers.push(server);
  return server.origin;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks with exactly these headers; `fetch` would not send every `Host`. @throws where the answer is cut off. */
export function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  { method = 'GET', body = '' }: { method?: string; body?: string } = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      // Cut off.
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
