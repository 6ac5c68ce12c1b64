import { z } from 'zod';
import { articleFormatSchema } from '../domain/article.js';
import type { SearchFilters } from '../search/facets.js';
import { QueryError } from '../search/query-tree.js';
import type { SearchRequest } from '../store/catalogue/search-corpus.js';
import { PARAMETERS } from './parameters.js';
import { WebRefusal } from './web-refusal.js';

const { topic, edition, since, until, unique, limit } = PARAMETERS;
const yesOrNo = z.enum(['yes', 'no']);

/** By what a search is narrowed down, ordered and divided into pages; texts as they stand in the URL. */
export const SEARCH_PARAMETERS = {
  ...{ topic, edition, since, until, unique, limit },
  lang: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i, 'expected a language, such as ru or zh-Hans')
    .describe('only in this language, such as ru or zh-Hans')
    .optional(),
  format: articleFormatSchema.describe('only what is of this form').optional(),
  edited: yesOrNo.describe('whether the agency changed it after publication').optional(),
  gone: yesOrNo.describe('whether the site has withdrawn it').optional(),
  order: z.enum(['relevance', 'newest']).default('relevance'),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
} as const;

type WantedFilters = Partial<Omit<SearchParameters, 'limit' | 'order' | 'page' | 'unique'>>;
type SearchParameters = z.output<z.ZodObject<typeof SEARCH_PARAMETERS>>;

/** @returns what is asked for beside the words. */
export function searchOf({
  order,
  page,
  limit,
  unique: only,
  ...wanted
}: SearchParameters): Omit<SearchRequest, 'text'> {
  return { order, page, perPage: limit, filters: searchFiltersOf(wanted, only === 'true') };
}

/** @param isUnique  Whether those that repeat another are left out. */
export function searchFiltersOf(wanted: WantedFilters, isUnique: boolean): SearchFilters {
  return {
    ...(wanted.topic === undefined ? {} : { topics: [wanted.topic] }),
    ...(wanted.edition === undefined ? {} : { editions: [wanted.edition] }),
    ...(wanted.lang === undefined ? {} : { languages: [wanted.lang] }),
    ...(wanted.format === undefined ? {} : { formats: [wanted.format] }),
    ...(wanted.since === undefined ? {} : { since: wanted.since }),
    ...(wanted.until === undefined ? {} : { until: wanted.until }),
    ...(wanted.edited === undefined ? {} : { edited: wanted.edited === 'yes' }),
    ...(wanted.gone === undefined ? {} : { gone: wanted.gone === 'yes' }),
    unique: isUnique,
  };
}

/** @throws {WebRefusal} `web.query` with the position, where the query cannot be understood. */
export function queryOrRefuse<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new WebRefusal(400, 'web.query', error.message, {}, { position: error.position });
  }
}
