import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { addArticleApi } from './article-api.js';
import { openApiOptions } from './describe-api.js';
import { addEventApi } from './event-api.js';
import { addHarvestApi } from './harvest-api.js';
import type { ZodTypes } from './parameters.js';
import type { WebSources } from './web-sources.js';

/** `/api/…`, with its description at `/api/openapi.json`. */
export function apiRoutes(sources: WebSources): FastifyPluginAsync {
  return async (plain) => {
    await plain.register(swagger, openApiOptions(sources.version));
    plain.get('/api/openapi.json', { schema: { hide: true }, config: { revalidates: true } }, () => plain.swagger());
    const app = plain.withTypeProvider<ZodTypes>();
    addArticleApi(app, sources);
    addHarvestApi(app, sources);
    addEventApi(app, sources);
  };
}
