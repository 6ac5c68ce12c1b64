import { z } from 'zod';
import type { ApiOperation } from './api-operation.js';

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
};
const REFUSALS: readonly (readonly [status: string, description: string])[] = [
  ['400', 'a parameter is of the wrong form'],
  ['401', 'the token is asked for'],
  ['404', 'nothing is there'],
  ['429', 'too many requests; see Retry-After'],
  ['503', 'nothing is stored yet'],
];

/** @returns the description of the operations in OpenAPI 3.1, made from what they check and answer. Pure. */
export function describeApi(operations: readonly ApiOperation[], version: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'sputnik-harvester', version, description: 'Reads only: GET and HEAD.' },
    security: [{}, { token: [] }],
    paths: Object.fromEntries(operations.map((operation) => [operation.path, { get: describe(operation) }])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
  };
}

function describe({ path, operationId, summary, query, answer }: ApiOperation): object {
  const refusal = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
  return {
    operationId,
    summary,
    parameters: [...partsOf(path), ...parametersOf(query)],
    responses: {
      '200': { description: 'found', content: { 'application/json': { schema: schemaOf(answer, 'output') } } },
      ...Object.fromEntries(REFUSALS.map(([status, description]) => [status, { description, ...refusal }])),
    },
  };
}

function partsOf(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function parametersOf(query: z.ZodObject): object[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    // A number coerced from the text of an address may be anything by its type.
    schema: name === 'limit' ? { type: 'integer', minimum: 1, maximum: 100, default: 20 } : schema,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const schemaWithDialect = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(schemaWithDialect).filter(([key]) => key !== '$schema'));
}
