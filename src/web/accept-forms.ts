import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { FORM_BYTES_MAX } from './action-guard.js';

/** Has a plugin's routes read forms, and nothing else: each field as the list of its values. */
export function acceptForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const options = { parseAs: 'string', bodyLimit: FORM_BYTES_MAX } as const;
  app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, parsed) => {
    const fields = new URLSearchParams(z.string().parse(body));
    parsed(null, Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name)])));
  });
}

/** A form of a page of ours: its own fields and the word. */
export function formSchema<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const word = z.tuple([z.string().max(100)]).transform(([text]) => text);
  return z.strictObject({ ...shape, word });
}
