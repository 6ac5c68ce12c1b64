import { errorAnswer, jsonAnswer, type Route } from './answer.js';
import { matchPath } from './api-operation.js';
import { apiOperations } from './api-operations.js';
import { describeApi } from './openapi.js';
import type { WebSources } from './web-sources.js';

/** `/api/…`, with its description at `/api/openapi.json`. */
export function apiRoutes(sources: WebSources): Route {
  const operations = apiOperations(sources);
  const description = describeApi(operations, sources.version);
  return ({ path, query }) => {
    if (path === '/api/openapi.json') return jsonAnswer(200, description);
    for (const operation of operations) {
      const parts = matchPath(operation.path, path);
      if (parts === null) continue;
      const reader = sources.catalogue.reader();
      if (reader === null) return errorAnswer(503, 'web.nothingStored', 'nothing is stored yet');
      return operation.run({ reader, parts, query });
    }
    return null;
  };
}
