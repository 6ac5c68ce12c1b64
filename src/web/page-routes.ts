import type { FastifyPluginAsync } from 'fastify';
import { articleRoutes } from './article-routes.js';
import { captureRoutes } from './capture-routes.js';
import { html } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { STYLE } from './markup/style-sheet.js';
import { overviewRoutes } from './overview-routes.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

/** Refusals that are shown as a page; all others are JSON as everywhere. */
const SHOWN_REFUSALS = ['web.notFound', 'web.nothingStored', 'web.parameter'];

/** Everything for people: pages without scripts, and their style sheet. */
export function pageRoutes(sources: WebSources): FastifyPluginAsync {
  return async (app) => {
    app.get('/style.css', { config: { revalidates: true } }, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(STYLE),
    );
    app.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof WebRefusal) || !SHOWN_REFUSALS.includes(error.code)) throw error;
      const title = error.message.charAt(0).toUpperCase() + error.message.slice(1);
      const main = html`<h1>${title}</h1>
        <p><a href="/">To the overview</a>, or <a href="/articles">search the articles</a>.</p>`;
      return sendPage(reply, { title, main, section: null, status: error.status });
    });
    for (const routes of [overviewRoutes, articleRoutes, captureRoutes]) await app.register(routes(sources));
  };
}
