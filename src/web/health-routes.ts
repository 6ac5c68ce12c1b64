import { jsonAnswer, type Route } from './answer.js';

/** What `/readyz` says: ready, or the reasons why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** `/healthz`: 200 while the process lives. `/readyz`: 200, or 503 with the reasons, which only those see who may see the rest. */
export function healthRoutes(readiness: () => Promise<Readiness>): Route {
  return async ({ path, isAuthorised }) => {
    if (path === '/healthz') return jsonAnswer(200, { status: 'alive' });
    if (path !== '/readyz') return null;
    const { ready, reasons } = await readiness().catch((error: unknown) => ({
      ready: false,
      reasons: [String(error)],
    }));
    return jsonAnswer(ready ? 200 : 503, isAuthorised ? { ready, reasons } : { ready });
  };
}
