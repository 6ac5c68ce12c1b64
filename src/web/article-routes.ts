import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { articleFormatSchema } from '../domain/article.js';
import { DUPLICATE_FILTERS } from '../store/catalogue/article-queries.js';
import { textOf } from './markup/elements.js';
import { sendPage } from './markup/page-layout.js';
import { articleMain } from './pages/article-page.js';
import {
  articlesMain,
  listedArticle,
  listHref,
  type ArticleList,
  type ArticleSelection,
} from './pages/articles-page.js';
import { formQuery, listFiltersOf, PARAMETERS, type ZodTypes } from './parameters.js';
import { readArticleView } from './read-article-view.js';
import { articleParts, readArticle, readArticlesAround } from './read-articles.js';
import { requireEdition, requireTopic, type WebSources } from './web-sources.js';

const { topic, edition, since, until, cursor } = PARAMETERS;
const listQuery = formQuery({
  q: z.string().max(500).optional(),
  topic,
  edition,
  lang: z.string().max(35).optional(),
  since,
  until,
  format: articleFormatSchema.optional(),
  edited: z.enum(['true', 'false']).optional(),
  gone: z.enum(['true', 'false']).optional(),
  duplicates: z.enum(DUPLICATE_FILTERS).optional(),
  order: z.enum(['relevance', 'newest']).optional(),
  after: cursor,
  before: cursor,
});
const state = z.coerce.number().int().min(1).max(100_000).optional();
const articleQuery = formQuery({ from: state, to: state, of: edition, against: z.string().max(280).optional() });
const PER_PAGE = 30;

/** `/articles`, `/search` (the same) and `/articles/{family}/{articleId}`. */
export function articleRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const pages = app.withTypeProvider<ZodTypes>();
    for (const path of ['/articles', '/search']) {
      pages.get(path, { schema: { querystring: listQuery } }, ({ query }, reply) => {
        requireTopic(sources, query.topic);
        requireEdition(sources, query.edition);
        const main = articlesMain(readList(sources, query));
        return sendPage(reply, { title: query.q ?? query.topic ?? 'Articles', main, section: '/articles' });
      });
    }
    pages.get(
      '/articles/:family/:articleId',
      { schema: { params: articleParts, querystring: articleQuery } },
      ({ params, query }, reply) => {
        const queries = sources.catalogue.requireQueries();
        const article = readArticle(queries, params);
        const main = articleMain(readArticleView(sources.catalogue, queries, article, query));
        return sendPage(reply, { title: textOf(article.title), main, section: '/articles' });
      },
    );
    done();
  };
}

type ListQuery = ArticleSelection & { readonly after?: string | undefined; readonly before?: string | undefined };

function readList(sources: WebSources, { after, before, ...selection }: ListQuery): ArticleList {
  const { topics, editions, languages = {} } = sources;
  const queries = sources.catalogue.requireQueries();
  const filters = listFiltersOf(selection, languages);
  const { articles, newer, older } = readArticlesAround(queries, filters, { after, before }, PER_PAGE);
  return {
    selection,
    found: articles.map(listedArticle),
    total: queries.views.countArticles(filters),
    newer: newer === null ? null : listHref(selection, { before: newer }),
    older: older === null ? null : listHref(selection, { after: older }),
    problem: null,
    topics,
    editions,
    languages: [...new Set(Object.values(languages))].sort(),
  };
}
