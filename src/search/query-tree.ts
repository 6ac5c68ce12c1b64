import { UsageError } from '../domain/errors.js';

/** Characters that take two columns of a terminal. Below them a full-width blank keeps the mark in place. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;

/** A query that cannot be understood, and the position of the problem. */
export class QueryError extends UsageError {
  /** In UTF-16 units from the start of the query. */
  readonly position: number;

  constructor(problem: string, query: string, position: number) {
    const before = Array.from(query.slice(0, position), (character) => (WIDE.test(character) ? '\u3000' : ' '));
    super(`${problem}, at character ${before.length + 1} of the query`, {
      code: 'search.syntax',
      hint: `${query}\n  ${before.join('')}^`,
    });
    this.position = position;
  }
}

/** A query as a tree. */
export type QueryNode =
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  /** Words next to each other, in any of their forms. */
  | { readonly kind: 'words'; readonly text: string }
  /** A tag of this name. */
  | { readonly kind: 'tag'; readonly name: string }
  /** One of these facets: see {@link facetsOf}. */
  | { readonly kind: 'facet'; readonly facets: readonly string[] };
