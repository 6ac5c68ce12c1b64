import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { z } from 'zod';

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
const REFUSALS = {
  400: { description: 'a parameter has the wrong form', content },
  401: { description: 'the token is missing or wrong', content },
  404: { description: 'not found', content },
  429: { description: 'too many requests; see Retry-After', content },
  503: { description: 'nothing is stored yet, or a record cannot be read', content },
};
/** Of every list of articles. */
export const unreadableSchema = z
  .array(z.string())
  .describe('ids of articles that are left out because their records cannot be read; `sputnik verify` says why');
const UNCHANGED = { 304: { description: 'the answer that `If-None-Match` names is still current' } };

const TAGS = {
  articles: 'Articles, as their records hold them',
  changes: 'New, edited and withdrawn articles, to follow the corpus',
  harvest: 'The state of the harvest',
} as const;

interface Operation<Query extends z.ZodType> {
  readonly operationId: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  /** A request that works in every corpus that is not empty. Its ids are examples. */
  readonly example: string;
  readonly query: Query;
  readonly answer: z.ZodType;
}

/** @returns the options of a route: its description, which also checks its requests, and that its answers may be kept. */
export function operation<Query extends z.ZodType>({ query, answer, tag, example, ...rest }: Operation<Query>) {
  const schema = { ...rest, tags: [tag], ...sampleOf(example), querystring: query, response: { 200: answer } };
  return { schema, config: { revalidates: true } };
}

/** The same for a route with parameters in its path. */
export function operationOn<Query extends z.ZodType, Params extends z.ZodType>(
  params: Params,
  described: Operation<Query>,
) {
  const { schema, config } = operation(described);
  return { schema: { ...schema, params }, config };
}

function sampleOf(example: string): { readonly 'x-codeSamples': readonly object[] } {
  return { 'x-codeSamples': [{ lang: 'Shell', source: `curl -s 'http://127.0.0.1:8787${example}'` }] };
}

/** Describes the routes in OpenAPI 3.1, by the schemas that check their requests and answers. */
export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'sputnik-harvester',
        version,
        description: 'Only GET and HEAD. `cursor` gives the next page of a list. Answers have an `ETag`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'the server of this description' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      security: [{}, { token: [] }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: { Error: jsonSchemaOf(errorSchema, 'output') },
      },
    },
    transform: ({ schema, url, route }) => {
      const { querystring, params, response, ...rest } = schema;
      const parts = { querystring: partOf(querystring), params: partOf(params) };
      const given = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
      return {
        url,
        schema: { ...rest, ...given, response: responsesOf(response, route.config?.revalidates === true) },
      };
    },
  };
}

function partOf(schema: unknown): object | null {
  return schema instanceof z.ZodType ? jsonSchemaOf(schema, 'input') : null;
}

/** Every answer may be kept but the stream of events, which is text. */
function responsesOf(response: unknown, isKept: boolean): object {
  const answer = z.object({ 200: z.instanceof(z.ZodType) }).safeParse(response).data?.[200] ?? z.unknown();
  const type = isKept ? 'application/json' : 'text/event-stream';
  const found = { description: 'found', content: { [type]: { schema: jsonSchemaOf(answer, 'output') } } };
  return { 200: found, ...(isKept ? UNCHANGED : {}), ...REFUSALS };
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const described = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  delete described.$schema;
  return described;
}
