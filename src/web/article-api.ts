import { z } from 'zod';
import { articleSchema, duplicateOfSchema, type Article } from '../domain/article.js';
import { listArticleEdits } from '../edits/list-article-edits.js';
import { QUERY_LENGTH_MAX, type KnownIds } from '../search/parse-query.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { operation, operationOn, unreadableSchema } from './describe-api.js';
import {
  articleQuery,
  cursorOf,
  filtersOf,
  PARAMETERS,
  queryOrRefuse,
  SEARCH_PARAMETERS,
  searchOf,
  type WebApp,
} from './parameters.js';
import { articleParts, readArticle, readArticlePage, readArticles } from './read-articles.js';
import { WebRefusal } from './web-refusal.js';
import { requireKnown, type WebSources } from './web-sources.js';

const { id, url, edition, language, title, lead, publishedAt, modifiedAt, topics, goneAt, firstSeenAt } =
  articleSchema.shape;
const summarySchema = z.object({
  ...{ id, url, edition, language, title, lead, publishedAt, modifiedAt, topics, goneAt, firstSeenAt },
  revisions: z.int().describe('number of earlier states'),
  duplicateOf: duplicateOfSchema.nullable(),
});
const articleList = z.object({
  ...{ articles: z.array(summarySchema), nextCursor: z.string().nullable(), unreadable: unreadableSchema },
});
const changedList = z.object({
  articles: z.array(summarySchema),
  nextCursor: z.string().describe('`changedSince` of the next request, now or later; never null'),
  hasMore: z.boolean().describe('whether more articles have changed already'),
  unreadable: unreadableSchema,
});
const words = z.string().min(1).max(QUERY_LENGTH_MAX).describe('the query, as docs/search.md describes it');
const searchQuery = z.strictObject({ q: words, ...SEARCH_PARAMETERS });
const passage = z
  .array(z.object({ text: z.string(), isMatch: z.boolean() }))
  .describe('joined, these parts are a passage of the text');
const searchAnswer = z.object({
  ...{ words: z.string(), total: z.int(), page: z.int(), pages: z.int() },
  articles: z.array(summarySchema.extend({ passage })),
  unreadable: unreadableSchema,
});
const nothing = z.strictObject({});
const editList = z.object({ steps: z.array(z.looseObject({})) });
const changedQuery = z.strictObject({
  changedSince: cursorOf(/^(?:start|[0-9a-f]{12}\.\d{1,15})$/)
    .describe(
      '`nextCursor` of an earlier answer, the cursor of an export, or the id of an event; `start`: all articles',
    )
    .default('start'),
  ...{ topic: PARAMETERS.topic, edition: PARAMETERS.edition, limit: PARAMETERS.limit },
});

const LIST = operation({
  operationId: 'listArticles',
  tag: 'articles',
  summary: 'Articles, newest first, page by page',
  example: '/api/articles?topic=armenia&limit=2',
  query: articleQuery,
  answer: articleList,
});
const ONE = operationOn(articleParts, {
  operationId: 'getArticle',
  tag: 'articles',
  summary: 'One article, as its record holds it, with revisions, renditions and links',
  example: '/api/articles/sputniknews.cn/1049499304',
  query: nothing,
  answer: articleSchema,
});
const EDITS_OF_ONE = operationOn(articleParts, {
  operationId: 'listEditsOfArticle',
  tag: 'articles',
  summary: 'The edits between the states of one article',
  example: '/api/articles/sputniknews.cn/1049499304/edits',
  query: nothing,
  answer: editList,
});
const SEARCH = operation({
  operationId: 'search',
  tag: 'articles',
  summary: 'Articles that contain every word, in any of its forms and any script, most relevant first',
  example: '/api/search?q=Armenia&limit=2',
  query: searchQuery,
  answer: searchAnswer,
});
const CHANGED = operation({
  operationId: 'listChangedArticles',
  tag: 'changes',
  summary:
    'Articles that were stored, edited, withdrawn or linked differently since a cursor, in the order of these changes',
  example: '/api/changes?changedSince=start&limit=2',
  query: changedQuery,
  answer: changedList,
});

/** `/api/articles…`, `/api/search` and `/api/changes`. */
export function addArticleApi(app: WebApp, sources: WebSources): void {
  const { catalogue, topics, editions } = sources;
  const queriesFor = (query: Parameters<typeof requireKnown>[1]) => {
    requireKnown(sources, query);
    return catalogue.requireQueries();
  };
  app.get('/api/articles', LIST, ({ query }) => listArticles(queriesFor(query), query));
  app.get('/api/articles/:family/:articleId', ONE, ({ params }) => readArticle(catalogue.requireQueries(), params));
  app.get('/api/articles/:family/:articleId/edits', EDITS_OF_ONE, ({ params }) => ({
    steps: listArticleEdits(readArticle(catalogue.requireQueries(), params)),
  }));
  app.get('/api/search', SEARCH, ({ query }) => searchArticles(queriesFor(query), query, { topics, editions }));
  app.get('/api/changes', CHANGED, ({ query }) => listChanged(queriesFor(query), query));
}

function listArticles(queries: CatalogueQueries, wanted: z.infer<typeof articleQuery>): z.infer<typeof articleList> {
  const filters = { ...filtersOf(wanted), duplicates: wanted.unique === 'true' ? ('none' as const) : ('all' as const) };
  const { articles, nextCursor, unreadable } = readArticlePage(queries, filters, wanted.cursor, wanted.limit);
  return { articles: articles.map(summaryOf), nextCursor, unreadable: [...unreadable] };
}

function searchArticles(
  queries: CatalogueQueries,
  wanted: z.infer<typeof searchQuery>,
  known: KnownIds,
): z.infer<typeof searchAnswer> {
  const result = queryOrRefuse(() => queries.search({ text: wanted.q, known, ...searchOf(wanted) }));
  const { total, page, pages, hits, unreadable } = result;
  const articles = hits.map(({ article, passage }) => ({ ...summaryOf(article), passage: [...passage] }));
  return { words: wanted.q, total, page, pages, articles, unreadable: [...unreadable] };
}

function listChanged(
  queries: CatalogueQueries,
  { changedSince, limit, ...filters }: z.infer<typeof changedQuery>,
): z.infer<typeof changedList> {
  const changed = queries.changes.articlesSince(changedSince, filters, limit);
  if (changed === null) {
    const problem =
      'changedSince: the catalogue was rebuilt, or restored from a backup, since; begin again with `start`';
    throw new WebRefusal(410, 'web.cursor', problem);
  }
  const { keys, cursor, hasMore } = changed;
  const { articles, unreadable } = readArticles(queries, keys);
  return { articles: articles.map(summaryOf), nextCursor: cursor, hasMore, unreadable: [...unreadable] };
}

function summaryOf(article: Article): z.infer<typeof summarySchema> {
  const { revisions, ...rest } = article;
  return summarySchema.parse({ ...rest, revisions: revisions.length });
}
