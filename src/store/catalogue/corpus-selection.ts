import { UsageError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import type { SearchFilters } from '../../search/facets.js';
import { matchExpression } from '../../search/match-expression.js';
import { parseQuery, type KnownIds } from '../../search/parse-query.js';
import { partsOfCursor, numberingOf, START } from './change-queries.js';
import { readRows, type Database } from './database.js';

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
  const after = changedSince === undefined ? -1 : changeOf(changedSince, epoch);
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

function changeOf(cursor: string, epoch: string): number {
  if (cursor === START) return 0;
  const [of, number] = partsOfCursor(cursor);
  if (of === epoch) return Number(number);
  const problem = of === undefined ? 'is no cursor' : 'is of a catalogue that was made again since';
  throw new UsageError(`--changed-since ${cursor} ${problem}`, {
    code: 'usage.cursor',
    hint: `--changed-since ${START} gives everything, and a cursor for the next time`,
  });
}
