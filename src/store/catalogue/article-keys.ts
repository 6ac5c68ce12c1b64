import type { ArticleKey } from '../../domain/page.js';
import { toSeconds } from './instants.js';
import type { Database } from './open-database.js';

export interface ArticleFilters {
  readonly topic?: string;
  /** The edition whose text is on top of the record. */
  readonly edition?: string;
  /** UTC instants of publication; `since` included, `until` not. Articles without a date are in no window. */
  readonly since?: string;
  readonly until?: string;
  /** Leaves out whatever repeats another article, exactly or nearly. */
  readonly unique?: boolean;
}

/** Where an article stands in the order of publication. */
export interface ArticlePosition {
  /** Seconds since 1970; null: without a date, which is before all others. */
  readonly publishedAt: number | null;
  readonly key: ArticleKey;
}

export type ArticleOrder = 'oldest' | 'newest';

/**
 * @param after  The last one of the page before; null: begin.
 * @returns      The next positions in the order, at most `limit`. Cost: that of the page, by the index of publication.
 */
export function readArticlePositions(
  database: Database,
  filters: ArticleFilters,
  order: ArticleOrder,
  after: ArticlePosition | null,
  limit: number,
): ArticlePosition[] {
  const phases = order === 'oldest' ? (['undated', 'dated'] as const) : (['dated', 'undated'] as const);
  const first = after === null ? 0 : phases.indexOf(after.publishedAt === null ? 'undated' : 'dated');
  const found: ArticlePosition[] = [];
  for (const [index, phase] of phases.entries()) {
    if (index < first || found.length >= limit) continue;
    const from = index === first ? after : null;
    found.push(...readPhase(database, { filters, order, phase, after: from, limit: limit - found.length }));
  }
  return found;
}

interface Phase {
  readonly filters: ArticleFilters;
  readonly order: ArticleOrder;
  readonly phase: 'dated' | 'undated';
  readonly after: ArticlePosition | null;
  readonly limit: number;
}

function readPhase(database: Database, { filters, order, phase, after, limit }: Phase): ArticlePosition[] {
  const { topic, edition, since, until, unique = false } = filters;
  if (phase === 'undated' && (since !== undefined || until !== undefined)) return [];
  const [sign, direction] = order === 'oldest' ? ['>', 'ASC'] : ['<', 'DESC'];
  const conditions: [string, ...(string | number)[]][] = [
    phase === 'dated' ? ['published_at IS NOT NULL'] : ['published_at IS NULL'],
    ...when(topic, (id) => [`' ' || topics || ' ' LIKE '% ' || ? || ' %'`, id]),
    ...when(edition, (id) => ['edition = (SELECT id FROM editions WHERE name = ?)', id]),
    ...when(since, (instant) => ['published_at >= ?', toSeconds(instant)]),
    ...when(until, (instant) => ['published_at < ?', toSeconds(instant)]),
    ...when(unique ? true : undefined, () => ['duplicate_of IS NULL']),
    ...when(after ?? undefined, ({ publishedAt, key }) =>
      publishedAt === null ? [`key ${sign} ?`, key] : [`(published_at, key) ${sign} (?, ?)`, publishedAt, key],
    ),
  ];
  const rows = database
    .prepare(
      `SELECT key, published_at FROM articles WHERE ${conditions.map(([text]) => text).join(' AND ')}
       ORDER BY published_at ${direction}, key ${direction} LIMIT ?`,
    )
    .all(...conditions.flatMap(([, ...values]) => values), limit) as { key: ArticleKey; published_at: number | null }[];
  return rows.map(({ key, published_at: publishedAt }) => ({ publishedAt, key }));
}

function when<T>(value: T | undefined, condition: (value: T) => [string, ...(string | number)[]]) {
  return value === undefined ? [] : [condition(value)];
}
