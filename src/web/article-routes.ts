import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import type { KnownIds } from '../search/parse-query.js';
import { QueryError } from '../search/query-error.js';
import { DUPLICATE_FILTERS } from '../store/catalogue/article-queries.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { textOf } from './markup/elements.js';
import { sendPage } from './markup/page-layout.js';
import { articleMain } from './pages/article-page.js';
import {
  articlesMain,
  foundArticle,
  listedArticle,
  listHref,
  type ArticleList,
  type ArticleSelection,
} from './pages/articles-page.js';
import { formQuery, listFiltersOf, PARAMETERS, type ZodTypes } from './parameters.js';
import { readArticleView } from './read-article-view.js';
import { articleParts, readArticle, readArticlesAround } from './read-articles.js';
import { SEARCH_PARAMETERS, searchOf } from './search-parameters.js';
import { requireEdition, requireTopic, type WebSources } from './web-sources.js';

const { cursor } = PARAMETERS;
const { topic, edition, since, until, lang, format, edited, gone, page } = SEARCH_PARAMETERS;
const listQuery = formQuery({
  ...{ topic, edition, since, until, lang, format, edited, gone, page },
  q: z.string().max(500).optional(),
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
        const list = readList(sources, query);
        const title = query.q ?? query.topic ?? 'Articles';
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
        const main = articleMain(readArticleView(sources.catalogue, queries, article, query));
        return sendPage(reply, { title: textOf(article.title), main, section: '/articles' });
      },
    );
    done();
  };
}

type ListQuery = z.output<typeof listQuery>;

function readList(sources: WebSources, { after, before, page, ...selection }: ListQuery): ArticleList {
  const { topics, editions, languages = {} } = sources;
  const queries = sources.catalogue.requireQueries();
  const isSearch = selection.q !== undefined || selection.format !== undefined;
  const read = isSearch
    ? readFound(queries, selection, page, { topics, editions })
    : readAlongTime(queries, selection, { after, before }, languages);
  return {
    selection,
    problem: null,
    ...read,
    topics,
    editions,
    languages: [...new Set(Object.values(languages))].sort(),
  };
}

type ReadList = Pick<ArticleList, 'found' | 'total' | 'newer' | 'older'> & { readonly problem?: string };

function readAlongTime(
  queries: CatalogueQueries,
  selection: ArticleSelection,
  cursors: Pick<ListQuery, 'after' | 'before'>,
  languages: Readonly<Record<string, string>>,
): ReadList {
  const filters = listFiltersOf(selection, languages);
  const { articles, newer, older } = readArticlesAround(queries, filters, cursors, PER_PAGE);
  return {
    found: articles.map(listedArticle),
    total: queries.views.countArticles(filters),
    newer: newer === null ? null : listHref(selection, { before: newer }),
    older: older === null ? null : listHref(selection, { after: older }),
  };
}

/** The list of those that hold the words, or are of the form, which only the index of words knows. */
function readFound(queries: CatalogueQueries, selection: ArticleSelection, page: number, known: KnownIds): ReadList {
  const { q = '', duplicates = 'none', order = q === '' ? 'newest' : 'relevance', topic, edition, lang } = selection;
  const nothing = { found: [], total: 0, newer: null, older: null };
  if (duplicates !== 'none' && duplicates !== 'all') {
    return { ...nothing, problem: 'With words or a form, repetitions are either left out or all shown.' };
  }
  try {
    const filters = searchOf({
      ...{ topic, edition, lang, order, page, limit: PER_PAGE, unique: duplicates === 'none' ? 'true' : 'false' },
      ...{ since: selection.since, until: selection.until, format: selection.format },
      ...{ edited: selection.edited, gone: selection.gone },
    });
    const { total, pages, hits } = queries.search({ text: q, known, ...filters });
    const to = (other: number): string => listHref(selection, { page: other });
    return {
      found: hits.map(foundArticle),
      total,
      newer: page > 1 ? to(page - 1) : null,
      older: page < pages ? to(page + 1) : null,
    };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { ...nothing, problem: `This cannot be looked for: ${error.message}` };
  }
}
