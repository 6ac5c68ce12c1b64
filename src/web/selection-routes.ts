import { Readable } from 'node:stream';
import { z } from 'zod';
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { Article } from '../domain/article.js';
import type { PermanentError } from '../domain/errors.js';
import { encodeArticles } from '../export/encode-articles.js';
import { EXPORT_FORMATS, type ExportFormat, NEWEST_FIRST } from '../export/export-formats.js';
import { formQuery, listFiltersOf, queryOrRefuse, type WebApp, type ZodTypes } from './parameters.js';
import { isLookedFor, LIST_PARAMETERS, problemOfSearch, readArticleList, searchOfList } from './read-article-list.js';
import { leftOutWords } from './markup/elements.js';
import { WebRefusal } from './web-refusal.js';
import { requireKnown, type WebSources } from './web-sources.js';
import { whenSent } from './when-sent.js';
import { changeItem, encodeAtom, encodeJsonFeed, encodeRss, feedHead, type FeedItem } from '../export/encode-feeds.js';
import { EDIT_PARAMETERS, readShownChanges } from './edit-routes.js';

const TYPES: Readonly<Record<ExportFormat, readonly [contentType: string, ending: string]>> = {
  ndjson: ['application/x-ndjson; charset=utf-8', 'ndjson'],
  json: ['application/json; charset=utf-8', 'json'],
  csv: ['text/csv; charset=utf-8', 'csv'],
  parquet: ['application/vnd.apache.parquet', 'parquet'],
  atom: ['application/atom+xml; charset=utf-8', 'xml'],
  rss: ['application/rss+xml; charset=utf-8', 'xml'],
  jsonfeed: ['application/feed+json; charset=utf-8', 'json'],
  'schema-org': ['application/ld+json; charset=utf-8', 'jsonld'],
};
const params = z.object({ format: z.enum(EXPORT_FORMATS) });
const querystring = formQuery(LIST_PARAMETERS);
type Selection = z.output<typeof querystring>;
/** Downloads at one time: each reads its whole selection from the disk. */
const AT_ONCE_MAX = 2;
const BUSY_SECONDS = 10;
/** In Parquet, a row group is one piece, which must be ready well before the deadline for a piece. */
const GROUP_ROWS_MAX = 500;
/** After this many pieces, other requests get their turn. */
const PIECES_AT_ONCE = 20;

/** `/download/{format}`: a selection of articles in one of the formats of `sputnik export`. */
export function addDownloadRoutes(app: WebApp, sources: WebSources): void {
  let underWay = 0;
  app.get('/download/:format', { schema: { params, querystring } }, ({ params: { format }, query }, reply) => {
    requireKnown(sources, query);
    if (underWay >= AT_ONCE_MAX) {
      const later = { 'retry-after': String(BUSY_SECONDS) };
      throw new WebRefusal(429, 'web.tooMany', `at most ${AT_ONCE_MAX} downloads at once`, later);
    }
    const articles = selectedArticles(sources, query, NEWEST_FIRST.includes(format));
    const pieces = encodeArticles(format, articles, {
      topic: query.topic ?? null,
      withMark: false,
      groupRowsMax: GROUP_ROWS_MAX,
    });
    const [contentType, ending] = TYPES[format];
    underWay += 1;
    const stream: Readable = Readable.from(paced(pieces, () => whenSent(stream, reply.raw))).on('close', () => {
      underWay -= 1;
    });
    const name = `attachment; filename="sputnik-${format}.${ending}"`;
    return reply.type(contentType).header('content-disposition', name).send(stream);
  });
}

/** If the pieces end with an error, it is thrown only when everything before it has been sent. */
async function* paced<Piece>(pieces: AsyncIterable<Piece>, whenAllSent: () => Promise<void>): AsyncGenerator<Piece> {
  let sent = 0;
  try {
    for await (const piece of pieces) {
      yield piece;
      sent += 1;
      if (sent % PIECES_AT_ONCE === 0) await new Promise(setImmediate);
    }
  } catch (error) {
    await whenAllSent();
    throw error;
  }
}

