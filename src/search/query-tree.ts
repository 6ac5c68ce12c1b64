/** What is looked for, as a tree. */
export type QueryNode =
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  /** Words next to each other, in any of their forms. */
  | { readonly kind: 'words'; readonly text: string }
  /** A tag of this name. */
  | { readonly kind: 'tag'; readonly name: string }
  /** One of these facets: see {@link facetsOf}. */
  | { readonly kind: 'facet'; readonly facets: readonly string[] };
