import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { countOf, textOf } from './markup/elements.js';
import { sendPage } from './markup/page-layout.js';
import { articleMain } from './pages/article-page.js';
import { articlesMain, type ArticleList } from './pages/articles-page.js';
import { formQuery, PARAMETERS, type ZodTypes } from './parameters.js';
import { LIST_PARAMETERS, readArticleList } from './read-article-list.js';
import { readArticleView } from './read-article-view.js';
import { articleParts, readArticle } from './read-articles.js';
import { SEARCH_PARAMETERS } from './search-parameters.js';
import { requireEdition, requireTopic, type WebSources } from './web-sources.js';

const { cursor, edition } = PARAMETERS;
const listQuery = formQuery({ ...LIST_PARAMETERS, page: SEARCH_PARAMETERS.page, after: cursor, before: cursor });
const state = z.coerce.number().int().min(1).max(100_000).optional();
const articleQuery = formQuery({ from: state, to: state, of: edition, against: z.string().max(280).optional() });

/** `/articles`, `/search` (the same) and `/articles/{family}/{articleId}`. */
export function articleRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const pages = app.withTypeProvider<ZodTypes>();
    for (const path of ['/articles', '/search']) {
      pages.get(path, { schema: { querystring: listQuery } }, ({ query }, reply) => {
        requireTopic(sources, query.topic);
        requireEdition(sources, query.edition);
        const list = readArticleList(sources, query);
        const title = titleOf(query.q ?? query.topic, list);
        const status = list.problem === null ? 200 : 400;
        return sendPage(reply, { title, main: articlesMain(list), section: '/articles', status });
      });
    }
    pages.get(
      '/articles/:family/:articleId',
      { schema: { params: articleParts, querystring: articleQuery } },
      ({ params, query }, reply) => {
        const queries = sources.catalogue.requireQueries();
        const article = readArticle(queries, params);
        const main = articleMain(readArticleView(sources, queries, article, query));
        return sendPage(reply, { title: textOf(article.title), main, section: '/articles' });
      },
    );
    done();
  };
}

/** Read out first, and shown in the browser's history: what was looked for, and how much of it there is. */
function titleOf(asked: string | undefined, { problem, total }: ArticleList): string {
  if (asked === undefined) return 'Articles';
  return problem === null ? `${asked}: ${countOf(total, 'article')}` : `Not understood: ${asked}`;
}
