import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { articleSchema, duplicateOfSchema, type Article } from '../domain/article.js';
import { listArticleEdits } from '../edits/list-article-edits.js';
import { QUERY_LENGTH_MAX } from '../search/parse-query.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { openApiOptions } from './describe-api.js';
import { articleQuery, filtersOf, PARAMETERS, type ZodTypes } from './parameters.js';
import { SEARCH_PARAMETERS, searchOf, searchOrRefuse } from './search-parameters.js';
import { articleParts, readArticle, readArticlePage } from './read-articles.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

const { id, url, edition, language, title, lead, publishedAt, modifiedAt, topics, goneAt, firstSeenAt } =
  articleSchema.shape;
const summarySchema = z.object({
  ...{ id, url, edition, language, title, lead, publishedAt, modifiedAt, topics, goneAt, firstSeenAt },
  revisions: z.int().describe('earlier states'),
  duplicateOf: duplicateOfSchema.nullable(),
});
const articleList = z.object({ articles: z.array(summarySchema), nextCursor: z.string().nullable() });
const { since, until } = PARAMETERS;
const words = z.string().min(1).max(QUERY_LENGTH_MAX).describe('what to look for: docs/search.md');
const searchQuery = z.strictObject({ q: words, ...SEARCH_PARAMETERS });
const passage = z.array(z.object({ text: z.string(), isMatch: z.boolean() })).describe('joined: a piece of the text');
const searchAnswer = z.object({
  ...{ words: z.string(), total: z.int(), page: z.int(), pages: z.int() },
  articles: z.array(summarySchema.extend({ passage })),
});
const coverageQuery = z.strictObject({ edition: z.string().max(253), since, until });
const nothing = z.strictObject({});
const anything = z.looseObject({});
const dayList = z.object({ edition: z.string(), days: z.array(anything) });
const editList = z.object({ steps: z.array(anything) });
const ARTICLE_SUMMARY = 'One article as its record holds it: revisions, renditions, links and all';
const EDITS_SUMMARY = 'What was edited between the states of one article';
const SEARCH_SUMMARY = 'Articles that hold every word, in any of its forms and any script, most relevant first';
const COVERAGE_SUMMARY =
  'Pages of an edition by day: announced, fetched, end states and gaps; the last 30 days unless asked otherwise';

/** `/api/…`, with its description at `/api/openapi.json`. */
export function apiRoutes(sources: WebSources): FastifyPluginAsync {
  return async (app) => {
    await app.register(swagger, openApiOptions(sources.version));
    app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
    const api = app.withTypeProvider<ZodTypes>();
    const { catalogue, editions } = sources;
    api.get(
      '/api/articles',
      { schema: described('listArticles', 'Articles, newest first, page by page', articleList, articleQuery) },
      ({ query }) => listArticles(catalogue.requireQueries(), query),
    );
    api.get(
      '/api/articles/:family/:articleId',
      { schema: { ...described('getArticle', ARTICLE_SUMMARY, articleSchema, nothing), params: articleParts } },
      ({ params }) => readArticle(catalogue.requireQueries(), params),
    );
    api.get(
      '/api/articles/:family/:articleId/edits',
      { schema: { ...described('listEdits', EDITS_SUMMARY, editList, nothing), params: articleParts } },
      ({ params }) => ({ steps: listArticleEdits(readArticle(catalogue.requireQueries(), params)) }),
    );
    api.get('/api/search', { schema: described('search', SEARCH_SUMMARY, searchAnswer, searchQuery) }, ({ query }) =>
      searchArticles(catalogue.requireQueries(), query),
    );
    api.get('/api/coverage', { schema: described('coverage', COVERAGE_SUMMARY, dayList, coverageQuery) }, ({ query }) =>
      readDays(catalogue.requireQueries(), query, editions),
    );
    api.get(
      '/api/status',
      { schema: described('status', 'How things stand, as `status --json` says', anything, anything) },
      () => {
        catalogue.requireQueries();
        return sources.status();
      },
    );
  };
}

function described<Query extends z.ZodType>(operationId: string, summary: string, answer: z.ZodType, query: Query) {
  return { operationId, summary, querystring: query, response: { 200: answer } };
}

function listArticles(queries: CatalogueQueries, wanted: z.infer<typeof articleQuery>): z.infer<typeof articleList> {
  const filters = { ...filtersOf(wanted), unique: wanted.unique === 'true' };
  const { articles, nextCursor } = readArticlePage(queries, filters, wanted.cursor, wanted.limit);
  return { articles: articles.map(summaryOf), nextCursor };
}

function searchArticles(queries: CatalogueQueries, wanted: z.infer<typeof searchQuery>): z.infer<typeof searchAnswer> {
  const result = searchOrRefuse(queries, { text: wanted.q, ...searchOf(wanted) });
  const { total, page, pages, hits } = result;
  const articles = hits.map(({ article, passage }) => ({ ...summaryOf(article), passage: [...passage] }));
  return { words: wanted.q, total, page, pages, articles };
}

const DAY_MS = 86_400_000;
const COVERAGE_DAYS = 30;
const COVERAGE_DAYS_MAX = 366;

function readDays(
  queries: CatalogueQueries,
  wanted: z.infer<typeof coverageQuery>,
  editions: readonly string[],
): object {
  if (!editions.includes(wanted.edition)) throw new WebRefusal(404, 'web.notFound', 'no such edition');
  const last = wanted.until ?? new Date().toISOString().slice(0, 10);
  const first = wanted.since ?? new Date(Date.parse(last) + (1 - COVERAGE_DAYS) * DAY_MS).toISOString().slice(0, 10);
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1 || days > COVERAGE_DAYS_MAX) {
    throw new WebRefusal(400, 'web.parameter', `since, until: 1 to ${COVERAGE_DAYS_MAX} days`);
  }
  return { edition: wanted.edition, days: queries.ledger(wanted.edition, first, last) };
}

function summaryOf(article: Article): z.infer<typeof summarySchema> {
  const { revisions, ...rest } = article;
  return summarySchema.parse({ ...rest, revisions: revisions.length });
}
