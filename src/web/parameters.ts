import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  FastifyTypeProvider,
  RawServerDefault,
} from 'fastify';
import { z } from 'zod';
import { nearestName } from '../domain/nearest-name.js';
import { DAY_MS } from '../domain/units.js';
import type { ArticleFilters } from '../store/catalogue/article-queries.js';
import type { ArticleSelection } from './pages/articles-page.js';
import { WebRefusal } from './web-refusal.js';
import { articleFormatSchema } from '../domain/article.js';
import type { SearchFilters } from '../search/facets.js';
import { QueryError } from '../search/query-tree.js';
import type { SearchRequest } from '../store/catalogue/search-corpus.js';

/** Types a route's query and path by the zod schemas that check them. */
export interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
}

/** The app to which routes are added. */
export type WebApp = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypes>;

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day, such as 2023-04-12')
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), 'no such day');

/** A cursor of one kind of list. */
export function cursorOf(form: RegExp) {
  return z
    .string()
    .regex(form, 'not a cursor of this list: give `nextCursor` of the previous answer unchanged')
    .describe('`nextCursor` of the previous answer');
}

/** Parameters that several routes have. */
export const PARAMETERS = {
  topic: z.string().max(100).describe('only articles on this topic').optional(),
  edition: z.string().max(253).describe('only articles whose own text is from this edition').optional(),
  since: day.describe('published on this day (UTC) or later, 2023-04-12').optional(),
  until: day.describe('published on this day (UTC) or earlier').optional(),
  unique: z.enum(['true', 'false']).describe('true: without articles that repeat another').optional(),
  limit: z.coerce.number().int().min(1).max(100).describe('maximum number of articles in one answer').default(20),
  cursor: cursorOf(/^(?:\d{1,12}|-)\.[a-z0-9.-]{1,253}\/\d{4,19}$/).optional(),
} as const;

export const articleQuery = z.strictObject(PARAMETERS);

/** The schema of a query that a form may send: empty fields count as not given. */
export function formQuery<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess((given) => {
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  }, z.strictObject(shape));
}

/** Checks a query. Refused are unknown parameters, parameters given twice, and wrong values. */
export const compileParameters: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  return (given) => {
    const read = schema.safeParse(given);
    if (read.success) return isBackwards(read.data) ? { error: BACKWARDS } : { value: read.data };
    const [issue] = read.error.issues;
    if (issue?.code === 'unrecognized_keys') return { error: unknownParameter(issue.keys[0] ?? '', schema) };
    const problem = [...(issue?.path ?? []), issue && problemOf(issue)].join(': ');
    return { error: new WebRefusal(400, 'web.parameter', problem) };
  };
};

const BACKWARDS = new WebRefusal(400, 'web.parameter', 'since is later than until');

function isBackwards(query: unknown): boolean {
  const { since, until } = query as { readonly since?: unknown; readonly until?: unknown };
  return typeof since === 'string' && typeof until === 'string' && since > until;
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  if (issue.code === 'invalid_type' && issue.message.endsWith('received array')) return 'is given more than once';
  const unit = 'origin' in issue && issue.origin === 'string' ? ' characters' : '';
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}${unit}`;
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}${unit}`;
  return issue.message;
}

function unknownParameter(name: string, schema: z.ZodType): WebRefusal {
  const query = schema instanceof z.ZodPipe ? schema.out : schema;
  const names = query instanceof z.ZodObject ? Object.keys(query.shape) : [];
  const meant = nearestName(name, names);
  const guess = meant === null ? '' : `did you mean ${meant}? `;
  const known = names.length === 0 ? 'there are none' : `${guess}there are: ${names.join(', ')}`;
  return new WebRefusal(400, 'web.parameter', [`${name} is no parameter here`, known]);
}

/** @returns the filters for these parameters; the two days, both included, become instants. */
export function filtersOf({ topic, edition, since, until }: Partial<z.infer<typeof articleQuery>>): ArticleFilters {
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(edition === undefined ? {} : { edition }),
    ...(since === undefined ? {} : { since: `${since}T00:00:00Z` }),
    ...(until === undefined ? {} : { until: `${new Date(Date.parse(until) + DAY_MS).toISOString().slice(0, 19)}Z` }),
  };
}

/**
 * @param languages  Language of each edition.
 * @returns          The filters of a list of articles, by default without those that repeat another.
 */
export function listFiltersOf(
  { topic, edition, lang, since, until, edited, gone, duplicates = 'none' }: ArticleSelection,
  languages: Readonly<Record<string, string>>,
): ArticleFilters {
  const editions = Object.keys(languages).filter((id) =>
    `${languages[id] ?? ''}-`.toLowerCase().startsWith(`${lang ?? ''}-`.toLowerCase()),
  );
  return {
    ...filtersOf({ topic, edition, since, until }),
    ...(lang === undefined ? {} : { editions }),
    ...(edited === undefined ? {} : { edited: edited === 'yes' }),
    ...(gone === undefined ? {} : { gone: gone === 'yes' }),
    duplicates,
  };
}

const { topic, edition, since, until, unique, limit } = PARAMETERS;
const yesOrNo = z.enum(['yes', 'no']);

/** The parameters of a search, besides its words. */
export const SEARCH_PARAMETERS = {
  ...{ topic, edition, since, until, unique, limit },
  lang: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i, 'expected a language, such as ru or zh-Hans')
    .describe('only in this language, such as ru or zh-Hans')
    .optional(),
  format: articleFormatSchema.describe('only articles of this format').optional(),
  edited: yesOrNo.describe('whether the agency edited it after publication').optional(),
  gone: yesOrNo.describe('whether the site has withdrawn it').optional(),
  order: z.enum(['relevance', 'newest']).default('relevance'),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
} as const;

type WantedFilters = Partial<Omit<SearchParameters, 'limit' | 'order' | 'page' | 'unique'>>;
type SearchParameters = z.output<z.ZodObject<typeof SEARCH_PARAMETERS>>;

/** @returns the search without its words. */
export function searchOf({
  order,
  page,
  limit,
  unique: only,
  ...wanted
}: SearchParameters): Omit<SearchRequest, 'text'> {
  return { order, page, perPage: limit, filters: searchFiltersOf(wanted, only === 'true') };
}

/** @param isUnique  Whether to leave out articles that repeat another. */
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

/** @throws {WebRefusal} `web.query`, with the position, if the query cannot be understood. */
export function queryOrRefuse<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new WebRefusal(400, 'web.query', error.message, {}, { position: error.position });
  }
}
