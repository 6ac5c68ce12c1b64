import { z } from 'zod';

/** A refusal of a parameter; answered 400. */
export class ParameterError extends Error {}

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), 'no such day');

/** The parameters that several routes know; texts as they stand in the address. */
export const PARAMETERS = {
  topic: z.string().max(100).describe('only articles on this topic').optional(),
  edition: z.string().max(253).describe('only articles whose text on top is of this edition').optional(),
  since: day.describe('published on this day (UTC) or later, 2023-04-12').optional(),
  until: day.describe('published up to and with this day (UTC)').optional(),
  unique: z.enum(['true', 'false']).describe('true: without those that repeat another').optional(),
  limit: z.coerce.number().int().min(1).max(100).describe('most articles of one answer').default(20),
  cursor: z
    .string()
    .regex(/^(?:\d{1,12}|-)\.[a-z0-9.-]{1,253}\/\d{4,19}$/)
    .describe('`nextCursor` of the answer before')
    .optional(),
} as const;

/**
 * @throws {ParameterError} for a parameter that is not known, given twice, or of another form.
 */
export function readParameters<T extends z.ZodObject>(schema: T, query: URLSearchParams): z.infer<T> {
  const names = [...query.keys()];
  const unknown = names.find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined) {
    const known = Object.keys(schema.shape).join(', ');
    throw new ParameterError(`${JSON.stringify(unknown.slice(0, 80))} is no parameter; there are ${known || 'none'}`);
  }
  if (new Set(names).size < names.length) throw new ParameterError('a parameter is given twice');
  const read = schema.safeParse(Object.fromEntries(query));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ParameterError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

const DAY_MS = 86_400_000;

/** @returns the window of two days, both included, as instants. */
export function windowOf({ since, until }: { since?: string | undefined; until?: string | undefined }): {
  since?: string;
  until?: string;
} {
  return {
    ...(since === undefined ? {} : { since: `${since}T00:00:00Z` }),
    ...(until === undefined ? {} : { until: `${new Date(Date.parse(until) + DAY_MS).toISOString().slice(0, 19)}Z` }),
  };
}
