import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { encodeAtom, encodeJsonFeed, encodeRss, feedHead } from '../export/encode-feeds.js';
import { filtersOf, PARAMETERS, type ZodTypes } from './parameters.js';
import { readArticlePage } from './read-articles.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

const FEEDS = [
  { path: '/feeds/rss', contentType: 'application/rss+xml; charset=utf-8', encode: encodeRss },
  { path: '/feeds/atom', contentType: 'application/atom+xml; charset=utf-8', encode: encodeAtom },
  { path: '/feeds/json', contentType: 'application/feed+json; charset=utf-8', encode: encodeJsonFeed },
] as const;
const ARTICLES = 50;
const querystring = z.strictObject({ topic: PARAMETERS.topic, edition: PARAMETERS.edition });

/** `/feeds/{rss,atom,json}`: the newest fifty articles, those that repeat another left out. */
export function feedRoutes({ catalogue, topics }: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const feeds = app.withTypeProvider<ZodTypes>();
    for (const { path, contentType, encode } of FEEDS) {
      feeds.get(path, { schema: { querystring }, config: { revalidates: true } }, ({ query }, reply) => {
        const { topic } = query;
        if (topic !== undefined && !topics.includes(topic)) throw new WebRefusal(404, 'web.notFound', 'no such topic');
        const filters = { ...filtersOf(query), unique: true };
        const queries = catalogue.queries();
        const articles = queries === null ? [] : readArticlePage(queries, filters, undefined, ARTICLES).articles;
        return reply.type(contentType).send([...encode(articles, feedHead(topic ?? null))].join(''));
      });
    }
    done();
  };
}
