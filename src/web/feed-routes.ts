import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { Article } from '../domain/article.js';
import { changeItem, encodeAtom, encodeJsonFeed, encodeRss, feedHead, type FeedItem } from '../export/encode-feeds.js';
import type { z } from 'zod';
import { EDIT_PARAMETERS, readShownChanges } from './edit-routes.js';
import { LIST_PARAMETERS, readArticleList } from './read-article-list.js';
import { formQuery, type ZodTypes } from './parameters.js';
import { WebRefusal } from './web-refusal.js';
import { requireKnown, type WebSources } from './web-sources.js';

const FORMS = [
  { name: 'rss', contentType: 'application/rss+xml; charset=utf-8', encode: encodeRss },
  { name: 'atom', contentType: 'application/atom+xml; charset=utf-8', encode: encodeAtom },
  { name: 'json', contentType: 'application/feed+json; charset=utf-8', encode: encodeJsonFeed },
] as const;
const ITEMS = 50;
const articleQuery = formQuery(LIST_PARAMETERS);
const editQuery = formQuery(EDIT_PARAMETERS);

/**
 * `/feeds/{rss,atom,json}`: the newest fifty articles of a selection, by default without those that repeat another;
 * `/feeds/edits/{rss,atom,json}`: the newest fifty edits and withdrawals.
 */
export function feedRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const feeds = app.withTypeProvider<ZodTypes>();
    for (const { name, contentType, encode } of FORMS) {
      const send = (
        reply: FastifyReply,
        items: Iterable<Article | FeedItem>,
        head: ReturnType<typeof feedHead>,
      ): FastifyReply => reply.type(contentType).send([...encode(items, head)].join(''));
      const config = { revalidates: true };
      feeds.get(`/feeds/${name}`, { schema: { querystring: articleQuery }, config }, ({ query }, reply) => {
        requireKnown(sources, query);
        return send(reply, newestArticles(sources, query), feedHead(query.topic ?? null));
      });
      feeds.get(`/feeds/edits/${name}`, { schema: { querystring: editQuery }, config }, async ({ query }, reply) => {
        requireKnown(sources, query);
        const queries = sources.catalogue.queries();
        const changes = queries === null ? [] : (await readShownChanges(queries, query, undefined, ITEMS)).changes;
        const { id, title, ...head } = feedHead(query.topic ?? null);
        return send(reply, changes.map(changeItem), { ...head, id: `${id}:edits`, title: `${title}: edits` });
      });
    }
    done();
  };
}

function newestArticles(sources: WebSources, query: z.output<typeof articleQuery>): Article[] {
  if (sources.catalogue.queries() === null) return [];
  const { found, problem } = readArticleList(sources, { order: 'newest', ...query, page: 1 }, ITEMS);
  if (problem !== null) throw new WebRefusal(400, 'web.query', problem);
  return found.map(({ article }) => article);
}
