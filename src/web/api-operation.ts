import type { z } from 'zod';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { Answer } from './answer.js';

/** One operation of the API: what OpenAPI says of it, and what it does. */
export interface ApiOperation {
  /** `/api/articles/{family}/{articleId}` */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  /** Of a 200. */
  readonly answer: z.ZodType;
  readonly run: (call: ApiCall) => Answer | Promise<Answer>;
}

export interface ApiCall {
  readonly reader: CatalogueQueries;
  /** Parts of the path in braces, decoded. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** @returns the parts in braces, if `path` is of the form; else null. */
export function matchPath(form: string, path: string): Record<string, string> | null {
  const [wanted, found] = [form.split('/'), path.split('/')];
  if (wanted.length !== found.length) return null;
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const given = found[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== given) return null;
    if (name !== undefined) parts[name] = given;
  }
  return parts;
}