/**
 * Reads the articles. If some of them cannot be read, it fails after all the others: a download without them must not look complete.
 *
 * @throws {WebRefusal} `web.query` if the query cannot be understood, before the first article.
 */
function selectedArticles(sources: WebSources, query: Selection, newestFirst: boolean): Iterable<Article> {
  const queries = sources.catalogue.requireQueries();
  const order = newestFirst ? 'newest' : 'oldest';
  const errors: PermanentError[] = [];
  const onDamaged = (_key: string, error: PermanentError): unknown => errors.push(error);
  if (!isLookedFor(query)) {
    const filters = listFiltersOf(query, sources.languages ?? {});
    return wholeOrFailed(queries.articles(filters, order, onDamaged), errors);
  }
  const problem = problemOfSearch(query);
  if (problem !== null) throw new WebRefusal(400, 'web.query', problem);
  const { articles } = queryOrRefuse(() => queries.select({ ...searchOfList(query, sources), order }, onDamaged));
  return wholeOrFailed(articles, errors);
}

/** @throws {PermanentError} `record.…` of the first that could not be read. */
function* wholeOrFailed(articles: Iterable<Article>, errors: readonly PermanentError[]): Generator<Article> {
  yield* articles;
  if (errors[0] !== undefined) throw errors[0];
}

const FEEDS = [
  { name: 'rss', format: 'rss', encode: encodeRss },
  { name: 'atom', format: 'atom', encode: encodeAtom },
  { name: 'json', format: 'jsonfeed', encode: encodeJsonFeed },
] as const;
const ITEMS = 50;
const editQuery = formQuery(EDIT_PARAMETERS);

/**
 * `/feeds/{rss,atom,json}`: the newest fifty articles of a selection, by default without those that repeat another;
 * `/feeds/edits/{rss,atom,json}`: the newest fifty edits and withdrawals.
 */
export function feedRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const feeds = app.withTypeProvider<ZodTypes>();
    for (const { name, format, encode } of FEEDS) {
      const send = (
        reply: FastifyReply,
        items: Iterable<Article | FeedItem>,
        head: ReturnType<typeof feedHead>,
      ): FastifyReply => reply.type(TYPES[format][0]).send([...encode(items, head)].join(''));
      const config = { revalidates: true };
      feeds.get(`/feeds/${name}`, { schema: { querystring }, config }, ({ query }, reply) => {
        requireKnown(sources, query);
        const { articles, unreadable } = newestArticles(sources, query);
        return send(reply, articles, headOf(query.topic, unreadable));
      });
      feeds.get(`/feeds/edits/${name}`, { schema: { querystring: editQuery }, config }, async ({ query }, reply) => {
        requireKnown(sources, query);
        const queries = sources.catalogue.queries();
        const nothing = { changes: [], unreadable: [] };
        const read = queries === null ? nothing : await readShownChanges(queries, query, undefined, ITEMS);
        const { id, title, ...head } = headOf(query.topic, read.unreadable);
        return send(reply, read.changes.map(changeItem), { ...head, id: `${id}:edits`, title: `${title}: edits` });
      });
    }
    done();
  };
}

/** Names what is missing where readers show what a feed is about. */
function headOf(topic: string | undefined, unreadable: readonly string[]): ReturnType<typeof feedHead> {
  const head = feedHead(topic ?? null);
  return unreadable.length === 0 ? head : { ...head, description: `${head.description}. ${leftOutWords(unreadable)}` };
}

interface NewestArticles {
  readonly articles: readonly Article[];
  readonly unreadable: readonly string[];
}

function newestArticles(sources: WebSources, query: Selection): NewestArticles {
  if (sources.catalogue.queries() === null) return { articles: [], unreadable: [] };
  const { found, unreadable, problem } = readArticleList(sources, { order: 'newest', ...query, page: 1 }, ITEMS);
  if (problem !== null) throw new WebRefusal(400, 'web.query', problem);
  return { articles: found.map(({ article }) => article), unreadable };
}
