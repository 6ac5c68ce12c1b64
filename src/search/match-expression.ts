import { EVERY_ARTICLE, facetsOfDays, type SearchFilters } from './facets.js';
import type { QueryNode } from './query-tree.js';
import { STEMMED_LANGUAGES, withoutAccents } from './stem-word.js';
import { soughtTerms, tagTermOf, type SoughtTerms } from './terms-of-text.js';

/** Matches no article. */
const NONE = quoted('is=nothing');

/**
 * @param query  Null: every article that the filters match.
 * @returns      The query and the filters as one expression of FTS5 over the terms that `wordColumns` gives. Pure.
 */
export function matchExpression(query: QueryNode | null, filters: SearchFilters): string {
  const nodes = [...(query === null ? [] : [query]), ...filterNodes(filters)];
  return expressionOf({ kind: 'all', nodes });
}

function filterNodes(filters: SearchFilters): QueryNode[] {
  const { topics, editions, languages, formats, since, until, edited, gone, unique = false } = filters;
  const nodes: QueryNode[] = [];
  const oneOf = (name: string, values: readonly string[] | undefined): void => {
    if (values === undefined) return;
    nodes.push({ kind: 'facet', facets: values.map((value) => `${name}=${value.toLowerCase()}`) });
  };
  const yesOrNo = (facet: string, wanted: boolean | undefined): void => {
    const node: QueryNode = { kind: 'facet', facets: [facet] };
    if (wanted !== undefined) nodes.push(wanted ? node : { kind: 'not', node });
  };
  oneOf('topic', topics);
  oneOf('edition', editions);
  oneOf('lang', languages);
  oneOf('format', formats);
  if (since !== undefined || until !== undefined) {
    nodes.push({ kind: 'facet', facets: facetsOfDays(since ?? null, until ?? null) });
  }
  yesOrNo('edited=yes', edited);
  yesOrNo('gone=yes', gone);
  yesOrNo('repeats=yes', unique ? false : undefined);
  return nodes;
}

function expressionOf(node: QueryNode): string {
  switch (node.kind) {
    case 'all':
      return allOf(node.nodes);
    case 'any':
      return anyOf(node.nodes.map(expressionOf));
    case 'not':
      return allOf([node]);
    case 'words':
      return anyOf(alternativesOf(node.text).map(phraseOf));
    case 'tag':
      return anyOf(tagTermsOf(node.name).map(quoted));
    case 'facet':
      return anyOf(node.facets.map(quoted));
  }
}

/** FTS5 can exclude terms only from a match, and excludes them from everything before. */
function allOf(nodes: readonly QueryNode[]): string {
  const wanted = nodes.filter((node) => node.kind !== 'not').map(expressionOf);
  const unwanted = nodes.flatMap((node) => (node.kind === 'not' ? [expressionOf(node.node)] : []));
  const ground =
    wanted.length === 0 ? quoted(EVERY_ARTICLE) : wanted.length === 1 ? wanted[0] : `(${wanted.join(' AND ')})`;
  return unwanted.length === 0 ? (ground ?? NONE) : `(${ground ?? NONE} NOT ${anyOf(unwanted)})`;
}

function anyOf(expressions: readonly string[]): string {
  const distinct = [...new Set(expressions)];
  if (distinct.length < 2) return distinct[0] ?? NONE;
  return `(${distinct.join(' OR ')})`;
}

function quoted(term: string): string {
  return `"${term.replaceAll('"', '""')}"`;
}

function phraseOf({ terms, isOpen }: SoughtTerms): string {
  return quoted(terms.join(' ')) + (isOpen ? ' *' : '');
}

/** The terms of the words in each language, without repetitions. */
function alternativesOf(text: string): SoughtTerms[] {
  const all = STEMMED_LANGUAGES.flatMap((language) => waysOf(text, language));
  return [...new Map(all.map((sought) => [phraseOf(sought), sought])).values()];
}

/** The terms of a text as typed, and without its accents. */
function waysOf(text: string, language: string): SoughtTerms[] {
  return [text, withoutAccents(text)].flatMap((way) => soughtTerms(way, language) ?? []);
}

function tagTermsOf(name: string): string[] {
  return STEMMED_LANGUAGES.flatMap((language) => tagTermOf(name, language) ?? []);
}

/**
 * The words that a match shows, without excluded words and filters, each in its form in a text of the language. Pure.
 */
export function shownTerms(query: QueryNode, language: string): SoughtTerms[] {
  switch (query.kind) {
    case 'all':
    case 'any':
      return query.nodes.flatMap((node) => shownTerms(node, language));
    case 'words':
      return waysOf(query.text, language);
    case 'tag':
      return waysOf(query.name, language);
    case 'not':
    case 'facet':
      return [];
  }
}
