import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import type { SearchFilters } from '../../search/facets.js';
import { markPassage, markText, type MarkedPart } from '../../search/mark-matches.js';
import { matchExpression, shownTerms } from '../../search/match-expression.js';
import { parseQuery, type KnownIds } from '../../search/parse-query.js';
import type { QueryNode } from '../../search/query-tree.js';
import { withoutEarlierTexts } from '../files/without-earlier-texts.js';
import { numberingOf, numberOfCursor, START } from './change-queries.js';
import { query as prepare, readRows, type Database } from './database.js';

/** The query. */
export interface SearchRequest {
  /** As typed: docs/search.md. Empty: whatever the filters let through. */
  readonly text: string;
  readonly filters?: SearchFilters;
  /** By relevance (default); equals, and where nothing is looked for but filters, newest first. Or newest first by publication. */
  readonly order?: 'relevance' | 'newest';
  /** From 1; default 1. */
  readonly page?: number;
  /** Default 20. */
  readonly perPage?: number;
  /** Ids that the query may name. */
  readonly known?: KnownIds;
}

/** An article that was found. */
export interface SearchHit {
  readonly article: Article;
  /** Its whole title, the words that were looked for marked. */
  readonly title: readonly MarkedPart[];
  /** A piece of its lead or body, likewise. */
  readonly passage: readonly MarkedPart[];
}

export interface SearchResult {
  /** How many articles there are in all; pages end at the ten-thousandth. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly hits: readonly SearchHit[];
  /** What would be among the hits if its record could be read; `verify` says why it cannot. */
  readonly unreadable: readonly ArticleKey[];
}

const PER_PAGE = 20;
/** Where a word stands counts so much: in the title, in a tag, in the text; facets say nothing of relevance. */
const WEIGHTS = '8.0, 4.0, 1.0, 0.0';
/** If there are more matches than this, only those stored last are ranked, which limits the cost of a query. */
const RANKED_MAX = 20_000;
/** Results beyond are counted but not shown. */
const SHOWN_MAX = 10_000;

/**
 * Finds articles by their words and facets. Cost at 200,000 articles: some 10 ms for a rare word, 60 ms for one that most of them hold.
 *
 * @param readArticle  Tells of a record that cannot be read.
 * @throws {QueryError} `search.syntax`
 */
export function searchCorpus(
  database: Database,
  readArticle: (key: ArticleKey, onDamaged: (key: ArticleKey) => void) => Article | null,
  { text, filters = {}, order = 'relevance', page = 1, perPage = PER_PAGE, known = {} }: SearchRequest,
): SearchResult {
  const query = parseQuery(text, known);
  const expression = matchExpression(query, filters);
  const count = 'SELECT count(*) AS total FROM full_text WHERE full_text MATCH ?';
  const { total } = prepare<{ total: number }>(database, count).one(expression);
  const isRanked = order === 'relevance' && query !== null && shownTerms(query, '').length > 0;
  const offset = (page - 1) * perPage;
  const limit = Math.min(perPage, SHOWN_MAX - offset, total - offset);
  const sql = isRanked ? RANKED : NEWEST;
  const rows = limit > 0 ? readRows<{ key: ArticleKey }>(database, sql, expression, limit, offset) : [];
  const unreadable: ArticleKey[] = [];
  const hits = rows.flatMap(({ key }) => {
    const article = readArticle(key, (damaged) => unreadable.push(damaged));
    return article === null ? [] : [hitOf(article, query)];
  });
  return { total, page, pages: Math.ceil(Math.min(total, SHOWN_MAX) / perPage), hits, unreadable };
}

/**
 * @param text  A query, as for a search.
 * @returns     A function that tells whether the query finds an article. Cost of a call: a look at that article's terms.
 * @throws {QueryError} `search.syntax`
 */
