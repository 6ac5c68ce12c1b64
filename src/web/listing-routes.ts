import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { END_STATES } from '../domain/page.js';
import { hrefOf } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { delaysMain, pagesMain } from './pages/listing-pages.js';
import { cursorOf, formQuery, PARAMETERS, type ZodTypes } from './parameters.js';
import { readArticles } from './read-articles.js';
import { requireEdition, type WebSources } from './web-sources.js';

const day = PARAMETERS.since.unwrap();
const pagesQuery = formQuery({
  edition: z.string().max(253),
  state: z.enum(END_STATES),
  day: day.optional(),
  after: cursorOf(/^\d{1,8}\.\d{1,12}$/).optional(),
});
const delayQuery = formQuery({ page: z.coerce.number().int().min(1).max(1_000).default(1) });
const PAGES_SHOWN = 100;
const DELAYED_SHOWN = 50;

/** What numbers lead to that no other page lists: `/pages`, pages that came to one end; `/delays/{day}`, the articles first seen on a day by their delay. */
export function listingRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const pages = app.withTypeProvider<ZodTypes>();
    pages.get('/pages', { schema: { querystring: pagesQuery } }, ({ query: { after, ...asked } }, reply) => {
      requireEdition(sources, asked.edition);
      const [last, row] = (after ?? '').split('.').map(Number);
      const from = after === undefined ? null : { day: last ?? 0, row: row ?? 0 };
      const { views } = sources.catalogue.requireQueries();
      const found = views.pagesInState({ ...asked, day: asked.day ?? null }, from, PAGES_SHOWN + 1);
      const shown = found.slice(0, PAGES_SHOWN);
      const end = shown.at(-1)?.position;
      const next =
        found.length > PAGES_SHOWN && end !== undefined
          ? hrefOf('/pages', { ...asked, after: `${end.day}.${end.row}` })
          : null;
      return sendPage(reply, { title: 'Pages', main: pagesMain({ ...asked, pages: shown, next }), section: '/status' });
    });
    const schema = { params: z.object({ day }), querystring: delayQuery };
    pages.get('/delays/:day', { schema }, ({ params, query: { page } }, reply) => {
      const queries = sources.catalogue.requireQueries();
      const found = queries.views.delaysOfDay(params.day, DELAYED_SHOWN + 1, (page - 1) * DELAYED_SHOWN);
      const shown = found.slice(0, DELAYED_SHOWN);
      const articles = new Map(
        readArticles(
          queries,
          shown.map(({ key }) => key),
        ).map((article) => [article.id, article]),
      );
      const delayed = shown.flatMap((one) => ({ ...one, article: articles.get(one.key) ?? null }));
      const next = found.length > DELAYED_SHOWN ? hrefOf(`/delays/${params.day}`, { page: page + 1 }) : null;
      return sendPage(reply, {
        title: `Delays of ${params.day}`,
        main: delaysMain({ day: params.day, delayed, next }),
        section: '/',
      });
    });
    done();
  };
}
