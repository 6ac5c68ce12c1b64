import type { Closers } from '../platform/closers.js';
import { connectRedis } from '../queue/connection.js';
import { healthRoutes, type Readiness } from '../web/health-routes.js';
import { startWebServer } from '../web/web-server.js';
import type { Surroundings } from './open-harvester.js';
import { findRedis } from './open-redis.js';

/** How long readiness may take to ask Redis. */
const READINESS_MS = 2_000;

/**
 * Opens the web page, feeds, metrics and health of the service. Needs neither Redis nor a catalogue to start: what is not there is said.
 *
 * @returns where it listens.
 * @throws {FatalError} `web.port`, `web.tokenMissing`.
 */
export async function openWebPart({ config, log }: Surroundings, closers: Closers): Promise<string> {
  const routes = [healthRoutes(() => readinessOf(config))];
  const server = await startWebServer(config.web, routes, log);
  closers.push('web', () => server.close());
  return server.origin;
}

async function readinessOf(config: Surroundings['config']): Promise<Readiness> {
  const location = findRedis(config);
  if (location === null) return { ready: false, reasons: ['no service works in the data directory'] };
  const connecting = connectRedis(location, 'producer').then((redis) => {
    redis.disconnect();
    return true;
  });
  const answered = await Promise.race([connecting.catch(() => false), afterwards(READINESS_MS)]);
  return answered ? { ready: true, reasons: [] } : { ready: false, reasons: ['Redis does not answer'] };
}

function afterwards(delayMs: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs, false).unref();
  });
}
