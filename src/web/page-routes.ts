import type { FastifyPluginAsync } from 'fastify';
import { FormWord } from './action-guard.js';
import { articleRoutes } from './article-routes.js';
import { captureRoutes } from './capture-routes.js';
import { coverageRoutes } from './coverage-routes.js';
import { downloadRoutes } from './download-routes.js';
import { editRoutes } from './edit-routes.js';
import { sendRefusal } from './send-refusal.js';
import { STYLE } from './markup/style-sheet.js';
import { listingRoutes } from './listing-routes.js';
import { notificationRoutes } from './notification-routes.js';
import { overviewRoutes } from './overview-routes.js';
import { pictureRoutes } from './picture-routes.js';
import { quarantineRoutes } from './quarantine-routes.js';
import { runRoutes } from './run-routes.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

/** Refusals that are shown as a page; all others are JSON as everywhere. */
const SHOWN_REFUSALS = ['web.notFound', 'web.nothingStored', 'web.parameter', 'web.form', 'web.noService'];

/** Everything for people: pages without scripts, and their style sheet. */
export function pageRoutes(sources: WebSources): FastifyPluginAsync {
  return async (app) => {
    app.get('/style.css', { config: { revalidates: true } }, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(STYLE),
    );
    app.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof WebRefusal) || !SHOWN_REFUSALS.includes(error.code)) throw error;
      return sendRefusal(reply, error);
    });
    for (const routes of [overviewRoutes, runRoutes, listingRoutes, articleRoutes, captureRoutes, editRoutes])
      await app.register(routes(sources));
    for (const routes of [pictureRoutes, downloadRoutes]) await app.register(routes(sources));
    const word = new FormWord();
    for (const routes of [coverageRoutes, quarantineRoutes, notificationRoutes])
      await app.register(routes(sources, word));
  };
}
