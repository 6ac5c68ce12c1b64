import type { FastifyPluginCallback } from 'fastify';

/** What `/readyz` says: ready, or the reasons why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  /** Pages that do not answer, the first hundred: no reason not to be ready. */
  readonly failingPages: readonly string[];
}

/** `/healthz`: 200 while the process lives. `/readyz`: 200, or 503 with the reasons, which only those see who may see the rest. */
export function healthRoutes(readiness: () => Promise<Readiness>): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get('/healthz', () => ({ status: 'alive' }));
    app.get('/readyz', async ({ isAuthorised }, reply) => {
      const { ready, ...told } = await readiness().catch((error: unknown) => ({
        ready: false,
        reasons: [String(error)],
        failingPages: [],
      }));
      return reply.code(ready ? 200 : 503).send(isAuthorised ? { ready, ...told } : { ready });
    });
    done();
  };
}
