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

/** How the routes are described in OpenAPI 3.1: by the schemas that check what they are asked and what they answer. */
export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'sputnik-harvester', version, description: 'Reads only: GET and HEAD.' },
      security: [{}, { token: [] }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: { Error: jsonSchemaOf(errorSchema, 'output') },
      },
    },
    transform: ({ schema, url }) => {
      const { querystring, params, response, ...rest } = schema;
      const parts = { querystring: partOf(querystring), params: partOf(params) };
      const given = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
      return { url, schema: { ...rest, ...given, response: responsesOf(response) } };
    },
  };
}

function partOf(schema: unknown): object | null {
  return schema instanceof z.ZodType ? jsonSchemaOf(schema, 'input') : null;
}

function responsesOf(response: unknown): object {
  const answer = z.object({ 200: z.instanceof(z.ZodType) }).safeParse(response).data?.[200] ?? z.unknown();
  const content = { 'application/json': { schema: jsonSchemaOf(answer, 'output') } };
  return { 200: { description: 'found', content }, ...REFUSALS };
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const described = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  delete described.$schema;
  return described;
}
