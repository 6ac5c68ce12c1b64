import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { articleApi } from './article-api.js';
import { openApiOptions } from './describe-api.js';
import { eventApi } from './event-api.js';
import { harvestApi } from './harvest-api.js';
import type { WebSources } from './web-sources.js';

/** `/api/…`, with its description at `/api/openapi.json`. */
export function apiRoutes(sources: WebSources): FastifyPluginAsync {
  return async (app) => {
    await app.register(swagger, openApiOptions(sources.version));
    app.get('/api/openapi.json', { schema: { hide: true }, config: { revalidates: true } }, () => app.swagger());
    for (const routes of [articleApi, harvestApi, eventApi]) await app.register(routes(sources));
  };
}
