import { z } from 'zod';
import { DUPLICATE_FILTERS } from '../store/catalogue/article-queries.js';
import type { KnownIds } from '../search/parse-query.js';
import { QueryError } from '../search/query-tree.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import {
  foundArticle,
  listedArticle,
  listHref,
  type ArticleList,
  type ArticleSelection,
} from './pages/articles-page.js';
import { listFiltersOf, SEARCH_PARAMETERS, searchFiltersOf } from './parameters.js';
import { readArticlesAround } from './read-articles.js';
import type { WebSources } from './web-sources.js';

const { topic, edition, since, until, lang, format, edited, gone } = SEARCH_PARAMETERS;

/** The parameters that select articles, for the list, its feeds and its downloads. */
export const LIST_PARAMETERS = {
  ...{ topic, edition, since, until, lang, format, edited, gone },
  q: z.string().max(500).optional(),
  duplicates: z.enum(DUPLICATE_FILTERS).optional(),
  order: z.enum(['relevance', 'newest']).optional(),
};
const PER_PAGE = 30;

type ListQuery = z.output<z.ZodObject<typeof LIST_PARAMETERS>> & {
  readonly page: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
};

/** Reads a page of articles: what the full-text index finds, or without words and format all articles by time. */
export function readArticleList(
  sources: WebSources,
  { after, before, page, ...selection }: ListQuery,
  perPage = PER_PAGE,
): ArticleList {
  const { topics, editions, languages = {} } = sources;
  const queries = sources.catalogue.requireQueries();
  const read = isLookedFor(selection)
    ? readFound(queries, selection, { page, perPage }, { topics, editions })
    : readAlongTime(queries, selection, { after, before, perPage }, languages);
  return {
    selection,
    problem: null,
    problemAt: null,
    ...read,
    topics,
    editions,
    languages: [...new Set(Object.values(languages))].sort(),
  };
}

/** Whether the selection needs the full-text index. */
export function isLookedFor({ q, format: form }: Pick<ArticleSelection, 'q' | 'format'>): boolean {
  return q !== undefined || form !== undefined;
}

type ReadList = Pick<ArticleList, 'found' | 'unreadable' | 'total' | 'newer' | 'older'> & {
  readonly problem?: string;
  readonly problemAt?: number;
};

function readAlongTime(
  queries: CatalogueQueries,
  selection: ArticleSelection,
  { perPage, ...cursors }: Pick<ListQuery, 'after' | 'before'> & { readonly perPage: number },
  languages: Readonly<Record<string, string>>,
): ReadList {
  const filters = listFiltersOf(selection, languages);
  const { articles, unreadable, newer, older } = readArticlesAround(queries, filters, cursors, perPage);
  return {
    found: articles.map(listedArticle),
    unreadable,
    total: queries.views.countArticles(filters),
    newer: newer === null ? null : listHref(selection, { before: newer }),
    older: older === null ? null : listHref(selection, { after: older }),
  };
}

/** Reads the articles with these words or of this format, which only the full-text index knows. */
function readFound(
  queries: CatalogueQueries,
  selection: ArticleSelection,
  { page, perPage }: { readonly page: number; readonly perPage: number },
  known: Required<KnownIds>,
): ReadList {
  const { q = '', order = q === '' ? 'newest' : 'relevance' } = selection;
  const nothing = { found: [], unreadable: [], total: 0, newer: null, older: null };
  const problem = problemOfSearch(selection);
  if (problem !== null) return { ...nothing, problem };
  try {
    const { total, pages, hits, unreadable } = queries.search({
      ...searchOfList(selection, known),
      order,
      page,
      perPage,
    });
    const to = (other: number): string => listHref(selection, { page: other });
    return {
      found: hits.map(foundArticle),
      unreadable,
      total,
      // From a page beyond the end, this leads to the last page.
      newer: page > 1 ? to(Math.max(1, Math.min(page - 1, pages))) : null,
      older: page < pages ? to(page + 1) : null,
    };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { ...nothing, problem: `This cannot be looked for: ${error.message}`, problemAt: error.position };
  }
}

/** @returns why the full-text index cannot find this selection; null: it can. */
export function problemOfSearch({ duplicates = 'none' }: Pick<ArticleSelection, 'duplicates'>): string | null {
  if (duplicates === 'none' || duplicates === 'all') return null;
  return 'With words or a format, repetitions are either left out or all shown';
}

/** @returns the search that finds this selection. */
export function searchOfList(selection: ArticleSelection, { topics, editions }: Required<KnownIds>) {
  const { q = '', duplicates = 'none' } = selection;
  return { text: q, known: { topics, editions }, filters: searchFiltersOf(selection, duplicates === 'none') };
}
