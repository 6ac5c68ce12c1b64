import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { z } from 'zod';

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
const REFUSALS = {
  400: { description: 'a parameter is of the wrong form', content },
  401: { description: 'the token is asked for', content },
  404: { description: 'nothing is there', content },
  429: { description: 'too many requests; see Retry-After', content },
  503: { description: 'nothing is stored yet', content },
};
const UNCHANGED = { 304: { description: 'what `If-None-Match` names still stands' } };

const TAGS = {
  articles: 'Articles as their records hold them',
  changes: 'What came, changed and went: to follow the corpus',
  harvest: 'How the harvest stands',
} as const;

interface Operation<Query extends z.ZodType> {
  readonly operationId: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  /** A request that is answered wherever anything is stored; the ids in it stand for others. */
  readonly example: string;
  readonly query: Query;
  readonly answer: z.ZodType;
}

/** What the description says of a route, and what the route is checked by; its answer is named by its content and may be kept. */
export function operation<Query extends z.ZodType>({ query, answer, tag, example, ...rest }: Operation<Query>) {
  const schema = { ...rest, tags: [tag], ...sampleOf(example), querystring: query, response: { 200: answer } };
  return { schema, config: { revalidates: true } };
}

/** The same of a route that has parts of its path as parameters. */
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

/** How the routes are described in OpenAPI 3.1: by the schemas that check what they are asked and what they answer. */
export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'sputnik-harvester',
        version,
        description: 'Reads only: GET and HEAD. Lists are read on by `cursor`; answers have an `ETag`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'where this description was found' }],
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

/** Only a stream of events is not kept; it is text. */
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
