import { z } from 'zod';
import { articleSchema, duplicateOfSchema, type Article } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { listArticleEdits } from '../edits/list-article-edits.js';
import { errorAnswer, jsonAnswer, type Answer } from './answer.js';
import type { ApiCall, ApiOperation } from './api-operation.js';
import { readableArticle, readArticlePage } from './article-page.js';
import { ParameterError, PARAMETERS, readParameters, windowOf } from './parameters.js';
import type { WebSources } from './web-sources.js';

const { id, url, edition, language, title, lead, publishedAt, modifiedAt, topics, goneAt, firstSeenAt } =
  articleSchema.shape;
const summarySchema = z.object({
  ...{ id, url, edition, language, title, lead, publishedAt, modifiedAt, topics, goneAt, firstSeenAt },
  revisions: z.int().describe('earlier states'),
  duplicateOf: duplicateOfSchema.nullable(),
});
const listQuery = z.object(PARAMETERS);
const articleList = z.object({ articles: z.array(summarySchema), nextCursor: z.string().nullable() });
const { topic, since, until, limit } = PARAMETERS;
const searchQuery = z.object({
  q: z.string().min(1).max(500).describe('words, all of which are held'),
  topic,
  since,
  until,
  limit,
});
const searchAnswer = z.object({ words: z.string(), articles: z.array(summarySchema) });
const coverageQuery = z.object({ edition: z.string().max(253), since, until });
const nothing = z.object({});
const anything = z.looseObject({});

/** @returns every operation; OpenAPI is made of this list too. */
export function apiOperations(sources: WebSources): readonly ApiOperation[] {
  return [
    {
      path: '/api/articles',
      operationId: 'listArticles',
      summary: 'Articles, newest first, page by page',
      query: listQuery,
      answer: articleList,
      run: (call) => listArticles(call),
    },
    {
      path: '/api/articles/{family}/{articleId}',
      operationId: 'getArticle',
      summary: 'One article as its record holds it: revisions, renditions, links and all',
      query: nothing,
      answer: articleSchema,
      run: (call) => withArticle(call, (article) => jsonAnswer(200, article)),
    },
    {
      path: '/api/articles/{family}/{articleId}/edits',
      operationId: 'listEdits',
      summary: 'What was edited between the states of one article',
      query: nothing,
      answer: z.object({ steps: z.array(anything) }),
      run: (call) => withArticle(call, (article) => jsonAnswer(200, { steps: listArticleEdits(article) })),
    },
    {
      path: '/api/search',
      operationId: 'search',
      summary: 'Articles that hold every word, newest first, in any script',
      query: searchQuery,
      answer: searchAnswer,
      run: (call) => searchArticles(call),
    },
    {
      path: '/api/coverage',
      operationId: 'coverage',
      summary:
        'Pages of an edition by day: announced, fetched, end states and gaps; the last 30 days unless asked otherwise',
      query: coverageQuery,
      answer: z.object({ edition: z.string(), days: z.array(anything) }),
      run: (call) => coverage(call, sources),
    },
    {
      path: '/api/status',
      operationId: 'status',
      summary: 'How things stand, as `status --json` says',
      query: nothing,
      answer: anything,
      run: async () => jsonAnswer(200, await sources.status()),
    },
  ];
}

function listArticles({ reader, query }: ApiCall): Answer {
  const wanted = readParameters(listQuery, query);
  const filters = {
    ...(wanted.topic === undefined ? {} : { topic: wanted.topic }),
    ...(wanted.edition === undefined ? {} : { edition: wanted.edition }),
    ...windowOf(wanted),
    unique: wanted.unique === 'true',
  };
  const { articles, nextCursor } = readArticlePage(reader, filters, wanted.cursor, wanted.limit);
  return jsonAnswer(200, { articles: articles.map(summaryOf), nextCursor });
}

function searchArticles({ reader, query }: ApiCall): Answer {
  const wanted = readParameters(searchQuery, query);
  const filters = { ...(wanted.topic === undefined ? {} : { topic: wanted.topic }), ...windowOf(wanted) };
  const keys = reader.search(wanted.q, { ...filters, limit: wanted.limit });
  const articles = keys.flatMap((key) => readableArticle(reader, key) ?? []);
  return jsonAnswer(200, { words: wanted.q, articles: articles.map(summaryOf) });
}

const DAY_MS = 86_400_000;
const COVERAGE_DAYS = 30;
const COVERAGE_DAYS_MAX = 366;

function coverage({ reader, query }: ApiCall, { editions }: WebSources): Answer {
  const wanted = readParameters(coverageQuery, query);
  if (!editions.includes(wanted.edition)) return errorAnswer(404, 'web.notFound', 'no such edition');
  const last = wanted.until ?? dayAfter(new Date().toISOString(), 0);
  const first = wanted.since ?? dayAfter(last, 1 - COVERAGE_DAYS);
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1 || days > COVERAGE_DAYS_MAX) throw new ParameterError(`since, until: 1 to ${COVERAGE_DAYS_MAX} days`);
  return jsonAnswer(200, { edition: wanted.edition, days: reader.ledger(wanted.edition, first, last) });
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

function withArticle({ reader, parts, query }: ApiCall, answer: (article: Article) => Answer): Answer {
  readParameters(nothing, query);
  const key = `${parts['family'] ?? ''}/${parts['articleId'] ?? ''}`;
  const isKey = /^[a-z0-9.-]{1,253}\/\d{4,19}$/.test(key);
  const article = isKey ? readableArticle(reader, key as ArticleKey) : null;
  return article === null ? errorAnswer(404, 'web.notFound', 'no such article') : answer(article);
}

function summaryOf(article: Article): z.infer<typeof summarySchema> {
  const { revisions, ...rest } = article;
  return summarySchema.parse({ ...rest, revisions: revisions.length });
}