export function articleMatcher(database: Database, text: string, known: KnownIds): (key: ArticleKey) => boolean {
  const expression = matchExpression(parseQuery(text, known), {});
  const rowOf = prepare<{ id: number }>(database, 'SELECT id FROM articles WHERE key = ?');
  const found = prepare(database, 'SELECT 1 FROM full_text WHERE full_text MATCH ? AND rowid = ?');
  return (key) => {
    // Not in one statement: FTS5 takes a rowid that is NULL for none that is wanted, and finds any.
    const row = rowOf.get(key);
    return row !== null && found.get(expression, row.id) !== null;
  };
}

function hitOf(article: Article, query: QueryNode | null): SearchHit {
  const { title, lead, body, language } = article;
  const paragraphs = [...(lead === null ? [] : [lead]), ...body.map(({ text }) => text)];
  return {
    article: withoutEarlierTexts(article),
    title: markText(title, language, query),
    passage: markPassage(paragraphs, language, query),
  };
}

const RANKED = `
  SELECT a.key FROM (
    SELECT id, score FROM (
      SELECT rowid AS id, bm25(full_text, ${WEIGHTS}) AS score FROM full_text WHERE full_text MATCH ?1
      ORDER BY rowid DESC LIMIT ${RANKED_MAX}
    ) ORDER BY score, id DESC LIMIT ?2 OFFSET ?3
  ) found JOIN articles a ON a.id = found.id ORDER BY found.score, found.id DESC`;

const NEWEST = `
  SELECT a.key FROM full_text t JOIN articles a ON a.id = t.rowid WHERE t.full_text MATCH ?1
  ORDER BY a.published_at DESC, a.key DESC LIMIT ?2 OFFSET ?3`;

/** Which articles, and in which order. */
export interface CorpusSelection {
  /** A query as for a search; none: whatever the filters let through. */
  readonly text?: string;
  readonly filters?: SearchFilters;
  readonly known?: KnownIds;
  /** By publication, those without a date before all others. Default `oldest`. */
  readonly order?: 'oldest' | 'newest';
  /**
   * Only articles that have changed since this cursor, in the order of the changes: a {@link SelectedKeys.nextCursor}
   * of before, or `start`.
   */
  readonly changedSince?: string;
}

export interface SelectedKeys {
  readonly keys: readonly ArticleKey[];
  /** Where the next reading of changes begins. */
  readonly nextCursor: string;
}

/**
 * @returns the keys at this moment, some 60 bytes each: articles that are stored later change neither their number nor
 * their order.
 * @throws {QueryError} `search.syntax`; {UsageError} `usage.cursor` where the cursor is of another catalogue, or none.
 */
export function selectKeys(database: Database, selection: CorpusSelection): SelectedKeys {
  const { text = '', filters = {}, known, order = 'oldest', changedSince } = selection;
  const node = parseQuery(text, known);
  const isNarrowed = node !== null || Object.keys(filters).length > 0;
  const expression = isNarrowed ? matchExpression(node, filters) : null;
  const { epoch, end } = numberingOf(database);
  const after = changedSince === undefined ? -1 : changeOf(database, changedSince);
  const direction = order === 'oldest' ? 'ASC' : 'DESC';
  const sorted = changedSince === undefined ? `published_at ${direction}, key ${direction}` : 'changed';
  const rows = readRows<{ key: ArticleKey }>(
    database,
    `SELECT key FROM articles WHERE changed > ? AND changed <= ?
     ${expression === null ? '' : 'AND id IN (SELECT rowid FROM full_text WHERE full_text MATCH ?)'} ORDER BY ${sorted}`,
    ...[after, end, ...(expression === null ? [] : [expression])],
  );
  return { keys: rows.map(({ key }) => key), nextCursor: `${epoch}.${end}` };
}

function changeOf(database: Database, cursor: string): number {
  const number = numberOfCursor(database, cursor);
  if (number !== null) return number;
  const problem = 'is no cursor, or of a catalogue that was rebuilt or restored from a backup since';
  throw new UsageError(`--changed-since ${cursor} ${problem}`, {
    code: 'usage.cursor',
    hint: `--changed-since ${START} gives everything, and a cursor for the next time`,
  });
}
