import { z } from 'zod';
import { encodeAtom } from '../export/encode-atom.js';
import { encodeJsonFeed } from '../export/encode-json-feed.js';
import { encodeRss } from '../export/encode-rss.js';
import { feedHead } from '../export/feed-item.js';
import { errorAnswer, type Route } from './answer.js';
import { readArticlePage } from './article-page.js';
import { PARAMETERS, readParameters } from './parameters.js';
import type { WebSources } from './web-sources.js';

const FEEDS = {
  '/feeds/rss': { contentType: 'application/rss+xml; charset=utf-8', encode: encodeRss },
  '/feeds/atom': { contentType: 'application/atom+xml; charset=utf-8', encode: encodeAtom },
  '/feeds/json': { contentType: 'application/feed+json; charset=utf-8', encode: encodeJsonFeed },
} as const;
const ARTICLES = 50;
const parameters = z.object({ topic: PARAMETERS.topic, edition: PARAMETERS.edition });

/** `/feeds/{rss,atom,json}`: the newest fifty articles, those that repeat another left out. */
export function feedRoutes({ catalogue, topics }: WebSources): Route {
  return ({ path, query }) => {
    if (!Object.hasOwn(FEEDS, path)) return null;
    const { contentType, encode } = FEEDS[path as keyof typeof FEEDS];
    const { topic, edition } = readParameters(parameters, query);
    if (topic !== undefined && !topics.includes(topic)) return errorAnswer(404, 'web.notFound', 'no such topic');
    const filters = { ...(topic === undefined ? {} : { topic }), ...(edition === undefined ? {} : { edition }) };
    const reader = catalogue.reader();
    const articles =
      reader === null ? [] : readArticlePage(reader, { ...filters, unique: true }, undefined, ARTICLES).articles;
    const body = [...encode(articles, feedHead(topic ?? null))].join('');
    return { status: 200, contentType, body, revalidates: true };
  };
}
