import type { FastifyPluginCallback } from 'fastify';
import { acceptForms, FormWord } from './action-forms.js';
import { addArticleRoutes } from './article-routes.js';
import { addCaptureRoutes } from './capture-routes.js';
import { addCoverageRoutes } from './coverage-routes.js';
import { addNotificationRoutes, addQuarantineRoutes } from './decision-routes.js';
import { addDownloadRoutes } from './selection-routes.js';
import { addEditRoutes, addPictureRoutes } from './edit-routes.js';
import { addListingRoutes } from './listing-routes.js';
import { STYLE } from './markup/style-sheet.js';
import { addOverviewRoutes } from './overview-routes.js';
import type { ZodTypes } from './parameters.js';
import { addRunRoutes } from './run-routes.js';
import { sendRefusal, WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

/** Refusals that are shown as a page. Every other one is sent as JSON. */
const SHOWN_REFUSALS = ['web.notFound', 'web.nothingStored', 'web.parameter', 'web.form', 'web.noService'];

/** All pages for people, which need no scripts, and their style sheet. */
export function pageRoutes(sources: WebSources): FastifyPluginCallback {
  return (plain, _options, done) => {
    acceptForms(plain);
    plain.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof WebRefusal) || !SHOWN_REFUSALS.includes(error.code)) throw error;
      return sendRefusal(reply, error);
    });
    plain.get('/style.css', { config: { revalidates: true } }, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(STYLE),
    );
    const app = plain.withTypeProvider<ZodTypes>();
    const word = new FormWord();
    addOverviewRoutes(app, sources);
    addRunRoutes(app, sources);
    addListingRoutes(app, sources);
    addArticleRoutes(app, sources);
    addCaptureRoutes(app, sources);
    addEditRoutes(app, sources);
    addPictureRoutes(app, sources);
    addDownloadRoutes(app, sources);
    addCoverageRoutes(app, sources, word);
    addQuarantineRoutes(app, sources, word);
    addNotificationRoutes(app, sources, word);
    done();
  };
}
